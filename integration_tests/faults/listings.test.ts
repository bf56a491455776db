import { describe, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/server.ts';
import { expectedRows } from '../harness/expected.ts';
import { lastStates, logsOf, type Message, type Row, recordsOf } from '../harness/messages.ts';
import { promisedStreams } from '../harness/promised.ts';
import type { RunResult } from '../harness/run.ts';
import {
  allStreams,
  bystander,
  changeList,
  changeRows,
  expectAllRetried,
  expectHealed,
  expectOutcome,
  expectUnion,
  expectWhole,
  isLaterPage,
  type Kind,
  listings,
  lists,
  readThrough,
  repeatedPage,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

const falseToken = 'false-token';
const isFalse = ({ query }: LoggedRequest) => query['next_page_token'] === falseToken;
const withFalseToken: Fault = (collection) =>
  changeList(collection, (holder, field) => {
    const isLast = holder['next_page_token'] === '' && (holder[field] as Row[]).length > 0;
    return isLast ? { ...holder, next_page_token: falseToken } : holder;
  });
const respond = (body: unknown): Trouble => ({ kind: 'respond', status: 200, body });
/** On pages with room: behind a full one the rows would be owed. */
const announcing =
  (count: (rows: readonly unknown[]) => number): Fault =>
  (collection) =>
    changeList(collection, (holder, field) => ({
      ...holder,
      page_size: 300,
      total_records: count(holder[field] as readonly unknown[]),
    }));
const announced = (body: Row) => Number(body['total_records']);

const warningsOf = ({ messages }: RunResult) => logsOf(messages, 'WARN').join('\n');
/** The same as always, for whoever asks for this part of a listing. */
type Fault = (collection: string) => Trouble;

/** A page without rows, and the token of the next one. */
const emptyWith =
  (next_page_token: string): Fault =>
  (collection) => {
    const [field = '', ...around] = collection.split('.').reverse();
    const page: Row = { [field]: [], next_page_token };
    return respond(around.reduce<Row>((inside, name) => ({ [name]: inside }), page));
  };

describe('for every kind of stream', () => {
  const fail = (
    matches: (request: LoggedRequest) => boolean,
    fault: Fault,
    { times, of = listings }: { times?: number; of?: readonly (typeof listings)[number][] } = {},
  ) => {
    for (const { template, collection } of of) {
      const limit = times === undefined ? {} : { times };
      zoom().faults.add({ template, matches, trouble: fault(collection), ...limit });
    }
  };
  const counted = listings.filter((kind) => 'isCounted' in kind);
  const readAll = () => readThrough(zoom(), allStreams.join(','));
  /** Some rows more than once, since a listing was read again. */
  const expectAllRead = (result: RunResult) => {
    for (const stream of allStreams) {
      expectOutcome(result, stream, zoom(), { outcome: 'retried' });
      expectUnion([result], stream, zoom());
    }
  };

  test('a page token that expires makes the listing begin again', async () => {
    fail(isLaterPage, () => troubles.expiredPageToken, { times: 1 });
    expectAllRead(await readAll());
    const troubled = zoom().requests.filter(({ isInTrouble }) => isInTrouble);
    expect(troubled.map(({ template }) => template).sort()).toEqual(
      listings.map(({ template }) => template).sort(),
    );
    for (const { path, query } of troubled) {
      const firsts = zoom().requests.filter(
        (request) =>
          request.path === path && request.query['from'] === query['from'] && !isLaterPage(request),
      );
      expect(firsts.length).toBeGreaterThanOrEqual(2);
    }
  });

  test.each<{ name: string; fault: Fault; of?: readonly (typeof listings)[number][] }>([
    {
      name: 'leads to an empty page',
      fault: emptyWith(''),
    },
    {
      name: 'leads to empty pages for ever',
      fault: emptyWith(falseToken),
    },
    { name: 'is refused', fault: () => troubles.expiredPageToken, of: counted },
  ])(
    'a token on the last page that $name is the end: nothing is lost, nothing is said twice',
    async ({ fault, of = listings }) => {
      fail(isFalse, fault, { of });
      fail(() => true, withFalseToken, { of });
      const result = await readAll();
      expectAllRetried(result, zoom());
      expect(warningsOf(result)).not.toContain('announced');
      const followed = zoom().requests.filter(isFalse);
      expect(new Set(followed.map(({ template }) => template)).size).toBe(of.length);
    },
  );

  let announcedSoFar = 1000;
  test.each<{ name: string; fault: Fault }>([
    { name: 'that never come', fault: announcing(() => 999) },
    {
      name: 'of which another number never comes in each reading',
      fault: announcing(() => announcedSoFar++),
    },
  ])('announced rows $name are read for again, then warned of', async ({ fault }) => {
    fail(() => true, fault);
    const result = await readAll();
    expectAllRead(result);
    const warned = warningsOf(result).matchAll(
      /(\w+): Zoom announced \d+ rows more than it gave, in [2-4] readings/g,
    );
    expect(new Set([...warned].map(([, listing]) => listing)).size).toBe(listings.length);
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'fewer rows than it gives', fault: announcing((rows) => Math.min(1, rows.length)) },
    { name: 'no rows at all', fault: announcing(() => 0) },
    {
      name: 'other page counts than it has',
      fault: (collection) =>
        changeList(collection, (holder) => ({ ...holder, page_count: 77, page_number: 5, page_size: 1 })),
    },
  ])('a listing that announces $name is read to its last token', async ({ fault }) => {
    fail(() => true, fault);
    const result = await readAll();
    expectAllRetried(result, zoom());
    expect(warningsOf(result)).not.toContain('announced');
  });

  test('of a listing that shrinks while it is read, no row is lost that moved up a page', async () => {
    // What would have been first on this page moved to the one before, when that was read already.
    const shrunk: Fault = (collection) =>
      changeList(collection, (holder, field) => ({
        ...holder,
        total_records: announced(holder) - 1,
        [field]: (holder[field] as Row[]).slice(1),
      }));
    fail(isLaterPage, shrunk, { times: 1, of: counted });
    const result = await readAll();
    expectAllRead(result);
    expect(warningsOf(result)).not.toContain('announced');
  });
});

describe.each(listings)('$kind: $stream from $template', (kind) => {
  const { stream, template, collection } = kind;
  const fail = (matches: (request: LoggedRequest) => boolean, trouble: Trouble) =>
    zoom().faults.add({ template, matches, trouble });
  const readBoth = () => readThrough(zoom(), `${stream},${bystander}`);

  test('page tokens that always expire are given up after some readings', async () => {
    fail(isLaterPage, troubles.expiredPageToken);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), {
      outcome: 'failed',
      failure: 'transient_error',
      says: /broke off 4 times/,
    });
    await expectHealed(zoom(), stream, result);
  });

  test('a page token that is repeated over new rows fails, and is no endless loop', async () => {
    const { first, later } = repeatedPage(collection);
    const rowsOfOne = 'rowsOfOne' in kind ? kind.rowsOfOne : 1;
    let listing: string | undefined;
    // One listing of many that has pages, since the pages of another one are none of its own.
    const nameOf = ({ path, query: { next_page_token: _, ...query } }: LoggedRequest) =>
      JSON.stringify([rowsOfOne > 1 ? template : path, query]);
    const isOfIt = (request: LoggedRequest) => nameOf(request) === listing;
    fail((request) => isLaterPage(request) && isOfIt(request), later);
    fail((request) => !isLaterPage(request), {
      kind: 'change',
      change: (body, request) => {
        if (!JSON.stringify(body).includes('"next_page_token":""')) listing ??= nameOf(request);
        return isOfIt(request) ? first.change(body, request) : body;
      },
    });
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), {
      outcome: 'failed',
      failure: 'system_error',
      says: /repeated a page token/,
    });
    expect(zoom().requests.filter(isOfIt).length).toBeLessThan(10 * rowsOfOne);
    await expectHealed(zoom(), stream, result);
  });
});

