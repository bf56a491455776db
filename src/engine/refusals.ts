import { ConfigError, type ConnectorError, SystemError, TransientError } from '../errors.ts';
import type { Refusal } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import { letThrough, nameRefusal } from './failures.ts';
import { createLacks } from './lacks.ts';
import { createOutageWatch } from './outage.ts';
import type { Outcome, Refused } from './outcome.ts';
import { type Owed, readOwed } from './owed.ts';
import type { Partition } from './partition.ts';
import { type AllLeft, createRefusalReport, nameOf, type ReportLine } from './refusal-report.ts';

/** After so many syncs with the same refusal a partition no longer fails its stream; it stays owed. */
const refusalsUntilTolerated = 3;

/** Keeps the books of what Zoom refused to one stream: what is skipped and counted, and what is owed. */
export interface Refusals {
  readonly owed: ReadonlyMap<string, Owed>;
  /** Partitions owed when the sync began. */
  readonly owedBefore: ReadonlyMap<string, Owed>;
  /** An earlier attempt of this sync was answered for some partition, so that Zoom does let the app have the endpoint. */
  readonly hasAnsweredBefore: boolean;
  /** An earlier sync, in which others were answered, was refused the partition for the same reason. */
  isOldRefusal(key: string, refused: Refused): boolean;
  /** This sync has found it to be owed. */
  isOwedNow(key: string): boolean;
  /** Zoom has refused it in this sync: it is asked again in the next one, and not before. */
  isRefusedNow(key: string): boolean;
  /** From when (ms since the epoch) the partition, or what its parent was listed in, was owed as the sync began. */
  owedFrom(partition: Pick<Partition, 'key' | 'above'>): number | undefined;
  /**
   * Takes note of how a partition ended. What is not read is to be asked again in the next sync, from `from` on (ms since
   * the epoch).
   * @param until given where more of what the partition owes lies behind it.
   * @throws TransientError when so many fail in a row that Zoom itself is in trouble.
   * @throws ConfigError when so many are refused before anybody is answered that the account cannot have any.
   */
  settle(partition: Partition, outcome: Outcome, from: number, until?: number): void;
  /** The same for a partition that the stream's parents were to be listed in: Zoom refused it to the parent's endpoint. */
  settleAbove(partition: Partition, outcome: Refused, from: number): void;
  /** What the partition, or one above it, owes was read up to an instant (ms since the epoch); the rest stays owed. */
  readUntil(key: string, instant: number): void;
  /** Some partition was read by an earlier sync and is not asked for: what it has this sync does not hear. */
  leaveOut(): void;
  /** Nothing is owed for it any more. */
  payOff(key: string): void;
  /** It owes what nobody can ask for any more. */
  giveUp(key: string): void;
  /** Lines for the log at the end of the stream. */
  summary(): readonly ReportLine[];
  /** What was not read, by reason. */
  left(): AllLeft;
  /** Somebody lacks the licence or the permission that the endpoint wants, and nobody was found who has it. */
  lackedByAll(): ConnectorError | undefined;
  /** Why the stream may not be called complete, if so. */
  failure(): ConnectorError | undefined;
  toState(): JsonObject | undefined;
}

export interface RefusalsOptions {
  readonly stream: string;
  /** `owed` of the state. */
  readonly input?: unknown;
  /** True for streams that ask every partition in every sync: what is not refused again is not owed. */
  readonly asksEverything: boolean;
  /** Zoom is asked for nothing older (ms since the epoch). */
  readonly earliest?: number;
  /** The parameter without which an owed partition cannot be asked for, where it is asked for by itself. */
  readonly naming?: string | undefined;
  /** An earlier attempt of this sync has read a part, so that this one does not hear of everybody. */
  readonly isResumed?: boolean;
  /** Partitions that it has finished: read, or owed. */
  readonly finished?: readonly string[];
}

