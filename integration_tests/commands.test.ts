import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FaultRule, type Trouble, troubles } from './emulator/faults.ts';
import { type Emulator, standardClients, startEmulator } from './emulator/server.ts';
import { configuredCatalog } from './harness/catalog.ts';
import {
  errorsOf,
  lastStates,
  logsOf,
  type Message,
  type Row,
  recordsOf,
  statesOf,
  statusesOf,
} from './harness/messages.ts';
import { promisedStreams, streamsOfAccount } from './harness/promised.ts';
import { runConnector, runRaw } from './harness/run.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

const noRetry = { retry: { mode: 'None' } };
const config = (changes: Record<string, unknown> = {}) => ({ ...emulator.config(), ...changes });
const credentials = (changes: Record<string, unknown>) => ({
  ...emulator.config(),
  credentials: { ...(emulator.config()['credentials'] as object), ...changes },
});
const statusOf = (messages: readonly Message[]) =>
  messages.find(({ type }) => type === 'CONNECTION_STATUS')?.connectionStatus;

/** One id cannot be put into a path, as if the connector had a fault there. */
const breakingId = `
  const encode = encodeURIComponent;
  globalThis.encodeURIComponent = (value) => {
    if (value === 'no-way-there') throw new RangeError('no way there');
    return encode(value);
  };
`;

describe('spec and streams', () => {
  test('spec prints one SPEC and nothing else', async () => {
    const { messages, exitCode, stderr } = await runConnector(['spec']);
    expect([messages.map(({ type }) => type), exitCode, stderr]).toEqual([['SPEC'], 0, '']);
  });

  test('streams --json lists what discover lists', async () => {
    const list = JSON.parse((await runRaw(['streams', '--json'])).stdout) as Record<string, unknown>[];
    const { messages } = await runConnector(['discover'], { config: config() });
    const catalog = messages[0]?.catalog?.streams ?? [];
    expect(list.map(({ name }) => name)).toEqual(catalog.map(({ name }) => name));
    expect(list.map(({ primary_key }) => primary_key)).toEqual(
      catalog.map((stream) => stream.source_defined_primary_key.flat()),
    );
    expect(Object.keys(list[0] ?? {})).toEqual([
      'name',
      'family',
      'path',
      'records',
      'incremental',
      'primary_key',
      'cursor_field',
      'tombstones',
      'label',
      'scopes',
    ]);
  });

  test('streams and --help fit a screen', async () => {
    for (const command of ['streams', '--help']) {
      const { stdout, exitCode } = await runRaw([command]);
      expect(stdout.split('\n').length).toBeLessThan(25);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(exitCode).toBe(0);
    }
  });

  test('streams FAMILY shows its streams alone, and a family that there is not is named', async () => {
    const { stdout } = await runRaw(['streams', 'phone']);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toEqual(expect.arrayContaining(['phone_users', 'phone_call_logs']));
    expect(names).not.toContain('users');
    const list = JSON.parse((await runRaw(['streams', 'phone', '--json'])).stdout) as Record<
      string,
      unknown
    >[];
    expect(new Set(list.map(({ family }) => family))).toEqual(new Set(['phone']));
    const { messages, exitCode } = await runConnector(['streams', 'fax']);
    expect([errorsOf(messages)[0]?.message, exitCode]).toEqual([
      expect.stringMatching(/no family "fax".*phone/),
      1,
    ]);
  });

  test('discover sends no request, names streams in order and keeps sensitive fields only on demand', async () => {
    emulator.requests.length = 0;
    const { messages } = await runConnector(['discover'], { config: config() });
    const open = await runConnector(['discover'], { config: config({ include_sensitive_fields: true }) });
    const names = (messages[0]?.catalog?.streams ?? []).map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(emulator.requests).toEqual([]);
    expect(JSON.stringify(messages)).not.toContain('start_url');
    expect(JSON.stringify(open.messages)).toContain('start_url');
  });

  test('works from any directory on a config that cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-'));
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(config()));
    chmodSync(path, 0o444);
    const { messages, exitCode } = await runConnector(['check', '--config', path], { cwd: '/' });
    rmSync(folder, { recursive: true });
    expect([statusOf(messages)?.status, exitCode]).toEqual(['SUCCEEDED', 0]);
  });
});

