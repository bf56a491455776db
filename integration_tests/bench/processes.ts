import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Asked, Scenario } from './zoom.ts';

const connector = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const manyStreams = fileURLToPath(new URL('../../.build/bench-many-streams.js', import.meta.url));
const emulator = fileURLToPath(new URL('../.build/bench-zoom.js', import.meta.url));

/** A Zoom in a process of its own. */
export class Zoom {
  readonly config: Record<string, unknown>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  static async start(scenario: Scenario): Promise<Zoom> {
    const child = spawn(process.execPath, ['--max-old-space-size=6000', emulator, JSON.stringify(scenario)]);
    child.stderr.pipe(process.stderr);
    const lines: Interface = createInterface({ input: child.stdout });
    const iterator = lines[Symbol.asyncIterator]();
    const first = await iterator.next();
    return new Zoom(
      child,
      iterator,
      (JSON.parse(String(first.value)) as { config: Record<string, unknown> }).config,
    );
  }

  private constructor(
    child: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    config: Record<string, unknown>,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.config = config;
  }

  async asked(): Promise<readonly Asked[]> {
    this.#child.stdin.write('log\n');
    return JSON.parse(String((await this.#lines.next()).value)) as readonly Asked[];
  }

  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }
}

export interface Measured {
  readonly seconds: number;
  /** Largest resident set, in MiB; Linux only. */
  readonly peakMib: number;
}

/** Runs the connector with its output thrown away. */
export async function measureRead(config: Record<string, unknown>, streams: string): Promise<Measured> {
  const sink = openSync('/dev/null', 'w');
  try {
    return await inFolder((folder) => {
      const args = ['--config', writeJson(folder, 'config', config), '--streams', streams];
      return measure(startRead(args, sink));
    });
  } finally {
    closeSync(sink);
  }
}

/** As the command sets them. */
const heapFlags = ['--heap-growing-percent=20', '--semi-space-growth-factor=1'];

/** Runs the connector with so many snapshot streams, all of them the users. */
export async function measureManyStreams(config: Record<string, unknown>, count: number): Promise<Measured> {
  const args = [...heapFlags, manyStreams, JSON.stringify(config), String(count)];
  return measure(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }));
}

/** Runs the connector twice, the second time with the last states of the first; in between something else may be measured. */
export function measureTwoReads(
  config: Record<string, unknown>,
  streams: string,
  between: () => Promise<void> = async () => undefined,
): Promise<readonly [first: Measured, second: Measured]> {
  return inFolder(async (folder) => {
    const args = ['--config', writeJson(folder, 'config', config), '--streams', streams];
    const readLastStates = async (more: readonly string[]) => {
      const child = startRead([...args, ...more], 'pipe');
      const measured = measure(child);
      const last = new Map<string, string>();
      for await (const line of createInterface({ input: child.stdout as Readable })) {
        if (line.startsWith('{"type":"STATE"')) last.set(nameIn(line), line);
      }
      return { measured: await measured, last };
    };
    const first = await readLastStates([]);
    const state = join(folder, 'state.jsonl');
    writeFileSync(state, [...first.last.values()].join('\n'));
    await between();
    const second = await readLastStates(['--state', state]);
    return [first.measured, second.measured];
  });
}

/** Of the stream that a STATE is of. */
function nameIn(line: string): string {
  const name = /"stream_descriptor":\{"name":"(\w+)"/.exec(line)?.[1];
  if (name === undefined) throw new Error('a STATE names no stream');
  return name;
}

function startRead(args: readonly string[], stdout: number | 'pipe'): ChildProcess {
  return spawn(process.execPath, [connector, 'read', ...args], { stdio: ['ignore', stdout, 'inherit'] });
}

async function measure(child: ChildProcess): Promise<Measured> {
  const startedAt = performance.now();
  let peakMib = 0;
  const watch = setInterval(() => {
    peakMib = readPeak(child.pid) ?? peakMib;
  }, 20);
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (exitCode !== 0) throw new Error(`the read ended with ${exitCode}`);
  return { seconds: (performance.now() - startedAt) / 1000, peakMib };
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeJson(folder: string, name: string, value: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

/** Median seconds of `node ...args`, and of an empty program, measured in turn. */
export async function measureStart(
  args: readonly string[],
  runs: number,
): Promise<{ own: number; empty: number }> {
  const times: { own: number[]; empty: number[] } = { own: [], empty: [] };
  for (let run = 0; run < runs; run += 1) {
    times.own.push(await timeNode([connector, ...args]));
    times.empty.push(await timeNode(['-e', '0']));
  }
  return { own: median(times.own), empty: median(times.empty) };
}

async function timeNode(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  return (performance.now() - startedAt) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The kernel's own high-water mark, so that a late look misses nothing. */
function readPeak(pid: number | undefined): number | undefined {
  try {
    const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}