/** @throws ConfigError for an `owed` that cannot be read. */
export function createRefusals({
  stream,
  input,
  asksEverything,
  isResumed = false,
  finished = [],
  ...limits
}: RefusalsOptions): Refusals {
  const { owed: owedBefore, tooOld } = readOwed(stream, input, limits);
  const report = createRefusalReport(stream);
  for (const key of tooOld) report.giveUp(key, 'lies before all that is read');
  const owed = new Map(asksEverything ? [] : owedBefore);
  const refusedNow = new Map<string, Refusal>();
  const owedNow = new Set<string>();
  /** Of them those that were read, but for some of their rows. */
  const partlyNow = new Set<string>();
  const hasAnsweredBefore = finished.some((key) => !owedBefore.has(key));
  const lacks = createLacks(stream, { isResumed, hasAnsweredBefore });
  const watch = createOutageWatch(stream);
  const isOldRefusal: Refusals['isOldRefusal'] = (key, refused) => isSame(owedBefore.get(key), refused);
  const owe = (partition: Partition, refused: Refused, from: number, { mayBeAll, isAbove }: Kind = {}) => {
    const { key } = partition;
    const until = Math.min(from, earliestOwed(owed, [key]) ?? from);
    owed.set(key, toOwed(partition, refused, { until, before: owedBefore.get(key), isAbove }));
    // The listing of a parent is gone through in every window, and says the same each time.
    if (owedNow.has(key)) return;
    owedNow.add(key);
    if (refused.action !== 'not_ready') refusedNow.set(key, refused.refusal);
    watch.refused(refused, mayBeAll === true);
  };
  const settleRefused = (partition: Partition, outcome: Refused, from: number, kind: Kind) => {
    if (outcome.action === 'skip' || outcome.action === 'unlicensed') {
      watch.answered();
      owed.delete(partition.key);
      return report.skip(partition.key, outcome.refusal);
    }
    partlyNow.delete(partition.key);
    owe(partition, outcome, from, kind);
  };
  const readUntil: Refusals['readUntil'] = (key, instant) => postpone(owed, key, instant);

  /** A later window of a partition that lacks rows in an earlier one pays nothing off. */
  const settleRows = (partition: Partition, lacking: Refusal | undefined, { from, until }: Range) => {
    if (lacking !== undefined) {
      partlyNow.add(partition.key);
      owe(partition, { action: 'refused', refusal: lacking }, from);
    } else if (partlyNow.has(partition.key)) return;
    else if (until !== undefined) readUntil(partition.key, until);
    else owed.delete(partition.key);
  };

  return {
    owed,
    owedBefore,
    hasAnsweredBefore,
    isOldRefusal,
    isOwedNow: (key) => owedNow.has(key),
    isRefusedNow: (key) => owedNow.has(key) && !partlyNow.has(key),
    owedFrom: ({ key, above }) => earliestOwed(owedBefore, [key, ...above]),
    settle(partition, outcome, from, until) {
      const isNew = outcome.action === 'unavailable' && !isOldRefusal(partition.key, outcome);
      lacks.note(partition.key, outcome, isNew);
      if (outcome.action !== 'read')
        return settleRefused(partition, outcome, from, { mayBeAll: isNew && !lacks.hasAnswered });
      watch.answered();
      settleRows(partition, outcome.lacking, { from, until });
    },
    settleAbove: (partition, outcome, from) => settleRefused(partition, outcome, from, { isAbove: true }),
    readUntil,
    leaveOut: lacks.leaveOut,
    payOff: (key) => void owed.delete(key),
    giveUp(key) {
      owed.delete(key);
      report.giveUp(key, 'is below what is listed no more');
    },
    summary: () => report.lines(owed, refusedNow),
    left: () => report.left(owed, refusedNow),
    lackedByAll: () => lacks.failure(undefined),
    failure: () => lacks.failure(incomplete(stream, refusedNow, owed)),
    toState: () => (owed.size === 0 ? undefined : Object.fromEntries(lacks.count(owed))),
  };
}

function postpone(owed: Map<string, Owed>, key: string, instant: number): void {
  const entry = owed.get(key);
  if (entry !== undefined) owed.set(key, { ...entry, read_until: new Date(instant).toISOString() });
}

/** What a refusal may mean. */
interface Kind {
  /** Nobody was answered yet, so that it may be said of all. */
  readonly mayBeAll?: boolean;
  /** The stream's parents were to be listed in the partition. */
  readonly isAbove?: boolean | undefined;
}

/** What of a partition was read, in ms since the epoch. */
interface Range {
  readonly from: number;
  readonly until: number | undefined;
}

/** @param before what the state said; the same refusal in syncs in a row is counted. */
function toOwed(
  { parameters, adds }: Partition,
  { action, refusal }: Refused,
  {
    until,
    before,
    isAbove,
  }: Pick<Kind, 'isAbove'> & { readonly until: number; readonly before: Owed | undefined },
): Owed {
  const reason = reasonOf({ action, refusal });
  const refusals = 1 + (before?.reason === reason ? before.refusals : 0);
  const above = isAbove === true ? ({ above: true } as const) : {};
  return { parameters, adds, ...above, read_until: new Date(until).toISOString(), reason, refusals };
}

function reasonOf({ action, refusal }: Refused): string {
  return action === 'not_ready' ? action : nameRefusal(refusal);
}

function isSame(before: Owed | undefined, refused: Refused): boolean {
  return before !== undefined && before.refusals > 0 && before.reason === reasonOf(refused);
}

function earliestOwed(owed: ReadonlyMap<string, Owed>, keys: readonly string[]): number | undefined {
  const instants = keys.flatMap((key) => owed.get(key)?.read_until ?? []).map(Date.parse);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function incomplete(
  stream: string,
  refusedNow: ReadonlyMap<string, Refusal>,
  owed: ReadonlyMap<string, Owed>,
): ConnectorError | undefined {
  const failing = [...refusedNow].filter(([key]) => (owed.get(key)?.refusals ?? 0) < refusalsUntilTolerated);
  const [first] = failing;
  if (first === undefined) return undefined;
  const [key, refusal] = first;
  const others = failing.length > 1 ? ` and ${failing.length - 1} more` : '';
  const message = `${stream}: Zoom refused ${nameOf(key)}${others} (${nameRefusal(refusal)} "${refusal.message}"). The rest is read and saved; what is missing is asked again in the next sync, and fails the stream no longer from sync ${refusalsUntilTolerated} in a row with the same answer on.`;
  const { blockedHost } = refusal;
  if (blockedHost !== undefined && failing.every(([, one]) => one.blockedHost === blockedHost))
    return new ConfigError(`${message} ${letThrough(blockedHost)}`, { detail: refusal.detail });
  const isTransient = failing.every(([, { isTransient }]) => isTransient);
  return isTransient
    ? new TransientError(message, { detail: refusal.detail })
    : new SystemError(message, { detail: refusal.detail });
}
