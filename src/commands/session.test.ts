import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { parseConfig } from '../config/config.ts';
import { createRedactor } from '../http/redact.ts';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import { createSession } from './session.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A Zoom that rotates tokens and has nothing in its lists; tells what was asked of it. */
async function listen(asked: string[]): Promise<string> {
  server = createServer(({ url }, response) => {
    asked.push(String(url));
    const tokens = { access_token: 'new', refresh_token: 'rotated', expires_in: 3600 };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(url === '/oauth/token' ? tokens : { rows: [] }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A reader that takes nothing before it is told to, and everything from then on. */
function createReader() {
  let take: () => void = () => undefined;
  const isReading = new Promise<void>((resolve) => {
    take = resolve;
  });
  let hear: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => {
    hear = resolve;
  });
  const output = new Writable({
    write(chunk, _encoding, done) {
      hear(String(chunk));
      void isReading.then(() => done());
    },
  });
  return { output, line, take };
}

function sessionFor(url: string, output: Writable) {
  const rawConfig = {
    credentials: {
      auth_type: 'oauth2.0',
      client_id: 'id',
      client_secret: 'secret',
      refresh_token: 'old',
      token_url: `${url}/oauth/token`,
    },
    api_url: `${url}/v2`,
    zoom_plan: 'unlimited',
  };
  return createSession({
    config: parseConfig(rawConfig),
    rawConfig,
    writer: createWriter(output, (text) => text),
    redactor: createRedactor(),
    clock: createManualClock(),
    isDebug: false,
    variables: {},
    onWait: () => undefined,
  });
}

test('a new token is not used before the reader has taken the CONTROL that saves it', async () => {
  const asked: string[] = [];
  const url = await listen(asked);
  const { output, line, take } = createReader();
  const { sync } = sessionFor(url, output);
  const reply = sync.client.get({
    stream: 's',
    endpoint: '/rows',
    path: '/rows',
    query: {},
    records: 'rows',
  });
  expect(JSON.parse(await line)).toMatchObject({
    type: 'CONTROL',
    control: { connectorConfig: { config: { credentials: { refresh_token: 'rotated' } } } },
  });
  // Whoever did not wait would have asked before these are answered.
  for (const path of ['/a', '/b', '/c']) await (await fetch(`${url}${path}`)).text();
  expect(asked).toEqual(['/oauth/token', '/a', '/b', '/c']);
  take();
  expect((await reply).action).toBe('success');
  expect(asked.at(-1)).toBe('/v2/rows');
});
