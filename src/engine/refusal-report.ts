import type { Refusal } from '../http/exchange.ts';
import { nameRefusal } from './failures.ts';
import type { Owed } from './owed.ts';

/** What the log says at the end of a stream of what was refused to it. */
export interface RefusalReport {
  /** Final: counted under Zoom's code. */
  skip(key: string, refusal: Refusal): void;
  giveUp(key: string, why: string): void;
  /** @param refusedNow what Zoom said of those that it has refused in this sync. */
  lines(owed: ReadonlyMap<string, Owed>, refusedNow: ReadonlyMap<string, Refusal>): readonly ReportLine[];
  /** The same, counted by reason. */
  left(owed: ReadonlyMap<string, Owed>, refusedNow: ReadonlyMap<string, Refusal>): AllLeft;
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

/** What of a stream was not read. */
export interface AllLeft {
  /** Nobody will be asked for it again. */
  readonly skipped: readonly Left[];
  /** It is asked for again in the next sync. */
  readonly owed: readonly Left[];
}

function countReasons(reasons: Iterable<string>): readonly Left[] {
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
    left: (owed, refusedNow) => ({
      skipped: [
        ...[...skipped].map(([code, { keys, message }]) => ({
          reason: `${code} "${message}"`,
          count: keys.size,
        })),
        ...countReasons([...givenUp.values()].map((why) => `given up: what was owed ${why}`)),
      ],
      owed: countReasons([...owed].map(([key, { reason }]) => withWords(reason, refusedNow.get(key)))),
    }),
    lines(owed, refusedNow) {
      const skips = [...skipped].map(
        ([code, { keys, message }]): ReportLine => ({
          level: 'INFO',
          message: `${stream}: skipped ${keys.size} as final (${code} "${message}"), for example ${[...keys].slice(0, examplesShown).join(', ')}`,
        }),
      );
      const gone = [...givenUp].map(
        ([key, why]): ReportLine => ({
          level: 'WARN',
          message: `${stream}: what was owed for ${nameOf(key)} ${why}, and is given up`,
        }),
      );
      return [...skips, ...shorten(gone, stream, 'given up'), ...owedLines(stream, owed, refusedNow)];
    },
  };
}

function withWords(reason: string, refusal: Refusal | undefined): string {
  return refusal === undefined ? reason : `${reason} "${refusal.message}"`;
}

/** Those that are owed for the same reason share a line; the state names them all. */
function owedLines(
  stream: string,
  owed: ReadonlyMap<string, Owed>,
  refusedNow: ReadonlyMap<string, Refusal>,
): readonly ReportLine[] {
  const reasons = new Map<string, { readonly isExpected: boolean; readonly keys: string[] }>();
  for (const [key, { reason, refusals }] of owed) {
    const said = refusedNow.get(key)?.message;
    const words = said === undefined ? '' : ` since "${said}",`;
    const often = refusals > 1 ? `, in ${refusals} syncs in a row` : '';
    const why = `(${reason}${often})${words} and will be asked again in the next sync`;
    const group = reasons.get(why) ?? { isExpected: reason === 'not_ready', keys: [] };
    group.keys.push(key);
    reasons.set(why, group);
  }
  const lines = [...reasons].map(
    ([
      why,
      {
        isExpected,
        keys: [first = '', ...others],
      },
    ]): ReportLine => ({
      level: isExpected ? 'INFO' : 'WARN',
      message:
        others.length === 0
          ? `${stream}: ${nameOf(first)} is owed ${why}`
          : `${stream}: each of ${others.length + 1} is owed ${why}, for example ${[first, ...others].slice(0, examplesShown).map(nameOf).join(', ')}`,
    }),
  );
  return shorten(lines, stream, 'reasons for which something is owed');
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
