import { describe, expect, test } from '@jest/globals';
import { createGate } from '../engine/concurrency.ts';
import { createManualClock } from '../manual-clock.ts';
import type { AccessToken } from './access-token.ts';
import { type AnsweredRequest, type ClientParts, createClient } from './client.ts';
import type { Reply, Request } from './exchange.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { ZoomPlan } from './rate-limits.ts';
import { createRedactor } from './redact.ts';
import type { Headers } from './retry-after.ts';
import { parseStatusList } from './retry-policy.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Headers;
  /** Text is sent as it is. */
  readonly body?: unknown;
  readonly proxy?: string;
}

const accessToken: AccessToken = {
  get: async () => 'secret-token',
  scopes: () => undefined,
  accepted: () => undefined,
  refused: () => false,
  disproved: () => undefined,
};
const request = (stream: string, path = '/users'): Request => ({
  stream,
  endpoint: path,
  path,
  query: {},
  rateLimit: 'light',
  records: 'users',
});

/** A client of a Zoom that gives these answers one after the other, the last one for ever; and what it said while waiting. */
function clientFor(answers: Answer[], plan: ZoomPlan = 'pro', token = accessToken) {
  const clock = createManualClock();
  const gate = createGate(1);
  const waits: { stream: string; reason: string; seconds: number }[] = [];
  const start = clock.now();
  const sentAt: number[] = [];
  const answered: AnsweredRequest[] = [];
  const parts: ClientParts = {
    apiUrl: 'https://api.zoom.us/v2',
    accessToken: token,
    limiter: createRateLimiter({ plan, sharePercent: 100, clock, gate, random: () => 0 }),
    transport: {
      async send() {
        sentAt.push(Math.round((clock.now() - start) / 1000));
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        const { status = 500, headers = {}, body = { users: [] }, proxy } = answer ?? {};
        const chunks = (async function* () {
          yield Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        })();
        return { status, headers, chunks, proxy };
      },
    },
    retry: {
      mode: 'RetryWhenStatusCodeMatch',
      statusCodes: parseStatusList('408|425|429|500-599'),
      countMax: 5,
      multiplyWaitTime: true,
      waitTimeMs: 1000,
    },
    gate,
    clock,
    redactor: createRedactor(),
    events: {
      waiting: ({ stream, until, reason }) =>
        void waits.push({ stream, reason, seconds: Math.round((until - start) / 1000) }),
      debug: () => undefined,
      answered: (request) => void answered.push(request),
    },
    random: () => 0,
  };
  return { client: createClient(parts), clock, waits, sentAt, answered };
}

describe('Retry-After of an error that passes', () => {
  const busy = (retryAfter: string): Answer => ({
    status: 503,
    headers: { 'retry-after': retryAfter },
    body: { code: 503, message: 'Busy.' },
  });

  test('is waited for up to an hour', async () => {
    const { client, clock, sentAt } = clientFor([busy('3600'), { status: 200 }]);
    expect(await client.get(request('users'))).toMatchObject({ action: 'success' });
    expect([clock.sleeps, sentAt]).toEqual([[3_600_000], [0, 3600]]);
  });

  test.each(['3601', '2026-06-15T13:00:01Z', 'Mon, 15 Jun 2026 13:00:01 GMT'])(
    'of more than an hour (%s) is not waited for: the refusal passes, and says when',
    async (retryAfter) => {
      const { client, clock, sentAt } = clientFor([busy(retryAfter)]);
      expect(await client.get(request('users'))).toMatchObject({
        action: 'refused',
        refusal: {
          status: 503,
          isTransient: true,
          message: expect.stringContaining('2026-06-15T13:00:01.000Z'),
        },
      });
      expect([clock.sleeps, sentAt]).toEqual([[], [0]]);
    },
  );
});

