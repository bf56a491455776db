import type { Refusal } from '../http/exchange.ts';
import { nameRefusal } from './failures.ts';
import type { Owed } from './owed.ts';

/** What the log says at the end of a stream of what was refused to it. */
export interface RefusalReport {
  /** Final: counted under Zoom's code. */
  skip(key: string, refusal: Refusal): void;
  giveUp(key: string, why: string): void;
  lines(owed: ReadonlyMap<string, Owed>): readonly ReportLine[];
  /** What nobody will be asked for again, by reason. */
  skipped(): readonly Left[];
}

export interface ReportLine {
  readonly level: 'INFO' | 'WARN';
  readonly message: string;
}

/** So many partitions were not read, for one reason. */
export interface Left {
  readonly reason: string;
  readonly count: number;
}

/** Counts each reason. */
export function countReasons(reasons: Iterable<string>): readonly Left[] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => ({ reason, count }));
}

const examplesShown = 3;

export function createRefusalReport(stream: string): RefusalReport {
  const skipped = new Map<string, { readonly keys: Set<string>; readonly message: string }>();
  const givenUp = new Map<string, string>();
  return {
    skip(key, refusal) {
      const code = nameRefusal(refusal);
      const entry = skipped.get(code) ?? { keys: new Set(), message: refusal.message };
      // A user is asked for once in each window.
      entry.keys.add(key);
      skipped.set(code, entry);
    },
    giveUp: (key, why) => void givenUp.set(key, why),
    skipped: () => [
      ...[...skipped].map(([code, { keys, message }]) => ({
        reason: `${code} "${message}"`,
        count: keys.size,
      })),
      ...countReasons([...givenUp.values()].map((why) => `given up: what it owes ${why}`)),
    ],
    lines(owed) {
      const skips = [...skipped].map(
        ([code, { keys, message }]): ReportLine => ({
          level: 'INFO',
          message: `${stream}: skipped ${keys.size} as final (${code} "${message}"), for example ${[...keys].slice(0, examplesShown).join(', ')}`,
        }),
      );
      const gone = [...givenUp].map(
        ([key, why]): ReportLine => ({
          level: 'WARN',
          message: `${stream}: something that ${nameOf(key)} owes ${why}, and is given up`,
        }),
      );
      const kept = [...owed].map(
        ([key, { reason, refusals }]): ReportLine => ({
          level: reason === 'not_ready' ? 'INFO' : 'WARN',
          message: `${stream}: ${nameOf(key)} is owed (${reason}${refusals > 1 ? `, in ${refusals} syncs in a row` : ''}) and will be asked again in the next sync`,
        }),
      );
      return [
        ...skips,
        ...shorten(gone, stream, 'given up'),
        ...shorten(kept, stream, 'owed; the state names them all'),
      ];
    },
  };
}

/** The one partition of a stream without parent has no name of its own. */
export function nameOf(key: string): string {
  return key === '' ? 'a part of the listing' : key;
}

/** Ten lines say as much as ten thousand. */
function shorten(lines: readonly ReportLine[], stream: string, what: string): readonly ReportLine[] {
  const shown = 10;
  if (lines.length <= shown) return lines;
  const rest: ReportLine = {
    level: 'WARN',
    message: `${stream}: ${lines.length - shown} more are ${what}`,
  };
  return [...lines.slice(0, shown), rest];
}
