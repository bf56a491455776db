import { type Collection, toCollection } from './collection.ts';
import type { Row, SumRule } from './endpoint.ts';
import { changeField, readField } from './fields.ts';

/** One row for each whose it is: the last day's, with what is added up over all days, and without the day. */
export function sumRows(rows: Collection, { of, by }: SumRule, day: string): Collection {
  const sums = new Map<string, Row>();
  for (let index = 0; index < rows.length; index += 1) {
    const { [day]: _, ...row } = structuredClone(rows.at(index));
    const key = by.length === 0 ? '' : nameOf(row, by, index);
    const before = sums.get(key) ?? {};
    for (const field of of)
      changeField(row, field, (value) => Number(value) + Number(readField(before, field) ?? 0));
    sums.set(key, row);
  }
  return toCollection([...sums.values()]);
}

/** Whose sum a row belongs to: its own where nothing tells. */
function nameOf(row: Row, by: readonly string[], index: number): string {
  const whose = by.find((field) => row[field] !== undefined && row[field] !== '');
  return JSON.stringify([whose, whose === undefined ? index : row[whose]]);
}

/** The sums of days on which nothing happened. */
export function zeros(example: Row, { of }: SumRule): Row {
  const row = structuredClone(example);
  for (const field of of) changeField(row, field, () => 0);
  return row;
}

export function isZero(row: Row, { of }: SumRule): boolean {
  return of.every((field) => readField(row, field) === 0);
}
