import { afterEach, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { troubles } from '../emulator/faults.ts';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { errorsOf, logsOf, recordsOf, statusesOf } from '../harness/messages.ts';
import { bystander, expectOutcomes, expectWhole, readThrough } from './trial.ts';

const streams = ['webinars', 'webinar_panelists', 'webinar_registrants'];
const listing = '/users/{userId}/webinars';
const userCount = 300;

let emulator: Emulator;
afterEach(() => emulator.close());

/** Many users, of whom the last ones may hold webinars. */
async function startWith(licensedUsers: number): Promise<void> {
  const account = new Account({
    activeUsers: userCount - 5,
    inactiveUsers: 5,
    meetingsPerUser: 0,
    pastMeetings: 0,
    recordings: 0,
    calls: 5,
    days: 40,
    licensedUsers,
  });
  emulator = await startEmulator({ account });
}

/** Who was asked for webinars: each path as often as it was asked. */
const asked = () => emulator.requests.flatMap(({ template, path }) => (template === listing ? path : []));
const expectEachAskedOnce = () =>
  expect([asked().length, new Set(asked()).size]).toEqual([userCount, userCount]);

test('the webinars of the last ten of 300 users are read, and everybody else is counted as skipped', async () => {
  await startWith(10);
  const { messages, exitCode } = await readThrough(emulator, streams.join(','));
  expect([errorsOf(messages), exitCode]).toEqual([[], 0]);
  const logs = logsOf(messages, 'INFO').join('\n');
  for (const stream of streams) {
    expect(statusesOf(messages, stream).at(-1)).toBe('COMPLETE');
    expect(recordsOf(messages, stream).length).toBeGreaterThan(20);
    expectWhole(messages, stream, emulator);
    expect(logs).toMatch(new RegExp(`${stream}: skipped 290 as final \\(400/200 "Webinar plan is missing`));
  }
  expectEachAskedOnce();
});

test('a stream that one has the licence for asks for each user once, too', async () => {
  await startWith(1);
  const { messages, exitCode } = await readThrough(emulator, 'webinar_panelists');
  expect(exitCode).toBe(0);
  expectWhole(messages, 'webinar_panelists', emulator);
  expectEachAskedOnce();
});

test('where nobody has the licence, each stream that needs it fails alone and names the plan', async () => {
  await startWith(0);
  const result = await readThrough(emulator, [...streams, bystander].join(','));
  expectOutcomes(result, streams, emulator, {
    outcome: 'failed',
    failure: 'config_error',
    says: /Webinar plan is missing.*plan or licence/,
    skips: streams.map(() => ({ count: '300', code: '400/200' })),
  });
  expectEachAskedOnce();
});

test('a role that may not see webinars is no lack of licences, and never COMPLETE', async () => {
  await startWith(10);
  emulator.faults.add({ template: listing, trouble: troubles.error(400, 200, 'No permission.') });
  const result = await readThrough(emulator, [...streams, bystander].join(','));
  expectOutcomes(result, streams, emulator, {
    outcome: 'failed',
    failure: 'config_error',
    says: /No permission\..*role/,
  });
  expect(asked().length).toBeLessThan(20);
});
