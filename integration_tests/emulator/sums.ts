import { type Collection, toCollection } from './collection.ts';
import type { Row, WindowRule } from './endpoint.ts';

/** One row for each whose it is: the last day's, with what is added up over all days, and without the day. */
export function sumRows(
  rows: Collection,
  { of, by }: NonNullable<WindowRule['sums']>,
  day: string,
): Collection {
  const sums = new Map<string, Row>();
  for (let index = 0; index < rows.length; index += 1) {
    const { [day]: _, ...row } = rows.at(index);
    const whose = by.find((field) => row[field] !== undefined && row[field] !== '');
    const key = JSON.stringify([whose, whose === undefined ? index : row[whose]]);
    const before = sums.get(key);
    const added = of.map((field) => [field, Number(row[field]) + Number(before?.[field] ?? 0)]);
    sums.set(key, { ...row, ...Object.fromEntries(added) });
  }
  return toCollection([...sums.values()]);
}
