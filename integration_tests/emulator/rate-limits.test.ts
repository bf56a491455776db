import { afterEach, describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import type { Plan } from './rate-limits.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet, type Get } from './test-client.ts';

let clock: number;
let emulator: Emulator;
let get: Get;
async function start(plan: Plan): Promise<void> {
  clock = Date.UTC(2026, 9, 15, 23, 50);
  const account = new Account({ now: clock, pastMeetings: 4, recordings: 2, calls: 2 });
  emulator = await startEmulator({ plan, account, now: () => clock });
  get = createGet(emulator);
}
afterEach(() => emulator.close());

/** Asks until it is told to stop; how often that went well. */
async function countUntilRefused(path: string, most: number): Promise<number> {
  for (let count = 0; count < most; count += 1) if ((await get(path)).status === 429) return count;
  return most;
}

test.each<{ plan: Plan; path: string; label: string; expected: number }>([
  { plan: 'free', path: '/users/me', label: 'Light', expected: 4 },
  { plan: 'free', path: '/users', label: 'Medium', expected: 2 },
  { plan: 'free', path: '/phone/call_history', label: 'Heavy (Phone, as pro)', expected: 5 },
  { plan: 'pro', path: '/users/me', label: 'Light', expected: 30 },
  { plan: 'pro', path: '/users', label: 'Medium', expected: 20 },
  { plan: 'pro', path: '/report/history_meetings', label: 'Heavy', expected: 10 },
  { plan: 'business', path: '/users', label: 'Medium', expected: 60 },
  { plan: 'business', path: '/phone/call_history', label: 'Heavy (Phone)', expected: 10 },
  { plan: 'unlimited', path: '/users', label: 'Medium', expected: 90 },
])('$plan, $label: $expected a second', async ({ plan, path, expected }) => {
  await start(plan);
  expect(await countUntilRefused(path, 90)).toBe(expected);
});

describe('a second that is used up', () => {
  test('is refused without saying when it is over, and slides', async () => {
    await start('pro');
    for (let count = 0; count < 20; count += 1) {
      await get('/users');
      clock += 10;
    }
    const { status, body, headers } = await get('/users');
    expect([status, body['code'], headers.get('x-ratelimit-type'), headers.get('retry-after')]).toEqual([
      429,
      429,
      'QPS',
      null,
    ]);
    expect(body['message']).toMatch(/per-second rate limit/);
    expect(headers.get('x-ratelimit-category')).toBe('Medium');
    clock += 800;
    expect((await get('/users')).status).toBe(200);
    expect((await get('/users')).status).toBe(429);
  });

  test('holds for its label and its pool alone', async () => {
    await start('pro');
    await countUntilRefused('/report/history_meetings', 90);
    expect((await get('/users')).status).toBe(200);
    expect((await get('/phone/call_history')).status).toBe(200);
  });

  test('is shared by endpoints of one label', async () => {
    await start('pro');
    await countUntilRefused('/users', 90);
    expect((await get('/accounts/me/recordings')).status).toBe(429);
  });
});

test('a day that is used up is refused until midnight UTC, for what is counted by the day', async () => {
  await start('free');
  clock = Date.UTC(2026, 9, 15, 8);
  for (let count = 0; count < 1000; count += 1) {
    if ((await get('/report/history_meetings')).status === 429) throw new Error(`refused after ${count}`);
    clock += 1000;
  }
  const { status, body, headers } = await get('/report/history_meetings');
  expect([status, headers.get('x-ratelimit-type'), headers.get('retry-after')]).toEqual([
    429,
    'Daily-limit',
    '2026-10-16T00:00:00Z',
  ]);
  expect(body['message']).toMatch(/daily rate limit/);
  expect((await get('/users')).status).toBe(200);
  clock = Date.UTC(2026, 9, 16);
  expect((await get('/report/history_meetings')).status).toBe(400);
});
