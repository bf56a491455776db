import { ConfigError, type ConnectorError, SystemError, TransientError } from '../errors.ts';
import { blames } from '../http/classify.ts';
import type { Refusal } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import { nameRefusal, notAllowed } from './failures.ts';
import type { Outcome, Refused } from './outcome.ts';
import { type Owed, readOwed } from './owed.ts';
import type { Partition } from './partition.ts';
import { createRefusalReport, nameOf, type ReportLine } from './refusal-report.ts';

/** After so many syncs with the same refusal a partition no longer fails its stream; it stays owed. */
const refusalsUntilTolerated = 3;
/** So many partitions in a row that fail by themselves are an outage, not the fault of the partitions. */
const refusalsThatAreAnOutage = 10;

/** Keeps the books of what Zoom refused to one stream: what is skipped and counted, and what is owed. */
export interface Refusals {
  readonly owed: ReadonlyMap<string, Owed>;
  /** Partitions owed when the sync began. */
  readonly owedBefore: ReadonlyMap<string, Owed>;
  /** True when Zoom has answered for some partition in this sync, so that it does let the app have the endpoint. */
  readonly hasAnswered: boolean;
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
   * @throws ConfigError when so many are unavailable in a row that the account cannot have any.
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
  /** Somebody lacks the licence that the endpoint wants, and nobody was found who has it. */
  lackedByAll(): ConfigError | undefined;
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
}

/** @throws ConfigError for an `owed` that cannot be read. */
export function createRefusals({
  stream,
  input,
  asksEverything,
  isResumed = false,
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
  const verdicts = createVerdicts(stream, isResumed);
  let inARow = 0;
  const owe = (partition: Partition, refused: Refused, from: number) => {
    const { key } = partition;
    const until = Math.min(from, earliestOwed(owed, [key]) ?? from);
    owed.set(key, toOwed(partition, refused, { until, before: owedBefore.get(key) }));
    // The listing of a parent is gone through in every window, and says the same each time.
    if (owedNow.has(key)) return;
    owedNow.add(key);
    if (refused.action !== 'not_ready') refusedNow.set(key, refused.refusal);
    inARow = mayBeOutage(refused) ? inARow + 1 : 0;
    if (inARow >= refusalsThatAreAnOutage) throw outage(stream, inARow, refused);
  };
  const settleAbove: Refusals['settleAbove'] = (partition, outcome, from) => {
    if (outcome.action === 'skip' || outcome.action === 'unlicensed') {
      inARow = 0;
      owed.delete(partition.key);
      return report.skip(partition.key, outcome.refusal);
    }
    partlyNow.delete(partition.key);
    owe(partition, outcome, from);
  };
  const readUntil: Refusals['readUntil'] = (key, instant) => {
    const entry = owed.get(key);
    if (entry !== undefined) owed.set(key, { ...entry, read_until: new Date(instant).toISOString() });
  };

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
    get hasAnswered() {
      return verdicts.hasAnswered();
    },
    isOwedNow: (key) => owedNow.has(key),
    isRefusedNow: (key) => owedNow.has(key) && !partlyNow.has(key),
    owedFrom: ({ key, above }) => earliestOwed(owedBefore, [key, ...above]),
    settle(partition, outcome, from, until) {
      verdicts.note(outcome);
      if (outcome.action !== 'read') return settleAbove(partition, outcome, from);
      inARow = 0;
      settleRows(partition, outcome.lacking, { from, until });
    },
    settleAbove,
    readUntil,
    leaveOut: verdicts.leaveOut,
    payOff: (key) => void owed.delete(key),
    giveUp(key) {
      owed.delete(key);
      report.giveUp(key, 'is below what is listed no more');
    },
    summary: () => report.lines(owed),
    lackedByAll: verdicts.lackedByAll,
    failure: () => verdicts.lackedByAll() ?? incomplete(stream, refusedNow, owed),
    toState: () => (owed.size === 0 ? undefined : Object.fromEntries(owed)),
  };
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
  { until, before }: { readonly until: number; readonly before: Owed | undefined },
): Owed {
  const reason = action === 'not_ready' ? action : nameRefusal(refusal);
  const refusals = 1 + (before?.reason === reason ? before.refusals : 0);
  return { parameters, adds, read_until: new Date(until).toISOString(), reason, refusals };
}

function mayBeOutage({ action, refusal }: Refused): boolean {
  return action === 'unavailable' || (action === 'refused' && refusal.isTransient);
}

function earliestOwed(owed: ReadonlyMap<string, Owed>, keys: readonly string[]): number | undefined {
  const instants = keys.flatMap((key) => owed.get(key)?.read_until ?? []).map(Date.parse);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** What the answers for single partitions say of the whole: what one lacks is skipped; what all lack, the account lacks. */
function createVerdicts(stream: string, isSomebodyKnown: boolean) {
  let hasAnybody = isSomebodyKnown;
  let hasAnswered = false;
  let lacking: Refusal | undefined;
  return {
    hasAnswered: () => hasAnswered,
    leaveOut(): void {
      hasAnybody = true;
      hasAnswered = true;
    },
    note(outcome: Outcome): void {
      hasAnswered ||= outcome.action !== 'refused' && outcome.action !== 'unavailable';
      if (outcome.action === 'read' || outcome.action === 'not_ready') hasAnybody = true;
      if (outcome.action === 'unlicensed') lacking = outcome.refusal;
    },
    lackedByAll(): ConfigError | undefined {
      if (lacking === undefined || hasAnybody) return undefined;
      return new ConfigError(
        `${stream}: nobody who was asked for has what Zoom wants here (${nameRefusal(lacking)} "${lacking.message}"). ${notAllowed}`,
        { detail: lacking.detail },
      );
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
  const message = `${stream}: Zoom refused ${nameOf(key)}${others} (${nameRefusal(refusal)} "${refusal.message}"). The rest is read and saved; what is missing is asked again in the next sync, and stops failing the stream after ${refusalsUntilTolerated} syncs with the same answer.`;
  const isTransient = failing.every(([, { isTransient }]) => isTransient);
  return isTransient
    ? new TransientError(message, { detail: refusal.detail })
    : new SystemError(message, { detail: refusal.detail });
}
