import type { Row } from './row.ts';

/** The value at a dotted path; undefined where something on the way is no object. */
export function readField(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), row);
}

/**
 * Replaces the values at a dotted path, in place; a list on the way stands for all of its items. What is not there stays
 * away; `undefined` takes the field out.
 */
export function changeField(row: Row, path: string, change: (value: unknown) => unknown): void {
  const [first = '', ...rest] = path.replaceAll('[]', '').split('.');
  if (!Object.hasOwn(row, first)) return;
  if (rest.length === 0) {
    const value = change(row[first]);
    if (value === undefined) delete row[first];
    else row[first] = value;
    return;
  }
  for (const child of [row[first]].flat()) if (isObject(child)) changeField(child, rest.join('.'), change);
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
