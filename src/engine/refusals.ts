import { ConfigError, type ConnectorError, quote, SystemError, TransientError } from '../errors.ts';
import type { Refusal } from '../http/exchange.ts';
import { readInstant } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { earliestRow } from './slices.ts';

/** The part of a stream for one row of its parent. */
export interface Partition {
  /** What the state calls it: a user id, a meeting's UUID. Empty for the one partition of a stream without parent. */
  readonly key: string;
  /** Values for the path's braces and for injected fields. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The parent's cursor, in ms since the epoch. */
  readonly at?: number | undefined;
  /** Of the parent's row, where its children are expensive. */
  readonly digest?: string | undefined;
}

/** A partition that has to be asked again, as the state names it. */
interface Owed {
  readonly fields: Readonly<Record<string, unknown>>;
  /** RFC 3339: everything before it has been read. */
  readonly read_until: string;
  /** `not_ready`, or the HTTP status and Zoom's code of the refusal. */
  readonly reason: string;
  /** Syncs in a row that ended with this very refusal. */
  readonly refusals: number;
}

/** After so many syncs with the same refusal a partition no longer fails its stream; it stays owed. */
const refusalsUntilTolerated = 3;
/** So many partitions in a row that fail by themselves are an outage, not the fault of the partitions. */
const refusalsThatAreAnOutage = 10;
const examplesShown = 3;

/** What a state can say of owed partitions that is of use. */
interface OwedLimits {
  /** The field without which an owed partition cannot be asked for. */
  readonly keyField?: string | undefined;
  /** Zoom is asked for nothing older (ms since the epoch). */
  readonly earliest?: number;
}

/** Keeps the books of what Zoom refused to one stream: what is skipped and counted, and what is owed. */
export interface Refusals {
  readonly owed: ReadonlyMap<string, Owed>;
  /** Partitions owed when the sync began. */
  readonly owedBefore: ReadonlyMap<string, Owed>;
  /** True when Zoom has answered for some partition in this sync, so that it does let the app have the endpoint. */
  readonly hasAnswered: boolean;
  isRefusedNow(key: string): boolean;
  /** The partition was read: it owes nothing any more. */
  read(partition: Partition): void;
  /** What the partition owes was read up to an instant (ms since the epoch); the rest stays owed. */
  readUntil(partition: Partition, instant: number): void;
  /** Final: there is nothing to be had. */
  skip(partition: Partition, refusal: Refusal): void;
  /**
   * To be asked again in the next sync, from `readUntil` on (ms since the epoch).
   * @throws TransientError when so many fail in a row that Zoom itself is in trouble.
   * @throws ConfigError when so many are unavailable in a row that the account cannot have any.
   */
  owe(
    partition: Partition,
    action: 'not_ready' | 'refused' | 'unavailable',
    refusal: Refusal,
    readUntil: number,
  ): void;
  /** Lines for the log at the end of the stream. */
  summary(): readonly { level: 'INFO' | 'WARN'; message: string }[];
  /** Why the stream may not be called complete, if so. */
  failure(): ConnectorError | undefined;
  toState(): JsonObject | undefined;
}

/**
 * @param input `owed` of the state.
 * @param asksEverything true for streams that ask every partition in every sync: what is not refused again is not owed.
 * @throws ConfigError for an input that is no such thing.
 */
export function createRefusals(
  stream: string,
  input: unknown,
  asksEverything: boolean,
  limits: OwedLimits = {},
): Refusals {
  const owedBefore = readOwed(stream, input, limits);
  const owed = new Map(asksEverything ? [] : owedBefore);
  const refusedNow = new Map<string, Refusal>();
  const skipped = new Map<string, { keys: Set<string>; message: string }>();
  let inARow = 0;
  let hasAnswered = false;

  return {
    owed,
    owedBefore,
    get hasAnswered() {
      return hasAnswered;
    },
    isRefusedNow: (key) => refusedNow.has(key),
    read({ key }) {
      inARow = 0;
      hasAnswered = true;
      owed.delete(key);
    },
    readUntil({ key }, instant) {
      inARow = 0;
      hasAnswered = true;
      const entry = owed.get(key);
      if (entry !== undefined) owed.set(key, { ...entry, read_until: new Date(instant).toISOString() });
    },
    skip({ key }, refusal) {
      inARow = 0;
      hasAnswered = true;
      owed.delete(key);
      const code = nameRefusal(refusal);
      const entry = skipped.get(code) ?? { keys: new Set(), message: refusal.message };
      // A user is asked for once in each window.
      entry.keys.add(key);
      skipped.set(code, entry);
    },
    owe({ key, fields }, action, refusal, readUntil) {
      const before = owedBefore.get(key);
      const reason = action === 'not_ready' ? action : nameRefusal(refusal);
      const readAlready = Date.parse(owed.get(key)?.read_until ?? '');
      const until = Number.isNaN(readAlready) ? readUntil : Math.min(readUntil, readAlready);
      const refusals = before?.reason === reason ? before.refusals + 1 : 1;
      owed.set(key, { fields, read_until: new Date(until).toISOString(), reason, refusals });
      if (action === 'not_ready') hasAnswered = true;
      else refusedNow.set(key, refusal);
      const isOutage = action === 'unavailable' || (action === 'refused' && refusal.isTransient);
      inARow = isOutage ? inARow + 1 : 0;
      if (inARow < refusalsThatAreAnOutage) return;
      throw outage(stream, inARow, action, refusal);
    },
    summary() {
      const skips = [...skipped].map(([code, { keys, message }]) => ({
        level: 'INFO' as const,
        message: `${stream}: skipped ${keys.size} as final (${code} "${message}"), for example ${[...keys].slice(0, examplesShown).join(', ')}`,
      }));
      const kept = [...owed].map(([key, { reason, refusals }]) => ({
        level: reason === 'not_ready' ? ('INFO' as const) : ('WARN' as const),
        message: `${stream}: ${key} is owed (${reason}${refusals > 1 ? `, in ${refusals} syncs in a row` : ''}) and will be asked again in the next sync`,
      }));
      return [...skips, ...shorten(kept, stream)];
    },
    failure() {
      const failing = [...refusedNow].filter(
        ([key]) => (owed.get(key)?.refusals ?? 0) < refusalsUntilTolerated,
      );
      const [first] = failing;
      return first === undefined ? undefined : incomplete(stream, first, failing);
    },
    toState() {
      return owed.size === 0 ? undefined : Object.fromEntries(owed);
    },
  };
}

