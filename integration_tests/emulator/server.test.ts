import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../harness/until.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet, type Get, send } from './test-client.ts';

let emulator: Emulator;
let get: Get;
beforeEach(async () => {
  emulator = await startEmulator();
  get = createGet(emulator);
});
afterEach(() => emulator.close());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('what Zoom refuses', () => {
  test('a path that no document names', async () => {
    expect(await get('/users/x/nothing')).toMatchObject({
      status: 404,
      body: { code: 2300, message: 'This API endpoint is not recognized.' },
    });
  });

  test.each([
    { what: 'no token', options: {} },
    { what: 'a token that was never given', options: bearer('at.invented') },
    { what: 'a token in another scheme', options: { headers: { authorization: 'Token abc' } } },
  ])('$what', async ({ options }) => {
    expect(await send(`${emulator.apiUrl}/users`, options)).toMatchObject({
      status: 401,
      body: { code: 124, message: 'Invalid access token.' },
    });
  });

  test('a token in the query string, even beside a good one', async () => {
    const { accessToken } = emulator.oauth.issuePair('s2s-app');
    const url = `${emulator.apiUrl}/users?access_token=${accessToken}`;
    expect(await send(url, bearer(accessToken))).toMatchObject({ status: 401, body: { code: 124 } });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('the method %s', async (method) => {
    const { accessToken } = emulator.oauth.issuePair('s2s-app');
    expect((await send(`${emulator.apiUrl}/users`, { method, ...bearer(accessToken) })).status).toBe(405);
  });

  test('a request without a required parameter, which it names', async () => {
    expect(await get('/report/history_meetings', { from: '2026-10-01' })).toMatchObject({
      status: 400,
      body: { code: 300, errors: [{ field: 'to' }] },
    });
  });

  test('a value that is no member of a documented list', async () => {
    expect(await get('/users', { status: 'gone' })).toMatchObject({
      status: 400,
      body: { code: 300, errors: [{ field: 'status' }] },
    });
  });
});

describe('scopes', () => {
  const restrict = (scopes: readonly string[]) => {
    for (const client of emulator.oauth.clients) client.scopes = scopes;
  };

  test('one that is missing is named', async () => {
    restrict(['user:read:user:admin']);
    expect(await get('/users')).toMatchObject({
      status: 400,
      body: {
        code: 4711,
        message: 'Invalid access token, does not contain scopes:[user:read:list_users:admin].',
      },
    });
    expect((await get('/users/me')).status).toBe(200);
  });

  test('Zoom Phone says so under a code of its own', async () => {
    restrict([]);
    expect((await get('/phone/call_history')).body).toEqual({
      code: 104,
      message: 'Invalid access token, does not contain scopes:[phone:read:list_call_logs:admin].',
    });
  });

  test('a classic one opens as a granular one does', async () => {
    restrict(['phone:read:admin']);
    expect((await get('/phone/call_history')).status).toBe(200);
  });

  test('an app at user level sees its authoriser as `me`, and nobody else', async () => {
    const getAsUser = createGet(emulator, 'user-level-app');
    const [me, other] = emulator.account.rows('users');
    expect((await getAsUser('/users/me')).body).toMatchObject({ id: me?.['id'] });
    for (const path of ['/users', `/users/${other?.['id']}`, `/users/${me?.['id']}/meetings`])
      expect([path, (await getAsUser(path)).body['code']]).toEqual([path, 4711]);
    const { body } = await getAsUser('/users/me/meetings');
    expect(body['meetings']).toHaveLength(emulator.account.listedBy(String(me?.['id'])).length);
  });
});

describe('the log', () => {
  test('holds what was asked, how it was answered, and what Zoom does not document', async () => {
    await get('/users', { status: 'active', colour: 'blue' });
    await get('/nothing');
    expect(emulator.requests).toMatchObject([
      {
        method: 'GET',
        path: '/v2/users',
        template: '/users',
        label: 'MEDIUM',
        query: { status: 'active', colour: 'blue' },
        unknownParameters: ['colour'],
        status: 200,
        inFlight: 1,
      },
      { template: '', label: '', status: 404 },
    ]);
    emulator.clearLog();
    expect(emulator.requests).toEqual([]);
  });

  test('counts the requests that are answered at once', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    emulator.faults.add({ trouble: { kind: 'held', until: held } });
    const answered = Promise.all([get('/users/me'), get('/users'), get('/users')]);
    await until('three requests', () => emulator.requests.length === 3);
    release();
    await answered;
    expect(Math.max(...emulator.requests.map(({ inFlight }) => inFlight))).toBe(3);
    await get('/users/me');
    expect(emulator.requests.at(-1)?.inFlight).toBe(1);
  });
});

test('every answer carries a tracking id, and the label that it counts under', async () => {
  for (const { path, label } of [
    { path: '/users/me', label: 'Light' },
    { path: '/accounts/me/recordings', label: 'Medium' },
    { path: '/phone/call_history', label: 'Heavy' },
  ]) {
    const { headers } = await get(path);
    expect([headers.get('x-ratelimit-category'), headers.get('x-zm-trackingid')]).toEqual([
      label,
      expect.stringMatching(/^WEB_/),
    ]);
  }
});

test('answers that are kept are given again, whatever has changed', async () => {
  await emulator.close();
  emulator = await startEmulator({ keepsAnswers: true });
  get = createGet(emulator);
  const first = await get('/users');
  emulator.account.addUser({ status: 'active' });
  expect((await get('/users')).body).toEqual(first.body);
  expect((await get('/users', { page_size: '300' })).body['total_records']).toBe(
    Number(first.body['total_records']) + 1,
  );
});

test('pages hold no more rows than is allowed for, whatever is asked for', async () => {
  await emulator.close();
  emulator = await startEmulator({ largestPage: 2 });
  get = createGet(emulator);
  const { body } = await get('/users', { page_size: '300' });
  expect([(body['users'] as unknown[]).length, body['page_size']]).toEqual([2, 2]);
  expect(body['next_page_token']).not.toBe('');
});

test('a server that is down refuses connections, and is the same one when it is up again', async () => {
  await emulator.goDown();
  await expect(get('/users')).rejects.toThrow();
  await emulator.goUp();
  expect((await get('/users')).status).toBe(200);
});
