import { addedValuesOf, factsOf, promisesOfRows } from './collection-facts.ts';
import { type Condition, meets } from './conditions.ts';
import type { Fixtures, Row, StreamPromise } from './endpoint.ts';
import { readField } from './fields.ts';
import type { Entry } from './store.ts';

/** A field of a row, or what is promised to be added to it. @throws Error where nothing gives it. */
export function givenBy(
  fixtures: Fixtures,
  collection: string | undefined,
  entry: Entry | undefined,
  field: string,
): unknown {
  if (entry === undefined || collection === undefined)
    throw new Error(`nothing is above that gives ${field}`);
  const promises = promisesOfRows(fixtures, collection);
  const from = promises.find(({ promise }) => field in (promise.adds ?? {}))?.promise.adds?.[field];
  if (from !== undefined)
    return givenBy(fixtures, factsOf(fixtures, collection).below?.collection, entry.above[0], from);
  for (const { promise } of promises) {
    const added = addedByValues(promise, entry);
    if (field in added) return added[field];
  }
  return readField(entry.row, field);
}

/** Whether a row meets all conditions, with what is promised to be added to it by its values. */
export function isMetBy(
  fixtures: Fixtures,
  collection: string,
  entry: Entry,
  conditions: readonly Condition[] | undefined,
): boolean {
  const added = promisesOfRows(fixtures, collection).map(({ promise }) => addedByValues(promise, entry));
  return meets(Object.assign({}, ...added, entry.row), conditions);
}

/** What is added to a stream's record by the values that its row is listed under. */
export function addedByValues(promise: StreamPromise, { values = [] }: Entry): Row {
  const added = addedValuesOf({ streams: [promise] }).map(({ field, unset }, index) => {
    const value = values[index];
    return [field, value === '' ? unset : value];
  });
  return Object.fromEntries(added);
}
