import type { Parent } from '../streams/declaration.ts';
import type { Refused } from './outcome.ts';
import { isOwn } from './owed.ts';
import { createJoin, naming, type ParentRow, type Partition, toPartition } from './partition.ts';
import { nameless } from './partition-reader.ts';
import type { Refusals } from './refusals.ts';
import type { Slice } from './slices.ts';

/** What the listing of one window gives the streams below it. */
export interface ListedSlice {
  readonly slice: Slice;
  /** All that Zoom lists for the window, whatever the rows' own time. */
  readonly rows: ParentRow[];
  readonly refused: { readonly partition: Partition; readonly outcome: Refused }[];
  /** Keys of what the listing consists of and of all above that; absent where it is one listing of everything. */
  parts?: ReadonlySet<string> | undefined;
}

/**
 * The partitions that a window's rows make, each once.
 * @param books of the streams that they are read for, who owe what they could not be made of.
 */
export function partitionsBelow(
  { slice, rows, parts, refused }: ListedSlice,
  parent: Parent,
  books: readonly Refusals[],
): readonly Partition[] {
  const settleAbove = (partition: Partition, outcome: Refused) => {
    for (const refusals of books) refusals.settleAbove(partition, outcome, slice.from);
  };
  for (const { partition, outcome } of refused) settleAbove(partition, outcome);
  const join = createJoin();
  for (const row of rows) {
    const partition = toPartition(parent, row);
    if (partition === 'none') continue;
    if (partition === 'nameless') {
      settleAbove(row.from, nameless(parent.name, naming(parent.parameters).field));
      continue;
    }
    join.add(partition);
  }
  // A row that is listed twice is the same one: another try by it would be the same call.
  const named = [...join.joined()].map(({ others: _, ...joined }) => joined);
  if (parts !== undefined) return named;
  // Parts that were owed before, when there were some, are all in this one.
  const above = books.flatMap((refusals) => owedAbove(parent, refusals));
  return named.map((partition) => ({ ...partition, above: [...partition.above, ...above] }));
}

/** Keys of what is owed and is no partition of the stream's own. */
function owedAbove(parent: Parent, { owedBefore }: Refusals): readonly string[] {
  const { parameter } = naming(parent.parameters);
  return [...owedBefore].flatMap(([key, entry]) => (isOwn(entry, parameter) ? [] : key));
}
