import { type Collection, toCollection } from './collection.ts';
import type { Row, SumRule } from './endpoint.ts';
import { changeField, readField } from './fields.ts';

/** One row for each whose it is: the last day's, with what is added up over all days, and without the day. */
export function sumRows(rows: Collection, { of, by }: SumRule, day: string): Collection {
  const sums = new Map<string, Row>();
  for (let index = 0; index < rows.length; index += 1) {
    const { [day]: _, ...row } = structuredClone(rows.at(index));
    const whose = by.find((field) => row[field] !== undefined && row[field] !== '');
    const name = whose === undefined ? by.length > 0 && index : row[whose];
    const key = JSON.stringify([whose, name]);
    const before = sums.get(key) ?? {};
    for (const field of of)
      changeField(row, field, (value) => Number(value) + Number(readField(before, field) ?? 0));
    sums.set(key, row);
  }
  return toCollection([...sums.values()]);
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
