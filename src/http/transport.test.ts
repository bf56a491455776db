import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { createTransport, TransportFailure, type TransportOptions } from './transport.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function get(url: string, options = {}): Promise<{ status: number; text: string }> {
  const { status, chunks } = await createTransport(options).send({
    method: 'GET',
    url,
    headers: { authorization: 'Bearer secret-token' },
  });
  let text = '';
  for await (const chunk of chunks) text += chunk.toString('utf8');
  return { status, text };
}

test('gives status and body whatever the status is, and follows no redirect', async () => {
  const seen: string[] = [];
  const url = await listen((request, response) => {
    seen.push(String(request.url));
    response.writeHead(302, { location: '/elsewhere' }).end('moved');
  });
  expect(await get(url)).toEqual({ status: 302, text: 'moved' });
  expect(seen).toEqual(['/']);
});

test('unpacks gzip', async () => {
  const url = await listen((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}')),
  );
  expect(await get(url)).toEqual({ status: 200, text: '{"a":1}' });
});

describe.each(['gzip', 'br'])('what cannot be unpacked as %s', (encoding) => {
  const answer = (status: number) =>
    listen((_, response) => response.writeHead(status, { 'content-encoding': encoding }).end('{"code":300}'));

  test.each([400, 404, 422])('is the whole of a refusal (HTTP %s)', async (status) => {
    expect(await get(await answer(status))).toEqual({ status, text: '' });
  });

  test.each([200, 503])('is no whole answer otherwise (HTTP %s)', async (status) => {
    await expect(get(await answer(status))).rejects.toBeInstanceOf(TransportFailure);
  });
});

test('sends request after request over one connection', async () => {
  const ports = new Set<number | undefined>();
  const url = await listen((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('x'.repeat(100_000));
  });
  const transport = createTransport();
  for (let i = 0; i < 5; i += 1) {
    const { chunks } = await transport.send({ method: 'GET', url, headers: {} });
    for await (const _ of chunks);
  }
  expect(ports.size).toBe(1);
});

