import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { Account, toInstant } from './emulator/account.ts';
import { recordsOf as examplesOf } from './emulator/endpoint.ts';
import type { LoggedRequest } from './emulator/request-log.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { expectedRows, sorted } from './harness/expected.ts';
import {
  difference,
  expectedChange,
  isDeleted,
  keyOf,
  keysOfContents,
  noDifference,
  union,
} from './harness/judge.ts';
import { type ListedStream, withoutNames } from './harness/listed.ts';
import {
  type CatalogStream,
  checkStream,
  errorsOf,
  type Row,
  recordsOf,
  statusesOf,
} from './harness/messages.ts';
import { promisedStreams, streamsOfAccount } from './harness/promised.ts';
import { type Reading, type Round, readAll, readTwice, savedConfig } from './harness/round.ts';
import { runConnector, runRaw } from './harness/run.ts';
import { missingFields, sensitiveFields } from './harness/schema.ts';
import { isSensitive } from './harness/secrets.ts';

const days = 60;
const apps = ['s2s-app', 'oauth-app'] as const;
const promised = promisedStreams();
const names = promised.map(({ promise }) => promise.name);
const ofAccount = streamsOfAccount();
const ofUsers = names.filter((name) => !ofAccount.includes(name));
const appOfUsers = 'user-level-app';
let emulator: Emulator;
let userLevel: Emulator;
let catalog: readonly CatalogStream[];
/** With the sensitive fields. */
let openCatalog: readonly CatalogStream[];
let listed: readonly ListedStream[];
const rounds = new Map<string, Round>();
let seenByUser: Reading;
const refused = new Map<string, Reading>();
let withoutParents: Reading;
/** Streams that are read without a parent where the account has none. */
const parentless = promised.filter(({ endpoint }) => endpoint.below?.without !== undefined);

/** Small, with pages of two rows: whatever is listed has several pages. */
function makeAccount(licensedUsers: number | 'all', rows: Readonly<Record<string, number>> = {}): Account {
  return new Account({
    activeUsers: 4,
    inactiveUsers: 1,
    pendingUsers: 3,
    licensedUsers,
    // Every seventh one is a webinar: some of these have Q&A.
    pastMeetings: 30,
    recordings: 8,
    calls: 12,
    // Several pages of messages, and several edits beside them.
    rows: { report_chat_messages: 9, ...rows },
    days,
  });
}

function configOf(zoom: Emulator, app: string): Row {
  return { ...zoom.config(app), start_date: toInstant(Date.now() - (days + 2) * 86_400_000) };
}

async function discover(config: Row): Promise<readonly CatalogStream[]> {
  const { messages } = await runConnector(['discover'], { config });
  return messages.find((message) => message.catalog !== undefined)?.catalog?.streams ?? [];
}

beforeAll(async () => {
  emulator = await startEmulator({ account: makeAccount(3), largestPage: 2 });
  userLevel = await startEmulator({ account: makeAccount('all'), largestPage: 2 });
  const config = configOf(emulator, 's2s-app');
  catalog = await discover(config);
  openCatalog = await discover({ ...config, include_sensitive_fields: true });
  listed = JSON.parse((await runRaw(['streams', '--json'])).stdout) as ListedStream[];
  for (const app of apps) refused.set(app, await readAll(emulator, ofUsers, configOf(emulator, app)));
  const afterRefusals = apps.map((app) => savedConfig(refused.get(app)?.messages) ?? configOf(emulator, app));
  for (const [index, round] of (await readTwice(emulator, ofAccount, afterRefusals)).entries())
    rounds.set(String(apps[index]), round);
  seenByUser = await readAll(userLevel, names, configOf(userLevel, appOfUsers));
  const userConfig = savedConfig(seenByUser.messages) ?? configOf(userLevel, appOfUsers);
  for (const round of await readTwice(userLevel, ofUsers, [userConfig])) rounds.set(appOfUsers, round);
  withoutParents = await readWithoutParents();
}, 900_000);

afterAll(() => Promise.all([emulator.close(), userLevel.close()]));

async function readWithoutParents(): Promise<Reading> {
  const none = parentless.map(({ endpoint }) => [endpoint.below?.collection, 0]);
  const zoom = await startEmulator({ account: makeAccount(3, Object.fromEntries(none)), largestPage: 2 });
  try {
    const streams = parentless.map(({ promise }) => promise.name);
    return await readAll(zoom, streams, configOf(zoom, 's2s-app'));
  } finally {
    await zoom.close();
  }
}

function authoriserOf({ users }: Account): string {
  return String(users[0]?.['id']);
}

function roundOf(app: string): Round {
  const round = rounds.get(app);
  if (round === undefined) throw new Error(`${app} has not read`);
  return round;
}

