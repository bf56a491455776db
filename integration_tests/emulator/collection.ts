import type { Row } from './endpoint.ts';

/** Rows that need not all exist: a large account makes them when they are asked for. */
export interface Collection {
  readonly length: number;
  at(index: number): Row;
}

export function toCollection(rows: readonly Row[]): Collection {
  return {
    length: rows.length,
    at(index) {
      const row = rows[index];
      if (row === undefined) throw new RangeError(`no row ${index}`);
      return row;
    },
  };
}

/** Rows of a collection that is sorted by an instant in `field`, between two instants (ms). */
export function between(collection: Collection, field: string, from: number, until: number): Collection {
  const start = firstIndexFrom(collection, field, from);
  const end = firstIndexFrom(collection, field, until);
  return { length: Math.max(0, end - start), at: (index) => collection.at(start + index) };
}

function firstIndexFrom(collection: Collection, field: string, instant: number): number {
  let low = 0;
  let high = collection.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Date.parse(String(collection.at(middle)[field])) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
