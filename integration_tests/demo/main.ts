import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { configuredCatalog } from '../harness/catalog.ts';
import { changeEverything } from '../harness/change.ts';
import { lastStates, type Message, parseLine } from '../harness/messages.ts';
import { streamsOfAccount } from '../harness/promised.ts';
import { createReport } from './report.ts';

/* The main job, for a person to watch: `npm run demo`. */

const connector = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'source-zoom-demo-'));

async function demonstrate(zoom: Emulator): Promise<void> {
  const config = save('config.json', zoom.config());
  say(`A Zoom on this machine: ${zoom.url}\n`);

  const check = await run('1-check', ['check', '--config', config]);
  say(
    `check      ${check.messages.find(({ connectionStatus }) => connectionStatus !== undefined)?.connectionStatus?.message}`,
  );

  const discover = await run('2-discover', ['discover', '--config', config]);
  const found = discover.messages.find(({ catalog }) => catalog !== undefined)?.catalog?.streams ?? [];
  say(`discover   ${found.length} streams\n`);
  // The app stands for the account.
  const ofAccount = streamsOfAccount();
  const streams = found.filter(({ name }) => ofAccount.includes(name));

  const catalog = save('catalog.json', configuredCatalog(streams.map(({ name }) => name)));
  zoom.requests.length = 0;
  const first = await run('3-first-read', ['read', '--config', config, '--catalog', catalog]);
  say(`The first read took ${first.seconds} s and ${countRequests(zoom)} requests.`);
  say(createReport(streams, first.messages, zoom.requests, ['records', 'requests']));

  changeEverything(zoom.account);
  say(
    '\nNow the account changes: in each list something comes, something goes, something changes; a meeting ends, a recording and a call arrive.',
  );
  const state = save('state.json', lastStates(first.messages));
  zoom.requests.length = 0;
  const second = await run('4-second-read', [
    'read',
    '--config',
    config,
    '--catalog',
    catalog,
    '--state',
    state,
  ]);
  say(
    `The second read, from the state of the first, took ${second.seconds} s and ${countRequests(zoom)} requests.`,
  );
  say(
    createReport(
      streams,
      second.messages,
      zoom.requests,
      ['records', 'requests', 'new', 'changed', 'again', 'deleted'],
      first.messages,
    ),
  );
  say('\nagain: rows inside the lookback, read once more for what Zoom publishes late.');
  say(`All messages lie in ${folder}`);
}

interface Run {
  readonly messages: readonly Message[];
  readonly seconds: string;
}

async function run(name: string, args: readonly string[]): Promise<Run> {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [connector, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  writeFileSync(join(folder, `${name}.jsonl`), stdout);
  const messages = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
  if (code !== 0) {
    process.exitCode = 1;
    for (const { trace } of messages) if (trace?.error !== undefined) say(`!! ${trace.error.message}`);
  }
  return { messages, seconds: ((Date.now() - startedAt) / 1000).toFixed(1) };
}

function countRequests({ requests }: Emulator): number {
  return requests.filter(({ template }) => !template.startsWith('/oauth')).length;
}

function save(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content, null, 2));
  return path;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const emulator = await startEmulator();
try {
  await demonstrate(emulator);
} finally {
  await emulator.close();
}
