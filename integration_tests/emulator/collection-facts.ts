import type { Condition } from './conditions.ts';
import type { AddedValue, Below, Endpoint, Fixtures, StreamPromise } from './endpoint.ts';

/** What the fixtures that show one collection say of it together. */
export interface CollectionFacts {
  readonly name: string;
  /** The fixture whose record rows are made from: the one of the collection's name. */
  readonly owner: Endpoint;
  readonly views: readonly Endpoint[];
  /** Absent where all rows are the account's own. */
  readonly below?: Below;
  /** One row for each parent: nothing lists them and no placeholder names them, or the parent's id is theirs. */
  readonly isSingle: boolean;
  readonly needsLicence: boolean;
  readonly addedValues: readonly AddedValue[];
  /**
   * The values of these that rows are listed under, every combination, or the lists of one answer; empty where there is no
   * such thing.
   */
  readonly values: readonly (readonly string[])[];
  /** What rows have to be like to have others below them. */
  readonly conditions: readonly Condition[];
  /** The time that rows are listed by, where a stream of them is windowed. */
  readonly time?: string;
}

/** The collections that fixtures show, by name. */
export function listCollections(fixtures: Fixtures): readonly string[] {
  return [...new Set(Object.entries(fixtures).map(([name, { rows }]) => rows ?? name))];
}

/** @throws Error where no fixture has the collection's name. */
export function factsOf(fixtures: Fixtures, name: string): CollectionFacts {
  const views = Object.entries(fixtures).flatMap(([own, view]) =>
    (view.rows ?? own) === name ? [view] : [],
  );
  const owner = fixtures[name];
  if (owner === undefined || !views.includes(owner)) throw new Error(`no fixture has the rows of ${name}`);
  const below = owner.below ?? views.find((view) => view.below !== undefined)?.below;
  const valued = views.find((view) => addedValuesOf(view).length > 0) ?? owner;
  const addedValues = addedValuesOf(valued);
  const isWindowed = views.some(({ streams = [] }) => streams.some(({ kind }) => kind === 'windowed'));
  const time = views.find(({ window }) => window !== undefined)?.window?.field;
  return {
    name,
    owner,
    views,
    isSingle: views.every(isBody) || (owner.key !== undefined && owner.key in (below?.same ?? {})),
    needsLicence: views.some(({ lacksLicence }) => lacksLicence !== undefined),
    addedValues,
    values:
      addedValues.length === 0
        ? listsOf(views).map((list) => [list])
        : combine(addedValues.map((added) => valuesOf(valued, added))),
    conditions: Object.values(fixtures).flatMap((other) =>
      other.below?.collection === name ? (other.below.only ?? []) : [],
    ),
    ...(below === undefined ? {} : { below }),
    ...(isWindowed && time !== undefined ? { time } : {}),
  };
}

function listsOf(views: readonly Endpoint[]): readonly string[] {
  return views.flatMap(({ collection = '', lists }) =>
    lists === undefined ? [] : [collection, ...lists.names],
  );
}

/** Of what is added up there is one body for each range, but a row for each day. */
function isBody({ collection, key, window }: Endpoint): boolean {
  return collection === undefined && key === undefined && window?.sums === undefined;
}

interface FixturePromise {
  readonly fixture: string;
  readonly promise: StreamPromise;
}

interface KnownPromises {
  readonly all: readonly FixturePromise[];
  readonly byCollection: ReadonlyMap<string, readonly FixturePromise[]>;
}

/** Fixtures never change, and are asked about each row. */
const knownPromises = new WeakMap<Fixtures, KnownPromises>();

/** The streams that fixtures promise, each with its fixture. */
export function promisesOf(fixtures: Fixtures): readonly FixturePromise[] {
  return promisesIn(fixtures).all;
}

/** Those that are made of the rows of one collection. */
export function promisesOfRows(fixtures: Fixtures, collection: string): readonly FixturePromise[] {
  return promisesIn(fixtures).byCollection.get(collection) ?? [];
}

function promisesIn(fixtures: Fixtures): KnownPromises {
  const known = knownPromises.get(fixtures);
  if (known !== undefined) return known;
  const all = Object.entries(fixtures).flatMap(([fixture, { streams = [] }]) =>
    streams.map((promise) => ({ fixture, promise })),
  );
  const byCollection = new Map<string, FixturePromise[]>();
  for (const each of all) {
    const rows = fixtures[each.fixture]?.rows ?? each.fixture;
    byCollection.set(rows, [...(byCollection.get(rows) ?? []), each]);
  }
  const made = { all, byCollection };
  knownPromises.set(fixtures, made);
  return made;
}

export function addedValuesOf({ streams = [] }: Pick<Endpoint, 'streams'>): readonly AddedValue[] {
  return [streams.find(({ addsValue }) => addsValue !== undefined)?.addsValue ?? []].flat();
}

/** The values of an added one, in the order in which rows are listed under them. */
export function valuesOf(
  { parameters, placeholders = {} }: Endpoint,
  { parameter, unset, values }: AddedValue,
): readonly string[] {
  const known = (parameters[parameter] ?? placeholders[parameter])?.enum ?? [];
  return values ?? [...(unset === undefined ? [] : ['']), ...known];
}

function combine(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (before, values) => before.flatMap((one) => values.map((value) => [...one, value])),
    [[]],
  );
}
