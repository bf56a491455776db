import type { Row } from './endpoint.ts';

/** Rows in the order of an instant, however they arrive. */
export interface SortedRows {
  readonly all: readonly Row[];
  readonly field: string;
  add(row: Row): void;
  /** Takes the row out, changes it and puts it where it now belongs. */
  change(row: Row, changes: Row): void;
}

export function createSortedRows(field: string): SortedRows {
  const all: Row[] = [];
  const add = (row: Row) => {
    all.splice(firstIndexAfter(all, field, String(row[field])), 0, row);
  };
  return {
    all,
    field,
    add,
    change(row, changes) {
      const index = all.indexOf(row);
      if (index === -1) throw new Error(`no such row: ${JSON.stringify(row)}`);
      all.splice(index, 1);
      add(Object.assign(row, changes));
    },
  };
}

/** Instants are all written alike, so that text sorts as time does. */
function firstIndexAfter(rows: readonly Row[], field: string, instant: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (String(rows[middle]?.[field]) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
