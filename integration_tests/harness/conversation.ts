import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connector } from './run.ts';
import { until } from './until.ts';

/** A run of a command that speaks with a person. */
export interface Conversation {
  /** All that was said so far. */
  said(): string;
  /** Resolves with the first match in what was said, whenever that is. */
  hears(pattern: RegExp): Promise<RegExpExecArray>;
  types(line: string): void;
  /** As Ctrl-D. */
  hangsUp(): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the run has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

export interface ConversationOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** The program that is run, where it is another copy of it. */
  readonly program?: string;
  /** With a terminal in between, as made by `script` of util-linux. */
  readonly isTerminal?: boolean;
}

export function converse(args: readonly string[], options: ConversationOptions = {}): Conversation {
  const command = [process.execPath, options.program ?? connector, ...args];
  const [program = '', ...argv] = options.isTerminal
    ? ['script', '-qefc', command.map((word) => `'${word}'`).join(' '), '/dev/null']
    : command;
  const child: ChildProcessWithoutNullStreams = spawn(program, argv, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  }
  // The run may end before it has read all.
  child.stdin.on('error', () => undefined);
  let isEnded = false;
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => {
      isEnded = true;
      resolve(code ?? signal);
    }),
  );
  return {
    said: () => text,
    async hears(pattern) {
      await until(`${pattern} in ${text}`, () => pattern.test(text) || isEnded);
      const match = pattern.exec(text);
      if (match === null) throw new Error(`ended without ${pattern}: ${text}`);
      return match;
    },
    types: (line) => void child.stdin.write(`${line}\n`),
    hangsUp: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** A browser that only writes down where it was sent to, for `BROWSER`. */
export interface NotedBrowser {
  readonly program: string;
  readonly folder: string;
  /** Addresses that were opened. */
  opened(): readonly string[];
  remove(): void;
}

export function noteBrowser(): NotedBrowser {
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-browser-'));
  const [program, notes] = [join(folder, 'browser'), join(folder, 'opened')];
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${notes}'\n`);
  writeFileSync(notes, '');
  chmodSync(program, 0o755);
  chmodSync(folder, 0o755);
  chmodSync(notes, 0o666);
  return {
    program,
    folder,
    opened: () =>
      readFileSync(notes, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
