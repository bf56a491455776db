import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Emulator, standardClients, startEmulator } from './emulator/server.ts';
import { type Conversation, converse, type NotedBrowser, noteBrowser } from './harness/conversation.ts';
import { freePort } from './harness/free-port.ts';
import { errorsOf, type Row } from './harness/messages.ts';
import { runConnector } from './harness/run.ts';
import { until } from './harness/until.ts';

const pastedUrl = 'https://example.com/oauth/callback';
const appSecret = 'canary-oauth-client-secret';

let clock: number;
let localUrl: string;
let emulator: Emulator;
let folder: string;
let path: string;
let browser: NotedBrowser;
const running: Conversation[] = [];

beforeEach(async () => {
  clock = Date.now();
  localUrl = `http://127.0.0.1:${await freePort()}/callback`;
  emulator = await startEmulator({
    now: () => clock,
    clients: standardClients.map((client) => ({ ...client, redirectUris: [localUrl, pastedUrl] })),
  });
  folder = mkdtempSync(join(tmpdir(), 'source-zoom-authorize-'));
  path = join(folder, 'config.json');
  browser = noteBrowser();
});
afterEach(async () => {
  for (const conversation of running.splice(0)) {
    conversation.kill('SIGKILL');
    await conversation.ended;
    expectNoSecrets(conversation);
  }
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
  browser.remove();
});

/** The code in a pasted address is the person's own typing, and a terminal shows it. */
function expectNoSecrets(conversation: Conversation): void {
  for (const secret of emulator.oauth.secrets)
    if (!secret.startsWith('code.')) expect(conversation.said()).not.toContain(secret);
}

function save(changes: Row = {}): void {
  const config = emulator.config('oauth-app');
  const { refresh_token: _, ...app } = config['credentials'] as Row;
  const credentials = { ...app, redirect_url: localUrl, ...changes };
  writeFileSync(path, JSON.stringify({ ...config, retry: { wait_time_ms: 1 }, extra: 'kept', credentials }));
}
const saved = () => JSON.parse(readFileSync(path, 'utf8')) as { credentials: Row } & Row;
function authorize(options: Parameters<typeof converse>[1] = {}): Conversation {
  const env = { BROWSER: browser.program, HOME: folder, ...options?.env };
  const conversation = converse(['authorize', '--config', path], { ...options, env });
  running.push(conversation);
  return conversation;
}
const addressIn = async (conversation: Conversation) =>
  new URL((await conversation.hears(/^ {2}(http\S+\/oauth\/authorize\S+)/m))[1] ?? '');

/** What the browser is sent back to when the person has chosen. */
async function decide(address: URL, decision: 'allow' | 'decline'): Promise<string> {
  const page = await fetch(address, { headers: { accept: 'text/html' } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringMatching(/Allow.*Decline/s)]);
  const answer = await fetch(emulator.authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...Object.fromEntries(address.searchParams), decision }),
  });
  return answer.headers.get('location') ?? '';
}
const visit = async (address: string) => {
  const response = await fetch(address);
  return { status: response.status, html: await response.text(), headers: response.headers };
};

