import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Asked, Scenario } from './zoom.ts';

const connector = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
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
  readonly exitCode: number | null;
  /** Largest resident set, in MiB; Linux only. */
  readonly peakMib: number | undefined;
}

/** Runs the connector with its output thrown away. */
export async function measureRead(config: Record<string, unknown>, streams: string): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-bench-'));
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  const sink = openSync('/dev/null', 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [connector, 'read', '--config', path, '--streams', streams], {
    stdio: ['ignore', sink, 'inherit'],
  });
  let peakMib: number | undefined;
  const watch = setInterval(() => {
    peakMib = readPeak(child.pid) ?? peakMib;
  }, 20);
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(watch);
  closeSync(sink);
  rmSync(folder, { recursive: true });
  return { seconds, exitCode, peakMib };
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
