import { describe, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/server.ts';
import { lastStates, logsOf, type Message, type Row, recordsOf } from '../harness/messages.ts';
import {
  bystander,
  expectHealed,
  expectOutcome,
  expectUnion,
  expectWhole,
  isLaterPage,
  type Kind,
  listings,
  readThrough,
  repeatedPage,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

const falseToken = 'false-token';
const isFalse = ({ query }: LoggedRequest) => query['next_page_token'] === falseToken;
const withFalseToken: Trouble = {
  kind: 'change',
  change: (body) => (body['next_page_token'] === '' ? { ...body, next_page_token: falseToken } : body),
};
const announcing = (count: (body: Row) => number): Trouble => ({
  kind: 'change',
  change: (body) => ({ ...body, total_records: count(body) }),
});
const announced = (body: Row) => Number(body['total_records']);

describe.each(listings)('$kind: $stream from $template', (kind) => {
  const { stream, template, collection } = kind;
  const fail = (matches: (request: LoggedRequest) => boolean, trouble: Trouble, times?: number) =>
    zoom().faults.add({ template, matches, trouble, ...(times === undefined ? {} : { times }) });
  const readBoth = () => readThrough(zoom(), `${stream},${bystander}`);
  const warnings = ({ messages }: Awaited<ReturnType<typeof readBoth>>) =>
    logsOf(messages, 'WARN').join('\n');

  test('a page token that expires makes the listing begin again', async () => {
    fail(isLaterPage, troubles.expiredPageToken, 1);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectUnion([result], stream, zoom());
    const [troubled] = zoom().requests.filter(({ isInTrouble }) => isInTrouble);
    const first = ({ path, query }: LoggedRequest) =>
      path === troubled?.path &&
      query['from'] === troubled.query['from'] &&
      query['next_page_token'] === undefined;
    expect(zoom().requests.filter(first).length).toBeGreaterThanOrEqual(2);
  });

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
    const { first, later } = repeatedPage();
    let path: string | undefined;
    // One listing of many, since the pages of another one are none of its own.
    const isTheFirst = (request: LoggedRequest) => {
      path ??= request.path;
      return request.path === path;
    };
    fail((request) => isLaterPage(request) && isTheFirst(request), later);
    fail((request) => !isLaterPage(request) && isTheFirst(request), first);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), {
      outcome: 'failed',
      failure: 'system_error',
      says: /repeated a page token/,
    });
    expect(zoom().requests.filter((request) => request.isInTrouble).length).toBeLessThan(10);
    await expectHealed(zoom(), stream, result);
  });

  test.each<{ name: string; trouble: Trouble }>([
    {
      name: 'leads to an empty page',
      trouble: { kind: 'respond', status: 200, body: { [collection]: [], next_page_token: '' } },
    },
    {
      name: 'leads to empty pages for ever',
      trouble: { kind: 'respond', status: 200, body: { [collection]: [], next_page_token: falseToken } },
    },
    { name: 'is refused', trouble: troubles.expiredPageToken },
  ])(
    'a token on the last page that $name is the end: nothing is lost, nothing is said twice',
    async ({ trouble }) => {
      fail(isFalse, trouble);
      fail(() => true, withFalseToken);
      const result = await readBoth();
      expectOutcome(result, stream, zoom(), { outcome: 'retried' });
      expectWhole(result.messages, stream, zoom());
      expect(warnings(result)).not.toContain('announced');
      expect(zoom().requests.some(isFalse)).toBe(true);
    },
  );

  test.each<{ name: string; trouble: Trouble }>([
    { name: 'that never come', trouble: announcing(() => 999) },
    {
      name: 'of which another number never comes in each reading',
      trouble: (() => {
        let reading = 0;
        return announcing(() => 1000 + reading++);
      })(),
    },
  ])('announced rows $name are read for again, then warned of', async ({ trouble }) => {
    fail(() => true, trouble);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectUnion([result], stream, zoom());
    expect(warnings(result)).toMatch(/announced \d+ rows more than it gave, in [2-4] readings/);
  });

  test.each<{ name: string; trouble: Trouble }>([
    { name: 'fewer rows than it gives', trouble: announcing(() => 1) },
    { name: 'no rows at all', trouble: announcing(() => 0) },
    {
      name: 'other page counts than it has',
      trouble: {
        kind: 'change',
        change: (body) => ({ ...body, page_count: 77, page_number: 5, page_size: 1 }),
      },
    },
  ])('a listing that announces $name is read to its last token', async ({ trouble }) => {
    fail(() => true, trouble);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectWhole(result.messages, stream, zoom());
    expect(warnings(result)).not.toContain('announced');
  });

  test('of a listing that shrinks while it is read, no row is lost that moved up a page', async () => {
    // What was second is first now, and what would have been on this page was on the one before, when it was read already.
    fail(
      isLaterPage,
      {
        kind: 'change',
        change: (body) => ({
          ...body,
          total_records: announced(body) - 1,
          [collection]: (body[collection] as Row[]).slice(1),
        }),
      },
      1,
    );
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectUnion([result], stream, zoom());
    expect(warnings(result)).not.toContain('announced');
  });

  test.each<{ name: string; trouble: Trouble; says: RegExp }>([
    {
      name: 'something among the rows that is none',
      trouble: {
        kind: 'change',
        change: (body) => ({ ...body, [collection]: [...(body[collection] as Row[]), 7] }),
      },
      says: /"\w+" holds something that is no object/,
    },
    {
      name: 'no list',
      trouble: { kind: 'respond', status: 200, body: { status: 'fine' } },
      says: /holds no list "\w+" \(its fields: status\)/,
    },
  ])('an answer with $name fails the stream', async ({ trouble, says }) => {
    fail(() => true, trouble);
    const result = await readBoth();
    expectOutcome(result, stream, zoom(), { outcome: 'failed', failure: 'system_error', says });
    await expectHealed(zoom(), stream, result);
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

  test.each(['old', 'new', 'both'] as const)(
    'calls come once, whichever of the two arrays they are in: %s',
    async (callArrays) => {
      // The rows of the old array keep their old key too.
      const keys = (rows: readonly Row[]) => rows.map((row) => row['call_history_uuid']).sort();
      const account = new Account({ calls: 30, callArrays });
      await readFrom({ account }, 'phone_call_logs', (messages) =>
        expect(keys(recordsOf(messages, 'phone_call_logs'))).toEqual(keys(account.rows('phone_call_logs'))),
      );
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
