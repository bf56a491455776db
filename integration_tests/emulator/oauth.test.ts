import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Emulator, standardClients, startEmulator } from './server.ts';
import { send } from './test-client.ts';

const redirectUri = 'http://127.0.0.1:9999/callback';

let clock: number;
let emulator: Emulator;
beforeEach(async () => {
  clock = Date.UTC(2026, 9, 5);
  emulator = await startEmulator({
    now: () => clock,
    clients: standardClients.map((client) => ({ ...client, redirectUris: [redirectUri] })),
  });
});
afterEach(() => emulator.close());

function ask(form: Record<string, string>, clientId = 'oauth-app', secret?: string) {
  const known = emulator.oauth.clients.find((client) => client.clientId === clientId)?.clientSecret;
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret ?? known}`).toString('base64')}`;
  return send(emulator.tokenUrl, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  });
}
const statusWith = async (token: unknown) =>
  (await send(`${emulator.apiUrl}/users/me`, { headers: { authorization: `Bearer ${token}` } })).status;
const refresh = (token: unknown) => ask({ grant_type: 'refresh_token', refresh_token: String(token) });

describe('server-to-server', () => {
  const grant = () => ({ grant_type: 'account_credentials', account_id: emulator.account.id });

  test('gives a token for an hour, several at a time, and no refresh token', async () => {
    const [first, second] = [await ask(grant(), 's2s-app'), await ask(grant(), 's2s-app')];
    expect(first.body).toMatchObject({ token_type: 'bearer', expires_in: 3599 });
    expect(first.body).not.toHaveProperty('refresh_token');
    expect(await statusWith(first.body['access_token'])).toBe(200);
    expect(await statusWith(second.body['access_token'])).toBe(200);
    clock += 3599_000;
    expect(await statusWith(first.body['access_token'])).toBe(401);
  });

  test('refuses another account, and an app of the other kind', async () => {
    expect((await ask({ ...grant(), account_id: 'other' }, 's2s-app')).status).toBe(400);
    expect((await ask(grant(), 'oauth-app')).body['error']).toBe('unsupported_grant_type');
    const refreshing = { grant_type: 'refresh_token', refresh_token: 'any' };
    expect(await ask(refreshing, 's2s-app')).toMatchObject({
      status: 400,
      body: { reason: 'unsupported grant type', error: 'unsupported_grant_type' },
    });
    expect((await ask({ grant_type: 'password' }, 's2s-app')).body['error']).toBe('unsupported_grant_type');
    expect((await ask({}, 's2s-app')).body['error']).toBe('invalid_request');
  });
});

describe('refreshing', () => {
  test('gives a new pair each time, and the old refresh token is dead', async () => {
    const { refreshToken } = emulator.oauth.issuePair('oauth-app');
    const { body } = await refresh(refreshToken);
    expect(body['refresh_token']).not.toBe(refreshToken);
    expect(await refresh(refreshToken)).toMatchObject({
      status: 400,
      body: { reason: 'Invalid Token!', error: 'invalid_grant' },
    });
    expect((await refresh(body['refresh_token'])).status).toBe(200);
  });

  test('lets the old one live for a while where that is asked for', async () => {
    await emulator.close();
    emulator = await startEmulator({ now: () => clock, refreshGraceSeconds: 60 });
    const { refreshToken } = emulator.oauth.issuePair('oauth-app');
    await refresh(refreshToken);
    clock += 59_000;
    expect((await refresh(refreshToken)).status).toBe(200);
    clock += 1_000;
    expect((await refresh(refreshToken)).status).toBe(400);
  });

  test('refuses the token of another app, a revoked one and none', async () => {
    const { refreshToken } = emulator.oauth.issuePair('user-level-app');
    expect((await refresh(refreshToken)).body['error']).toBe('invalid_grant');
    const own = emulator.oauth.issuePair('oauth-app').refreshToken;
    emulator.oauth.revokeRefreshTokens();
    expect((await refresh(own)).body['error']).toBe('invalid_grant');
    expect((await ask({ grant_type: 'refresh_token' })).body['error']).toBe('invalid_request');
  });

  test('is done although the answer is lost', async () => {
    const { refreshToken } = emulator.oauth.issuePair('oauth-app');
    emulator.faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'lose_answer' } });
    await expect(refresh(refreshToken)).rejects.toThrow();
    expect((await refresh(refreshToken)).body['error']).toBe('invalid_grant');
  });
});

describe('an app', () => {
  test.each([
    { what: 'unknown', clientId: 'nobody' },
    { what: 'with a wrong secret', clientId: 'oauth-app' },
  ])('$what is refused', async ({ clientId }) => {
    expect(await ask({ grant_type: 'refresh_token' }, clientId, 'wrong')).toMatchObject({
      status: 401,
      body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
    });
  });

  test('that has been disabled is refused', async () => {
    for (const client of emulator.oauth.clients) client.isDisabled = true;
    expect(await ask({ grant_type: 'account_credentials' }, 's2s-app')).toMatchObject({
      status: 400,
      body: { reason: 'The app has been disabled by the developer', error: 'invalid_client' },
    });
  });
});

