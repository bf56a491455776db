import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { errorsOf, type Row, recordsOf } from './harness/messages.ts';
import { type RunResult, runConnector } from './harness/run.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const tokenRequests = () => emulator.requests.filter(({ path }) => path === '/oauth/token').length;
const expireAll = (body: Row) => {
  emulator.oauth.expireAll();
  return body;
};
const oauthConfig = (changes: Row = {}) => {
  const config = emulator.config('oauth-app');
  return { ...config, extra: 'kept', credentials: { ...(config['credentials'] as Row), ...changes } };
};
const controls = ({ messages }: RunResult) =>
  messages.flatMap(({ control }) => (control === undefined ? [] : [control.connectorConfig.config]));
const readUsers = (config: unknown) => runConnector(['read', '--streams', 'users'], { config });

describe('an app with rotating refresh tokens', () => {
  test('hands the whole config back before the new token is used, and the next sync goes on with it', async () => {
    const config = oauthConfig();
    const first = await readUsers(config);
    const [rotated] = controls(first);
    expect(first.exitCode).toBe(0);
    expect(first.messages[0]?.type).toBe('CONTROL');
    expect(rotated).toMatchObject({
      ...config,
      credentials: { client_id: 'oauth-app', token_url: emulator.tokenUrl },
    });
    const saved = rotated?.['credentials'] as Row;
    expect(saved['refresh_token']).not.toBe((config.credentials as Row)['refresh_token']);
    expect(Date.parse(String(saved['token_expiry_date']))).toBeGreaterThan(Date.now() + 3_000_000);
    // The saved token is good: it is used, and nothing is refreshed.
    const second = await readUsers(rotated);
    expect([second.exitCode, controls(second).length, tokenRequests()]).toEqual([0, 0, 1]);
  });

  test('is refreshed when the stored token has expired', async () => {
    const pair = emulator.oauth.issuePair('oauth-app');
    const past = {
      access_token: pair.accessToken,
      refresh_token: pair.refreshToken,
      token_expiry_date: '2026-01-01T00:00:00Z',
    };
    const result = await readUsers(oauthConfig(past));
    expect([result.exitCode, controls(result).length]).toEqual([0, 1]);
  });

  test.each([undefined, 'no date'])(
    'a stored token whose expiry is %s is used until it is refused',
    async (token_expiry_date) => {
      const pair = emulator.oauth.issuePair('oauth-app');
      const stored = { access_token: pair.accessToken, refresh_token: pair.refreshToken, token_expiry_date };
      expect(controls(await readUsers(oauthConfig(stored)))).toEqual([]);
      emulator.oauth.expireAll();
      const after = await readUsers(oauthConfig(stored));
      expect([after.exitCode, controls(after).length]).toEqual([0, 1]);
    },
  );

  test('needs no refresh token while the access token is good, and says what to do when neither is', async () => {
    const { accessToken } = emulator.oauth.issuePair('oauth-app');
    const token_expiry_date = new Date(Date.now() + 3_000_000).toISOString();
    const good = await readUsers(
      oauthConfig({ access_token: accessToken, refresh_token: undefined, token_expiry_date }),
    );
    expect(good.exitCode).toBe(0);
    const bad = await readUsers(oauthConfig({ refresh_token: undefined }));
    expect(errorsOf(bad.messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/Authenticate.*refresh_token/) },
    ]);
  });

  test('a dead refresh token is named at once, in read and in check', async () => {
    const config = oauthConfig();
    emulator.oauth.revokeRefreshTokens();
    const result = await readUsers(config);
    expect(errorsOf(result.messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/refresh token is no longer good/) },
    ]);
    expect([result.exitCode, tokenRequests()]).toEqual([1, 1]);
    const check = await runConnector(['check'], { config });
    expect(check.messages.at(-1)?.connectionStatus).toMatchObject({
      status: 'FAILED',
      message: expect.stringMatching(/refresh token/),
    });
  });

  test('a rotation that was answered but lost ends in one clear error, since the old token is spent', async () => {
    emulator.faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'lose_answer' } });
    const result = await readUsers({ ...oauthConfig(), retry: { wait_time_ms: 1 } });
    expect(errorsOf(result.messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/refresh token is no longer good/) },
    ]);
    expect(tokenRequests()).toBe(2);
  });
});

