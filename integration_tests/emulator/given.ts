import { factsOf, promisesOf } from './collection-facts.ts';
import type { AddedValue, Fixtures } from './endpoint.ts';
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
  const promises = promisesOf(fixtures).filter(
    ({ fixture }) => (fixtures[fixture]?.rows ?? fixture) === collection,
  );
  const from = promises.find(({ promise }) => field in (promise.adds ?? {}))?.promise.adds?.[field];
  if (from !== undefined)
    return givenBy(fixtures, factsOf(fixtures, collection).below?.collection, entry.above[0], from);
  const value = promises.find(({ promise }) => promise.addsValue?.field === field)?.promise.addsValue;
  return value === undefined ? readField(entry.row, field) : addedValue(value, entry);
}

/** What is added for the value that a row is listed under. */
export function addedValue({ unset }: AddedValue, { value }: Entry): unknown {
  return value === '' ? unset : value;
}