describe('consent', () => {
  const asking = { response_type: 'code', client_id: 'oauth-app', redirect_uri: redirectUri };
  const authorize = (query: Record<string, string>) =>
    send(`${emulator.authorizeUrl}?${new URLSearchParams(query)}`);
  const codeFrom = ({ headers }: { headers: Headers }) =>
    new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  const exchange = (code: string, more: Record<string, string> = {}) =>
    ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...more });

  test('sends a code with the state back, which is good once', async () => {
    const answer = await authorize({ ...asking, state: 'a b' });
    expect([answer.status, new URL(answer.headers.get('location') ?? '').searchParams.get('state')]).toEqual([
      302,
      'a b',
    ]);
    const { body } = await exchange(codeFrom(answer));
    expect(await statusWith(body['access_token'])).toBe(200);
    expect((await exchange(codeFrom(answer))).body['error']).toBe('invalid_request');
  });

  test('gives a code for five minutes, and for its redirect URI', async () => {
    const late = codeFrom(await authorize(asking));
    const other = codeFrom(await authorize(asking));
    expect((await exchange(other, { redirect_uri: 'http://127.0.0.1:1/' })).status).toBe(400);
    clock += 5 * 60_000;
    expect((await exchange(late)).status).toBe(400);
  });

  test('holds whoever brings a code to its PKCE challenge', async () => {
    const verifier = 'a-verifier-of-enough-length-to-be-believed-in';
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const pkce = { ...asking, code_challenge, code_challenge_method: 'S256' };
    const wrong = codeFrom(await authorize(pkce));
    expect((await exchange(wrong, { code_verifier: 'another' })).status).toBe(400);
    const right = codeFrom(await authorize(pkce));
    expect((await exchange(right, { code_verifier: verifier })).status).toBe(200);
  });

  describe('in a browser', () => {
    const asHtml = { headers: { accept: 'text/html,*/*' } };
    const visit = async (query: Record<string, string>) => {
      const response = await fetch(`${emulator.authorizeUrl}?${new URLSearchParams(query)}`, asHtml);
      return { status: response.status, html: await response.text() };
    };
    const decide = async (form: Record<string, string>) => {
      const body = new URLSearchParams(form);
      const { headers } = await send(emulator.authorizeUrl, { method: 'POST', body, ...asHtml });
      return new URL(headers.get('location') ?? '').searchParams;
    };

    test('is asked for on a page, whose fields send the same question again', async () => {
      const { status, html } = await visit({ ...asking, state: '"<' });
      expect([status, html.match(/<input[^>]+>/g)]).toEqual([
        200,
        expect.arrayContaining(['<input type="hidden" name="state" value="&#34;&#60;">']),
      ]);
    });

    test('leads back with a code or with access_denied, the state passed through', async () => {
      const allowed = await decide({ ...asking, state: 'a b', decision: 'allow' });
      expect([allowed.get('state'), (await exchange(allowed.get('code') ?? '')).status]).toEqual([
        'a b',
        200,
      ]);
      const declined = await decide({ ...asking, state: 'a b', decision: 'decline' });
      expect(Object.fromEntries(declined)).toEqual({ error: 'access_denied', state: 'a b' });
    });

    test('shows what is wrong and sends nobody back', async () => {
      const { status, html } = await visit({ ...asking, redirect_uri: `${redirectUri}/` });
      expect([status, html]).toEqual([400, expect.stringContaining('Redirect URI mismatch. (4,709)')]);
    });
  });

  test('ends the tokens of an earlier one, of this app alone', async () => {
    const [own, other] = [emulator.oauth.issuePair('oauth-app'), emulator.oauth.issuePair('user-level-app')];
    const code = codeFrom(await authorize(asking));
    expect(await statusWith(own.accessToken)).toBe(200);
    await exchange(code);
    expect(await statusWith(own.accessToken)).toBe(401);
    expect((await refresh(own.refreshToken)).body['error']).toBe('invalid_grant');
    expect(await statusWith(other.accessToken)).toBe(200);
  });

  test('is not given for an app that is disabled', async () => {
    for (const client of emulator.oauth.clients) client.isDisabled = true;
    expect(await authorize(asking)).toMatchObject({ status: 400, body: { code: 4717 } });
  });

  test.each([
    {
      what: 'a challenge of another method',
      query: { ...asking, code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' },
      code: 4706,
    },
    {
      what: 'a challenge that is none',
      query: { ...asking, code_challenge: 'short', code_challenge_method: 'S256' },
      code: 4706,
    },
    { what: 'an unknown app', query: { ...asking, client_id: 'nobody' }, code: 4702 },
    {
      what: 'a redirect URI that is not allowed',
      query: { ...asking, redirect_uri: 'http://127.0.0.1/' },
      code: 4709,
    },
    { what: 'another response type', query: { ...asking, response_type: 'token' }, code: 4706 },
  ])('refuses $what', async ({ query, code }) => {
    expect(await authorize(query)).toMatchObject({ status: 400, body: { code } });
  });
});

test('tokens expire together when told to', async () => {
  const { accessToken } = emulator.oauth.issuePair('oauth-app');
  emulator.oauth.expireAll();
  const { body } = await send(`${emulator.apiUrl}/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(body).toEqual({ code: 124, message: 'Access token is expired.' });
});

test('whatever was given is in the list of secrets', async () => {
  const { body } = await refresh(emulator.oauth.issuePair('oauth-app').refreshToken);
  expect([...emulator.oauth.secrets]).toEqual(
    expect.arrayContaining([body['access_token'], body['refresh_token'], 'canary-oauth-client-secret']),
  );
});
