import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Terminal } from './authorize/prompt.ts';
import type { Clock } from './clock.ts';
import { type Arguments, help, parseArguments } from './commands/arguments.ts';
import { ConnectorError, toConnectorError } from './errors.ts';
import { createRedactor, type Redactor } from './http/redact.ts';
import { errorMessage, logMessage } from './protocol/messages.ts';
import { createWriter, OutputClosed, type Writer } from './protocol/writer.ts';
import {
  createScreen,
  describeFailure,
  type Screen,
  type ScreenOutput,
  sayAfter,
} from './terminal/screen.ts';

/** What the program is given of the process that it runs in. */
export interface Environment {
  readonly stdout: Writable;
  /** Where a person is spoken to, if it is a terminal; nothing is written to it otherwise. */
  readonly stderr: ScreenOutput;
  /** stdout is a terminal. */
  readonly isStdoutSeen: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
  /** Time that goes on when the process is asked to end. */
  readonly lastClock: Clock;
  /** How many bytes the reading side has still to take. */
  backlog(): number;
  /** The person, if there is one. The input is not touched before. */
  openTerminal(): Terminal;
}

/** A stopped run in which nothing moves for so long is given up. */
const patienceMs = 2_000;
const lookEveryMs = 100;

export interface Program {
  /**
   * Runs one command.
   * @returns the exit code. Everything that there is to say about a failure has been written by then, unless the run was
   * stopped and nobody takes it.
   */
  run(argv: readonly string[]): Promise<number>;
  /** Says why the run failed; resolves when it is said, or when nobody is left to be told. */
  reportFailure(error: unknown): Promise<void>;
}

export function createProgram(environment: Environment): Program {
  // One redactor for all that is ever said: it knows the secrets of this run.
  const redactor = createRedactor();
  const { stdout, stderr: output, isStdoutSeen: isShared, variables } = environment;
  const { redact } = redactor;
  const writer = createWriter(stdout, redact);
  const screen = createScreen({ output, isShared, variables, redact });
  let held = 0;
  const untilDone = async <T>(work: () => Promise<T>) => {
    held += 1;
    try {
      return await work();
    } finally {
      held -= 1;
    }
  };
  const reportFailure = async (error: unknown) => {
    if (environment.signal.aborted) return;
    // Nobody is left to be told but the person at the terminal.
    if (error instanceof OutputClosed || writer.isBroken) return sayOutputFailed(writer, screen);
    await report(error, environment, writer);
    if (screen === undefined) return;
    await sayAfter(writer, screen, describeFailure(redact(toConnectorError(error).message), screen));
  };
  const runToEnd = async (argv: readonly string[]) => {
    let code = 1;
    try {
      const parts = { environment, writer, redactor, screen, untilDone };
      if (await runCommand(parseArguments(argv), parts)) code = 0;
    } catch (error) {
      await reportFailure(error);
    }
    // Until then a signal has to find somebody who gives up, and who is killed by one writes nothing afterwards.
    await writer.flushed();
    return code;
  };
  return {
    async run(argv) {
      const code = await Promise.race([runToEnd(argv), untilStuck(environment, writer, () => held > 0)]);
      screen?.erase();
      return code;
    },
    reportFailure,
  };
}

/** Who closes a pipe knows that; a full disk has to be said. */
function sayOutputFailed({ failure }: Writer, screen: Screen | undefined): void {
  const { code, message } = (failure ?? {}) as NodeJS.ErrnoException;
  if (screen === undefined || code === undefined || code === 'EPIPE') return;
  screen.say(
    describeFailure(
      `The output cannot be written (${message}). Make room for it, then go on with --state and what was written so far.`,
      screen,
    ),
  );
}

/**
 * Resolves to the exit code when the run was stopped and nothing has moved for a while: perhaps nobody reads any more.
 * @param isHeld what is under way has to come to its end, however still it is.
 */
async function untilStuck(
  { signal, lastClock, backlog }: Environment,
  writer: Writer,
  isHeld: () => boolean,
): Promise<number> {
  if (!signal.aborted) await once(signal, 'abort');
  const progress = () => `${writer.handedOver} ${backlog()}`;
  let last = progress();
  // Looks are counted, not time, which also passes while the process is busy or asleep.
  for (let looks = 0; looks < patienceMs / lookEveryMs; looks += 1) {
    await lastClock.sleep(lookEveryMs);
    const now = progress();
    if (now === last && !isHeld()) continue;
    last = now;
    looks = -1;
  }
  return 1;
}

interface CommandParts {
  readonly environment: Environment;
  readonly writer: Writer;
  readonly redactor: Redactor;
  readonly screen: Screen | undefined;
  untilDone<T>(work: () => Promise<T>): Promise<T>;
}

async function runCommand(
  flags: Arguments,
  { environment, writer, redactor, screen, untilDone }: CommandParts,
): Promise<boolean> {
  const { stdout, clock, signal, variables } = environment;
  const isDebug = ('isDebug' in flags && flags.isDebug) || variables['LOG_LEVEL']?.toLowerCase() === 'debug';
  const parts = { writer, redactor, screen, clock, signal, isDebug, variables };
  // Each command is loaded when it is asked for: `spec` has to answer at once.
  switch (flags.command) {
    case 'help':
      stdout.write(help);
      return true;
    case 'spec':
      await (await import('./commands/spec.ts')).spec(writer);
      return true;
    case 'streams': {
      const { listFamilies, listFamily, listStreamsAsJson } = await import('./commands/streams.ts');
      const { family, isJson } = flags;
      if (isJson) stdout.write(listStreamsAsJson(family));
      else stdout.write(family === undefined ? listFamilies() : listFamily(family));
      return true;
    }
    case 'check': {
      const { check } = await import('./commands/check.ts');
      await check({ ...parts, rawConfig: await readConfigFile(flags.config) });
      return true;
    }
    case 'discover': {
      const { discover } = await import('./commands/discover.ts');
      await discover(await readConfigFile(flags.config), writer);
      return true;
    }
    case 'authorize': {
      const { authorize } = await import('./commands/authorize.ts');
      return authorize({ ...parts, path: flags.config, terminal: environment.openTerminal(), untilDone });
    }
    case 'read':
      return (await import('./commands/read.ts')).read({ ...parts, flags, untilDone });
    default:
      return flags satisfies never;
  }
}

async function readConfigFile(path: string): Promise<unknown> {
  return (await import('./input/files.ts')).readJsonFile('config', path);
}

async function report(error: unknown, { clock }: Environment, writer: Writer): Promise<void> {
  try {
    if (!(error instanceof ConnectorError)) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      await writer.write(logMessage('FATAL', message));
    }
    await writer.write(errorMessage(toConnectorError(error), clock.now()));
  } catch {
    // The output broke meanwhile: the exit code has to say it.
  }
}