describe('silence', () => {
  const silenceMs = 60_000;
  /** Sends a piece of the body; no more is sent by itself. */
  let send: (piece: string) => void = () => undefined;
  let end: () => void = () => undefined;
  beforeEach(() => {
    const others = ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask', 'performance'] as const;
    jest.useFakeTimers({ doNotFake: [...others, 'Date', 'setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  async function start(
    status = 200,
    options: TransportOptions = { silenceMs },
  ): Promise<AsyncGenerator<Buffer>> {
    const url = await listen((_, response) => {
      response.writeHead(status);
      send = (piece) => response.write(piece);
      end = () => response.end();
      send('one');
    });
    return (await createTransport(options).send({ method: 'GET', url, headers: {} })).chunks;
  }

  test('is not what a reader makes that takes its time over a body', async () => {
    const chunks = await start();
    await chunks.next();
    jest.advanceTimersByTime(2 * silenceMs);
    send('two');
    expect(String((await chunks.next()).value)).toBe('two');
    end();
    expect((await chunks.next()).done).toBe(true);
  });

  test('is noticed before the first piece of a body too', async () => {
    const url = await listen((_, response) => response.flushHeaders());
    const { chunks } = await createTransport({ silenceMs }).send({ method: 'GET', url, headers: {} });
    const first = expect(chunks.next()).rejects.toThrow(/no answer in time/);
    jest.advanceTimersByTime(silenceMs);
    await first;
  });

  test.each([
    { name: 'an answer', status: 200 },
    { name: 'a refusal', status: 404 },
    { name: 'an error', status: 503 },
  ])(
    'of a minute within the body of $name is no whole one, where nobody says how long is too long',
    async ({ status }) => {
      const chunks = await start(status, {});
      await chunks.next();
      const rest = expect(chunks.next()).rejects.toBeInstanceOf(TransportFailure);
      jest.advanceTimersByTime(silenceMs);
      send('more');
      end();
      await rest;
    },
  );

  test('begins anew with each piece of a body', async () => {
    const chunks = await start();
    await chunks.next();
    for (let piece = 0; piece < 5; piece += 1) {
      const next = chunks.next();
      jest.advanceTimersByTime(silenceMs - 1);
      send('more');
      expect(String((await next).value)).toBe('more');
    }
    const last = expect(chunks.next()).rejects.toThrow(/no answer in time/);
    jest.advanceTimersByTime(silenceMs);
    await last;
  });
});

describe('failures are TransportFailures without the token', () => {
  test.each<{ name: string; answer: RequestListener; limits?: TransportOptions; expected: RegExp }>([
    {
      name: 'reset before the headers',
      answer: (request) => void request.socket.destroy(),
      expected: /hang up|reset/i,
    },
    {
      name: 'reset within the body',
      answer: (_, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('half', () => response.socket?.destroy());
      },
      expected: /abort|reset/i,
    },
    {
      name: 'no answer at all',
      answer: () => undefined,
      limits: { silenceMs: 150 },
      expected: /no answer in time/,
    },
    {
      name: 'silence within the body',
      answer: (_, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('half');
      },
      limits: { silenceMs: 150 },
      expected: /no answer in time/,
    },
    {
      name: 'a body that trickles for ever',
      answer: (_, response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
      limits: { totalMs: 400 },
      expected: /no answer in time|abort/i,
    },
  ])('$name', async ({ answer, limits, expected }) => {
    const url = await listen(answer);
    const failure = await get(url, limits).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TransportFailure);
    expect(String((failure as Error).message)).toMatch(expected);
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret-token');
  });

  test.each([
    { url: 'http://127.0.0.1:1/', expected: /connection refused/ },
    { url: 'http://no-such-host.invalid/', expected: /host name not found/ },
  ])('$url', async ({ url, expected }) => {
    await expect(get(url)).rejects.toThrow(expected);
  });
});

/** Of nobody: made for this test, and signed by itself. */
const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgX/I1mXE8tyfv9o8g
z/+cQt/xLP7n9oo43Bld/kUF4+ehRANCAARF4aYF8XY/QsOr3IoIlHqsX6eXWFvM
PfDSnvtntPGZ/O5tK8W2ArUvGUR6UsasP+Vq1Ahvf1LzcolYgA5jBzn0
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUBySZ/MYRemf+UY1OWD4oO6zRZeUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIzNTk1MVoYDzIxMjYxMDMw
MjM1OTUxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARF4aYF8XY/QsOr3IoIlHqsX6eXWFvMPfDSnvtntPGZ/O5tK8W2ArUv
GUR6UsasP+Vq1Ahvf1LzcolYgA5jBzn0o28wbTAdBgNVHQ4EFgQUmqLF2hQxQPPy
s2RGHyEJ1+cGrBQwHwYDVR0jBBgwFoAUmqLF2hQxQPPys2RGHyEJ1+cGrBQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhALOYC8F5kyjVrLtKrNJsSGe2Ke+cJB2DF7ii04KSWxGTAiAS
RJjQ1ChcxOgTK+LZwQFlibV3fbz9ooyPxo0aCHMOXQ==
-----END CERTIFICATE-----`,
};

test('talks to nobody whose certificate it cannot verify', async () => {
  let asked = 0;
  const secure = createSecureServer(selfSigned, (_, response) => {
    asked += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(secure.address() as AddressInfo).port}/`;
  try {
    await expect(get(url)).rejects.toThrow(/self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    const variables = { HTTPS_PROXY: url };
    const through = createTransport({ variables }).send({
      method: 'GET',
      url: 'https://zoom.test/',
      headers: {},
    });
    await expect(through).rejects.toThrow(
      /localhost:\d+ is signed by an authority .*\(self-signed certificate.*NODE_EXTRA_CA_CERTS/,
    );
    expect(asked).toBe(0);
  } finally {
    secure.closeAllConnections();
    secure.close();
  }
});

test('a proxy that speaks no TLS is told as such, and how to name it', async () => {
  const url = await listen((_, response) => response.end());
  const address = url.replace('http:', 'https:').replace(/\/$/, '');
  const asking = createTransport({ variables: { HTTPS_PROXY: address } }).send({
    method: 'GET',
    url: 'https://zoom.test/',
    headers: {},
  });
  await expect(asking).rejects.toBeInstanceOf(ConfigError);
  await expect(asking).rejects.toThrow(`The proxy ${address} does not speak TLS. Write http://`);
});
