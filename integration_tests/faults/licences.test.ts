import { afterEach, describe, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { troubles } from '../emulator/faults.ts';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { errorsOf, logsOf, recordsOf, statusesOf } from '../harness/messages.ts';
import { streamsBelow } from '../harness/promised.ts';
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

describe('a family that is missing', () => {
  const templates = '/users/{userId}/webinar_templates';
  const countOf = (template: string) => emulator.requests.filter((one) => one.template === template).length;

  test.each([0, 10])('for lack of a licence costs one call a user: %i have it', async (licensedUsers) => {
    await startWith(licensedUsers);
    const family = streamsBelow('/webinars/', '/users/{userId}/webinar');
    expect(family.length).toBeGreaterThan(7);
    const { messages, exitCode } = await readThrough(emulator, family.join(','));
    expect(exitCode).toBe(licensedUsers === 0 ? 1 : 0);
    expect(errorsOf(messages).length).toBe(licensedUsers === 0 ? family.length : 0);
    // Who has it is asked for templates as well.
    expect(countOf(listing) + countOf(templates)).toBe(userCount + licensedUsers);
    const isBelow = emulator.requests.some(({ template }) => template.startsWith('/webinars/'));
    expect(isBelow).toBe(licensedUsers > 0);
    if (licensedUsers > 0) for (const stream of family) expectWhole(messages, stream, emulator);
  });

  test.each([
    {
      product: '/phone/',
      error: troubles.error(403, 2031, 'Zoom Phone has not been enabled for this account.'),
      most: 6,
    },
    // Five of its paths are documented to need nothing, or a feature of their own.
    {
      product: '/report/',
      error: troubles.error(400, 200, 'Only available for Paid account: 1000007.'),
      most: 12,
    },
    {
      product: '/metrics/',
      error: troubles.error(
        400,
        200,
        'Only available for paid accounts that have dashboard feature enabled.',
      ),
      most: 6,
    },
    { product: '/rooms', error: troubles.error(400, 200, 'Zoom Room subscription not found.'), most: 3 },
  ])('for lack of the account costs a handful of requests: $product', async ({ product, error, most }) => {
    await startWith(10);
    const isOfProduct = ({ template }: { readonly template: string }) => template.startsWith(product);
    emulator.faults.add({ matches: isOfProduct, trouble: error });
    const family = streamsBelow(product);
    expect(family.length).toBeGreaterThan(6);
    const { messages, exitCode } = await readThrough(emulator, ['users', ...family].join(','));
    expect(exitCode).toBe(1);
    expect(statusesOf(messages, 'users').at(-1)).toBe('COMPLETE');
    expectWhole(messages, 'users', emulator);
    const errors = errorsOf(messages);
    expect(errors.map(({ stream_descriptor }) => stream_descriptor?.name).sort()).toEqual([...family].sort());
    for (const { failure_type, message } of errors) {
      expect(failure_type).toBe('config_error');
      expect(message).toMatch(/Phone has not been enabled|paid account|subscription not found/i);
    }
    expect(emulator.requests.filter(isOfProduct).length).toBeLessThanOrEqual(most);
  });
});
