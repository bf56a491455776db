import { ConfigError, type ConnectorError, TransientError } from '../errors.ts';
import { blames } from '../http/classify.ts';
import { nameRefusal, notAllowed } from './failures.ts';
import type { Refused } from './outcome.ts';

/** So many partitions in a row that fail by themselves are an outage, not the fault of the partitions. */
const refusalsThatAreAnOutage = 10;

/** Watches for what is no matter of single partitions. */
export interface OutageWatch {
  /** Zoom has answered, be it that there is nothing. */
  answered(): void;
  /**
   * @param mayBeAll nobody is known to have what this one was refused for.
   * @throws TransientError when so many fail in a row that Zoom itself is in trouble.
   * @throws ConfigError when so many are refused in a row that the account cannot have any.
   */
  refused(refused: Refused, mayBeAll: boolean): void;
}

export function createOutageWatch(stream: string): OutageWatch {
  let inARow = 0;
  return {
    answered() {
      inARow = 0;
    },
    refused(refused, mayBeAll) {
      const isPassing = refused.action === 'refused' && refused.refusal.isTransient;
      inARow = mayBeAll || isPassing ? inARow + 1 : 0;
      if (inARow >= refusalsThatAreAnOutage) throw outage(stream, inARow, refused);
    },
  };
}

/** So many refused in a row are no matter of single partitions. */
function outage(stream: string, inARow: number, { action, refusal }: Refused): ConnectorError {
  const last = `${nameRefusal(refusal)} "${refusal.message}"`;
  if (action === 'unavailable') {
    const blamed = blames(refusal) === 'account' ? ` ${notAllowed}` : '';
    return new ConfigError(`${stream}: Zoom refused ${inARow} in a row (${last}).${blamed}`, {
      detail: refusal.detail,
    });
  }
  return new TransientError(
    `${stream}: ${inARow} requests in a row failed after retries, so Zoom seems to be in trouble (the last one: ${last}). Everything read so far is saved; the next sync goes on from there.`,
    { detail: refusal.detail },
  );
}
