#!/usr/bin/env node
import { fstatSync } from 'node:fs';
import { createSystemClock } from './clock.ts';
import { createFileOutput } from './file-output.ts';
import { createProgram } from './program.ts';

const stop = new AbortController();
const signals = ['SIGTERM', 'SIGINT'] as const;
let received: (typeof signals)[number] | undefined;
for (const signal of signals) {
  process.on(signal, () => {
    received ??= signal;
    stop.abort(new Error(`stopped by ${signal}`));
  });
}

const stdout = fstatSync(process.stdout.fd).isFile() ? createFileOutput(process.stdout.fd) : process.stdout;

/** Node says when a whole chunk is taken; the handle of a pipe knows of its parts too. */
function backlog(): number {
  const { writableLength, _handle } = stdout as typeof stdout & {
    readonly _handle?: { readonly writeQueueSize?: number };
  };
  return writableLength + (_handle?.writeQueueSize ?? 0);
}

const program = createProgram({
  stdout,
  stderr: process.stderr,
  isStdoutSeen: process.stdout.isTTY === true,
  variables: process.env,
  clock: createSystemClock(stop.signal),
  signal: stop.signal,
  lastClock: createSystemClock(),
  backlog,
  openTerminal: () => ({
    input: process.stdin,
    output: process.stdout,
    interrupt: () => process.kill(process.pid, 'SIGINT'),
  }),
});

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    const end = () => stdout.write('', () => process.exit(1));
    program.reportFailure(error).then(end, end);
    // Nobody may be there to take the lines.
    setTimeout(() => process.exit(1), 5_000).unref();
  });
}

process.exitCode = await program.run(process.argv.slice(2));
// A signal that came before the end of the reading side may be heard after it: in the next turn of the loop, whose events are
// collected between the first of these and the second.
for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));

if (received !== undefined && process.exitCode !== 0) {
  // Clients tell "I ended it" from "it failed" by the signal; as the first process of a container we cannot be killed by one.
  for (const signal of signals) process.removeAllListeners(signal);
  if (process.pid === 1) process.exit(received === 'SIGTERM' ? 143 : 130);
  process.kill(process.pid, received);
} else if (stdout.destroyed || stdout.errored !== null) {
  // Requests may still be under way whose rows nobody can take.
  process.exit(1);
}
