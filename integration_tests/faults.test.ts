import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Account, toInstant } from './emulator/account.ts';
import { type FaultRule, type Trouble, troubles } from './emulator/faults.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { expectedRows, sorted } from './harness/expected.ts';
import {
  checkStream,
  errorsOf,
  lastStates,
  logsOf,
  type Message,
  type Row,
  recordsOf,
  statesOf,
  statusesOf,
} from './harness/messages.ts';
import { type RunOptions, runConnector } from './harness/run.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({
    account: new Account({
      activeUsers: 6,
      inactiveUsers: 1,
      pastMeetings: 24,
      recordings: 12,
      calls: 20,
      days: 60,
    }),
  });
});
afterEach(() => emulator.close());

const config = (changes: Row = {}) => ({
  ...emulator.config(),
  retry: { wait_time_ms: 1, count_max: 2 },
  ...changes,
});
const read = (streams: string, options: RunOptions & { changes?: Row } = {}) =>
  runConnector(['read', '--streams', streams], { config: config(options.changes), ...options });
const isWhole = (messages: readonly Message[], stream: string) =>
  expect(sorted(recordsOf(messages, stream))).toEqual(sorted(expectedRows(emulator.account, stream)));

/** A stream of each kind, where it is asked, and another one that must not suffer. */
const kinds = [
  { kind: 'snapshot', stream: 'users', template: '/users' },
  { kind: 'snapshot of partitions', stream: 'meetings', template: '/meetings/{meetingId}' },
  { kind: 'windowed', stream: 'recordings', template: '/accounts/me/recordings' },
  {
    kind: 'derived',
    stream: 'past_meeting_participants',
    template: '/past_meetings/{meetingId}/participants',
  },
] as const;
const bystander = 'phone_call_logs';

const passing: readonly { name: string; trouble: Trouble }[] = [
  { name: 'a reset before the headers', trouble: { kind: 'reset', when: 'before_headers' } },
  { name: 'a reset after the headers', trouble: { kind: 'reset', when: 'after_headers' } },
  { name: 'a truncated body', trouble: { kind: 'truncate' } },
  { name: 'a malformed body', trouble: { kind: 'malform' } },
  { name: 'a 500', trouble: troubles.error(500, 500, 'Internal error') },
  {
    name: 'a 502 of HTML',
    trouble: { kind: 'respond', status: 502, body: '<html><title>Bad gateway</title></html>' },
  },
  { name: 'a 503', trouble: troubles.error(503, 503, 'Service unavailable') },
  { name: 'a 504', trouble: troubles.error(504, 504, 'Gateway time-out') },
  { name: 'a 408', trouble: troubles.error(408, 408, 'Request time-out') },
  {
    name: 'an HTML page with status 200',
    trouble: { kind: 'respond', status: 200, body: '<html>maintenance</html>' },
  },
  { name: 'a 429 with Retry-After in seconds', trouble: troubles.retryAfter('0') },
  {
    name: 'a 429 with Retry-After as a date in the past',
    trouble: troubles.retryAfter('Wed, 21 Oct 2015 07:28:00 GMT'),
  },
  { name: 'a 429 with Retry-After in ISO-8601', trouble: troubles.retryAfter('2026-01-01T00:00:00Z') },
  {
    name: 'a 429 in an answer of status 200',
    trouble: {
      kind: 'respond',
      status: 200,
      body: { code: 429, message: 'Too many' },
      headers: { 'retry-after': '0' },
    },
  },
  { name: 'an expired token', trouble: troubles.error(401, 124, 'Access token is expired.') },
];

describe.each(kinds)('$kind: $stream', ({ stream, template }) => {
  test.each(passing)(
    '$name passes by itself: nothing is lost, nothing is said twice',
    async ({ trouble }) => {
      emulator.faults.add({ template, after: 1, times: 1, trouble });
      const { messages, exitCode } = await read(`${stream},${bystander}`);
      isWhole(messages, stream);
      isWhole(messages, bystander);
      checkStream(messages, stream);
      expect(exitCode).toBe(0);
    },
  );

  test('what stays broken fails this stream alone, with the rest of it read', async () => {
    emulator.faults.add({ template, trouble: troubles.error(500, 500, 'Internal error') });
    const { messages, exitCode } = await read(`${stream},${bystander}`);
    expect(statusesOf(messages, stream).at(-1)).toBe('INCOMPLETE');
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'transient_error', stream_descriptor: { name: stream } },
    ]);
    isWhole(messages, bystander);
    checkStream(messages, stream);
    expect(exitCode).toBe(1);
  });

  test.each([
    {
      name: 'a scope',
      trouble: troubles.error(
        400,
        4711,
        'Invalid access token, does not contain scopes:[some:read:scope:admin].',
      ),
      expected: /some:read:scope:admin.*Marketplace/,
    },
    {
      name: 'a licence',
      trouble: troubles.error(400, 200, 'Only available for Paid account: abc.'),
      expected: /Only available for Paid account.*plan or licence/,
    },
  ])('$name that the account lacks is asked for once and named', async ({ trouble, expected }) => {
    emulator.faults.add({
      matches: ({ template: asked }) => asked === template || asked === '/users/{userId}/recordings',
      trouble,
    });
    const { messages, exitCode } = await read(`${stream},${bystander}`);
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(expected) },
    ]);
    expect(emulator.requests.filter(({ template: asked }) => asked === template).length).toBe(1);
    isWhole(messages, bystander);
    expect(exitCode).toBe(1);
  });
});

