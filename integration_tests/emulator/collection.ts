import type { Row } from './endpoint.ts';

/** Rows that need not all exist: a large account makes them when they are asked for. */
export interface Collection {
  readonly length: number;
  at(index: number): Row;
  /** The row as JSON, where that is cheaper than making it. */
  text?(index: number): string;
  /** Field whose instants never go back from one row to the next. */
  readonly sortedBy?: string;
  /** All rows are alike in the fields that a query filters by, so that the first one speaks for all. */
  readonly isUniform?: boolean;
}

export function toCollection(rows: readonly Row[], sortedBy?: string): Collection {
  const at = (index: number) => {
    const row = rows[index];
    if (row === undefined) throw new RangeError(`no row ${index}`);
    return row;
  };
  return { length: rows.length, at, ...(sortedBy === undefined ? {} : { sortedBy }) };
}

/**
 * Any number of rows that differ from an example in a few fields. `change` has to give the same fields for every index:
 * the others are serialised once, for all rows together.
 */
export function createLazyRows(
  length: number,
  sortedBy: string,
  example: Row,
  change: (index: number) => Row,
): Collection & { readonly sortedBy: string } {
  const changed = new Set(Object.keys(length === 0 ? {} : change(0)));
  const shared = Object.fromEntries(Object.entries(example).filter(([field]) => !changed.has(field)));
  const rest = JSON.stringify(shared).slice(1);
  const separator = rest === '}' ? '' : ',';
  const text = (index: number) => JSON.stringify(change(index)).slice(0, -1) + separator + rest;
  return { length, sortedBy, text, at: (index) => JSON.parse(text(index)) as Row };
}

/** Rows of a collection that is sorted by an instant in `field`, from one instant (ms) until before another. */
export function between(rows: Collection, field: string, from: number, until: number): Collection {
  const start = firstIndexFrom(rows, field, from);
  const end = Math.max(start, firstIndexFrom(rows, field, until));
  const { text } = rows;
  return {
    ...rows,
    length: end - start,
    at: (index) => rows.at(start + index),
    ...(text === undefined ? {} : { text: (index: number) => text(start + index) }),
  };
}

export function filterRows(rows: Collection, isWanted: (row: Row) => boolean): Collection {
  if (rows.length === 0) return rows;
  if (rows.isUniform === true) return isWanted(rows.at(0)) ? rows : toCollection([]);
  const kept = Array.from({ length: rows.length }, (_, index) => rows.at(index)).filter(isWanted);
  return toCollection(kept, rows.sortedBy);
}

function firstIndexFrom(rows: Collection, field: string, instant: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Date.parse(String(rows.at(middle)[field])) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