describe.each(lists)('$kind: $stream from $template', (kind) => {
  const { stream, template, collection } = kind;
  const strings = 'isOfStrings' in kind;

  test.each<{ name: string; trouble: Trouble; says: RegExp }>([
    {
      name: 'something among the rows that is none',
      trouble: changeRows(collection, (rows) => [...rows, 7]),
      says: strings ? /"\w+" holds something that is no string/ : /"[^"]+" holds something that is no object/,
    },
    {
      name: 'no list',
      trouble: respond({ status: 'fine' }),
      says:
        collection === ''
          ? /is no list \(its fields: status\)/
          : /holds no list "[\w.]+" \(its fields: status\)/,
    },
  ])('an answer with $name fails the stream', async ({ trouble, says }) => {
    zoom().faults.add({ template, trouble });
    const result = await readThrough(zoom(), `${stream},${bystander}`);
    expectOutcome(result, stream, zoom(), { outcome: 'failed', failure: 'system_error', says });
    await expectHealed(zoom(), stream, result);
  });
});

test('a refused token on the last page of a listing without counts is no proof that it ends there', async () => {
  const template = '/report/history_meetings';
  zoom().faults.add({ template, matches: isFalse, trouble: troubles.expiredPageToken });
  zoom().faults.add({ template, trouble: withFalseToken('history_meetings') });
  const result = await readThrough(zoom(), `report_history_meetings,${bystander}`);
  expectOutcome(result, 'report_history_meetings', zoom(), {
    outcome: 'failed',
    failure: 'transient_error',
    says: /broke off 4 times/,
  });
});