describe('one partition of many', () => {
  const template = '/past_meetings/{meetingId}/participants';
  const stream = 'past_meeting_participants';
  const meeting = () =>
    String(
      emulator.account
        .rows('report_history_meetings')
        .find(({ type, participants }) => type === 'Meeting' && participants !== 1)?.['meeting_uuid'],
    );
  const asked = (uuid: string, { path }: { path: string }) =>
    decodeURIComponent(decodeURIComponent(path)).includes(uuid);
  const refuse = (trouble: Trouble): FaultRule => ({
    template,
    matches: (request) => asked(meeting(), request),
    trouble,
  });

  test('a firewall blocks it: it is owed, the rest is read, and the third sync in a row passes with a WARN', async () => {
    const uuid = meeting();
    emulator.faults.add(refuse(troubles.firewall));
    let state: readonly Row[] | undefined;
    for (const expected of [
      { exitCode: 1, end: 'INCOMPLETE' },
      { exitCode: 1, end: 'INCOMPLETE' },
      { exitCode: 0, end: 'COMPLETE' },
    ]) {
      const result = await read(stream, state === undefined ? {} : { state });
      expect([result.exitCode, statusesOf(result.messages, stream).at(-1)]).toEqual([
        expected.exitCode,
        expected.end,
      ]);
      expect(statesOf(result.messages, stream).at(-1)).toHaveProperty(['owed', uuid]);
      expect(logsOf(result.messages, 'WARN').join()).toContain(uuid);
      state = lastStates(result.messages);
    }
    emulator.faults.clear();
    const healed = await read(stream, { state: state ?? [] });
    const expected = expectedRows(emulator.account, stream).filter(
      ({ meeting_uuid }) => meeting_uuid === uuid,
    );
    expect(
      sorted(recordsOf(healed.messages, stream).filter(({ meeting_uuid }) => meeting_uuid === uuid)),
    ).toEqual(sorted(expected));
    expect(statesOf(healed.messages, stream).at(-1)).not.toHaveProperty('owed');
  });

  test('a report that is not ready is owed without failing, and read when it is', async () => {
    const recent = emulator.account.addPastMeeting({ end_time: toInstant(Date.now() - 600_000) });
    emulator.faults.add({
      template,
      matches: (request) => asked(String(recent['meeting_uuid']), request),
      trouble: troubles.error(404, 3001, 'Meeting does not exist.'),
    });
    const first = await read(stream);
    expect([
      first.exitCode,
      recordsOf(first.messages, stream).some(({ meeting_uuid }) => meeting_uuid === recent['meeting_uuid']),
    ]).toEqual([0, false]);
    expect(statesOf(first.messages, stream).at(-1)).toMatchObject({
      owed: { [String(recent['meeting_uuid'])]: { reason: 'not_ready' } },
    });
    emulator.faults.clear();
    const second = await read(stream, {
      state: lastStates(first.messages),
      changes: { lookback_window_days: 0 },
    });
    expect(recordsOf(second.messages, stream).length).toBe(
      emulator.account.participantsOf(String(recent['meeting_uuid']))?.length,
    );
    expect(statesOf(second.messages, stream).at(-1)).not.toHaveProperty('owed');
  });

  test('a meeting that is too old is skipped and counted', async () => {
    emulator.faults.add(refuse(troubles.error(400, 12702, 'Can not access a meeting a year ago.')));
    const { messages, exitCode } = await read(stream);
    expect(exitCode).toBe(0);
    expect(logsOf(messages, 'INFO').join('\n')).toMatch(/skipped 1 as final \(400\/12702/);
  });

  test('a user who vanished meanwhile is skipped, and meetings of the others are read', async () => {
    const [first] = emulator.account.rows('users');
    emulator.faults.add({
      template: '/users/{userId}/meetings',
      matches: ({ path }) => path.includes(String(first?.['id'])),
      trouble: troubles.error(404, 1001, 'User does not exist.'),
    });
    const { messages, exitCode } = await read('meetings');
    expect(exitCode).toBe(0);
    expect(logsOf(messages).join('\n')).toMatch(/meetings: skipped 1 as final \(404\/1001/);
    expect(recordsOf(messages, 'meetings').some(({ host_id }) => host_id !== first?.['id'])).toBe(true);
  });
});

describe('listings', () => {
  const pageOfTwo: Trouble = { kind: 'change', change: (body) => body };

  test.each(kinds.filter(({ kind }) => kind === 'windowed'))(
    'an expired page token makes the window begin again: $stream',
    async ({ stream, template }) => {
      await emulator.close();
      emulator = await startEmulator({
        account: new Account({ recordings: 700, days: 20, activeUsers: 3, calls: 5 }),
      });
      emulator.faults.add({
        template,
        matches: ({ query }) => query['next_page_token'] !== undefined,
        times: 1,
        trouble: troubles.error(400, 300, 'The next page token is invalid or expired.'),
      });
      const { messages, exitCode } = await read(`${stream},${bystander}`);
      isWhole(messages, stream);
      expect(exitCode).toBe(0);
    },
  );

  test('a page token that always expires ends in a transient_error', async () => {
    await emulator.close();
    emulator = await startEmulator({ account: new Account({ calls: 900, days: 10, callArrays: 'new' }) });
    emulator.faults.add({
      template: '/phone/call_history',
      matches: ({ query }) => query['next_page_token'] !== undefined,
      trouble: troubles.error(403, 300, 'The next page token is invalid or expired.'),
    });
    const { messages, exitCode } = await read('phone_call_logs');
    expect(errorsOf(messages)).toMatchObject([{ failure_type: 'transient_error' }]);
    expect(exitCode).toBe(1);
  });

  test('a repeated page token is a system_error and no endless loop', async () => {
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: { kind: 'change', change: (body) => ({ ...body, next_page_token: 'again' }) },
    });
    emulator.faults.add({ template: '/accounts/me/recordings', trouble: pageOfTwo });
    const rows = emulator.account.rows('recordings').slice(0, 2);
    emulator.faults.clear();
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: { kind: 'respond', status: 200, body: { meetings: rows, next_page_token: 'again' } },
    });
    const { messages, exitCode } = await read('recordings');
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'system_error', message: expect.stringContaining('repeated a page token') },
    ]);
    expect(exitCode).toBe(1);
  });

  test('a token on the last page that leads nowhere ends the listing', async () => {
    const isFollowed = ({ query }: { query: Readonly<Record<string, string>> }) =>
      query['next_page_token'] === 'false-token';
    emulator.faults.add({
      template: '/accounts/me/recordings',
      matches: isFollowed,
      trouble: { kind: 'respond', status: 200, body: { meetings: [], next_page_token: 'false-token' } },
    });
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: { kind: 'change', change: (body) => ({ ...body, next_page_token: 'false-token' }) },
    });
    const { messages, exitCode } = await read('recordings');
    isWhole(messages, 'recordings');
    expect(exitCode).toBe(0);
  });

  test('a token on the last page that is refused ends the listing when all announced rows are there', async () => {
    emulator.faults.add({
      template: '/accounts/me/recordings',
      matches: ({ query }) => query['next_page_token'] === 'false-token',
      trouble: troubles.error(400, 300, 'The next page token is invalid or expired.'),
    });
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: {
        kind: 'change',
        change: (body) => ({
          ...body,
          next_page_token: Number(body['total_records']) > 0 ? 'false-token' : '',
        }),
      },
    });
    const { messages, exitCode } = await read('recordings');
    isWhole(messages, 'recordings');
    expect(exitCode).toBe(0);
  });

  test('announced rows that never come are read for again, then warned of', async () => {
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: { kind: 'change', change: (body) => ({ ...body, total_records: 999 }) },
    });
    const { messages, exitCode } = await read('recordings');
    isWhole(messages, 'recordings');
    expect(logsOf(messages, 'WARN').join('\n')).toMatch(/announced \d+ rows more than it gave/);
    expect(exitCode).toBe(0);
  });

  test('a body of more than 8 MB is read whole', async () => {
    await emulator.close();
    emulator = await startEmulator({ account: new Account({ calls: 40, days: 10, callArrays: 'both' }) });
    for (const call of emulator.account.rows('phone_call_logs')) (call as Row)['note'] = 'x'.repeat(400_000);
    const { messages, exitCode } = await read('phone_call_logs');
    isWhole(messages, 'phone_call_logs');
    expect(exitCode).toBe(0);
  });

  test.each(['old', 'new', 'both'] as const)(
    'calls come once, whichever of the two arrays they are in: %s',
    async (callArrays) => {
      await emulator.close();
      emulator = await startEmulator({ account: new Account({ calls: 30, callArrays }) });
      const { messages } = await read('phone_call_logs');
      const keys = recordsOf(messages, 'phone_call_logs')
        .map(({ call_history_uuid }) => call_history_uuid)
        .sort();
      expect(keys).toEqual(
        emulator.account
          .rows('phone_call_logs')
          .map(({ call_history_uuid }) => call_history_uuid)
          .sort(),
      );
    },
  );

  test('days are whole whether or not the day of `to` belongs to the answer', async () => {
    await emulator.close();
    emulator = await startEmulator({ toIsExclusive: true });
    const { messages } = await read('report_history_meetings,recordings');
    isWhole(messages, 'report_history_meetings');
    isWhole(messages, 'recordings');
  });

  test('recordings are read user by user where the account listing is refused', async () => {
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: troubles.error(
        400,
        4711,
        'Invalid access token, does not contain scopes:[cloud_recording:read:list_account_recordings:admin].',
      ),
    });
    const { messages, exitCode } = await read('recordings,recording_files');
    isWhole(messages, 'recordings');
    isWhole(messages, 'recording_files');
    expect(emulator.requests.filter(({ template }) => template === '/accounts/me/recordings').length).toBe(1);
    expect(exitCode).toBe(0);
    // The next sync asks for the lookback only, user by user.
    emulator.requests.length = 0;
    await read('recordings,recording_files', { state: lastStates(messages) });
    const users = emulator.account.rows('users').length;
    expect(emulator.requests.filter(({ template }) => template === '/users/{userId}/recordings').length).toBe(
      users,
    );
  });

  test('one user whose recordings are refused is owed, and read from there on', async () => {
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: troubles.error(400, 4711, 'does not contain scopes:[x:y].'),
    });
    const host = String(emulator.account.rows('recordings')[0]?.['host_id']);
    emulator.faults.add({
      template: '/users/{userId}/recordings',
      matches: ({ path }) => path.includes(host),
      trouble: troubles.firewall,
    });
    const first = await read('recordings');
    expect(first.exitCode).toBe(1);
    expect(recordsOf(first.messages, 'recordings').length).toBe(
      emulator.account.rows('recordings').length - emulator.account.recordingsOf(host).length,
    );
    emulator.faults.clear();
    emulator.faults.add({
      template: '/accounts/me/recordings',
      trouble: troubles.error(400, 4711, 'does not contain scopes:[x:y].'),
    });
    const second = await read('recordings', { state: lastStates(first.messages) });
    expect(second.exitCode).toBe(0);
    const union = new Set(
      [...recordsOf(first.messages, 'recordings'), ...recordsOf(second.messages, 'recordings')].map(
        ({ uuid }) => uuid,
      ),
    );
    expect(union.size).toBe(emulator.account.rows('recordings').length);
  });
});