describe('check', () => {
  const ofAccount = streamsOfAccount();
  const ofUsers = promisedStreams().flatMap(({ promise }) =>
    ofAccount.includes(promise.name) ? [] : promise.name,
  );
  /** The log says it of each stream, whichever stands for it. */
  const namesIn = (messages: readonly Message[], pattern: RegExp) =>
    logsOf(messages, 'INFO')
      .flatMap((line) => pattern.exec(line)?.[1] ?? [])
      .sort();
  const readableIn = (messages: readonly Message[]) => namesIn(messages, /^(\w+): can be read$/);
  const unreadableIn = (messages: readonly Message[]) => namesIn(messages, /^(\w+): cannot be read: /);

  test('succeeds when everything can be read but what Zoom has for apps of single users', async () => {
    const { messages, exitCode } = await runConnector(['check'], { config: config() });
    const { status, message } = statusOf(messages) ?? {};
    expect([status, readableIn(messages), exitCode]).toEqual(['SUCCEEDED', ofAccount.toSorted(), 0]);
    expect(unreadableIn(messages)).toEqual(ofUsers);
    expect(message).toMatch(
      /^\d+ of \d+ streams can be read: accounts all .*chat_contacts: Zoom offers it to user-managed apps/,
    );
  });

  test('names the missing scope and where to add it, and succeeds with the rest', async () => {
    const client = emulator.oauth.clients.find(({ clientId }) => clientId === 's2s-app');
    const before = client?.scopes ?? [];
    if (client !== undefined) client.scopes = before.filter((scope) => !scope.startsWith('phone:'));
    const { messages, exitCode } = await runConnector(['check'], { config: config() });
    if (client !== undefined) client.scopes = before;
    expect(statusOf(messages)?.status).toBe('SUCCEEDED');
    expect(statusOf(messages)?.message).toMatch(
      /phone 0 of \d+.*lacks scopes \(.*phone: .*phone:read:list_call_logs:admin.*Marketplace/,
    );
    expect(unreadableIn(messages)).toContain('phone_call_logs');
    expect(exitCode).toBe(0);
  });

  test('asks for few streams, and for what is resource-intensive where nothing else tells', async () => {
    emulator.requests.length = 0;
    await runConnector(['check'], { config: config() });
    const asked = emulator.requests.filter(({ path }) => path.startsWith('/v2/'));
    expect(asked.length).toBeLessThan(ofAccount.length / 2);
    const intensive = promisedStreams().filter(({ endpoint }) => endpoint.label === 'RESOURCE-INTENSIVE');
    const paths = new Set<string>(intensive.map(({ endpoint }) => endpoint.request));
    expect(asked.filter(({ template }) => paths.has(`GET ${template}`)).length).toBeLessThanOrEqual(1);
  });

  test.each<{ name: string; changes: Record<string, unknown>; expected: RegExp }>([
    {
      name: 'a wrong secret',
      changes: { client_secret: 'not-the-secret' },
      expected: /client_id.*client_secret.*Marketplace/,
    },
    { name: 'a wrong account', changes: { account_id: 'nobody' }, expected: /account_id/ },
    {
      name: 'a token URL that is no token endpoint',
      changes: { token_url: 'http://127.0.0.1:1/none' },
      expected: /token_url/,
    },
  ])('fails for $name and says the cure', async ({ changes, expected }) => {
    const { messages, exitCode } = await runConnector(['check'], {
      config: { ...credentials(changes), ...noRetry },
    });
    expect(statusOf(messages)?.status).toBe('FAILED');
    expect(statusOf(messages)?.message).toMatch(expected);
    expect(exitCode).toBe(0);
  });

  test('fails for a deactivated app', async () => {
    const client = emulator.oauth.clients.find(({ clientId }) => clientId === 's2s-app');
    if (client !== undefined) client.isDisabled = true;
    const { messages, exitCode } = await runConnector(['check'], { config: config() });
    if (client !== undefined) client.isDisabled = false;
    expect([statusOf(messages)?.status, exitCode]).toEqual(['FAILED', 0]);
    expect(statusOf(messages)?.message).toMatch(/deactivated.*Activate it/);
  });

  test('fails when nothing answers at api_url', async () => {
    const { messages, exitCode } = await runConnector(['check'], {
      config: config({ api_url: 'http://127.0.0.1:1/v2', ...noRetry }),
    });
    expect(statusOf(messages)).toMatchObject({
      status: 'FAILED',
      message: expect.stringMatching(/127\.0\.0\.1:1.*does not answer.*api_url/),
    });
    expect(exitCode).toBe(0);
  });

  test('fails when somebody else answers at api_url', async () => {
    const other: Server = createServer((_, response) =>
      response.end('<html><title>It works!</title></html>'),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { messages } = await runConnector(['check'], { config: config({ api_url: url, ...noRetry }) });
    other.close();
    expect(statusOf(messages)).toMatchObject({
      status: 'FAILED',
      message: expect.stringMatching(/not as Zoom does.*It works!.*api_url/),
    });
  });

  /** Each answer of the endpoint has these rows, made from those that it would have. */
  const withRows = (
    template: string,
    field: string,
    change: (rows: readonly Row[]) => readonly unknown[],
  ) => ({
    template,
    trouble: {
      kind: 'change',
      change: (body) => ({ ...body, [field]: change((body[field] ?? []) as Row[]) }),
    } as Trouble,
  });
  test.each<{
    name: string;
    rule: FaultRule;
    nodeFlags?: readonly string[];
    odd: string[];
    below?: RegExp;
    says?: RegExp;
  }>([
    {
      name: 'strings where rows should be',
      rule: withRows('/report/history_meetings', 'history_meetings', () => ['a meeting', 'another']),
      odd: ['report_history_meetings'],
      below: /^(report|past|meeting|webinar)_/,
      says: /"history_meetings" holds something that is no object/,
    },
    {
      name: 'a number for a body',
      rule: { template: '/rooms', trouble: { kind: 'respond', status: 200, body: 7 } },
      odd: ['rooms'],
      below: /^room_/,
    },
    {
      name: 'a body that breaks off',
      rule: { template: '/groups', trouble: { kind: 'truncate' } },
      odd: ['groups'],
      below: /^group_/,
    },
    {
      name: 'an id that breaks the connector',
      rule: withRows('/chat/channels', 'channels', (rows) =>
        rows.map((row) => ({ ...row, id: 'no-way-there' })),
      ),
      nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(breakingId)}`],
      odd: [],
    },
    {
      name: 'a user without an id',
      rule: withRows('/users', 'users', (rows) => rows.map(({ id: _, ...row }) => row)),
      odd: [],
    },
    {
      name: 'a null before the first user',
      rule: withRows('/users', 'users', (rows) => [null, ...rows]),
      odd: [],
    },
    { name: 'nulls for users', rule: withRows('/users', 'users', () => [null, null]), odd: [] },
  ])(
    'is told of $name by the streams that it concerns, and of all others that they can be read',
    async ({ rule, nodeFlags = [], odd, below = /^$/, says }) => {
      emulator.faults.add(rule);
      const retry = { count_max: 1, wait_time_ms: 1 };
      const { messages, exitCode } = await runConnector(['check'], { config: config({ retry }), nodeFlags });
      expect([statusOf(messages)?.status, exitCode, errorsOf(messages)]).toEqual(['SUCCEEDED', 0, []]);
      const others = unreadableIn(messages).filter((name) => !below.test(name) || odd.includes(name));
      expect(others).toEqual([...odd, ...ofUsers].sort());
      if (says !== undefined) expect(statusOf(messages)?.message).toMatch(says);
    },
  );

  test('with a token of which nothing is known, tries each scope, and no range that is longer than Zoom allows', async () => {
    emulator.requests.length = 0;
    const { accessToken } = emulator.oauth.issuePair('oauth-app');
    const app = emulator.config('oauth-app')['credentials'] as object;
    const { messages } = await runConnector(['check'], {
      config: config({ credentials: { ...app, access_token: accessToken } }),
    });
    expect(unreadableIn(messages)).toEqual(ofUsers);
    const wrong = emulator.requests.filter(({ status }) => status === 400);
    const paths = promisedStreams().filter(({ promise }) => ofUsers.includes(promise.name));
    expect(wrong.map(({ template }) => `GET ${template}`)).toEqual(
      paths.map(({ endpoint }) => endpoint.request),
    );
    const windowed = promisedStreams().filter(({ endpoint }) => endpoint.window !== undefined);
    const asked = new Set(emulator.requests.map(({ template }) => `GET ${template}`));
    const unseen = windowed.filter(({ endpoint }) => !asked.has(endpoint.request));
    expect(unseen.length).toBeLessThan(windowed.length / 4);
  });

  test('says nothing about the config while Zoom is in trouble', async () => {
    emulator.faults.add({
      matches: ({ path }) => path.startsWith('/v2/'),
      trouble: troubles.error(503, 503, 'Service unavailable'),
    });
    const retry = { count_max: 1, wait_time_ms: 1 };
    const { messages, exitCode } = await runConnector(['check'], { config: config({ retry }) });
    expect(statusOf(messages)).toBeUndefined();
    expect(errorsOf(messages).map(({ failure_type }) => failure_type)).toEqual(['transient_error']);
    expect(exitCode).toBe(1);
  });
});

describe('bad input', () => {
  test.each<{ args: string[]; expected: RegExp }>([
    { args: [], expected: /No command given.*spec, check, discover, read/ },
    { args: ['reed'], expected: /Unknown command "reed"/ },
    { args: ['spec', 'now'], expected: /takes no argument "now"/ },
    { args: ['check'], expected: /--config FILE/ },
    { args: ['check', '--confg', 'x'], expected: /--confg/ },
    { args: ['spec', '--catalog', 'x'], expected: /spec does not take --catalog/ },
    {
      args: ['check', '--config', '/no/such/file.json'],
      expected: /--config.*\/no\/such\/file\.json.*ENOENT/,
    },
    { args: ['read', '--config', 'x'], expected: /either --catalog FILE or --streams/ },
    { args: ['read', '--config', 'x', '--catalog', 'y', '--streams', 'users'], expected: /not both/ },
    { args: ['read', '--config', 'x', '--streams', ' , '], expected: /names no stream/ },
    {
      args: ['read', '--config', 'x', '--streams', 'users', '--full-refresh', '--state', 'z'],
      expected: /takes no --state/,
    },
  ])('source-zoom $args is one config_error', async ({ args, expected }) => {
    const { messages, exitCode, stderr } = await runConnector(args);
    expect(messages.map(({ type }) => type)).toEqual(['TRACE']);
    expect(errorsOf(messages)[0]).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringMatching(expected),
    });
    expect([exitCode, stderr]).toEqual([1, '']);
  });

  test('a name or pattern of --streams that fits no stream is one config_error, and nothing is asked for', async () => {
    emulator.requests.length = 0;
    const { messages, exitCode } = await runConnector(['read', '--streams', 'users,phon_*'], {
      config: config(),
    });
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(/"phon_\*".*phone_/) },
    ]);
    expect([exitCode, emulator.requests.length]).toEqual([1, 0]);
  });

  test.each<{ flag: 'config' | 'catalog' | 'state' }>([
    { flag: 'config' },
    { flag: 'catalog' },
    { flag: 'state' },
  ])('a --$flag file that is no JSON is named, without what it holds', async ({ flag }) => {
    const files = {
      config: config(),
      catalog: configuredCatalog(['users']),
      state: [],
      [flag]: '{"client_secret": "hidden-value",',
    };
    const { messages, exitCode } = await runConnector(['read'], files);
    expect(errorsOf(messages)[0]?.message).toMatch(new RegExp(`--${flag} is not JSON`));
    expect(JSON.stringify(messages)).not.toContain('hidden-value');
    expect(exitCode).toBe(1);
  });

  test.each([
    { encoding: 'UTF-8 with a mark', encode: (text: string) => Buffer.from(`\uFEFF${text}`) },
    { encoding: 'UTF-16', encode: (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le') },
    {
      encoding: 'UTF-16, big end first',
      encode: (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    },
  ])('files in $encoding are read', async ({ encode }) => {
    const first = await runConnector(['read', '--streams', 'users'], { config: config() });
    const { messages, exitCode } = await runConnector(['read'], {
      config: encode(JSON.stringify(config())),
      catalog: encode(JSON.stringify(configuredCatalog(['users']))),
      state: encode(first.stdout),
    });
    expect([recordsOf(messages, 'users'), errorsOf(messages), exitCode]).toEqual([[], [], 0]);
  });

  test('white space around credentials, and an expiry in seconds, are taken', async () => {
    const { credentials: app } = emulator.config('oauth-app');
    const spaced = Object.fromEntries(
      Object.entries(app as Record<string, string>).map(([name, value]) => [name, ` ${value}\r\n`]),
    );
    const { messages } = await runConnector(['check'], {
      config: config({ credentials: { ...spaced, token_expiry_date: 1_700_000_000 } }),
    });
    expect(statusOf(messages)?.status).toBe('SUCCEEDED');
  });

  test('all invalid values are named in one message, each with what would be valid', async () => {
    const invalid = {
      credentials: { auth_type: 'server_to_server', client_id: 'x' },
      start_date: 'yesterday',
      end_date: '2026-02-30',
      concurrency: 'many',
      zoom_plan: 'gold',
      rate_limit_share: 101,
      lookback_window_days: -1,
      detail_refresh_days: 31,
      retry: { mode: 'Sometimes', status_code_list: '429|5xx', count_max: 99 },
      api_url: 'http://zoom.example.com/v2',
    };
    const { messages } = await runConnector(['check'], { config: invalid });
    const message = statusOf(messages)?.message ?? '';
    for (const part of [
      'credentials.account_id is missing',
      'credentials.client_secret is missing',
      'start_date has to be a date such as 2026-01-31',
      'end_date has to be a date such as 2026-01-31',
      'concurrency has to be an integer from 1 to 64',
      'zoom_plan has to be one of free, pro, business, unlimited',
      'rate_limit_share has to be an integer from 1 to 100',
      'lookback_window_days has to be an integer from 0 to 30',
      'detail_refresh_days has to be an integer from 0 to 30',
      'retry.mode has to be one of None, RetryAny, RetryWhenStatusCodeMatch',
      'retry.status_code_list has to list HTTP statuses',
      '"5xx" is neither',
      'retry.count_max has to be an integer from 0 to 20',
      'api_url has to be an https URL',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('credentials of no known kind are refused with the kinds', async () => {
    const { messages } = await runConnector(['check'], { config: { credentials: { auth_type: 'jwt' } } });
    expect(statusOf(messages)?.message).toMatch(
      /credentials\.auth_type has to be one of oauth2\.0, server_to_server/,
    );
  });

  test('a start after the end is named with both', async () => {
    const { messages } = await runConnector(['check'], {
      config: config({ start_date: '2026-05-02', end_date: '2026-05-01' }),
    });
    expect(statusOf(messages)?.message).toMatch(
      /start_date has to be before end_date \(2026-05-02 is not before 2026-05-01\)/,
    );
  });

  test('an invalid config ends a read before any request', async () => {
    emulator.requests.length = 0;
    const { messages, exitCode } = await runConnector(['read', '--streams', 'users'], {
      config: config({ concurrency: 0 }),
    });
    expect(errorsOf(messages)).toMatchObject([{ failure_type: 'config_error' }]);
    expect([messages.length, exitCode, emulator.requests.length]).toEqual([1, 1, 0]);
  });

  test('refused credentials end a read before any data is asked for', async () => {
    emulator.requests.length = 0;
    const { messages, exitCode } = await runConnector(['read', '--streams', 'users'], {
      config: credentials({ client_secret: 'wrong-secret' }),
    });
    expect(errorsOf(messages)).toMatchObject([{ failure_type: 'config_error' }]);
    expect(exitCode).toBe(1);
    expect(emulator.requests.map(({ path }) => path)).toEqual(['/oauth/token']);
  });

  test('the flat config of older connectors and unknown keys are accepted', async () => {
    const { credentials: own, ...rest } = emulator.config();
    const { token_url, client_id, client_secret, account_id } = own as Record<string, unknown>;
    const flat = {
      ...rest,
      client_id,
      client_secret,
      account_id,
      authorization_endpoint: token_url,
      something_else: 1,
    };
    const { messages } = await runConnector(['check'], { config: flat });
    expect(statusOf(messages)?.status).toBe('SUCCEEDED');
  });

  test('what is wrong with a flat config is named as the user wrote it', async () => {
    const flat = { client_id: 'x', client_secret: '', authorization_endpoint: 'http://example.com/token' };
    const { messages } = await runConnector(['check'], { config: flat });
    const message = String(statusOf(messages)?.message);
    expect(message).toMatch(/[:;] account_id is missing/);
    expect(message).toMatch(/; client_secret must not be empty/);
    expect(message).toMatch(/; authorization_endpoint has to be an https URL/);
    expect(message).not.toContain('credentials');
  });

  test('an api_url that is Zoom and not the root of its API is told from what the account lacks', async () => {
    const { messages, exitCode } = await runConnector(['check'], {
      config: config({ api_url: `${emulator.apiUrl}/nope` }),
    });
    expect([statusOf(messages)?.status, exitCode]).toEqual(['FAILED', 0]);
    expect(statusOf(messages)?.message).toMatch(/not the root of its API.*Check api_url/);
  });

  test('a stream whose parent is refused says so by both names', async () => {
    const client = emulator.oauth.clients[0];
    const before = client?.scopes ?? [];
    if (client !== undefined) client.scopes = before.filter((scope) => !scope.startsWith('user:'));
    const { messages } = await runConnector(['read', '--streams', 'meetings'], { config: config() });
    if (client !== undefined) client.scopes = before;
    expect(errorsOf(messages)).toMatchObject([
      {
        failure_type: 'config_error',
        message: expect.stringMatching(
          /^meetings cannot be read without users: Zoom refused \/users: .*scope/,
        ),
      },
    ]);
  });

  test('nulls for everything optional are as if it was not there', async () => {
    const nulls = {
      start_date: null,
      end_date: null,
      retry: null,
      zoom_plan: null,
      lookback_window_days: null,
      concurrency: null,
    };
    const { messages } = await runConnector(['check'], { config: config(nulls) });
    expect(statusOf(messages)?.status).toBe('SUCCEEDED');
  });
});

describe('catalogs', () => {
  test('an unknown stream and an unknown sync mode end INCOMPLETE, and the others are read', async () => {
    const catalog = {
      streams: [
        {
          stream: { name: '__AIRBYTE__stream_that_does_not_exist' },
          sync_mode: 'INVALID',
          destination_sync_mode: 'INVALID',
        },
        { stream: { name: 'recordings' }, sync_mode: 'INVALID' },
        { stream: { name: 'users' }, sync_mode: 'incremental' },
        { stream: { name: 'users' }, sync_mode: 'incremental' },
      ],
    };
    const { messages, exitCode } = await runConnector(['read'], { config: config(), catalog });
    expect(statusesOf(messages, '__AIRBYTE__stream_that_does_not_exist')).toEqual(['INCOMPLETE']);
    expect(statusesOf(messages, 'recordings')).toEqual(['INCOMPLETE']);
    expect(statusesOf(messages, 'users')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    expect(recordsOf(messages, 'users').length).toBe(emulator.account.rows('users').length);
    expect(errorsOf(messages).map(({ message }) => message)).toEqual([
      expect.stringContaining('__AIRBYTE__stream_that_does_not_exist'),
      expect.stringContaining('"INVALID"'),
    ]);
    // What a retry cannot mend is told last.
    expect(messages.slice(-2).every(({ trace }) => trace?.error !== undefined)).toBe(true);
    expect(exitCode).toBe(1);
  });

  test('a catalog without streams is named', async () => {
    const { messages } = await runConnector(['read'], { config: config(), catalog: { streams: null } });
    expect(errorsOf(messages)[0]?.message).toMatch(/no list "streams"/);
  });
});

describe('states', () => {
  const read = (state: unknown, changes: Record<string, unknown> = {}, stream = 'report_history_meetings') =>
    runConnector(['read', '--streams', stream], { config: config(changes), state });
  const streamState = (stream_state: unknown, name = 'report_history_meetings') => [
    { type: 'STREAM', stream: { stream_descriptor: { name, namespace: null }, stream_state }, global_: null },
  ];

  test.each<{ name: string; state: unknown }>([
    { name: 'an empty file', state: '' },
    { name: 'an empty list', state: [] },
    { name: 'an empty object', state: {} },
    { name: 'a null', state: streamState(null) },
    { name: 'an empty stream state', state: streamState({}) },
    { name: 'a legacy object', state: { report_history_meetings: { end_time: '2026-01-01' } } },
    { name: 'a legacy message', state: [{ type: 'LEGACY', data: { end_time: '2026-01-01' } }] },
    { name: 'a global state', state: [{ type: 'GLOBAL', global: { stream_states: [] } }] },
    { name: 'a sentinel', state: streamState({ __ab_no_cursor_state_message: true }) },
    { name: 'the state of another stream', state: streamState({ version: 1, x: 1 }, 'something') },
  ])('$name counts as no state, with one WARN', async ({ state }) => {
    const { messages, exitCode } = await read(state);
    expect(recordsOf(messages, 'report_history_meetings').length).toBe(
      emulator.account.rows('report_history_meetings').length,
    );
    expect(logsOf(messages, 'WARN').length).toBe(1);
    expect(exitCode).toBe(0);
  });

  test.each<{ name: string; state: unknown; stream?: string; expected: RegExp }>([
    { name: 'a newer version', state: streamState({ version: 2 }), expected: /version 2.*knows 1/ },
    {
      name: 'a cursor that is no instant',
      state: streamState({ version: 1, end_time: 'soon' }),
      expected: /end_time = "soon"/,
    },
    {
      name: 'a cursor of the wrong type',
      state: streamState({ version: 1, end_time: 17 }),
      expected: /end_time = 17/,
    },
    {
      name: 'digests of the wrong type',
      state: streamState({ version: 1, digests: ['x'] }, 'users'),
      stream: 'users',
      expected: /"digests"/,
    },
  ])('$name is a config_error of its stream', async ({ state, stream, expected }) => {
    const { messages, exitCode } = await read(state, {}, stream);
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(expected) },
    ]);
    expect(exitCode).toBe(1);
  });

  test('a stream state that is no object is a config_error', async () => {
    const { messages, exitCode } = await read(streamState('x'));
    expect(errorsOf(messages)[0]?.message).toMatch(/stream_state has to be an object/);
    expect(exitCode).toBe(1);
  });

  test('the output of an earlier read is a state as it is, torn or repeated', async () => {
    const streams = ['read', '--streams', 'users,report_history_meetings'];
    const first = await runConnector(streams, { config: config() });
    const withoutState = first.stdout
      .split('\n')
      .filter((line) => !line.includes('"STATE"'))
      .join('\n');
    for (const state of [first.stdout, `${withoutState}${first.stdout}{"type":"RECORD","rec`]) {
      const { messages, exitCode } = await runConnector(streams, { config: config(), state });
      expect([recordsOf(messages, 'users'), logsOf(messages, 'WARN'), exitCode]).toEqual([[], [], 0]);
      expect(statesOf(messages, 'users').at(-1)).toMatchObject({
        digests: statesOf(first.messages, 'users').at(-1)?.['digests'],
      });
    }
    const none = await runConnector(streams, { config: config(), state: withoutState });
    expect(recordsOf(none.messages, 'users').length).toBe(emulator.account.rows('users').length);
    expect(logsOf(none.messages, 'WARN').length).toBe(1);
  });

  test('a cursor without a version is accepted', async () => {
    const cursor = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const { messages } = await read(streamState({ end_time: cursor }));
    const from = Date.parse(cursor) - 3 * 86_400_000;
    const expected = emulator.account
      .rows('report_history_meetings')
      .filter(({ end_time }) => Date.parse(String(end_time)) >= from);
    expect(recordsOf(messages, 'report_history_meetings').length).toBe(expected.length);
    expect(logsOf(messages, 'WARN')).toEqual([]);
  });

  test('a cursor in the future stays as it is, and nothing is asked for', async () => {
    emulator.requests.length = 0;
    const { messages, exitCode } = await read(streamState({ end_time: '2999-01-01T00:00:00Z' }));
    expect(statesOf(messages, 'report_history_meetings')).toEqual([
      { version: 1, end_time: '2999-01-01T00:00:00Z' },
    ]);
    expect(emulator.requests.filter(({ path }) => path.startsWith('/v2/'))).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('a start_date later than the cursor wins; one earlier than what was read is warned of', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const later = await read(streamState({ version: 1, end_time: `${day(90)}T00:00:00Z` }), {
      start_date: day(20),
    });
    const dates = recordsOf(later.messages, 'report_history_meetings').map(({ end_time }) =>
      String(end_time),
    );
    expect(dates.every((date) => date >= day(20))).toBe(true);
    const earlier = await read(
      streamState({ version: 1, end_time: `${day(10)}T00:00:00Z`, read_from: `${day(40)}T00:00:00Z` }),
      {
        start_date: day(80),
      },
    );
    expect(logsOf(earlier.messages, 'WARN')).toEqual([
      expect.stringMatching(/start_date is earlier.*Refresh/),
    ]);
  });
});

describe('sync modes and windows', () => {
  test('a full refresh gives everything, has no tombstones, and does nothing when it was complete', async () => {
    const catalog = configuredCatalog(['users', 'recordings'], 'full_refresh');
    const first = await runConnector(['read'], { config: config(), catalog });
    for (const name of ['users', 'recordings']) {
      expect(recordsOf(first.messages, name).length).toBe(emulator.account.rows(name).length);
      expect(statesOf(first.messages, name).at(-1)).toMatchObject({ __ab_full_refresh_sync_complete: true });
    }
    const state = lastStates(first.messages);
    emulator.requests.length = 0;
    const second = await runConnector(['read'], { config: config(), catalog, state });
    expect(second.messages.filter(({ type }) => type === 'RECORD')).toEqual([]);
    expect(emulator.requests.filter(({ path }) => path.startsWith('/v2/'))).toEqual([]);
    expect(second.exitCode).toBe(0);
    const incremental = await runConnector(['read', '--streams', 'users'], { config: config(), state });
    expect(recordsOf(incremental.messages, 'users')).toEqual([]);
    expect(statesOf(incremental.messages, 'users').at(-1)).not.toHaveProperty(
      '__ab_full_refresh_sync_complete',
    );
  });

  test('start_date and end_date bound what is read, to the instant', async () => {
    const rows = emulator.account.rows('phone_call_logs');
    const start = String(rows[10]?.['end_time']);
    const end = String(rows[30]?.['end_time']);
    const { messages } = await runConnector(['read', '--streams', 'phone_call_logs'], {
      config: config({ start_date: start, end_date: end }),
    });
    const times = recordsOf(messages, 'phone_call_logs')
      .map(({ end_time }) => String(end_time))
      .sort();
    expect(times).toEqual(rows.slice(10, 30).map(({ end_time }) => String(end_time)));
  });

  test('sensitive fields leave on demand only', async () => {
    const { stdout } = await runConnector(['read', '--streams', 'meetings'], {
      config: config({ include_sensitive_fields: true }),
    });
    expect(stdout).toMatch(/zak=canary-/);
    expect(stdout).toContain('?pwd=canary-join-pwd');
  });

  test('NUL and lone surrogates leave as U+FFFD, in keys and names too, and change nothing between syncs', async () => {
    emulator.faults.add({
      template: '/users',
      trouble: {
        kind: 'change',
        change: (body) => ({
          ...body,
          users: ((body['users'] ?? []) as Row[]).map((row) => ({
            ...row,
            id: `${row['id']}\0`,
            dept: 'a\ud800',
            'odd\udc00': { 'name\0': ['\0'] },
          })),
        }),
      },
    });
    const first = await runConnector(['read', '--streams', 'users'], { config: config() });
    const users = recordsOf(first.messages, 'users');
    expect(users[0]).toMatchObject({
      id: expect.stringMatching(/^[^\0]+\ufffd$/),
      dept: 'a\ufffd',
      'odd\ufffd': { 'name\ufffd': ['\ufffd'] },
    });
    expect(first.stdout).not.toMatch(/\\u(0000|d[89a-f])/i);
    expect(Object.keys(statesOf(first.messages, 'users').at(-1)?.['digests'] as Row).sort()).toEqual(
      users.map(({ id }) => String(id)).sort(),
    );
    const second = await runConnector(['read', '--streams', 'users'], {
      config: config(),
      state: first.stdout,
    });
    expect([recordsOf(second.messages, 'users'), second.exitCode]).toEqual([[], 0]);
  });

  test('--debug logs a line for each request, without the token', async () => {
    const { messages, stdout } = await runConnector(['read', '--streams', 'users', '--debug'], {
      config: config(),
    });
    expect(logsOf(messages, 'DEBUG')).toEqual([
      expect.stringMatching(/GET \/users\?.*status=active.* 200 /),
      expect.stringContaining('status=inactive'),
    ]);
    for (const secret of emulator.oauth.secrets) expect(stdout).not.toContain(secret);
  });
});

describe('user-level apps', () => {
  test('read their authoriser alone, as `me`; account-only streams fail alone and name the admin scope', async () => {
    emulator.requests.length = 0;
    const streams = 'users,meetings,recordings,report_history_meetings';
    const { messages, exitCode } = await runConnector(['read', '--streams', streams], {
      config: emulator.config('user-level-app'),
    });
    const me = emulator.account.rows('users')[0];
    expect(recordsOf(messages, 'users').map(({ id }) => id)).toEqual([me?.['id']]);
    expect(recordsOf(messages, 'meetings').length).toBe(
      new Set(emulator.account.listedBy(String(me?.['id'])).map(({ id }) => id)).size,
    );
    expect(recordsOf(messages, 'recordings').length).toBe(
      emulator.account.recordingsOf(String(me?.['id'])).length,
    );
    expect(statusesOf(messages, 'report_history_meetings')).toEqual(['STARTED', 'INCOMPLETE']);
    expect(errorsOf(messages)).toMatchObject([
      { message: expect.stringContaining('report:read:list_history_meetings:admin') },
    ]);
    expect(exitCode).toBe(1);
    const users = emulator.requests.filter(
      ({ template, status }) => template.includes('{userId}') && status === 200,
    );
    expect(users.every(({ path }) => path.includes('/users/me'))).toBe(true);
  });

  test('are shown no secret of their authoriser', async () => {
    const link = 'https://example.com/j/1?id=1&amp;pwd=canary-pwd&amp;TK=canary-tk';
    emulator.faults.add({
      template: '/users/{userId}',
      trouble: {
        kind: 'change',
        change: (body) => ({
          ...body,
          personal_meeting_url: link,
          pic_url: 'https://example.com/p?access_token=canary-token',
          about: `Meet me: ${link}, any time`,
          Chat_Passcode: 'canary-passcode',
          phone_pin_code: 123_456_789_123,
        }),
      },
    });
    const { messages, stdout } = await runConnector(['read', '--streams', 'users'], {
      config: emulator.config('user-level-app'),
    });
    expect(recordsOf(messages, 'users')).toMatchObject([
      {
        personal_meeting_url: 'https://example.com/j/1?id=1',
        pic_url: 'https://example.com/p',
        about: 'Meet me: https://example.com/j/1?id=1, any time',
      },
    ]);
    expect(stdout).not.toMatch(/canary-(pwd|tk|token|passcode)|123456789123/);
  });

  test('a Server-to-Server app without the scope fails instead of hiding the other users', async () => {
    const app = standardClients.find(({ clientId }) => clientId === 's2s-app');
    const other = await startEmulator({
      clients: [{ ...app, scopes: ['user:read:user:admin'] } as (typeof standardClients)[number]],
    });
    const { messages, exitCode } = await runConnector(['read', '--streams', 'users'], {
      config: other.config(),
    });
    await other.close();
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringContaining('user:read:list_users:admin') },
    ]);
    expect([recordsOf(messages, 'users').length, exitCode]).toEqual([0, 1]);
  });
});
