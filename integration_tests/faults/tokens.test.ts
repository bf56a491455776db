import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Trouble, troubles } from '../emulator/faults.ts';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { errorsOf, lastStates, type Row, recordsOf, statusesOf } from '../harness/messages.ts';
import { type RunResult, runConnector } from '../harness/run.ts';
import {
  bystander,
  companies,
  configOf,
  expectNoSecret,
  expectOutcome,
  expectOutcomes,
  expectUnion,
  expectWhole,
  inMidListing,
  kinds,
  readThrough,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

const tokenRequests = () => zoom().requests.filter(({ path }) => path === '/oauth/token').length;
const controls = ({ messages }: RunResult) =>
  messages.flatMap(({ control }) => (control === undefined ? [] : [control.connectorConfig.config]));

describe.each(kinds)('$kind: $stream from $template', (kind) => {
  const { stream } = kind;
  const both = `${stream},${bystander}`;

  test('all tokens expire in mid-listing: one is got for all, and nothing is lost or said twice', async () => {
    zoom().faults.add({
      ...inMidListing(kind),
      times: 1,
      trouble: {
        kind: 'change',
        change: (body) => {
          zoom().oauth.expireAll();
          return body;
        },
      },
    });
    const result = await readThrough(zoom(), both);
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectWhole(result.messages, stream, zoom());
    // With the last answer of all nobody needs another one.
    const at = zoom().requests.findIndex(({ isInTrouble }) => isInTrouble);
    expect(tokenRequests()).toBe(at < zoom().requests.length - 1 ? 2 : 1);
  });

  test('a token that is refused before its time is renewed', async () => {
    zoom().faults.add({ ...inMidListing(kind), times: 1, trouble: troubles.expiredAccessToken });
    const result = await readThrough(zoom(), both);
    expectOutcome(result, stream, zoom(), { outcome: 'retried' });
    expectWhole(result.messages, stream, zoom());
    expect([triesOfTroubled(zoom()), tokenRequests()]).toEqual([[2], 2]);
  });
});

describe.each(companies.map((company) => ({ company, names: company.map(({ kind }) => kind).join(', ') })))(
  '$names, through a redirect to another host',
  ({ company }) => {
    const streams = company.map(({ stream }) => stream);
    let elsewhere: Emulator;
    beforeEach(async () => {
      elsewhere = await startEmulator();
    });
    afterEach(() => elsewhere.close());

    test.each([301, 302, 303, 307, 308])(
      'of status %s goes no authorization, nor anything else',
      async (status) => {
        const trouble: Trouble = {
          kind: 'respond',
          status,
          body: {},
          headers: { location: `${elsewhere.apiUrl}/users` },
        };
        for (const { template } of company) zoom().faults.add({ template, trouble });
        const result = await readThrough(zoom(), [...streams, bystander].join(','));
        expectOutcomes(result, streams, zoom(), {
          outcome: 'failed',
          failure: 'system_error',
          says: new RegExp(String(status)),
        });
        expect(elsewhere.requests).toEqual([]);
      },
    );
  },
);

describe('the token endpoint', () => {
  const both = `users,${bystander}`;

  test.each([301, 302, 303, 307, 308])('sends no secret along a redirect of status %s', async (status) => {
    const elsewhere = await startEmulator();
    const trouble = { kind: 'respond', status, body: '', headers: { location: elsewhere.tokenUrl } } as const;
    zoom().faults.add({ template: '/oauth/token', trouble });
    const result = await readThrough(zoom(), both);
    await elsewhere.close();
    expect([elsewhere.requests, result.exitCode]).toEqual([[], 1]);
    expect(errorsOf(result.messages)).toMatchObject([{ failure_type: 'config_error' }]);
    expect(zoom().requests.map(({ path }) => path)).toEqual(['/oauth/token']);
  });

  test.each<{ name: string; trouble: Trouble; failure: string }>([
    {
      name: 'that shows what it was asked with',
      trouble: {
        kind: 'respond',
        status: 400,
        body: {
          error: 'invalid_request',
          reason: 'canary-s2s-client-secret of Basic czJzLWFwcDpjYW5hcnk= is bad',
        },
      },
      failure: 'config_error',
    },
    { name: 'behind a firewall', trouble: troubles.firewall, failure: 'config_error' },
    { name: 'that resets', trouble: { kind: 'reset', when: 'after_headers' }, failure: 'transient_error' },
    { name: 'that breaks off', trouble: { kind: 'truncate' }, failure: 'transient_error' },
    { name: 'that is garbled', trouble: { kind: 'malform' }, failure: 'transient_error' },
    { name: 'that fails', trouble: troubles.error(503, 503, 'Busy'), failure: 'transient_error' },
    {
      name: 'that asks to come back tomorrow',
      trouble: { kind: 'respond', status: 503, body: '', headers: { 'retry-after': '90000' } },
      failure: 'transient_error',
    },
    {
      name: 'that has a limit for the day',
      trouble: { kind: 'respond', status: 429, body: '', headers: { 'retry-after': '90000' } },
      failure: 'transient_error',
    },
  ])('$name ends the sync before any data is asked for', async ({ trouble, failure }) => {
    zoom().faults.add({ template: '/oauth/token', trouble });
    const { messages, exitCode } = await readThrough(zoom(), both);
    expect(errorsOf(messages)).toMatchObject([{ failure_type: failure }]);
    expect([exitCode, recordsOf(messages, 'users')]).toEqual([1, []]);
    expect(zoom().requests.every(({ path }) => path === '/oauth/token')).toBe(true);
  });
});

describe('a rotation that was answered but lost', () => {
  const streams = 'users,recordings,past_meeting_participants';
  const expireAndLose = () => {
    zoom().faults.add({
      template: '/accounts/me/recordings',
      after: 1,
      times: 1,
      trouble: {
        kind: 'change',
        change: (body) => {
          zoom().oauth.expireAll();
          zoom().faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'lose_answer' } });
          return body;
        },
      },
    });
  };

  test('in mid-sync is tried again; where Zoom takes the old token no more, what is not read yet fails and heals', async () => {
    expireAndLose();
    const first = await readThrough(zoom(), streams, { clientId: 'oauth-app' });
    expect(first.exitCode).toBe(1);
    for (const { failure_type, message } of errorsOf(first.messages))
      expect([failure_type, message]).toEqual([
        'config_error',
        expect.stringMatching(/refresh token is no longer good.*Authenticate/),
      ]);
    expect(statusesOf(first.messages, 'recordings').at(-1)).toBe('INCOMPLETE');
    // The first one, the one that was lost, and the one that found the token spent; nobody asks once more.
    expect([tokenRequests(), controls(first).length]).toEqual([3, 1]);
    zoom().faults.clear();
    const state = lastStates(first.messages);
    const second = await readThrough(zoom(), streams, { clientId: 'oauth-app', state });
    expect(second.exitCode).toBe(0);
    for (const stream of streams.split(',')) expectUnion([first, second], stream, zoom());
  });

  test('in mid-sync is no loss where Zoom takes the old token a little longer', async () => {
    await zoom().close();
    const patient = await startEmulator({ account: zoom().account, largestPage: 3, refreshGraceSeconds: 60 });
    patient.faults.add({
      template: '/accounts/me/recordings',
      after: 1,
      times: 1,
      trouble: {
        kind: 'change',
        change: (body) => {
          patient.oauth.expireAll();
          patient.faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'lose_answer' } });
          return body;
        },
      },
    });
    const result = await readThrough(patient, streams, { clientId: 'oauth-app' });
    await patient.close();
    expect([result.exitCode, controls(result).length]).toEqual([0, 2]);
    for (const stream of streams.split(',')) expectWhole(result.messages, stream, patient);
  });
});