test('a pause is announced once to every stream that waits for the label, also to those who waited before it', async () => {
  const refused: Answer = {
    status: 429,
    headers: { 'retry-after': '30' },
    body: { code: 429, message: 'Slow.' },
  };
  const { client, waits } = clientFor([refused, { status: 200 }]);
  await Promise.all([
    client.get(request('users')),
    client.get(request('users')),
    client.get(request('groups', '/groups')),
    client.get(request('rooms', '/rooms')),
    client.get({ ...request('reports', '/report'), rateLimit: 'heavy' }),
  ]);
  expect(waits).toEqual([
    { stream: 'users', reason: 'rate_limited', seconds: 30 },
    { stream: 'groups', reason: 'rate_limited', seconds: 30 },
    { stream: 'rooms', reason: 'rate_limited', seconds: 30 },
  ]);
});

test('a request that was let go but not sent yet when its label is paused waits with the others', async () => {
  const refused: Answer = {
    status: 429,
    headers: { 'retry-after': '30' },
    body: { code: 429, message: 'Slow.' },
  };
  const { client, sentAt } = clientFor([refused, { status: 200 }], 'unlimited');
  await Promise.all([client.get(request('users')), client.get(request('groups', '/groups'))]);
  expect(sentAt).toEqual([0, 30, 30]);
});

describe('a refusal that is no JSON', () => {
  const bodies = ['{"users":[{"id":', '{"code":', '<html><title>No</title></html>', '', '"text"', '}'];
  const finals = [400, 403, 404, 405, 409, 410, 413, 422, 451];

  test.each(finals)('of HTTP %s is an answer, and not asked for again', async (status) => {
    for (const body of bodies) {
      const { client, sentAt } = clientFor([{ status, body }]);
      const reply = await client.get(request('users'));
      expect(reply).toMatchObject({ action: 'refused', refusal: { status, isTransient: false } });
      expect(sentAt).toEqual([0]);
    }
  });

  test.each([408, 425])('of HTTP %s is asked for again as the policy says', async (status) => {
    for (const body of bodies) {
      const { client, sentAt } = clientFor([{ status, body }, { status: 200 }]);
      expect((await client.get(request('users'))).action).toBe('success');
      expect(sentAt.length).toBe(2);
    }
  });

  test('of HTTP 200 is a broken transfer', async () => {
    const { client, sentAt } = clientFor([{ status: 200, body: '{"users":[' }, { status: 200 }]);
    expect((await client.get(request('users'))).action).toBe('success');
    expect(sentAt.length).toBe(2);
  });

  test.each([400, 401, 403])('is read as far as it can be (HTTP %s)', async (status) => {
    const body =
      '{"code":104, "message":"Invalid access token, does not contain scopes:["phone:read:list_call_logs:admin"]"}';
    const { client, sentAt } = clientFor([{ status, body }]);
    expect(await client.get(request('users'))).toMatchObject({
      action: 'unavailable',
      refusal: {
        code: 104,
        message: expect.stringContaining('does not contain scopes'),
        missingScopes: ['phone:read:list_call_logs:admin'],
        isTransient: false,
      },
    });
    expect(sentAt).toEqual([0]);
  });
});

test.each<{ body: unknown; action: string; code?: number }>([
  { body: { code: '3001', message: 'Meeting does not exist.' }, action: 'skip', code: 3001 },
  { body: { status: 404, errorCode: '3001', errorMessage: 'Gone.' }, action: 'skip', code: 3001 },
  { body: { error: { code: 3001, message: 'Gone.' } }, action: 'skip', code: 3001 },
  { body: [{ code: 3001, message: 'Gone.' }], action: 'skip', code: 3001 },
  { body: { errors: [{ code: '3001' }] }, action: 'skip', code: 3001 },
  { body: { code: 'GONE', errorCode: 3001, message: 'Gone.' }, action: 'skip', code: 3001 },
  { body: '{"message":"Gone "x".","errors":[],"code":3001}', action: 'skip', code: 3001 },
  { body: { code: '4711', message: 'No.' }, action: 'unavailable', code: 4711 },
  { body: { code: '802', message: 'Data is not ready.' }, action: 'not_ready', code: 802 },
  { body: { status: 404, error: 'Not Found', path: '/' }, action: 'refused' },
])('$body counts in the tables of codes', async ({ body, action, code }) => {
  const { client } = clientFor([{ status: 404, body }]);
  const answers = [{ code: 3001, action: 'skip' }] as const;
  const reply = await client.get({ ...request('users'), answers });
  expect([reply.action, 'refusal' in reply && reply.refusal.code]).toEqual([action, code]);
});

