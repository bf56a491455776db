import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createManualClock } from './manual-clock.ts';
import { createProgram, type Environment } from './program.ts';

const openTerminal = () => ({
  input: new PassThrough(),
  output: new PassThrough(),
  interrupt: () => undefined,
});

/** Nobody looks. */
const unseen = { stderr: new PassThrough(), isStdoutSeen: false };

test('a mistake that gets past everybody is said in the protocol, without the secrets of the run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-'));
  const secret = 'canary-client-secret';
  const credentials = {
    auth_type: 'server_to_server',
    account_id: 'a',
    client_id: 'c',
    client_secret: secret,
    token_url: 'http://127.0.0.1:1/',
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credentials, retry: { mode: 'None' } }));
  const stdout = new PassThrough();
  const program = createProgram({
    ...unseen,
    stdout,
    variables: {},
    clock: createManualClock(),
    signal: new AbortController().signal,
    lastClock: createManualClock(),
    backlog: () => 0,
    openTerminal,
  });
  await program.run(['check', '--config', join(folder, 'config.json')]);
  rmSync(folder, { recursive: true });
  await program.reportFailure(new Error(`boom with ${secret}`));
  const lines = String(stdout.read()).trim().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '') as { trace: { error: Record<string, string> } };
  expect(last.trace.error).toMatchObject({
    failure_type: 'system_error',
    message: expect.stringContaining('boom with ****'),
  });
  expect(lines.join()).not.toContain(secret);
});

describe('a run that is stopped', () => {
  /** Prints something to a reading side that takes nothing until `take` is called. */
  const print = (parts: Pick<Environment, 'lastClock'> & Partial<Environment>) => {
    let take: () => void = () => undefined;
    let noteWrite: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => {
      noteWrite = resolve;
    });
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        take = done;
        noteWrite();
      },
    });
    const stop = new AbortController();
    const backlog = () => stdout.writableLength;
    const program = createProgram({
      ...unseen,
      stdout,
      variables: {},
      clock: createManualClock(),
      signal: stop.signal,
      backlog,
      openTerminal,
      ...parts,
    });
    return { run: program.run(['streams', '--json']), stop, take: () => take(), isWritten };
  };

  test('is given up when nobody has taken anything for two seconds', async () => {
    const lastClock = createManualClock();
    const { run, stop, isWritten } = print({ lastClock });
    await isWritten;
    expect(lastClock.sleeps).toEqual([]);
    stop.abort();
    expect(await run).toBe(1);
    expect(lastClock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(2_000);
  });

  test('goes on as long as somebody takes something, however slowly', async () => {
    let left = 10_000;
    let looks = 0;
    const lastClock = {
      now: () => 0,
      async sleep() {
        await new Promise((resolve) => setImmediate(resolve));
        looks += 1;
        if (looks % 19 === 0 && left > 0) left -= 1_000;
        if (left === 0) take();
      },
    };
    const { run, stop, take, isWritten } = print({ lastClock, backlog: () => left });
    await isWritten;
    stop.abort();
    expect(await run).toBe(0);
    expect(looks).toBeGreaterThan(180);
  });

  test('is not given up while what Zoom gives only once is on its way', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-'));
    const path = join(folder, 'config.json');
    const stop = new AbortController();
    let give: () => void = () => undefined;
    const zoom = createServer((_request, response) => {
      give = () =>
        response.end(JSON.stringify({ access_token: 'at-1', refresh_token: 'rt-1', expires_in: 3599 }));
      stop.abort(new Error('stopped'));
    });
    await new Promise<void>((resolve) => zoom.listen(0, '127.0.0.1', resolve));
    const redirect_url = 'https://example.com/callback';
    const token_url = `http://127.0.0.1:${(zoom.address() as AddressInfo).port}/token`;
    const credentials = {
      auth_type: 'oauth2.0',
      client_id: 'c',
      client_secret: 's',
      redirect_url,
      token_url,
    };
    writeFileSync(path, JSON.stringify({ credentials }));
    const terminal = openTerminal();
    let said = '';
    terminal.output.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const state = /[?&]state=([\w-]+)/.exec(said)?.[1];
      if (state !== undefined && terminal.input.writable)
        terminal.input.end(`${redirect_url}?code=abc&state=${state}\n`);
    });
    let looks = 0;
    const lastClock = {
      now: () => 0,
      async sleep() {
        await new Promise((resolve) => setImmediate(resolve));
        looks += 1;
        if (looks === 100) give();
      },
    };
    const program = createProgram({
      ...unseen,
      stdout: new PassThrough(),
      variables: {},
      clock: createManualClock(),
      signal: stop.signal,
      lastClock,
      backlog: () => 0,
      openTerminal: () => terminal,
    });
    expect(await program.run(['authorize', '--config', path])).toBe(0);
    zoom.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ credentials: { refresh_token: 'rt-1' } });
    rmSync(folder, { recursive: true });
  });
});
