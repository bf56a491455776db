import { afterEach, expect, test } from '@jest/globals';
import { Account } from './emulator/account.ts';
import { troubles } from './emulator/faults.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { expectedRows, sorted } from './harness/expected.ts';
import { lastStates, recordsOf } from './harness/messages.ts';
import { type RunResult, runConnector } from './harness/run.ts';

let emulator: Emulator;
afterEach(() => emulator.close());

async function read(streams: readonly string[]): Promise<RunResult> {
  const result = await runConnector(['read', '--streams', streams.join(',')], {
    config: emulator.config(),
    timeoutMs: 240_000,
  });
  expect(result.exitCode).toBe(0);
  for (const stream of streams) {
    const expected = sorted(expectedRows(emulator.account, stream), stream);
    expect(sorted(recordsOf(result.messages, stream), stream)).toEqual(expected);
  }
  return result;
}

/** How often each endpoint was asked, by its documented path. */
function countCalls(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { template } of emulator.requests) counts[template] = (counts[template] ?? 0) + 1;
  return counts;
}

/** Nothing was asked twice, whatever it was asked for. */
function expectNoRepeats(): void {
  const asked = emulator.requests.map(({ path, query }) => JSON.stringify([path, query]));
  expect(asked.filter((request, index) => asked.indexOf(request) !== index)).toEqual([]);
}

test('meetings, polls and registrants of 100 users cost 2 pages of users, 100 listings, 1,000 bodies, 1,000 calls for polls and 3 for each of the 500 meetings with registration', async () => {
  const account = new Account({
    activeUsers: 90,
    inactiveUsers: 10,
    meetingsPerUser: 10,
    pastMeetings: 0,
    recordings: 0,
    calls: 0,
    rows: { meeting_polls: 1, meeting_registrants: 1 },
  });
  emulator = await startEmulator({ account });
  await read(['meetings', 'meeting_polls', 'meeting_registrants']);
  expect(countCalls()).toEqual({
    '/oauth/token': 1,
    '/users': 2,
    '/users/{userId}/meetings': 100,
    '/meetings/{meetingId}': 1000,
    '/meetings/{meetingId}/polls': 1000,
    '/meetings/{meetingId}/registrants': 3 * 500,
  });
  expectNoRepeats();
});

test('recordings that are read user by user list the users once, whatever the number of windows', async () => {
  emulator = await startEmulator();
  const scope = troubles.error(400, 4711, 'Invalid access token, does not contain scopes:[x:y:admin].');
  emulator.faults.add({ template: '/accounts/me/recordings', trouble: scope });
  await read(['recordings', 'recording_files']);
  const calls = countCalls();
  expect(calls).toMatchObject({ '/users': 2, '/accounts/me/recordings': 1 });
  const users = emulator.account.users.length;
  const windows = Number(calls['/users/{userId}/recordings']) / users;
  expect([users > 10, windows > 5, Number.isInteger(windows)]).toEqual([true, true, true]);
  expectNoRepeats();
});

test('with `detail_refresh_days` a second sync asks for the details of nobody whose row is as it was', async () => {
  const account = new Account({ activeUsers: 20, pastMeetings: 0, recordings: 0, calls: 0 });
  emulator = await startEmulator({ account });
  const config = { ...emulator.config(), detail_refresh_days: 30 };
  const args = ['read', '--streams', 'users,user_settings,user_permissions'];
  const first = await runConnector(args, { config });
  const users = account.users.length;
  const details = ['/users/{userId}/settings', '/users/{userId}/permissions'];
  expect(countCalls()).toMatchObject({ [String(details[0])]: 4 * users, [String(details[1])]: users });
  emulator.clearLog();
  const second = await runConnector(args, { config, state: lastStates(first.messages) });
  expect(second.exitCode).toBe(0);
  expect(details.map((template) => countCalls()[template] ?? 0)).toEqual([0, 0]);
  for (const stream of ['user_settings', 'user_permissions'])
    expect(recordsOf(second.messages, stream)).toEqual([]);
});

test('no more requests are in flight than `concurrency` allows, however many streams are read', async () => {
  const account = new Account({ activeUsers: 20, meetingsPerUser: 2, pastMeetings: 20, calls: 20 });
  emulator = await startEmulator({ account, plan: 'unlimited' });
  emulator.faults.add({ trouble: { kind: 'slow', ms: 20 } });
  const streams = 'users,groups,roles,rooms,user_settings,report_history_meetings,recordings,phone_call_logs';
  const { exitCode } = await runConnector(['read', '--streams', streams], {
    config: { ...emulator.config(), zoom_plan: 'unlimited', concurrency: 3 },
    timeoutMs: 240_000,
  });
  expect(exitCode).toBe(0);
  expect(Math.max(...emulator.requests.map(({ inFlight }) => inFlight))).toBe(3);
});
