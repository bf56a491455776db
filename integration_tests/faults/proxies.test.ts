import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Trouble } from '../emulator/faults.ts';
import { errorsOf, type Row } from '../harness/messages.ts';
import { certificate, type ProxyToZoom, startProxy } from '../harness/proxy.ts';
import { type RunResult, runConnector } from '../harness/run.ts';
import { configOf, expectNoSecret, expectWhole, useZoom } from './trial.ts';

const zoom = useZoom();
let proxy: ProxyToZoom | undefined;
let folder: string;
let trusted: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-zoom-proxy-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, certificate);
  trusted = { NODE_EXTRA_CA_CERTS: file };
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  await rm(folder, { recursive: true, force: true });
});

const start = async (options: Parameters<typeof startProxy>[1] = {}) => {
  proxy = await startProxy(zoom(), options);
  return proxy;
};
const config = () => {
  const changes = { api_url: 'https://api.zoom.test/v2', concurrency: 4 };
  const { credentials, ...others } = configOf(zoom(), changes);
  return { ...others, credentials: { ...(credentials as Row), token_url: 'https://zoom.test/oauth/token' } };
};
const run = async (args: readonly string[], variables: Record<string, string>): Promise<RunResult> => {
  const env = { LOG_LEVEL: 'debug', ...trusted, ...variables };
  const result = await runConnector(args, { config: config(), env });
  expectNoSecret(zoom(), result);
  return result;
};
const readUsers = (variables: Record<string, string>) => run(['read', '--streams', 'users'], variables);
const statusOf = ({ messages }: RunResult) => messages.find(({ connectionStatus }) => connectionStatus);
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('everything is read through the proxy', () => {
  test.each<{ variable: string; form: (address: string) => string; authorization?: string }>([
    { variable: 'HTTPS_PROXY', form: (address) => `http://${address}` },
    { variable: 'HTTPS_PROXY', form: (address) => address },
    { variable: 'https_proxy', form: (address) => address },
    { variable: 'ALL_PROXY', form: (address) => `${address}/` },
    { variable: 'all_proxy', form: (address) => `http://${address}` },
    {
      variable: 'HTTPS_PROXY',
      form: (address) => `http://me%40corp:canary%40%3A%2F%23@${address}`,
      authorization: basic('me@corp:canary@:/#'),
    },
    {
      variable: 'HTTPS_PROXY',
      form: (address) => `me:canary100%@${address}`,
      authorization: basic('me:canary100%'),
    },
  ])('that $variable names as $form', async ({ variable, form, authorization }) => {
    const { address, asked } = await start();
    const result = await readUsers({ [variable]: form(address) });
    expect([result.exitCode, errorsOf(result.messages)]).toEqual([0, []]);
    expectWhole(result.messages, 'users', zoom());
    expect(new Set(asked.map(({ target }) => target))).toEqual(
      new Set(['zoom.test:443', 'api.zoom.test:443']),
    );
    expect(new Set(asked.map((one) => one.authorization))).toEqual(new Set([authorization]));
    // Tunnels are kept open, as connections are.
    expect(asked.length).toBeLessThan(zoom().requests.length);
  });

  test.each(['no_proxy', 'NO_PROXY'])('unless %s lists the host', async (variable) => {
    const { address, asked } = await start();
    const result = await readUsers({ HTTPS_PROXY: address, [variable]: 'localhost,.zoom.test' });
    expect([result.exitCode, asked]).toEqual([1, []]);
    expect(errorsOf(result.messages)).toMatchObject([
      { message: expect.stringMatching(/host name not found/) },
    ]);
  });
});

const answer = (status: string, body = '') =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
const blocked = '<html><head><title>Blocked by policy</title></head><body>canary</body></html>';

