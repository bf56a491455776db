import type { Endpoint } from '../emulator/endpoint.ts';
import { startOfMonth, toDay } from '../emulator/instant.ts';
import { type ExpectedRecord, expectedRecords, sorted } from './expected.ts';
import { type Message, type Row, recordsOf } from './messages.ts';
import type { PromisedStream } from './promised.ts';
import type { Round } from './round.ts';

const dayMs = 86_400_000;
/** Children of older parents are asked for once a day only. */
const freshDays = 3;

/** What a stream's second read had to give. */
export interface ExpectedChange {
  /** Contents of records that have to be there. */
  readonly wanted: readonly string[];
  /** Contents of records that may be there as well. */
  readonly allowed: readonly string[];
  /** Contents of records whose rows are gone, as the first read had them. */
  readonly lost: readonly string[];
}

/** Contents that only one side has, each as often as it has more of them. */
export function difference(given: readonly string[], expected: readonly string[]) {
  return { missing: withoutThose(expected, given), unexpected: withoutThose(given, expected) };
}

/** What two equal lists have. */
export const noDifference = { missing: [], unexpected: [] };

function withoutThose(rows: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

/** The key of a record, as text. */
export function keyOf({ promise }: PromisedStream, row: Row): string {
  return JSON.stringify(promise.key.map((field) => row[field]));
}

export function isDeleted(row: Row): boolean {
  return row['_ab_cdc_deleted_at'] !== undefined && row['_ab_cdc_deleted_at'] !== null;
}

/** Snapshots give what is new or other than before, streams with a time what lies inside their lookback. */
export function expectedChange(
  { promise, endpoint }: PromisedStream,
  { full, changed }: Round,
): ExpectedChange {
  const { name, kind, cursor, lookbackDays = 0 } = promise;
  const before = expectedRecords(full.account, name);
  const after = expectedRecords(changed.account, name);
  const contents = (records: typeof before) =>
    sorted(
      records.map(({ data }) => data),
      name,
    );
  const still = new Set(after.map((record) => identityOf(promise, record)));
  const lost = contents(before.filter((record) => !still.has(identityOf(promise, record))));
  if (kind === 'snapshot') {
    const known = new Set(contents(before));
    return { wanted: contents(after).filter((row) => !known.has(row)), allowed: [], lost };
  }
  const isWithin = (days: number) => (record: { readonly data: Row }) =>
    isFrom(String(record.data[cursor]), Date.now() - days * dayMs);
  const fresh = kind === 'derived' ? Math.min(lookbackDays, freshDays) : lookbackDays;
  const inside = after.filter(isWithin(lookbackDays));
  const known = new Set(before.map(({ id }) => id));
  // Calls that the day has few of are not spent again on a parent that has not changed.
  const isExpensive =
    kind === 'derived' && (endpoint.label === 'HEAVY' || endpoint.label === 'RESOURCE-INTENSIVE');
  const wanted = inside.filter(isWithin(fresh)).filter(({ id }) => !(isExpensive && known.has(id)));
  const isOnlyAllowed = (record: (typeof after)[number]) =>
    !wanted.includes(record) &&
    (inside.includes(record) || isReadAgain(record.data[cursor], endpoint, lookbackDays));
  return { wanted: contents(wanted), allowed: contents(after.filter(isOnlyAllowed)), lost };
}

/** The row, and what its hash is of: one that moves to another parent is another one where that tells rows apart. */
function identityOf({ identity }: PromisedStream['promise'], { id, data }: ExpectedRecord): string {
  const alternatives = Array.isArray(identity) ? (identity as readonly (readonly string[])[]) : [];
  const isGiven = (field: string) => (data[field] ?? '') !== '';
  const fields = alternatives.find((each) => each.every(isGiven)) ?? alternatives.at(-1) ?? [];
  return JSON.stringify([id, ...fields.map((field) => data[field])]);
}

/** A row without its time leaves with the window that lists it, and a month is read as a whole. */
function isReadAgain(time: unknown, { window }: Endpoint, lookbackDays: number): boolean {
  if (time === undefined || time === null || time === '') return true;
  if (window?.format !== 'month') return false;
  return Date.parse(String(time)) >= startOfMonth(Date.now() - lookbackDays * dayMs);
}

/** A day counts from its beginning. */
function isFrom(time: string, from: number): boolean {
  return time.length === 10 ? time >= toDay(from) : Date.parse(time) >= from;
}

/** Contents of what a warehouse holds when both reads are loaded, the latest of each key. */
export function union(stream: PromisedStream, { full, changed }: Round): readonly string[] {
  return warehouse(stream, [...full.messages, ...changed.messages]);
}

/** Contents of what a warehouse holds when these messages are loaded one after the other. */
export function warehouse(stream: PromisedStream, messages: readonly Message[]): readonly string[] {
  const { name } = stream.promise;
  const latest = new Map<string, Row>();
  for (const record of recordsOf(messages, name)) {
    if (isDeleted(record)) latest.delete(keyOf(stream, record));
    else latest.set(keyOf(stream, record), record);
  }
  return sorted([...latest.values()], name);
}

/** Keys that the first read gave to records of these contents. */
export function keysOfContents(
  stream: PromisedStream,
  { full }: Round,
  contents: readonly string[],
): readonly string[] {
  const { name } = stream.promise;
  const wanted = new Set(contents);
  return recordsOf(full.messages, name)
    .filter((record) => wanted.has(sorted([record], name)[0] ?? ''))
    .map((record) => keyOf(stream, record));
}