/** What is to be done where neither a scope nor time can help. */
export const notAllowed =
  "The account's plan or licence, or the role of who authorised the app, does not allow it. Change that in Zoom, or leave the stream out.";

/** So many refused in a row are no matter of single partitions. */
function outage(
  stream: string,
  inARow: number,
  action: 'refused' | 'unavailable' | 'not_ready',
  refusal: Refusal,
): ConnectorError {
  const last = `${nameRefusal(refusal)} "${refusal.message}"`;
  if (action === 'unavailable') {
    return new ConfigError(`${stream}: Zoom refused ${inARow} in a row (${last}). ${notAllowed}`, {
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
  [key, refusal]: readonly [string, Refusal],
  failing: readonly (readonly [string, Refusal])[],
): ConnectorError {
  const others = failing.length > 1 ? ` and ${failing.length - 1} more` : '';
  const message = `${stream}: Zoom refused ${key}${others} (${nameRefusal(refusal)} "${refusal.message}"). The rest is read and saved; what is missing is asked again in the next sync, and stops failing the stream after ${refusalsUntilTolerated} syncs with the same answer.`;
  const isTransient = failing.every(([, { isTransient }]) => isTransient);
  return isTransient
    ? new TransientError(message, { detail: refusal.detail })
    : new SystemError(message, { detail: refusal.detail });
}

/** HTTP status and Zoom's code, as far as there are any: `404/3001`. */
export function nameRefusal({ status, code }: Refusal): string {
  const parts = [status, code].filter((part) => part !== undefined);
  return parts.length === 0 ? 'no answer' : parts.join('/');
}

/** Ten lines say as much as ten thousand. */
function shorten<T extends { level: 'INFO' | 'WARN'; message: string }>(lines: readonly T[], stream: string) {
  const shown = 10;
  if (lines.length <= shown) return lines;
  const rest = {
    level: 'WARN' as const,
    message: `${stream}: ${lines.length - shown} more are owed; the state names them all`,
  };
  return [...lines.slice(0, shown), rest];
}

/** What could not be read of it would be lost, so nothing is left out. */
function readOwed(
  stream: string,
  input: unknown,
  { keyField, earliest = earliestRow }: OwedLimits,
): ReadonlyMap<string, Owed> {
  const owed = new Map<string, Owed>();
  if (input === undefined || input === null) return owed;
  if (!isJsonObject(input)) throw invalid(stream, 'is not an object');
  for (const [key, entry] of Object.entries(input)) {
    const { fields, read_until, reason, refusals } = isJsonObject(entry) ? entry : {};
    const readUntil = readInstant(read_until);
    if (!isPartition(fields, keyField) || readUntil === undefined) {
      throw invalid(stream, `does not say what ${quote(key)} is and until when it was read`);
    }
    owed.set(key, {
      fields,
      read_until: new Date(Math.max(readUntil, earliest)).toISOString(),
      reason: typeof reason === 'string' ? reason : 'unknown',
      refusals: Number.isSafeInteger(refusals) ? Number(refusals) : 1,
    });
  }
  return owed;
}

function invalid(stream: string, what: string): ConfigError {
  return new ConfigError(
    `The state of ${stream} has an "owed" that ${what}. Pass the last state that this connector wrote, or reset the stream.`,
  );
}

/** Values that a path or a record can take, and a state can hold. */
function isPartition(fields: unknown, keyField: string | undefined): fields is JsonObject {
  const isPlain = (value: unknown) =>
    typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'object' || value === null;
  if (!isJsonObject(fields) || !Object.values(fields).every(isPlain)) return false;
  return keyField === undefined || String(fields[keyField] ?? '') !== '';
}
