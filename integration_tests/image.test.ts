import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { parseLine, recordsOf } from './harness/messages.ts';
import { collect } from './harness/run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const image = `source-zoom-test:${process.pid}`;
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
const isRequired = process.env['SOURCE_ZOOM_REQUIRE_DOCKER'] === '1';
const hasDocker = isRequired || spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;

(hasDocker ? describe : describe.skip)('the image', () => {
  let emulator: Emulator;
  let folder: string;

  beforeAll(async () => {
    execFileSync('docker', ['build', '-q', '-t', image, root], { stdio: ['ignore', 'ignore', 'pipe'] });
    emulator = await startEmulator();
    folder = mkdtempSync(join(tmpdir(), 'source-zoom-image-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(emulator.config()), { mode: 0o644 });
    execFileSync('chmod', ['755', folder]);
  }, 600_000);

  afterAll(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
    spawnSync('docker', ['rmi', '-f', image], { stdio: 'ignore' });
  });

  /** Without waiting in between: the emulator answers from this very process. */
  const run = async (args: readonly string[], flags: readonly string[] = []) => {
    const child = spawn(
      'docker',
      ['run', '--rm', '--network', 'host', ...flags, '-v', `${folder}:/data:ro`, image, ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const { stdout, stderr, exitCode } = await collect(child);
    return {
      messages: stdout
        .split('\n')
        .filter((line) => line !== '')
        .map(parseLine),
      stderr,
      exitCode,
    };
  };
  const inspect = (format: string) =>
    execFileSync('docker', ['image', 'inspect', '--format', format, image]).toString('utf8').trim();

  test('has the entry point and the labels that platforms read', () => {
    const entrypoint = JSON.parse(inspect('{{json .Config.Entrypoint}}')) as string[];
    const variables = JSON.parse(inspect('{{json .Config.Env}}')) as string[];
    const labels = JSON.parse(inspect('{{json .Config.Labels}}')) as Record<string, string>;
    expect(variables).toContain(`AIRBYTE_ENTRYPOINT=${entrypoint.join(' ')}`);
    expect(labels).toMatchObject({ 'io.airbyte.name': 'source-zoom', 'io.airbyte.version': version });
    expect(inspect('{{.Config.User}}')).toBe('airbyte');
  });

  test('prints its spec as any user, on a read-only root, without capabilities', async () => {
    const { messages, exitCode, stderr } = await run(
      ['spec'],
      ['--user', '4321:4321', '--read-only', '--cap-drop', 'ALL'],
    );
    expect([messages.map(({ type }) => type), exitCode, stderr]).toEqual([['SPEC'], 0, '']);
  });

  test('reads, within 256 MiB', async () => {
    const flags = ['--user', '4321:4321', '--read-only', '--cap-drop', 'ALL', '-m', '256m'];
    const { messages, exitCode } = await run(
      ['read', '--config', '/data/config.json', '--streams', 'users,recordings'],
      flags,
    );
    expect(recordsOf(messages, 'users').length).toBe(emulator.account.rows('users').length);
    expect(recordsOf(messages, 'recordings').length).toBe(emulator.account.rows('recordings').length);
    expect(exitCode).toBe(0);
  });

  test('has what platforms run beside it', () => {
    const tools = 'for tool in sh sleep mv kill [; do command -v "$tool" >/dev/null || echo "no $tool"; done';
    const missing = execFileSync('docker', [
      'run',
      '--rm',
      '--entrypoint',
      '/bin/sh',
      image,
      '-c',
      tools,
    ]).toString('utf8');
    expect(missing).toBe('');
  });
});