test('the streams are those that fixtures promise, with a schema each', () => {
  const schemas = readdirSync(new URL('../schemas/', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  );
  const known = [...names].sort();
  expect(catalog.map(({ name }) => name).sort()).toEqual(known);
  expect(listed.map(({ name }) => name).sort()).toEqual(known);
  expect(schemas.sort()).toEqual(known);
});

describe.each(promised)('$promise.name', (stream) => {
  const { promise, endpoint } = stream;
  const { name, key, cursor, tombstones = false, list, sensitive } = promise;
  const discovered = (streams = catalog) => {
    const found = streams.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`${name} is not discovered`);
    return found;
  };

  test('is discovered with its key and its cursor in the schema', () => {
    const { json_schema, source_defined_primary_key, default_cursor_field } = discovered();
    expect([source_defined_primary_key, default_cursor_field]).toEqual([
      key.map((field) => [field]),
      [cursor],
    ]);
    expect(Object.keys(json_schema.properties)).toEqual(expect.arrayContaining([...key, cursor]));
  });

  test('has every documented field in its schema, sensitive ones on demand alone', () => {
    const examples = list === undefined ? examplesOf(endpoint) : (endpoint.record[list] as Row[]);
    const missingIn = (schema: CatalogStream['json_schema'], isLeftOut: (path: string) => boolean) =>
      examples.flatMap((example) => missingFields(example, schema, isLeftOut));
    const { json_schema } = discovered();
    expect(missingIn(json_schema, (path) => isSensitive(path, sensitive))).toEqual([]);
    expect(sensitiveFields(json_schema, sensitive)).toEqual([]);
    expect(missingIn(discovered(openCatalog).json_schema, () => false)).toEqual([]);
  });

  test('is listed by `streams --json` as Zoom documents it', () => {
    const { scopes, records, path, family, ...facts } =
      listed.find((entry) => entry.name === name) ?? fail(name);
    expect(family).toMatch(/^[a-z_]+$/);
    expect(withoutNames(path)).toBe(withoutNames(endpoint.request.slice('GET '.length)));
    expect(facts).toEqual({
      name,
      incremental: promise.kind === 'embedded' ? 'windowed' : promise.kind,
      primary_key: key,
      cursor_field: cursor,
      tombstones,
      label: endpoint.label?.toLowerCase().replace('-', '_') ?? null,
    });
    const { collection = null, lists } = endpoint;
    const names = lists === undefined ? collection : [collection, ...lists.names].join();
    if (list === undefined) expect(records).toBe(names);
    else expect(records?.split('.').at(-1)).toBe(list);
    for (const kind of ['granular', 'classic'] as const)
      expect(endpoint.scopes[kind]).toEqual(expect.arrayContaining([...scopes[kind]]));
  });

  const appsOfStream = ofUsers.includes(name) ? [appOfUsers] : apps;
  describe.each(appsOfStream)('read by the %s', (app) => {
    test('a full read gives exactly what the account holds', () => {
      const { full } = roundOf(app);
      const expected = expectedRows(full.account, name);
      expect(expected.length).toBeGreaterThan(0);
      expect(difference(sorted(recordsOf(full.messages, name), name), sorted(expected, name))).toEqual(
        noDifference,
      );
    });

    test('records are valid under the schema that was discovered', () => {
      const validate = addFormats
        .default(new Ajv({ strict: false, allErrors: true }))
        .compile(discovered().json_schema);
      const records = [
        ...recordsOf(roundOf(app).full.messages, name),
        ...recordsOf(roundOf(app).changed.messages, name),
      ];
      expect(records.flatMap((record) => (validate(record) ? [] : (validate.errors ?? [])))).toEqual([]);
    });

    test('keys are there and unique', () => {
      const records = recordsOf(roundOf(app).full.messages, name);
      const isMissing = (record: Row) =>
        key.some((field) => record[field] === undefined || record[field] === null);
      expect(records.filter(isMissing)).toEqual([]);
      expect(new Set(records.map((record) => keyOf(stream, record))).size).toBe(records.length);
    });

    test('messages are in order and their counts agree, in both reads', () => {
      for (const { messages } of Object.values(roundOf(app))) {
        checkStream(messages, name);
        expect(statusesOf(messages, name).at(-1)).toBe('COMPLETE');
      }
    });

    test('an incremental read gives the change, and the lookback where it has one', () => {
      const { wanted, allowed } = expectedChange(stream, roundOf(app));
      const given = sorted(
        recordsOf(roundOf(app).changed.messages, name).filter((record) => !isDeleted(record)),
        name,
      );
      const { missing, unexpected } = difference(given, [...wanted, ...allowed]);
      expect(missing.filter((row) => !allowed.includes(row))).toEqual([]);
      expect(unexpected).toEqual([]);
    });

    test('what both reads gave, latest first, is what the account holds now', () => {
      const { lost } = expectedChange(stream, roundOf(app));
      const now = sorted(expectedRows(roundOf(app).changed.account, name), name);
      // What Zoom lets expire stays.
      const held = [...now, ...(tombstones ? [] : lost)];
      expect(difference(union(stream, roundOf(app)), held)).toEqual(noDifference);
    });

    test('rows are emitted as deleted where a listing proves it, and nowhere else', () => {
      const { lost } = expectedChange(stream, roundOf(app));
      const deleted = recordsOf(roundOf(app).changed.messages, name).filter(isDeleted);
      const expected = tombstones ? keysOfContents(stream, roundOf(app), lost) : [];
      expect(deleted.map((record) => keyOf(stream, record)).sort()).toEqual([...expected].sort());
      const fields = [...key, '_ab_cdc_updated_at', '_ab_cdc_deleted_at'].sort();
      for (const record of deleted) {
        expect(Object.keys(record).sort()).toEqual(fields);
        expect(record['_ab_cdc_updated_at']).toBe(record['_ab_cdc_deleted_at']);
      }
    });
  });
});