describe('deletions', () => {
  test('a row that one listing lacks and the next one has is not deleted', async () => {
    const first = await read('users');
    const hidden = emulator.account.rows('users').at(-1)?.['id'];
    const without: Trouble = {
      kind: 'change',
      change: (body) => ({
        ...body,
        total_records: undefined,
        users: (body['users'] as Row[]).filter(({ id }) => id !== hidden),
      }),
    };
    emulator.faults.add({ template: '/users', times: 2, trouble: without });
    const second = await read('users', { state: lastStates(first.messages) });
    expect(recordsOf(second.messages, 'users')).toEqual([]);
    expect(second.exitCode).toBe(0);
  });

  test('a listing that lacks most of what was known deletes nothing', async () => {
    await emulator.close();
    emulator = await startEmulator({ account: new Account({ activeUsers: 30, inactiveUsers: 0 }) });
    const first = await read('users');
    emulator.faults.add({
      template: '/users',
      trouble: { kind: 'change', change: (body) => ({ ...body, total_records: 0, users: [] }) },
    });
    const second = await read('users', { state: lastStates(first.messages) });
    expect(recordsOf(second.messages, 'users')).toEqual([]);
    expect(logsOf(second.messages, 'WARN').join()).toMatch(/30 of 30 known rows are gone/);
    emulator.faults.clear();
    const third = await read('users', { state: lastStates(second.messages) });
    expect(recordsOf(third.messages, 'users')).toEqual([]);
  });
});