describe('a listing of users that lacks some', () => {
  const hide = (isHidden: (row: Row) => boolean, times?: number) =>
    zoom().faults.add({
      template: '/users',
      ...(times === undefined ? {} : { times }),
      trouble: {
        kind: 'change',
        change: (body) => ({
          ...body,
          total_records: undefined,
          users: (body['users'] as Row[]).filter((row) => !isHidden(row)),
        }),
      },
    });

  test('deletes no row that the next listing has', async () => {
    const first = await readThrough(zoom(), 'users');
    const hidden = zoom().account.rows('users').at(-1)?.['id'];
    // One reading of the active users, in two pages, and one of the inactive.
    hide(({ id }) => id === hidden, 3);
    const second = await readThrough(zoom(), 'users', { state: lastStates(first.messages) });
    expect([recordsOf(second.messages, 'users'), second.exitCode]).toEqual([[], 0]);
  });

  test('deletes nothing where most of what was known is gone', async () => {
    for (let count = 0; count < 25; count += 1) zoom().account.addUser({ status: 'active' });
    const first = await readThrough(zoom(), 'users');
    hide(() => true);
    const second = await readThrough(zoom(), 'users', { state: lastStates(first.messages) });
    expect(recordsOf(second.messages, 'users')).toEqual([]);
    expect(logsOf(second.messages, 'WARN').join()).toMatch(/30 of 30 known rows are gone/);
    zoom().faults.clear();
    const third = await readThrough(zoom(), 'users', { state: lastStates(second.messages) });
    expect(recordsOf(third.messages, 'users')).toEqual([]);
  });
});

describe('pages that Zoom counts and gives no token to', () => {
  const pageNumber = ({ query }: LoggedRequest) => query['page_number'];
  const failUsers = (change: (body: Row, request: LoggedRequest) => unknown) =>
    zoom().faults.add({ template: '/users', trouble: { kind: 'change', change } });

  const counts = [
    { name: 'rows and pages', left: {} },
    { name: 'rows alone', left: { page_count: undefined } },
    { name: 'pages alone', left: { total_records: undefined } },
  ];

  test.each(counts)('are asked for by their numbers, with a count of $name', async ({ left }) => {
    failUsers((body) => ({ ...body, next_page_token: '', ...left }));
    const result = await readThrough(zoom(), 'users');
    expect(result.exitCode).toBe(0);
    expectWhole(result.messages, 'users', zoom());
    expect(zoom().requests.map(pageNumber)).toContain('2');
  });

  const owed = /announced \d+ (rows more than it gave|pages and gave \d+)/;

  test.each(
    counts.flatMap((count) => [
      { ...count, says: 'the first page', named: () => ({}) },
      {
        ...count,
        says: 'the page that was asked for',
        named: (number: string) => ({ page_number: Number(number) }),
      },
    ]),
  )(
    'are owed where Zoom gives the first one for each and calls it $says, with a count of $name, and come in the next sync',
    async ({ left, named }) => {
      const firstPages = new Map<unknown, Row>();
      failUsers((body, request) => {
        const status = request.query['status'];
        const number = pageNumber(request);
        if (number === undefined) firstPages.set(status, body);
        return { ...firstPages.get(status), next_page_token: '', ...left, ...(number && named(number)) };
      });
      const result = await readThrough(zoom(), `users,${bystander}`);
      expectOutcome(result, 'users', zoom(), { outcome: 'failed', failure: 'system_error', says: owed });
      await expectHealed(zoom(), 'users', result);
    },
  );

  test.each(counts)('are owed while Zoom fails to give them, with a count of $name', async ({ left }) => {
    const isNumbered = (request: LoggedRequest) => pageNumber(request) !== undefined;
    const trouble = troubles.error(500, 500, 'Internal error');
    zoom().faults.add({ template: '/users', matches: isNumbered, trouble });
    failUsers((body) => ({ ...body, next_page_token: '', ...left }));
    const result = await readThrough(zoom(), `users,${bystander}`);
    expectOutcome(result, 'users', zoom(), { outcome: 'failed', failure: 'transient_error', says: owed });
    await expectHealed(zoom(), 'users', result);
  });
});

