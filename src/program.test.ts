import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
});