test('opens the consent page, receives the answer, and saves tokens that read', async () => {
  save();
  chmodSync(path, 0o640);
  const conversation = authorize();
  const address = await addressIn(conversation);
  expect(Object.fromEntries(address.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'oauth-app',
    redirect_uri: localUrl,
    state: expect.stringMatching(/^[\w-]{32,}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  await until('the browser was opened', () => browser.opened().length > 0);
  expect(browser.opened()).toEqual([address.href]);
  const { status, html, headers } = await visit(await decide(address, 'allow'));
  expect([status, html]).toEqual([200, expect.stringContaining(`main.js check --config ${path}`)]);
  expect([headers.get('cache-control'), headers.get('content-security-policy')]).toEqual([
    'no-store',
    expect.stringContaining("default-src 'none'"),
  ]);
  expect(await conversation.ended).toBe(0);
  expect(conversation.said()).toMatch(/^Next:\r?\n {2}node \S+main\.js check --config /m);
  expect(saved()).toMatchObject({
    extra: 'kept',
    credentials: { client_id: 'oauth-app', client_secret: appSecret },
  });
  expect(Date.parse(String(saved().credentials['token_expiry_date']))).toBeGreaterThan(
    Date.now() + 3_000_000,
  );
  expect([statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([0o640, ['config.json']]);
  const check = await runConnector(['check'], { config: saved() });
  expect(check.messages.at(-1)?.connectionStatus?.status).toBe('SUCCEEDED');
  // The access token is good, and so is the refresh token.
  const { access_token: _, ...spent } = saved().credentials;
  const read = await runConnector(['read', '--streams', 'users'], {
    config: { ...saved(), credentials: spent },
  });
  expect(read.exitCode).toBe(0);
});

test('asks for the scopes of the config, and ends the tokens of an earlier consent', async () => {
  const before = emulator.oauth.issuePair('oauth-app');
  save({ scope: ' user:read:admin  meeting:read:admin ', refresh_token: before.refreshToken });
  const conversation = authorize();
  const address = await addressIn(conversation);
  expect(address.searchParams.get('scope')).toBe('user:read:admin meeting:read:admin');
  await visit(await decide(address, 'allow'));
  expect(await conversation.ended).toBe(0);
  expect(saved().credentials['refresh_token']).not.toBe(before.refreshToken);
  expect(emulator.oauth.find(before.accessToken)).toBeUndefined();
});

describe('an answer that is none', () => {
  test('a declined consent says so on both sides and leaves the config as it is', async () => {
    save();
    const before = readFileSync(path, 'utf8');
    const conversation = authorize();
    const { html } = await visit(await decide(await addressIn(conversation), 'decline'));
    expect(html).toMatch(/Access was not given.*Nothing has changed/s);
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/declined, or an admin.*Run authorize again.*Nothing has changed/s);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('of another run is not used, nor one without a state, and what says anything is escaped', async () => {
    save();
    const conversation = authorize();
    const address = await addressIn(conversation);
    for (const query of ['code=stolen&state=other', 'code=stolen', 'error=access_denied&state=other']) {
      const { status, html } = await visit(`${localUrl}?${query}`);
      expect([status, html]).toEqual([400, expect.stringMatching(/belongs to another/)]);
    }
    expect((await visit(localUrl)).status).toBe(404);
    expect((await visit(new URL('/favicon.ico', localUrl).href)).status).toBe(404);
    await conversation.hears(/belongs to another run; it was not used/);
    expect(emulator.requests.filter(({ path: asked }) => asked === '/oauth/token')).toEqual([]);
    const state = address.searchParams.get('state');
    const error = encodeURIComponent('<b>new</b>');
    const { html } = await visit(`${localUrl}?error=${error}&error_description=%3Cscript%3E&state=${state}`);
    expect(html).toContain('&lt;b&gt;new&lt;/b&gt;');
    expect(html).not.toMatch(/<b>|<script/);
    expect(await conversation.ended).toBe(1);
  });
});

describe('a code that Zoom does not take', () => {
  const consent = async () => {
    const conversation = authorize();
    return { conversation, back: await decide(await addressIn(conversation), 'allow') };
  };
  const says = async (conversation: Conversation, html: string, pattern: RegExp) => {
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(pattern);
    expect(html).toMatch(/That did not work yet/);
    expect(html).toMatch(pattern);
    expect(saved().credentials).not.toHaveProperty('access_token');
  };

  test('since it has expired', async () => {
    save();
    const { conversation, back } = await consent();
    clock += 5 * 60_000;
    await says(conversation, (await visit(back)).html, /expired or was used before.*Run authorize again/s);
  });

  test('since the answer to its first use was lost', async () => {
    save();
    emulator.faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'lose_answer' } });
    const { conversation, back } = await consent();
    await says(conversation, (await visit(back)).html, /expired or was used before.*Run authorize again/s);
  });

  test.each([
    { what: 'the secret', changes: { client_secret: 'not-the-secret' }, says: /Copy both.*run authorize/ },
  ])('since $what is wrong', async ({ changes, says: pattern }) => {
    save(changes);
    const { conversation, back } = await consent();
    await says(conversation, (await visit(back)).html, pattern);
  });

  test.each([
    {
      body: { code: 4709, message: 'Redirect URI mismatch.' },
      pattern: /redirect_url.*character by character/,
    },
    { body: { error: 'invalid_grant', reason: 'Invalid Token!' }, pattern: /agree once more/ },
    { body: { error: 'invalid_scope', reason: 'No.' }, pattern: /scope in the config.*run authorize/ },
  ])('with $body', async ({ body, pattern }) => {
    save();
    emulator.faults.add({ template: '/oauth/token', trouble: { kind: 'respond', status: 400, body } });
    const { conversation, back } = await consent();
    await says(conversation, (await visit(back)).html, pattern);
  });

  test('brought twice at once is used once, and both tabs show how it ended', async () => {
    save();
    let goOn: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    emulator.faults.add({ template: '/oauth/token', trouble: { kind: 'held', until: isFree } });
    const { conversation, back } = await consent();
    const first = visit(back);
    await until('the code was shown', () =>
      emulator.requests.some(({ path: asked }) => asked === '/oauth/token'),
    );
    const second = visit(back);
    // It has come when another one after it is answered.
    await visit(localUrl);
    goOn();
    expect([(await first).html, (await second).html]).toEqual([
      expect.stringMatching(/may read Zoom now/),
      expect.stringMatching(/may read Zoom now/),
    ]);
    expect(await conversation.ended).toBe(0);
    expect(emulator.requests.filter(({ path: asked }) => asked === '/oauth/token').length).toBe(1);
  });
});

describe('where the answer cannot come to this machine', () => {
  test('the address is pasted', async () => {
    save({ redirect_url: pastedUrl });
    const conversation = authorize();
    const address = await addressIn(conversation);
    conversation.types('nonsense');
    await conversation.hears(/"nonsense" holds no answer/);
    conversation.types(`${pastedUrl}?code=stolen&state=other`);
    await conversation.hears(/belongs to another run of authorize/);
    conversation.types(`  ${await decide(address, 'allow')} `);
    expect(await conversation.ended).toBe(0);
    expect(saved().credentials).toHaveProperty('refresh_token');
  });

  test('it may be pasted too, where the browser is on another machine', async () => {
    save();
    const conversation = authorize();
    conversation.types(await decide(await addressIn(conversation), 'allow'));
    expect(await conversation.ended).toBe(0);
    expect(saved().credentials).toHaveProperty('refresh_token');
  });

  test('the input ends', async () => {
    save({ redirect_url: pastedUrl });
    const conversation = authorize();
    conversation.hangsUp();
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/input ended.*Run authorize again/);
  });
});

test.each([
  { what: 'there is none', env: { BROWSER: '' }, says: /No browser could be started \(there is none here\)/ },
  {
    what: 'it fails',
    env: { BROWSER: 'false:/no/such/browser' },
    says: /No browser.*\/no\/such\/browser: ENOENT/,
  },
])('says where to go when no browser opens: $what', async ({ env, says }) => {
  save();
  const conversation = authorize({ env });
  await conversation.hears(says);
  await visit(await decide(await addressIn(conversation), 'allow'));
  expect(await conversation.ended).toBe(0);
});

test('a port that is taken is said before anybody agrees to anything', async () => {
  save();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(Number(new URL(localUrl).port), '127.0.0.1', resolve));
  const conversation = authorize();
  expect(await conversation.ended).toBe(1);
  other.close();
  expect(conversation.said()).toMatch(/Another program uses port \d+.*End it.*credentials\.redirect_url/);
  expect(browser.opened()).toEqual([]);
});

describe('without credentials', () => {
  const answer = async (conversation: Conversation) => {
    await conversation.hears(/Client ID: /);
    conversation.types('oauth-app');
    await conversation.hears(/Client secret \(not shown\): /);
    conversation.types(appSecret);
    await conversation.hears(/Redirect URL.*: /);
    conversation.types(localUrl);
  };

  test('asks for them and writes a config that only its owner can read', async () => {
    const conversation = authorize();
    await answer(conversation);
    const address = await addressIn(conversation);
    expect(address.origin).toBe('https://zoom.us');
    expect(saved()).toEqual({
      credentials: {
        auth_type: 'oauth2.0',
        client_id: 'oauth-app',
        client_secret: appSecret,
        redirect_url: localUrl,
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    conversation.kill('SIGINT');
    expect(await conversation.ended).toBe('SIGINT');
    expect(conversation.said()).toMatch(/Stopped.*Run authorize again/);
    // What was typed is kept.
    expect(saved().credentials['client_secret']).toBe(appSecret);
  });

  test('asks for what a config leaves out, at a terminal without showing the secret', async () => {
    save({ client_id: undefined, client_secret: null, redirect_url: '' });
    const conversation = authorize({ isTerminal: true, env: { TERM: 'xterm' } });
    await answer(conversation);
    await visit(await decide(await addressIn(conversation), 'allow'));
    expect(await conversation.ended).toBe(0);
    expect(saved().credentials).toMatchObject({ client_id: 'oauth-app', client_secret: appSecret });
    expect(saved().credentials).toHaveProperty('refresh_token');
    expect(conversation.said()).toContain('oauth-app');
  });

  test('Ctrl-C at a terminal ends it', async () => {
    const conversation = authorize({ isTerminal: true, env: { TERM: 'xterm' } });
    await conversation.hears(/Client ID: /);
    conversation.types('\u0003');
    expect(await conversation.ended).not.toBe(0);
    expect(conversation.said()).toMatch(/Stopped/);
  });

  test('a redirect URL that cannot be one is asked for again, and the end of the input is said', async () => {
    const conversation = authorize();
    for (const line of ['oauth-app', appSecret, 'http://example.com/']) conversation.types(line);
    await conversation.hears(/has to be an https URL/);
    conversation.hangsUp();
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/no credentials\.redirect_url.*input ended/);
  });
});

describe('a config that authorize cannot do anything with', () => {
  test('of a Server-to-Server app', async () => {
    writeFileSync(path, JSON.stringify(emulator.config('s2s-app')));
    const conversation = authorize();
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/needs no consent: source-zoom check/);
  });

  test.each(['not JSON', '[]'])('%s', async (text) => {
    writeFileSync(path, text);
    const { messages, exitCode } = await runConnector(['authorize', '--config', path]);
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringContaining(path) },
    ]);
    expect([exitCode, readFileSync(path, 'utf8')]).toEqual([1, text]);
  });

  test('with a redirect URL that Zoom could not take', async () => {
    save({ redirect_url: 'ftp://example.com' });
    const conversation = authorize();
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/redirect_url has to be an https URL/);
  });

  test('that cannot be written says so before anybody agrees to anything', async () => {
    save();
    chmodSync(folder, 0o555);
    chmodSync(path, 0o644);
    const isRoot = process.getuid?.() === 0;
    // Root may write everywhere, and others may not read everywhere: they get a copy.
    const copy = mkdtempSync(join(tmpdir(), 'source-zoom-copy-'));
    const root = fileURLToPath(new URL('..', import.meta.url));
    for (const part of ['dist', 'schemas', 'spec.json', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    chmodSync(copy, 0o755);
    const conversation = authorize({
      program: join(copy, 'dist/main.js'),
      ...(isRoot ? { uid: 65_534 } : {}),
    });
    const code = await conversation.ended;
    rmSync(copy, { recursive: true });
    chmodSync(folder, 0o755);
    expect(code).toBe(1);
    expect(conversation.said()).toMatch(
      /cannot be written \(EACCES\).*let this user write.*Nothing was asked/,
    );
    expect(browser.opened()).toEqual([]);
  });

  test('in a folder that is not there', async () => {
    path = join(folder, 'none', 'config.json');
    const conversation = authorize();
    for (const line of ['oauth-app', appSecret, localUrl]) conversation.types(line);
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/cannot be written \(ENOENT\).*Make its folder/);
  });
});

