import type { JsonObject } from '../json.ts';
import type { Endpoint } from '../streams/declaration.ts';
import type { FoundParent } from './derived.ts';
import { createKeySet, type KeySet } from './key-table.ts';
import type { ListedSlice } from './listed-slice.ts';
import { type Partition, wholeAccount } from './partition.ts';
import { type Slice, toDate } from './slices.ts';
import type { WindowedRun } from './window-run.ts';

/** What is read of one slice, and by whom. */
export interface OpenSlice {
  readonly slice: Slice;
  /** Keys of the rows that this slice has given, since windows of whole days overlap and pages shift. */
  readonly seen: KeySet;
  /** Rows kept for the derived streams. */
  readonly found: FoundParent[];
  /** What is kept for the endpoints below. */
  readonly listed: ListedSlice;
  /** Rows that Zoom says it has in the window; 0 where it does not say. */
  announced: number;
}

export function openSlice(slice: Slice): OpenSlice {
  return { slice, seen: createKeySet(), found: [], listed: { slice, rows: [], refused: [] }, announced: 0 };
}

/** Of the partitions, and of all that is above them. */
export function keysOf(partitions: readonly Partition[]): ReadonlySet<string> {
  return new Set([wholeAccount.key, ...partitions.flatMap(({ key, above }) => [key, ...above])]);
}

/** Whether a slice holds something that the stream has to read, of its own or owed. */
export function needs({ window, refusals }: WindowedRun, { until }: Slice): boolean {
  const owed = [...refusals.owedBefore.values()];
  return until > window.range.from || owed.some(({ read_until }) => Date.parse(read_until) < until);
}

/** The day that Zoom has summed over, which its rows do not tell. */
export function dayOf({ from }: Slice, { window }: Endpoint): Readonly<JsonObject> {
  const field = window?.sumsByDay;
  return field === undefined ? {} : { [field]: toDate(from) };
}

/** Before the stream's own range only what is owed is asked again; in it, what is not finished and not refused just now. */
export function wants(
  { refusals }: WindowedRun,
  partition: Partition,
  slice: Slice,
  unfinished: ReadonlySet<string> | undefined,
): boolean {
  if (refusals.isRefusedNow(partition.key)) return false;
  const owedFrom = refusals.owedFrom(partition);
  if (owedFrom !== undefined && slice.until > owedFrom) return true;
  return unfinished?.has(partition.key) ?? false;
}

/**
 * A part of the parent's listing that was refused before is paid off when all that it holds is read.
 * @param parts keys of what the listing consists of now; absent where it is one listing of everything.
 */
export function payOffAbove(
  { refusals, window }: WindowedRun,
  {
    partitions,
    parts,
    slice,
  }: Pick<ListedSlice, 'parts' | 'slice'> & { readonly partitions: readonly Partition[] },
): void {
  const own = new Set(partitions.map(({ key }) => key));
  for (const key of refusals.owedBefore.keys()) {
    if (own.has(key) || refusals.isOwedNow(key)) continue;
    if (parts?.has(key) === false) refusals.giveUp(key);
    else if (slice.until < window.range.from) refusals.readUntil(key, slice.until);
    else refusals.payOff(key);
  }
}
