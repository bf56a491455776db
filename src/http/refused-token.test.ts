import { describe, expect, test } from '@jest/globals';
import { createGate } from '../engine/concurrency.ts';
import { ConfigError } from '../errors.ts';
import { createManualClock } from '../manual-clock.ts';
import { createAccessToken } from './access-token.ts';
import { createClient } from './client.ts';
import type { Request } from './exchange.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createRedactor } from './redact.ts';
import { parseStatusList } from './retry-policy.ts';
import { TransportFailure } from './transport.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const invalid: Answer = { status: 401, body: { code: 124, message: 'Invalid access token.' } };
const noScope: Answer = { status: 401, body: { code: 4711, message: 'does not contain scopes:[a:b].' } };
const wordOfScopes: Answer = { status: 401, body: { message: 'The app lacks the scope a:b.' } };
const noRole: Answer = { status: 400, body: { code: 200, message: 'No permission.' } };
const busy: Answer = { status: 503, body: { code: 503, message: 'Busy.' } };
const good: Answer = { status: 200, body: { rows: [] } };

const request = (path: string, query: Request['query'] = {}): Request => ({
  stream: 'streams',
  endpoint: path,
  path,
  query,
  records: 'rows',
});

/** What Zoom answers to a path with the token of this number; `lost` where nothing is answered. */
type Zoom = (target: string, token: number) => Answer | 'lost' | Promise<Answer | 'lost'>;

/** A client with tokens 1, 2, 3 …, what it has asked for, and how many tokens it got. */
function clientFor(zoom: Zoom, concurrency = 10) {
  const clock = createManualClock();
  const gate = createGate(concurrency);
  const redactor = createRedactor();
  const asked: string[] = [];
  let tokens = 0;
  const answer = async (url: URL, token: string): Promise<Answer> => {
    if (url.pathname === '/oauth/token') {
      tokens += 1;
      return { status: 200, body: { access_token: `token-${tokens}`, expires_in: 3600 } };
    }
    const target = `${url.pathname.replace('/v2', '')}${url.search}`;
    asked.push(target);
    const said = await zoom(target, Number(token.replace('Bearer token-', '')));
    if (said === 'lost') throw new TransportFailure('connection reset');
    return said;
  };
  const transport = {
    async send({ url, headers }: { url: string; headers?: Readonly<Record<string, string>> }) {
      const { status, body } = await answer(new URL(url), String(headers?.['authorization']));
      const chunks = (async function* () {
        yield Buffer.from(JSON.stringify(body));
      })();
      return { status, headers: {}, chunks };
    },
  };
  const retry = {
    mode: 'RetryWhenStatusCodeMatch' as const,
    statusCodes: parseStatusList('429|500-599'),
    countMax: 1,
    multiplyWaitTime: false,
    waitTimeMs: 1,
  };
  const credentials = {
    authType: 'server_to_server' as const,
    clientId: 'id',
    clientSecret: 'secret',
    accountId: 'account',
    tokenUrl: 'https://zoom.us/oauth/token',
  };
  const parts = { transport, retry, clock, redactor };
  const client = createClient({
    ...parts,
    apiUrl: 'https://api.zoom.us/v2',
    accessToken: createAccessToken({ ...parts, credentials, onRotation: async () => undefined }),
    limiter: createRateLimiter({ plan: 'unlimited', sharePercent: 100, clock, gate }),
    gate,
    events: { waiting: () => undefined, debug: () => undefined, answered: () => undefined },
  });
  const countOf = (target: string) => asked.filter((one) => one === target).length;
  return { client, asked, countOf, tokens: () => tokens };
}

const ofEverybody = ['/users/me', '/users?page_size=1'];

/** Turns of the event loop that an answer may take, so that answers come in every order. */
async function turn(turns: number): Promise<void> {
  for (let passed = 0; passed < turns; passed += 1) await new Promise(setImmediate);
}

describe('a path that refuses every token', () => {
  test.each<{ name: string; others: Answer }>([
    { name: 'are answered', others: good },
    { name: 'lack a scope', others: noScope },
    { name: 'lack a scope, in words alone', others: wordOfScopes },
    { name: 'are closed to the role', others: noRole },
  ])('is refused alone where others $name', async ({ others }) => {
    const { client, countOf, tokens } = clientFor((path) => (path === '/odd' ? invalid : others));
    expect(await client.get(request('/odd'))).toMatchObject({
      action: 'unavailable',
      refusal: { status: 401, code: 124, isTransient: false },
    });
    expect([countOf('/odd'), tokens(), countOf('/users/me')]).toEqual([2, 2, 1]);
  });

  test.each(ofEverybody)('is refused alone where %s takes the token', async (witness) => {
    const { client } = clientFor((path) => (path === witness ? good : invalid));
    expect(await client.get(request('/odd'))).toMatchObject({ action: 'unavailable' });
  });

  test('is refused alone where a path that has answered before takes the token, though no other does', async () => {
    const { client, asked } = clientFor((path) => (path === '/rooms' ? good : invalid));
    expect(await client.get(request('/rooms'))).toMatchObject({ action: 'success' });
    expect(await client.get(request('/odd'))).toMatchObject({ action: 'unavailable' });
    expect(asked).toEqual(['/rooms', '/odd', '/odd', '/rooms']);
  });

  test('that has answered before is no witness against itself', async () => {
    let isOpen = true;
    const { client, countOf } = clientFor((path) => (path === '/odd' && !isOpen ? invalid : good));
    expect(await client.get(request('/odd'))).toMatchObject({ action: 'success' });
    isOpen = false;
    expect(await client.get(request('/odd'))).toMatchObject({ action: 'unavailable' });
    expect(countOf('/odd')).toBe(3);
    expect(await client.get(request('/rooms'))).toMatchObject({ action: 'success' });
  });

  test.each<{ others: Answer | 'lost' }>([{ others: busy }, { others: 'lost' }])(
    'is no verdict on anything where Zoom is in trouble elsewhere ($others)',
    async ({ others }) => {
      const { client } = clientFor((path) => (path === '/odd' ? invalid : others));
      expect(await client.get(request('/odd'))).toMatchObject({
        action: 'refused',
        refusal: { isTransient: true },
      });
    },
  );
});