describe('rate limits', () => {
  test('a day that is used up ends the streams that need it, says when it comes back, and the next sync goes on there', async () => {
    const until = '2027-01-01T00:00:00Z';
    emulator.faults.add({
      template: '/past_meetings/{meetingId}/participants',
      after: 5,
      trouble: troubles.dailyLimit(until),
    });
    const first = await read('past_meeting_participants,users', { changes: { concurrency: 1 } });
    expect(errorsOf(first.messages)).toMatchObject([
      { failure_type: 'transient_error', message: expect.stringContaining('2027-01-01T00:00:00.000Z') },
    ]);
    expect(statusesOf(first.messages, 'users').at(-1)).toBe('COMPLETE');
    const done = emulator.requests
      .filter(({ template, status }) => template.startsWith('/past_meetings') && status === 200)
      .map(({ path }) => path);
    emulator.faults.clear();
    emulator.requests.length = 0;
    const second = await read('past_meeting_participants', { state: lastStates(first.messages) });
    expect(second.exitCode).toBe(0);
    const again = emulator.requests.filter(({ path }) => done.includes(path));
    expect(again).toEqual([]);
    const union = [
      ...recordsOf(first.messages, 'past_meeting_participants'),
      ...recordsOf(second.messages, 'past_meeting_participants'),
    ];
    expect(sorted(union)).toEqual(sorted(expectedRows(emulator.account, 'past_meeting_participants')));
  });

  test('a wait is announced with its end, and taken back when it is over', async () => {
    emulator.faults.add({ template: '/accounts/me/recordings', times: 1, trouble: troubles.retryAfter('3') });
    const { messages, exitCode } = await read('recordings');
    const waits = messages.flatMap(({ trace }) => trace?.stream_status?.reasons ?? []);
    expect(waits.length).toBe(1);
    expect(waits[0]?.rate_limited.quota_reset).toBeGreaterThan(Date.now() - 10_000);
    isWhole(messages, 'recordings');
    expect(exitCode).toBe(0);
  });

  test('a 429 without Retry-After is waited for, whatever count_max says', async () => {
    emulator.faults.add({ template: '/users', times: 2, trouble: troubles.perSecondLimit });
    const { messages, exitCode } = await read('users', { changes: { retry: { count_max: 0 } } });
    isWhole(messages, 'users');
    expect(exitCode).toBe(0);
  });

  test.each([{ mode: 'None' }, { mode: 'RetryWhenStatusCodeMatch', status_code_list: '500-599' }])(
    'a 429 is not waited for with %j',
    async (retry) => {
      emulator.faults.add({ template: '/users', times: 1, trouble: troubles.perSecondLimit });
      const { messages, exitCode } = await read('users', { changes: { retry } });
      expect(errorsOf(messages)).toMatchObject([{ failure_type: 'transient_error' }]);
      expect(exitCode).toBe(1);
    },
  );

  test('a wrong label is corrected by what Zoom answers, and limits are kept without a 429', async () => {
    await emulator.close();
    emulator = await startEmulator({
      plan: 'pro',
      account: new Account({ activeUsers: 20, meetingsPerUser: 2, pastMeetings: 30, days: 40 }),
    });
    const { messages, exitCode } = await read(
      'users,meetings,recordings,report_history_meetings,past_meeting_participants,phone_call_logs',
      { changes: { zoom_plan: 'pro' } },
    );
    expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
    isWhole(messages, 'meetings');
    expect(exitCode).toBe(0);
  }, 60_000);
});

test('no secret is in any output, whatever goes wrong', async () => {
  const all: Trouble[] = [
    ...passing.map(({ trouble }) => trouble),
    troubles.firewall,
    troubles.error(400, 300, 'token access_token=abc zak=def is not valid'),
  ];
  for (const [index, trouble] of all.entries())
    emulator.faults.add({
      matches: ({ path }) => path.startsWith('/v2/'),
      after: index * 3,
      times: 2,
      trouble,
    });
  const { stdout, stderr } = await read(
    'users,meetings,recordings,report_history_meetings,past_meeting_participants,phone_call_logs',
    { env: { LOG_LEVEL: 'debug' } },
  );
  for (const secret of emulator.oauth.secrets) expect(stdout + stderr).not.toContain(secret);
  expect(stdout).not.toContain('canary');
});
