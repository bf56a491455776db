import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { type Account, toInstant } from './emulator/account.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { configuredCatalog } from './harness/catalog.ts';
import { expectedRows, sorted } from './harness/expected.ts';
import {
  checkStream,
  lastStates,
  type Message,
  type Row,
  recordsOf,
  statusesOf,
} from './harness/messages.ts';
import { type RunResult, runConnector } from './harness/run.ts';

const schemaFolder = new URL('../schemas/', import.meta.url);
const names = readdirSync(schemaFolder).map((file) => file.replace('.json', ''));
const readmeRows = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

let emulator: Emulator;
let catalog: Message['catalog'];
let full: RunResult;
let changed: RunResult;
/** What the account gained between the two reads, and the rows inside the lookback. */
let expectedChange: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  emulator = await startEmulator();
  const config = emulator.config();
  catalog = (await runConnector(['discover'], { config })).messages.find(
    ({ type }) => type === 'CATALOG',
  )?.catalog;
  full = await runConnector(['read'], { config, catalog: configuredCatalog(names) });
  const before = snapshotOf(emulator.account);
  change(emulator.account);
  expectedChange = changeSince(before, emulator.account);
  changed = await runConnector(['read'], {
    config,
    catalog: configuredCatalog(names),
    state: lastStates(full.messages),
  });
}, 120_000);

afterAll(() => emulator.close());

describe.each(names)('%s', (name) => {
  const stream = () => {
    const found = catalog?.streams.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`${name} is not discovered`);
    return found;
  };
  const keysOf = (rows: readonly Row[]) =>
    rows.map((row) =>
      JSON.stringify(stream().source_defined_primary_key.map(([field]) => row[String(field)])),
    );

  test('is discovered with its key and its cursor in the schema', () => {
    const fields = Object.keys(stream().json_schema.properties);
    expect(fields).toEqual(expect.arrayContaining(stream().source_defined_primary_key.flat()));
    expect(fields).toEqual(expect.arrayContaining([...stream().default_cursor_field]));
  });

  test('has its row in the README, with its key and its cursor', () => {
    const cells = readmeRows.find(([first]) => first === `\`${name}\``) ?? [];
    const key = stream()
      .source_defined_primary_key.flat()
      .map((field) => `\`${field}\``);
    expect([cells[3], cells[4]]).toEqual([key.join(', '), `\`${stream().default_cursor_field[0]}\``]);
  });

  test('a full read gives exactly what the account holds', () => {
    const expected = expectedRows(snapshotBeforeChange, name);
    expect(expected.length).toBeGreaterThan(0);
    expect(sorted(recordsOf(full.messages, name))).toEqual(sorted(expected));
  });

  test('records are valid under the schema that was discovered', () => {
    const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
    const validate = ajv.compile(stream().json_schema);
    for (const record of recordsOf(full.messages, name)) {
      if (!validate(record)) throw new Error(ajv.errorsText(validate.errors));
    }
  });

  test('every documented field of the example row is in the schema, and no sensitive one', () => {
    const known = Object.keys(stream().json_schema.properties);
    const seen = new Set(recordsOf(full.messages, name).flatMap((record) => Object.keys(record)));
    expect([...seen].filter((field) => !known.includes(field))).toEqual([]);
    expect(JSON.stringify(stream().json_schema)).not.toMatch(
      /"(start_url|password|host_key|recording_play_passcode)"/,
    );
  });

  test('keys are there and unique', () => {
    const records = recordsOf(full.messages, name);
    const fields = stream().source_defined_primary_key.flat();
    expect(
      records.filter((record) =>
        fields.some((field) => record[field] === undefined || record[field] === null),
      ),
    ).toEqual([]);
    expect(new Set(keysOf(records)).size).toBe(records.length);
  });

  test('messages are in order and their counts agree, in both reads', () => {
    checkStream(full.messages, name);
    checkStream(changed.messages, name);
    expect(statusesOf(full.messages, name).at(-1)).toBe('COMPLETE');
    expect(statusesOf(changed.messages, name).at(-1)).toBe('COMPLETE');
  });

  test('an incremental read gives the change, and for windowed and derived streams the lookback', () => {
    const records = recordsOf(changed.messages, name).filter(
      (record) => record['_ab_cdc_deleted_at'] == null,
    );
    expect(sorted(records)).toEqual([...(expectedChange.get(name) ?? [])].sort());
  });

  test('what both reads gave, latest first, is what the account holds now', () => {
    const latest = new Map<string, Row>();
    for (const record of [...recordsOf(full.messages, name), ...recordsOf(changed.messages, name)]) {
      const [key] = keysOf([record]);
      if (record['_ab_cdc_deleted_at'] != null) latest.delete(String(key));
      else latest.set(String(key), record);
    }
    const kept = [...latest.values()];
    const now = expectedRows(emulator.account, name);
    // Zoom lets meetings expire, so one that is gone from the list stays.
    const expected =
      name === 'meetings' ? [...now, ...expectedRows(snapshotBeforeChange, name).filter(isGone)] : now;
    expect(sorted(kept)).toEqual(sorted(expected));
  });
});