test('a page in place of every path says nothing of the credentials, and its words arrive', async () => {
  const page: Answer = { status: 401, body: 'Blocked by policy' };
  const { client, tokens } = clientFor(() => page);
  expect(await client.get(request('/odd'))).toMatchObject({
    action: 'refused',
    refusal: { message: expect.stringMatching(/Blocked by policy/), blockedHost: 'api.zoom.us' },
  });
  expect(tokens()).toBe(2);
});

describe('whatever the order of the answers', () => {
  const orders = [
    { odd: 0, other: 0, me: 0 },
    { odd: 0, other: 5, me: 9 },
    { odd: 9, other: 0, me: 0 },
    { odd: 3, other: 9, me: 1 },
  ];

  test.each(orders)(
    'paths that refuse every token are refused, and no other is ($odd, $other, $me)',
    async ({ odd, other, me }) => {
      const { client, countOf, tokens } = clientFor(async (path) => {
        const isOdd = path.startsWith('/odd');
        await turn(isOdd ? odd : ofEverybody.includes(path) ? me : other);
        return isOdd ? invalid : good;
      });
      const paths = ['/odd/1', '/rooms', '/odd/2', '/groups', '/odd/3'];
      const replies = await Promise.all(paths.map((path) => client.get(request(path))));
      expect(replies.map(({ action }) => action)).toEqual([
        'unavailable',
        'success',
        'unavailable',
        'success',
        'unavailable',
      ]);
      // One renewal and one proof for all that were refused together.
      expect([tokens(), ofEverybody.map(countOf)]).toMatchObject([2, [expect.any(Number), 0]]);
      expect(countOf('/users/me')).toBeLessThanOrEqual(1);
    },
  );

  test.each(orders)(
    'credentials that every path refuses are refused once for all ($odd, $other, $me)',
    async ({ odd, other, me }) => {
      const { client, asked, tokens } = clientFor(async (path) => {
        await turn(path.startsWith('/odd') ? odd : ofEverybody.includes(path) ? me : other);
        return invalid;
      });
      const paths = ['/odd/1', '/rooms', '/odd/2', '/groups'];
      const replies = await Promise.allSettled(paths.map((path) => client.get(request(path))));
      for (const reply of replies) {
        expect(reply).toMatchObject({ status: 'rejected', reason: expect.any(ConfigError) });
        expect(reply).toMatchObject({ reason: { message: expect.stringMatching(/removed, deactivated/) } });
      }
      expect(asked.length).toBeLessThanOrEqual(paths.length * 2 + ofEverybody.length);
      expect(tokens()).toBe(2);
      // Nobody asks once more.
      const before = asked.length;
      await expect(client.get(request('/late'))).rejects.toThrow(/removed, deactivated/);
      expect(asked.length).toBe(before);
    },
  );
});

test('a replacement that is revoked after it has worked is replaced in its turn', async () => {
  let goodTokens = [2];
  const { client, tokens } = clientFor((_, token) => (goodTokens.includes(token) ? good : invalid));
  expect(await client.get(request('/rooms'))).toMatchObject({ action: 'success' });
  goodTokens = [3];
  expect(await client.get(request('/groups'))).toMatchObject({ action: 'success' });
  expect(tokens()).toBe(3);
});

test('tokens that each work once and then no more are given up, and are no verdict on the credentials', async () => {
  const worked = new Set<number>();
  const { client, tokens } = clientFor(async (path, token) => {
    if (path === '/odd') {
      // Somebody else wears the token out meanwhile, and begins the next one.
      await client.get(request('/rooms'));
      return token > 20 ? good : invalid;
    }
    const isNew = !worked.has(token);
    worked.add(token);
    return isNew ? good : invalid;
  });
  await client.get(request('/rooms'));
  expect(await client.get(request('/odd'))).toMatchObject({
    action: 'refused',
    refusal: { status: 401, isTransient: true },
  });
  expect(tokens()).toBe(5);
});

test('a 401 that comes once on a replacement that works is asked for again, with the same token', async () => {
  let isOnce = false;
  const { client, tokens } = clientFor((path, token) => {
    const isOdd = token === 1 || (isOnce && path === '/odd');
    if (path === '/odd') isOnce = false;
    return isOdd ? invalid : good;
  });
  expect(await client.get(request('/rooms'))).toMatchObject({ action: 'success' });
  isOnce = true;
  expect(await client.get(request('/odd'))).toMatchObject({ action: 'success' });
  expect(tokens()).toBe(2);
});

test('many rows that are refused beside others that are answered need hardly a proof of their own', async () => {
  const { client, countOf, tokens } = clientFor((path) =>
    Number(path.slice(1)) % 10 === 0 ? invalid : good,
  );
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, index) => client.get(request(`/${index}`))),
  );
  expect(replies.filter(({ action }) => action === 'unavailable').length).toBe(10);
  expect(tokens()).toBe(2);
  expect(countOf('/users/me')).toBeLessThanOrEqual(1);
});
