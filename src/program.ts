import type { Writable } from 'node:stream';
import type { Clock } from './clock.ts';
import { type Arguments, help, parseArguments } from './commands/arguments.ts';
import { errorMessage } from './engine/stream-output.ts';
import { ConnectorError, toConnectorError } from './errors.ts';
import { createRedactor } from './http/redact.ts';
import { logMessage } from './protocol/messages.ts';
import { createWriter, OutputClosed, type Writer } from './protocol/writer.ts';

/** What the program is given of the process that it runs in. */
export interface Environment {
  readonly stdout: Writable;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs one command.
 * @returns the exit code. Everything that there is to say about a failure has been written by then.
 */
export async function run(argv: readonly string[], environment: Environment): Promise<number> {
  const redactor = createRedactor();
  const writer = createWriter(environment.stdout, redactor.redact);
  try {
    const flags = parseArguments(argv);
    return (await runCommand(flags, environment, writer, redactor)) ? 0 : 1;
  } catch (error) {
    // Nobody is left to be told.
    if (error instanceof OutputClosed || writer.isBroken || environment.signal.aborted) return 1;
    await report(error, environment, writer);
    return 1;
  }
}

/** What is written when a mistake of ours got past everybody: lines of the protocol, empty when nobody is left to read them. */
export function crashLines(error: unknown, now: number): string {
  if (error instanceof OutputClosed) return '';
  const told = toConnectorError(error);
  const { redact } = createRedactor();
  const messages = [logMessage('FATAL', told.message), errorMessage(told, now)];
  return messages.map((message) => `${redact(JSON.stringify(message))}\n`).join('');
}

async function runCommand(
  flags: Arguments,
  environment: Environment,
  writer: Writer,
  redactor: ReturnType<typeof createRedactor>,
): Promise<boolean> {
  const { stdout, clock, signal, variables } = environment;
  const isDebug = ('isDebug' in flags && flags.isDebug) || variables['LOG_LEVEL']?.toLowerCase() === 'debug';
  const parts = { writer, redactor, clock, signal, isDebug };
  // Each command is loaded when it is asked for: `spec` has to answer at once.
  switch (flags.command) {
    case 'help':
      stdout.write(help);
      return true;
    case 'spec':
      await (await import('./commands/spec.ts')).spec(writer);
      return true;
    case 'streams': {
      const { listStreamsAsJson, listStreamsAsTable } = await import('./commands/streams.ts');
      stdout.write(flags.isJson ? listStreamsAsJson() : listStreamsAsTable());
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
    case 'read':
      return (await import('./commands/read.ts')).read({ ...parts, flags });
    default:
      return flags satisfies never;
  }
}

async function readConfigFile(path: string): Promise<unknown> {
  return (await import('./commands/files.ts')).readJsonFile('config', path);
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