test('both reads end with exit code 0 and nothing on stderr', () => {
  expect([full.exitCode, full.stderr, changed.exitCode, changed.stderr]).toEqual([0, '', 0, '']);
});

test('nothing is asked for that Zoom does not document', () => {
  const unknown = emulator.requests.filter(
    ({ template, unknownParameters }) => template === '' || unknownParameters.length > 0,
  );
  expect(unknown).toEqual([]);
});

test('each parent is listed once in a sync, and each page once', () => {
  const asked = emulator.requests.filter(({ template }) => template === '/users');
  // active, inactive and pending in both reads; the deleted user makes the second read list active and inactive once more,
  // and the accepted invitation the pending ones.
  expect(asked.length).toBe(3 + 3 + 3);
});

test('deleted rows are emitted as deleted where a listing proves it', () => {
  const deleted = recordsOf(changed.messages, 'users').filter(
    (record) => record['_ab_cdc_deleted_at'] != null,
  );
  expect(deleted.map(({ id }) => id)).toEqual([removedUserId]);
  const [tombstone] = deleted;
  expect(tombstone?.['_ab_cdc_updated_at']).toBe(tombstone?.['_ab_cdc_deleted_at']);
  const accepted = recordsOf(changed.messages, 'pending_users').filter(
    (record) => record['_ab_cdc_deleted_at'] != null,
  );
  expect(accepted.length).toBe(1);
});

test('no secret is in any output', () => {
  const output = full.stdout + changed.stdout;
  for (const secret of emulator.oauth.secrets) expect(output).not.toContain(secret);
  expect(output).not.toContain('canary');
});

let snapshotBeforeChange: Account;
let removedUserId: unknown;
let removedMeetingIds: readonly unknown[] = [];

function snapshotOf(account: Account): ReadonlyMap<string, readonly string[]> {
  snapshotBeforeChange = account.clone();
  return new Map(names.map((name) => [name, sorted(expectedRows(account, name))]));
}

function isGone(row: Row): boolean {
  return removedMeetingIds.includes(row['id']);
}

function change(account: Account): void {
  const now = Date.now();
  const recent = toInstant(now - 3_600_000);
  const [host, other] = account
    .rows('users')
    .filter(({ status }) => status === 'active')
    .slice(2);
  const gone = account.rows('users').at(-1) ?? {};
  account.addUser({ status: 'active' });
  account.changeUser(String(other?.['email']), { dept: 'Moved', status: 'inactive' });
  removedUserId = gone['id'];
  removedMeetingIds = account.listedBy(String(gone['id'])).map(({ id }) => id);
  account.removeUser(String(gone['email']));
  const pending = account.rows('pending_users')[0] ?? {};
  account.changeUser(String(pending['email']), { status: 'active', id: 'accepted-invitation-id' });
  if (host !== undefined) account.addMeeting(host);
  account.changeMeeting(account.rows('meetings')[0]?.['id'], { topic: 'Renamed' });
  account.addPastMeeting({ end_time: recent });
  const recording = account.addRecording({ start_time: recent });
  account.addRecordingFile(recording, { file_type: 'TRANSCRIPT', status: 'processing' });
  account.addCall({ end_time: recent });
}

/** New and changed rows of snapshots; what lies inside the lookback of the others. */
function changeSince(
  before: ReadonlyMap<string, readonly string[]>,
  account: Account,
): ReadonlyMap<string, readonly string[]> {
  const lookback: Readonly<Record<string, readonly [string, number]>> = {
    report_history_meetings: ['end_time', 3],
    past_meeting_participants: ['meeting_end_time', 3],
    recordings: ['start_time', 3],
    recording_files: ['meeting_start_time', 3],
    phone_call_logs: ['end_time', 1],
  };
  return new Map(
    names.map((name) => {
      const rows = expectedRows(account, name);
      const window = lookback[name];
      if (window === undefined) return [name, sorted(rows).filter((row) => !before.get(name)?.includes(row))];
      const from = Date.now() - window[1] * 86_400_000;
      return [name, sorted(rows.filter((row) => Date.parse(String(row[window[0]])) >= from))];
    }),
  );
}

test('the README has no row for what cannot be read', () => {
  expect(readmeRows.map(([name]) => name).sort()).toEqual(names.map((name) => `\`${name}\``).sort());
});
