import { once } from 'node:events';
import { checkReplaceable, replaceFile } from '../atomic-file.ts';
import type { Clock } from '../clock.ts';
import type { SyncListener } from '../engine/sync-events.ts';
import { ConfigError, toConnectorError } from '../errors.ts';
import type { Redactor } from '../http/redact.ts';
import { logMessage } from '../protocol/messages.ts';
import type { Writer } from '../protocol/writer.ts';
import { Collector, type SyncEnd } from '../report/collect.ts';
import { renderPage } from '../report/page.ts';
import { describeFailure, type Screen, sayAfter } from '../terminal/screen.ts';

interface ReportParts {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly writer: Writer;
  readonly signal: AbortSignal;
  /** Absent where nobody looks. */
  readonly screen?: Screen | undefined;
  /** Keeps the process from ending, however still it is. */
  untilDone<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Runs a sync and writes a page about it: when it has ended, however it did, and at once when it is told to stop. The sync's
 * own outcome stays what it is, also where the page cannot be written in the end.
 * @param sync is given who hears of its events.
 * @throws ConfigError before the sync begins, when the file cannot be written.
 */
export async function withReport(
  path: string,
  parts: ReportParts,
  sync: (hear: SyncListener) => Promise<boolean>,
): Promise<boolean> {
  const { clock, redactor, signal } = parts;
  await checkReplaceable(path).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  const collector = new Collector({ now: () => clock.now(), redact: redactor.redact });
  const write = async (end: SyncEnd) => {
    try {
      await parts.untilDone(() => replaceFile(path, renderPage(collector.facts(end))));
    } catch (error) {
      // Nobody may be there to be told, and the process does not wait for that.
      await sayUnwritten(unwritable(path, error), parts);
    }
  };
  let written: Promise<void> | undefined;
  const finish = (end: SyncEnd): Promise<void> => {
    written ??= write(end);
    return written;
  };
  // At once: a sync that is told to stop does not come to its end where nobody takes what it says.
  const whenStopped = async () => {
    if (!signal.aborted) await once(signal, 'abort');
    await finish({ how: 'stopped' });
  };
  whenStopped().catch(() => undefined);
  try {
    const isComplete = await sync((event) => collector.hear(event));
    await finish({ how: isComplete ? 'complete' : 'incomplete' });
    return isComplete;
  } catch (error) {
    const { failureType: type, message } = toConnectorError(error);
    await finish({ how: 'failed', type, message });
    throw error;
  }
}

async function sayUnwritten({ message }: ConfigError, { writer, screen }: ReportParts): Promise<void> {
  await writer.write(logMessage('WARN', message)).catch(() => undefined);
  if (screen !== undefined) await sayAfter(writer, screen, describeFailure(message, screen));
}

function unwritable(path: string, error: unknown): ConfigError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new ConfigError(
    `The file of --report cannot be written: ${path} (${code}). Name one in a folder that is there and can be written to.`,
    { cause: error },
  );
}