test.each<{ body: string; expected: string }>([
  { body: '{"errors":["does not contain scopes:["a:b"]"]}', expected: 'unavailable' },
  { body: '{"text":"It does not contain scopes:["a:b"]"}', expected: 'unavailable' },
  { body: '{"text":"Nobody "knows".', expected: 'refused' },
])('broken $body of HTTP 401 or 400 is $expected, and its words arrive', async ({ body, expected }) => {
  for (const status of [400, 401]) {
    const { client } = clientFor([{ status, body }]);
    const { action, refusal } = (await client.get(request('users'))) as Extract<Reply, { refusal: unknown }>;
    expect([status === 400 && action, refusal.message]).toEqual([
      status === 400 && expected,
      expect.stringMatching(/does not contain scopes:\["a:b"\]|garbled answer: \{"text":"Nobody "knows"\./),
    ]);
    if (expected === 'unavailable') expect([action, refusal.missingScopes]).toEqual([expected, ['a:b']]);
  }
});

describe('a page is no answer of Zoom, and tells who may block the way to which host', () => {
  const body = '<html><title>Blocked by policy</title></html>';

  test.each<{ status: number; proxy?: string; expected: RegExp }>([
    {
      status: 403,
      proxy: 'http://10.0.0.1:3128',
      expected: /^Blocked by policy .*the proxy http:\/\/10\.0\.0\.1:3128.* api\.zoom\.us/,
    },
    { status: 403, expected: /^Blocked by policy .*a proxy or firewall.* api\.zoom\.us/ },
    { status: 302, expected: /^Blocked by policy .*a proxy or firewall.* api\.zoom\.us/ },
    { status: 401, expected: /^Blocked by policy .*a proxy or firewall.* api\.zoom\.us/ },
    {
      status: 404,
      proxy: 'http://10.0.0.1:3128',
      expected: /^Blocked by policy .*the proxy http:\/\/10\.0\.0\.1:3128.* api\.zoom\.us/,
    },
    { status: 451, expected: /^Blocked by policy .*a proxy or firewall.* api\.zoom\.us/ },
    { status: 407, expected: /^Blocked by policy .*a proxy or firewall.* api\.zoom\.us/ },
  ])('HTTP $status through $proxy', async ({ status, expected, ...through }) => {
    const { client } = clientFor([{ status, body, ...through }]);
    expect(await client.get(request('users'))).toMatchObject({
      action: 'refused',
      refusal: {
        message: expect.stringMatching(expected),
        blockedHost: 'api.zoom.us',
        isTransient: false,
      },
    });
  });

  test.each([
    { status: 503, body },
    { status: 403, body: '' },
    { status: 404, body },
    { status: 400, body: 'Bad Request' },
    { status: 403, body: { code: 200, message: 'No permission.' } },
  ])('but not $status $body', async (answer) => {
    const { client } = clientFor([answer]);
    const reply = await client.get(request('users'));
    expect('refusal' in reply && reply.refusal).not.toHaveProperty('blockedHost');
  });
});

test('each request that was sent is told, by its label, its pace and what became of it', async () => {
  const limited = { status: 429, headers: { 'retry-after': '3' }, body: { code: 429, message: 'Too many.' } };
  const { client, clock, answered } = clientFor([limited, { status: 200 }]);
  const start = clock.now();
  await client.get(request('users', '/phone/users'));
  const told = answered.map(({ sentAt, ...rest }) => ({
    ...rest,
    seconds: Math.round((sentAt - start) / 1000),
  }));
  const pace = { pool: 'phone', label: 'light', perSecond: 20 };
  expect(told).toEqual([
    { stream: 'users', pace, status: 429, seconds: 0 },
    { stream: 'users', pace, status: 200, seconds: 3 },
  ]);
});