type Check = (messages: readonly Message[], emulator: Emulator) => void;

describe('what Zoom leaves open', () => {
  const allOf =
    (...names: string[]): Check =>
    (messages, emulator) =>
      names.forEach((name) => {
        expectWhole(messages, name, emulator);
      });
  const readFrom = async (
    options: EmulatorOptions,
    stream: string,
    check: Check = allOf(...stream.split(',')),
  ) => {
    const emulator = await startEmulator(options);
    try {
      const { messages, exitCode } = await readThrough(emulator, stream, {
        changes: { start_date: undefined },
      });
      expect(exitCode).toBe(0);
      check(messages, emulator);
    } finally {
      await emulator.close();
    }
  };

  test('a body of more than 8 MB is read whole', async () => {
    const account = new Account({ calls: 40, days: 10, callArrays: 'both' });
    for (const call of account.rows('phone_call_logs')) (call as Row)['note'] = 'x'.repeat(400_000);
    await readFrom({ account }, 'phone_call_logs');
  });

  const inTwoArrays = promisedStreams().flatMap(({ promise: { name }, endpoint: { oldCollection } }) =>
    oldCollection === undefined ? [] : { name, key: oldCollection.from },
  );

  test.each(['old', 'new', 'both'] as const)(
    'calls and their steps come once, whichever of the two arrays they are in: %s',
    async (callArrays) => {
      const account = new Account({ calls: 30, callArrays });
      await readFrom({ account }, inTwoArrays.map(({ name }) => name).join(), (messages) => {
        for (const { name, key } of inTwoArrays) {
          // The rows of the old array keep their old key too.
          const keys = (rows: readonly Row[]) => rows.map((row) => row[key]).sort();
          expect(keys(recordsOf(messages, name))).toEqual(keys(expectedRows(account, name)));
        }
      });
    },
  );

  test('days are whole whether or not the day of `to` belongs to the answer', async () => {
    await readFrom({ toIsExclusive: true }, 'report_history_meetings,recordings');
  });
});

test('recordings are read user by user where the account listing is refused, and the state knows how far', async () => {
  const trouble = troubles.error(
    400,
    4711,
    'Invalid access token, does not contain scopes:[cloud_recording:read:list_account_recordings:admin].',
  );
  zoom().faults.add({ template: '/accounts/me/recordings', trouble });
  const streams = 'recordings,recording_files';
  const result = await readThrough(zoom(), streams);
  for (const stream of streams.split(',')) expectWhole(result.messages, stream, zoom());
  const count = (template: Kind['template']) =>
    zoom().requests.filter((request) => request.template === template && !isLaterPage(request)).length;
  expect([count('/accounts/me/recordings'), result.exitCode]).toEqual([1, 0]);
  // The next sync asks for the lookback only.
  zoom().clearLog();
  await readThrough(zoom(), streams, { state: lastStates(result.messages) });
  expect(count('/users/{userId}/recordings')).toBe(zoom().account.rows('users').length);
});