describe('the one token of a sync', () => {
  test('is renewed once when all requests find it expired together', async () => {
    const config = emulator.config();
    emulator.faults.add({
      template: '/report/history_meetings',
      times: 1,
      trouble: { kind: 'change', change: expireAll },
    });
    const streams = 'users,meetings,report_history_meetings,past_meeting_participants,recordings';
    const result = await runConnector(['read', '--streams', streams], { config });
    expect([result.exitCode, tokenRequests()]).toEqual([0, 2]);
    expect(recordsOf(result.messages, 'meetings').length).toBe(emulator.account.rows('meetings').length);
  });

  test('is renewed before it expires', async () => {
    await emulator.close();
    // Both clocks go forward by ten seconds with each meeting, and stand nearly still otherwise.
    let passedMs = 0;
    emulator = await startEmulator({
      accessTokenLifetimeSeconds: 300,
      now: () => Date.now() + passedMs,
    });
    const pass = (body: Row) => {
      passedMs += 10_000;
      return body;
    };
    emulator.faults.add({ template: '/meetings/{meetingId}', trouble: { kind: 'change', change: pass } });
    const passing = `
      import { subscribe } from 'node:diagnostics_channel';
      const { now } = Date;
      let passedMs = 0;
      Date.now = () => now() + passedMs;
      subscribe('http.client.response.finish', ({ request }) => {
        if (request.path.startsWith('/v2/meetings/')) passedMs += 10_000;
      });
    `;
    const result = await runConnector(['read', '--streams', 'meetings'], {
      config: { ...emulator.config(), concurrency: 2 },
      nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(passing)}`],
    });
    expect(result.exitCode).toBe(0);
    expect(tokenRequests()).toBeGreaterThan(1);
    expect(emulator.requests.filter(({ status }) => status === 401)).toEqual([]);
  });

  test('refused when it is fresh, the app is named as the cause, and every stream ends', async () => {
    emulator.faults.add({
      matches: ({ path }) => path.startsWith('/v2/'),
      trouble: { kind: 'respond', status: 401, body: { code: 124, message: 'Invalid access token.' } },
    });
    const result = await runConnector(['read', '--streams', 'users,recordings'], {
      config: emulator.config(),
    });
    expect(errorsOf(result.messages).map(({ message }) => message)).toEqual([
      expect.stringMatching(/removed, deactivated or changed/),
      expect.stringMatching(/removed, deactivated or changed/),
    ]);
    expect(result.exitCode).toBe(1);
    expect(tokenRequests()).toBeLessThanOrEqual(2);
  });
});

test('a token endpoint in trouble is tried again as the config says, then it is a transient_error', async () => {
  emulator.faults.add({ template: '/oauth/token', trouble: { kind: 'respond', status: 503, body: 'busy' } });
  const config = { ...emulator.config(), retry: { count_max: 2, wait_time_ms: 1 } };
  const result = await readUsers(config);
  expect(errorsOf(result.messages)).toMatchObject([{ failure_type: 'transient_error' }]);
  expect(tokenRequests()).toBe(3);
  emulator.faults.clear();
  emulator.faults.add({
    template: '/oauth/token',
    times: 2,
    trouble: { kind: 'respond', status: 503, body: 'busy' },
  });
  expect((await readUsers(config)).exitCode).toBe(0);
});

describe('what the token endpoint refuses gets the cure that helps, after one request', () => {
  const credentialsOf = (clientId: string) => emulator.config(clientId)['credentials'] as Row;
  const { stringMatching } = expect;

  test('the credentials of a General app used as Server-to-Server', async () => {
    const { client_id, client_secret } = credentialsOf('oauth-app');
    const credentials = { ...credentialsOf('s2s-app'), client_id, client_secret };
    const { messages } = await readUsers({ ...emulator.config(), credentials });
    expect(errorsOf(messages)).toMatchObject([
      {
        failure_type: 'config_error',
        message: stringMatching(/no Server-to-Server.*auth_type to oauth2\.0/),
      },
    ]);
    expect(tokenRequests()).toBe(1);
  });

  test('the credentials of a Server-to-Server app used as OAuth', async () => {
    const { client_id, client_secret } = credentialsOf('s2s-app');
    const { messages } = await readUsers(oauthConfig({ client_id, client_secret }));
    const says = /no General app.*auth_type to server_to_server/;
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: stringMatching(says) },
    ]);
    expect(JSON.stringify(messages)).not.toMatch(/no longer good/);
    expect(tokenRequests()).toBe(1);
  });

  test.each([
    { body: { error: 'invalid_scope', reason: 'No.' }, says: /scopes/ },
    { body: { error: 'access_denied', reason: 'No.' }, says: /approved/ },
    {
      body: { status: false, errorCode: 4702, errorMessage: 'Invalid client_id: x' },
      says: /Copy both.*page/,
    },
    { body: { code: '4741', message: 'The token has been revoked.' }, says: /4741 The token.*app or a user/ },
    { body: '{"reason":"No "x".","error":"invalid_client"}', says: /No "x".*Copy both/ },
  ])('$body', async ({ body, says }) => {
    emulator.faults.add({ template: '/oauth/token', trouble: { kind: 'respond', status: 400, body } });
    const { messages } = await readUsers(oauthConfig());
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: stringMatching(says) },
    ]);
    expect(tokenRequests()).toBe(1);
  });

  test('trouble of its own is tried again, whatever its HTTP status', async () => {
    const trouble = {
      kind: 'respond',
      status: 400,
      body: { error: 'server_error', reason: 'Oops' },
    } as const;
    emulator.faults.add({ template: '/oauth/token', times: 1, trouble });
    expect((await readUsers({ ...oauthConfig(), retry: { wait_time_ms: 1 } })).exitCode).toBe(0);
  });
});
