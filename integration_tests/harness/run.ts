import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Message, parseLine } from './messages.ts';

/** The built connector, as a user runs it. */
export const connector = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface RunOptions {
  /** Objects are written to files and passed with their flag; strings and bytes are written as they are. */
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Called with each line; may return a signal to end the run with. */
  readonly onLine?: (line: string, count: number) => NodeJS.Signals | undefined;
  /** Ends the run when so many bytes have been written. */
  readonly killAfterBytes?: number;
  readonly nodeFlags?: readonly string[];
}

export interface RunResult {
  readonly messages: readonly Message[];
  /** What was written after the last complete line. */
  readonly rest: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a child process wrote, when it has ended. */
export async function collect(child: ChildProcessByStdio<null, Readable, Readable>) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { stdout, stderr, exitCode };
}

/** Runs the connector and checks every line of its output against the protocol. */
export async function runConnector(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await runRaw(args, options);
  const lines = result.stdout.split('\n');
  const rest = lines.pop() ?? '';
  return { ...result, rest, messages: lines.map(parseLine) };
}

/** The same for commands that speak to a person. */
export async function runRaw(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Omit<RunResult, 'messages' | 'rest'>> {
  const folder = await mkdtemp(join(tmpdir(), 'source-zoom-'));
  try {
    return await runIn(folder, [...args, ...(await writeFiles(folder, options))], options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(
  folder: string,
  { config, catalog, state }: RunOptions,
): Promise<readonly string[]> {
  const flags: string[] = [];
  for (const [name, content] of Object.entries({ config, catalog, state })) {
    if (content === undefined) continue;
    const path = join(folder, `${name}.json`);
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(path, isRaw ? content : JSON.stringify(content));
    flags.push(`--${name}`, path);
  }
  return flags;
}

function runIn(
  folder: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Omit<RunResult, 'messages' | 'rest'>> {
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), connector, ...args], {
    cwd: options.cwd ?? folder,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 120_000);
  const chunks: Buffer[] = [];
  let stderr = '';
  let bytes = 0;
  let line = '';
  let lineCount = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (options.killAfterBytes !== undefined && bytes >= options.killAfterBytes) child.kill('SIGKILL');
    if (options.onLine === undefined) return;
    const parts = (line + chunk.toString('utf8')).split('\n');
    line = parts.pop() ?? '';
    for (const part of parts) {
      lineCount += 1;
      const signal = options.onLine(part, lineCount);
      if (signal !== undefined) child.kill(signal);
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      const whole = Buffer.concat(chunks);
      const seen = options.killAfterBytes === undefined ? whole : whole.subarray(0, options.killAfterBytes);
      resolve({ stdout: seen.toString('utf8'), stderr, exitCode, signal });
    });
  });
}