describe('a proxy that refuses is named, and asked once', () => {
  test.each([
    {
      name: 'without a password',
      answer: answer('407 Proxy Authentication Required'),
      says: /^The proxy http:\/\/127\.0\.0\.1:\d+ wants another user or password.*407.*HTTPS_PROXY/,
    },
    {
      name: 'with a page',
      answer: answer('403 Forbidden', blocked),
      says: /^The proxy http:\/\/127\.0\.0\.1:\d+ does not let.*zoom\.test:443.*403 "Blocked by policy"/,
    },
  ])('$name', async ({ answer: refusal, says }) => {
    const { address, asked } = await start({ refuse: () => refusal });
    const variables = { HTTPS_PROXY: `http://me:canary-password@${address}` };
    const { messages, exitCode } = await readUsers(variables);
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(says) },
    ]);
    expect(JSON.stringify(messages)).not.toContain('token_url');
    expect([exitCode, asked.length]).toEqual([1, 1]);
    const checked = await run(['check'], variables);
    expect(statusOf(checked)?.connectionStatus).toMatchObject({
      status: 'FAILED',
      message: expect.stringMatching(says),
    });
  });

  test('in trouble is tried again', async () => {
    let times = 0;
    const refuse = () => {
      times += 1;
      return times === 1 ? answer('503 Busy') : undefined;
    };
    const { address } = await start({ refuse });
    expect((await readUsers({ HTTPS_PROXY: address })).exitCode).toBe(0);
  });

  test('that is not there is named', async () => {
    const { messages } = await readUsers({ HTTPS_PROXY: '127.0.0.1:1' });
    expect(errorsOf(messages)).toMatchObject([
      {
        failure_type: 'transient_error',
        message: expect.stringMatching(/the proxy http:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/),
      },
    ]);
  });
});

test('a page in place of Zoom is told as the way that is blocked, in read and in check', async () => {
  const { address } = await start({ page: blocked });
  const variables = { HTTPS_PROXY: address };
  const says = /the proxy http:\/\/127\.0\.0\.1:\d+ stands in the way.*403.*Blocked by policy/;
  const { messages } = await readUsers(variables);
  expect(errorsOf(messages)).toMatchObject([
    { failure_type: 'config_error', message: expect.stringMatching(says) },
  ]);
  expect(statusOf(await run(['check'], variables))?.connectionStatus?.message).toMatch(says);
});

test('a page in place of the API alone names the proxy and the host, and accuses no app', async () => {
  for (const status of [401, 403]) {
    const trouble: Trouble = { kind: 'respond', status, body: blocked };
    zoom().faults.add({ matches: ({ path }) => path.startsWith('/v2/'), trouble });
    const { address } = await start();
    const says = new RegExp(
      `${status} "Blocked by policy .*the proxy http://${address}, .* the way to api\\.zoom\\.test`,
    );
    const { messages } = await readUsers({ HTTPS_PROXY: address });
    expect(errorsOf(messages)).toMatchObject([
      { failure_type: 'config_error', message: expect.stringMatching(says) },
    ]);
    expect(errorsOf(messages)[0]?.message).toMatch(/^users: .*Have api\.zoom\.test let through there/);
    expect(errorsOf(messages)[0]?.message).not.toMatch(/removed|report it/);
    expect(statusOf(await run(['check'], { HTTPS_PROXY: address }))?.connectionStatus).toMatchObject({
      status: 'FAILED',
      message: expect.stringMatching(says),
    });
    zoom().faults.clear();
    await proxy?.close();
  }
});

test('a certificate that nobody here knows names NODE_EXTRA_CA_CERTS', async () => {
  const { address } = await start();
  const variables = { HTTPS_PROXY: address, NODE_EXTRA_CA_CERTS: '' };
  const says = /certificate of zoom\.test is signed by an authority .*NODE_EXTRA_CA_CERTS/;
  const { messages } = await readUsers(variables);
  expect(errorsOf(messages)).toMatchObject([
    { failure_type: 'config_error', message: expect.stringMatching(says) },
  ]);
  expect(statusOf(await run(['check'], variables))?.connectionStatus).toMatchObject({
    status: 'FAILED',
    message: expect.stringMatching(says),
  });
  expect(zoom().requests).toEqual([]);
});
