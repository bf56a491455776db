import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../harness/until.ts';
import type { Row } from './endpoint.ts';
import { type Trouble, troubles } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet, type Get } from './test-client.ts';

let emulator: Emulator;
let get: Get;
let heard: LoggedRequest[];
beforeEach(async () => {
  heard = [];
  emulator = await startEmulator({ onRequest: (request) => heard.push(request) });
  get = createGet(emulator);
});
afterEach(() => emulator.close());

const fail = (trouble: Trouble) => emulator.faults.add({ times: 1, trouble });
const raw = async (path: string) => {
  const { accessToken } = emulator.oauth.issuePair('s2s-app');
  return fetch(`${emulator.apiUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
};

describe('rules', () => {
  test('hold for what they match, after some, a number of times', async () => {
    const trouble = troubles.error(500, 500, 'Internal error');
    emulator.faults.add({
      template: '/users',
      matches: ({ query }) => query['status'] === 'active',
      after: 1,
      times: 2,
      trouble,
    });
    const statuses = [];
    for (let count = 0; count < 5; count += 1)
      statuses.push((await get('/users', { status: 'active' })).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect((await get('/users', { status: 'inactive' })).status).toBe(200);
  });

  test('follow one another when the first is used up, until they are cleared', async () => {
    fail(troubles.error(500, 500, 'first'));
    emulator.faults.add({ trouble: troubles.error(502, 502, 'second') });
    const statuses = [
      (await get('/users')).status,
      (await get('/users')).status,
      (await get('/users')).status,
    ];
    emulator.faults.clear();
    expect([...statuses, (await get('/users')).status]).toEqual([500, 502, 502, 200]);
  });
});

describe('connections', () => {
  test('are reset before the headers', async () => {
    fail({ kind: 'reset', when: 'before_headers' });
    await expect(get('/users')).rejects.toThrow('fetch failed');
    expect(heard).toMatchObject([{ status: 0, endedAt: 0 }]);
    expect((await get('/users')).status).toBe(200);
  });

  test.each<{ trouble: Trouble }>([
    { trouble: { kind: 'reset', when: 'after_headers' } },
    { trouble: { kind: 'truncate' } },
  ])('break within the body: $trouble.kind', async ({ trouble }) => {
    fail(trouble);
    const response = await raw('/users');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  test('hang', async () => {
    fail({ kind: 'hang' });
    const { accessToken } = emulator.oauth.issuePair('s2s-app');
    const patience = new AbortController();
    const asked = fetch(`${emulator.apiUrl}/users`, {
      headers: { authorization: `Bearer ${accessToken}` },
      signal: patience.signal,
    });
    await until('answered, in vain', () => heard.length === 1);
    patience.abort(new Error('given up'));
    await expect(asked).rejects.toThrow('given up');
    expect(heard).toMatchObject([{ status: 0, endedAt: 0 }]);
  });

  test.each<{ trouble: Trouble; least: number }>([
    { trouble: { kind: 'slow', ms: 60 }, least: 55 },
    { trouble: { kind: 'slow', ms: 20, chunks: 4 }, least: 55 },
  ])('are slow, and nothing is missing: %j', async ({ trouble, least }) => {
    const expected = await (await raw('/users')).text();
    fail(trouble);
    const startedAt = performance.now();
    expect(await (await raw('/users')).text()).toBe(expected);
    expect(performance.now() - startedAt).toBeGreaterThan(least);
  });
});

describe('bodies', () => {
  test('are malformed, of the right length', async () => {
    fail({ kind: 'malform' });
    const response = await raw('/users');
    const text = await response.text();
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  });

  test('are of a firewall, in HTML', async () => {
    fail(troubles.firewall);
    const { status, headers } = await get('/users');
    expect([status, headers.get('content-type')]).toEqual([403, 'text/html']);
  });

  test.each<{ name: string; trouble: Trouble; expected: Row }>([
    {
      name: 'an error in a good status',
      trouble: troubles.error(200, 300, 'No'),
      expected: { code: 300, message: 'No' },
    },
    {
      name: 'a page token of the fault’s own',
      trouble: troubles.pageToken('again'),
      expected: { next_page_token: 'again' },
    },
    { name: 'wrong totals', trouble: troubles.totalRecords(999), expected: { total_records: 999 } },
    {
      name: 'rows left out',
      trouble: troubles.withoutRows('users', () => true),
      expected: { users: [], total_records: 12 },
    },
  ])('hold $name', async ({ trouble, expected }) => {
    fail(trouble);
    expect(await get('/users')).toMatchObject({ status: 200, body: expected });
  });

  test('are larger than 8 MB', async () => {
    fail(troubles.oversized(9_000_000));
    const { body } = await get('/users');
    expect([JSON.stringify(body).length > 9_000_000, body['total_records']]).toEqual([true, 12]);
  });

  test('are not changed in the account', async () => {
    const [recording] = emulator.account.rows('recordings');
    const day = String(recording?.['start_time']).slice(0, 10);
    const spoil = (body: Row) => {
      for (const row of body['meetings'] as Row[]) row['topic'] = 'Spoiled';
      return body;
    };
    fail({ kind: 'change', change: spoil });
    const { body } = await get('/accounts/me/recordings', { from: day, to: day });
    expect((body['meetings'] as Row[])[0]?.['topic']).toBe('Spoiled');
    expect(recording?.['topic']).not.toBe('Spoiled');
  });
});

test.each<{ name: string; trouble: Trouble; expected: Record<string, string | null> }>([
  {
    name: 'per second',
    trouble: troubles.perSecondLimit,
    expected: { 'x-ratelimit-type': 'QPS', 'retry-after': null },
  },
  { name: 'in seconds', trouble: troubles.retryAfter('7'), expected: { 'retry-after': '7' } },
  {
    name: 'until a date',
    trouble: troubles.retryAfter('Wed, 21 Oct 2026 07:28:00 GMT'),
    expected: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' },
  },
  { name: 'blank', trouble: troubles.retryAfter(''), expected: { 'retry-after': '' } },
  {
    name: 'for the day',
    trouble: troubles.dailyLimit('2026-10-16T00:00:00Z'),
    expected: { 'x-ratelimit-type': 'Daily-limit', 'retry-after': '2026-10-16T00:00:00Z' },
  },
])('limits: $name', async ({ trouble, expected }) => {
  fail(trouble);
  const { status, headers } = await get('/users');
  expect([
    status,
    Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)])),
  ]).toEqual([429, expected]);
});

test.each<{ name: string; trouble: Trouble; status: number; code: number }>([
  { name: 'an access token', trouble: troubles.expiredAccessToken, status: 401, code: 124 },
  { name: 'a page token', trouble: troubles.expiredPageToken, status: 400, code: 300 },
])('$name expires before its time', async ({ trouble, status, code }) => {
  fail(trouble);
  expect(await get('/users')).toMatchObject({ status, body: { code } });
});

test('a label is wrong', async () => {
  fail(troubles.wrongLabel('Heavy'));
  expect((await get('/users')).headers.get('x-ratelimit-category')).toBe('Heavy');
});