test.each(parentless)('$promise.name is whole in an account without such parents', ({ promise }) => {
  const { name } = promise;
  const { messages, account } = withoutParents;
  const expected = expectedRows(account, name);
  expect(expected.length).toBeGreaterThan(0);
  expect(difference(sorted(recordsOf(messages, name), name), sorted(expected, name))).toEqual(noDifference);
  expect(statusesOf(messages, name).at(-1)).toBe('COMPLETE');
});

const example = makeAccount('all');
const seenByUsers = promised.map((stream) => ({
  stream,
  isSeen: expectedRows(example, stream.promise.name, authoriserOf(example)).length > 0,
}));

describe.each(seenByUsers)('$stream.promise.name, read by an app of one user', ({ stream, isSeen }) => {
  const { name } = stream.promise;

  test(isSeen ? 'gives what its authoriser sees' : 'fails alone, and says which scope opens it', () => {
    const { messages, account } = seenByUser;
    if (isSeen) {
      const expected = expectedRows(account, name, authoriserOf(account));
      expect(difference(sorted(recordsOf(messages, name), name), sorted(expected, name))).toEqual(
        noDifference,
      );
      expect(statusesOf(messages, name).at(-1)).toBe('COMPLETE');
      return;
    }
    const errors = errorsOf(messages).filter(({ stream_descriptor }) => stream_descriptor?.name === name);
    expect(statusesOf(messages, name).at(-1)).toBe('INCOMPLETE');
    expect(errors).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/:\S*read|read\S*:/) },
    ]);
  });
});

describe.each(ofUsers)('%s, which Zoom has for apps of single users only', (name) => {
  test.each(apps)('fails alone for the %s, and says which scope opens it', (app) => {
    const { messages = [] } = refused.get(app) ?? {};
    const errors = errorsOf(messages).filter(({ stream_descriptor }) => stream_descriptor?.name === name);
    expect(statusesOf(messages, name).at(-1)).toBe('INCOMPLETE');
    expect(errors).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/:read:/) },
    ]);
  });
});

describe.each(apps)('the reads by the %s', (app) => {
  test('end with exit code 0 and nothing on stderr', () => {
    const { full, changed } = roundOf(app);
    expect(errorsOf([...full.messages, ...changed.messages])).toEqual([]);
    expect([full.exitCode, full.stderr, changed.exitCode, changed.stderr]).toEqual([0, '', 0, '']);
  });

  test('ask for nothing that Zoom does not document', () => {
    const requests = [...roundOf(app).full.requests, ...roundOf(app).changed.requests];
    const unknown = requests.filter(
      ({ template, unknownParameters }) => template === '' || unknownParameters.length > 0,
    );
    expect(unknown.map(({ path, unknownParameters }) => [path, unknownParameters])).toEqual([]);
  });

  test('ask once for each page, in a full read', () => {
    const asked = roundOf(app)
      .full.requests.filter(({ template }) => !template.startsWith('/oauth/'))
      .map(toText);
    expect(asked.filter((request, index) => asked.indexOf(request) !== index)).toEqual([]);
  });

  test('show no secret', () => {
    const output = roundOf(app).full.stdout + roundOf(app).changed.stdout;
    const said = output.split('\n').filter((line) => !line.startsWith('{"type":"CONTROL"'));
    for (const secret of emulator.oauth.secrets)
      expect(said.filter((line) => line.includes(secret))).toEqual([]);
    expect(said.filter((line) => line.includes('canary'))).toEqual([]);
  });
});

function toText({ path, query }: LoggedRequest): string {
  return JSON.stringify([path, Object.entries(query).sort()]);
}

function fail(name: string): never {
  throw new Error(`${name} is not listed`);
}
