import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createManualClock } from './manual-clock.ts';
import { createProgram } from './program.ts';

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