describe('saving', () => {
  test('keeps a link a link, takes what was edited meanwhile, and reads UTF-16', async () => {
    save();
    const link = path;
    const target = join(folder, 'real', 'zoom.json');
    mkdirSync(dirname(target));
    writeFileSync(target, Buffer.from(`\uFEFF${readFileSync(path, 'utf8')}`, 'utf16le'));
    rmSync(path);
    symlinkSync('real/zoom.json', link);
    const conversation = authorize();
    const back = await decide(await addressIn(conversation), 'allow');
    writeFileSync(
      target,
      JSON.stringify({ ...JSON.parse(readFileSync(target, 'utf16le').slice(1)), edited: true }),
    );
    await visit(back);
    expect(await conversation.ended).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({
      edited: true,
      credentials: { refresh_token: expect.any(String) },
    });
  });

  test('that fails throws no token away: the config is kept elsewhere, and what to do is said', async () => {
    const home = join(folder, 'home');
    const place = join(folder, 'place');
    mkdirSync(home);
    mkdirSync(place);
    path = join(place, 'config.json');
    save();
    const conversation = authorize({ env: { HOME: home } });
    const back = await decide(await addressIn(conversation), 'allow');
    renameSync(place, join(folder, 'gone'));
    writeFileSync(place, 'no folder');
    const { html } = await visit(back);
    expect(html).toMatch(/Access was given, but not saved.*Nothing is lost/s);
    expect(await conversation.ended).toBe(1);
    expect(conversation.said()).toMatch(/cannot be written \(ENOTDIR\)/);
    const [, kept = ''] = await conversation.hears(/mv (\S+) (\S+)/);
    expect([dirname(kept), statSync(kept).mode & 0o777]).toEqual([home, 0o600]);
    const config = JSON.parse(readFileSync(kept, 'utf8')) as Row;
    expect(config).toMatchObject({ extra: 'kept', credentials: { client_secret: appSecret } });
    const { exitCode } = await runConnector(['read', '--streams', 'users'], { config });
    expect(exitCode).toBe(0);
  });

  describe('that fails, with no other place to go', () => {
    /** Nobody may make files there. */
    const nowhere = { cwd: '/proc', env: { HOME: '/proc', TMPDIR: '/proc', PWD: '/proc', TERM: 'xterm' } };
    const authorizeIntoNothing = async (isTerminal: boolean) => {
      const place = join(folder, 'place');
      mkdirSync(place);
      path = join(place, 'config.json');
      save();
      const conversation = authorize({ ...nowhere, isTerminal });
      const back = await decide(await addressIn(conversation), 'allow');
      rmSync(place, { recursive: true });
      writeFileSync(place, 'no folder');
      await visit(back);
      expect(await conversation.ended).toBe(1);
      return conversation;
    };

    test('shows the tokens at a terminal', async () => {
      const conversation = await authorizeIntoNothing(true);
      running.length = 0;
      const [config = ''] = await conversation.hears(/^\{\r?\n[\s\S]*^\}/m);
      const { exitCode } = await runConnector(['read', '--streams', 'users'], { config: JSON.parse(config) });
      expect(exitCode).toBe(0);
    });

    test('shows them nowhere else', async () => {
      const conversation = await authorizeIntoNothing(false);
      expect(conversation.said()).toMatch(
        /not shown where others may read.*run authorize again at a terminal/,
      );
    });
  });

  test('comes before Ctrl-C, once Zoom was asked', async () => {
    save();
    let goOn: () => void = () => undefined;
    const isFree = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    emulator.faults.add({ template: '/oauth/token', trouble: { kind: 'held', until: isFree } });
    const conversation = authorize();
    const page = visit(await decide(await addressIn(conversation), 'allow'));
    await until('Zoom was asked', () =>
      emulator.requests.some(({ path: asked }) => asked === '/oauth/token'),
    );
    conversation.kill('SIGINT');
    await conversation.hears(/One moment/);
    goOn();
    expect((await page).html).toMatch(/may read Zoom now/);
    expect(await conversation.ended).toBe(0);
    expect(saved().credentials).toHaveProperty('refresh_token');
  });
});