describe('no secret is in what is said', () => {
  const troubled: readonly { name: string; trouble: Trouble }[] = [
    { name: 'a firewall', trouble: troubles.firewall },
    { name: 'a 500', trouble: troubles.error(500, 500, 'Internal error') },
    { name: 'a reset', trouble: { kind: 'reset', when: 'before_headers' } },
    { name: 'a truncated body', trouble: { kind: 'truncate' } },
    { name: 'a garbled body', trouble: { kind: 'malform' } },
    { name: 'a refused token', trouble: troubles.expiredAccessToken },
    { name: 'a missing scope', trouble: troubles.error(400, 4711, 'does not contain scopes:[x:y].') },
    {
      name: 'an error that shows the token',
      trouble: {
        kind: 'change',
        change: (_, { token }) => ({ code: 300, message: `No ${token}, ${token}!` }),
      },
    },
    {
      name: 'a redirect that shows a secret',
      trouble: {
        kind: 'respond',
        status: 302,
        body: '',
        headers: { location: 'https://example.com/?pwd=canary' },
      },
    },
  ];

  test.each(troubled)('by check: $name', async ({ trouble }) => {
    zoom().faults.add({ matches: ({ path }) => path.startsWith('/v2/'), trouble });
    const result = await runConnector(['check'], { config: configOf(zoom()), env: { LOG_LEVEL: 'debug' } });
    expectNoSecret(zoom(), result);
    expect(
      result.messages.some(({ connectionStatus, trace }) => (connectionStatus ?? trace) !== undefined),
    ).toBe(true);
  });

  test('by a crash', async () => {
    const { access_token } = zoom().oauth.token(
      `Basic ${Buffer.from('oauth-app:canary-oauth-client-secret').toString('base64')}`,
      new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: String((configOf(zoom(), {}, 'oauth-app')['credentials'] as Row)['refresh_token']),
      }),
    ).body as { access_token: string };
    const crash = `
      import { subscribe } from 'node:diagnostics_channel';
      subscribe('http.client.request.start', ({ request }) => {
        request.once('information', () => {
          throw new Error('broke at Bearer ${access_token} canary-oauth-client-secret');
        });
      });
    `;
    zoom().faults.add({ template: '/users', trouble: { kind: 'hang' } });
    const config = configOf(zoom(), {}, 'oauth-app');
    const result = await runConnector(['read', '--streams', 'users'], {
      config: { ...config, credentials: { ...(config['credentials'] as Row), access_token } },
      nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(crash)}`],
    });
    expect(result.exitCode).toBe(1);
    expect(errorsOf(result.messages)).toMatchObject([
      { failure_type: 'system_error', message: expect.stringContaining('broke at Bearer ****') },
    ]);
    expectNoSecret(zoom(), result);
  });
});
