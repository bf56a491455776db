import { type Collection, toCollection } from './collection.ts';
import type { CollectionFacts } from './collection-facts.ts';
import type { Row } from './endpoint.ts';
import { changeField } from './fields.ts';
import { givenBy, isMetBy } from './given.ts';
import { toInstant } from './instant.ts';
import { createNamedRandom } from './random.ts';
import { filterValueCount, hasNamesakes, lastOrdinal, makeRow, repeatParent } from './row-generator.ts';
import { createRowIndex } from './row-index.ts';
import { daysBelow } from './row-times.ts';
import type { Entry, Store, World } from './store.ts';

/** The rows of a collection that needs no code: made from its fixture as they are asked for. */
export interface GeneratedStore extends Store {
  readonly facts: CollectionFacts;
  /** Lists the row below the parent, and at `at` (ms) where it is listed by time. */
  add(parent?: Entry, at?: number): Entry;
  /** Parents that came after the others get their rows, all of them at `at` (ms). */
  fillNew(at: number): void;
  /** Changes the value of a field; dots go into objects and lists. */
  change(id: string, field: string, change: (value: unknown) => unknown): void;
  remove(id: string): void;
  /** Lists the row below another parent instead. */
  move(id: string, parent: Entry): void;
  /** With the rows as they are now, which later changes do not reach. */
  copy(world: World): GeneratedStore;
}

interface Kept {
  readonly id: string;
  readonly row: Row;
  readonly values?: readonly string[];
}

/** The rows below one parent, and how many were ever made. */
interface List {
  rows: readonly Kept[];
  made: number;
}

const rootRows = 5;
const childRows = 3;

export function createGeneratedStore(
  facts: CollectionFacts,
  world: World,
  known: ReadonlyMap<string, List> = new Map(),
): GeneratedStore {
  const lists = new Map(known);
  const parents = () => parentsOf(facts, world);
  const keyOf = (parent?: Entry) => keyBelow(facts, world, parent);
  const sharing = createSharing(facts, world);
  const listOf = (parent?: Entry): List => {
    const list = lists.get(keyOf(parent)) ?? fill(facts, world, sharing(parent)[0]);
    lists.set(keyOf(parent), list);
    return list;
  };
  const entriesOf = (parent?: Entry): readonly Entry[] => {
    const above = sharing(parent);
    return listOf(parent).rows.map((kept) => ({ ...kept, above }));
  };
  const below = (parent: Entry) => (isParent(facts, world, parent) ? entriesOf(parent) : []);
  const ofNobody = () => (hasRowsOfNobody(facts, parents()) ? entriesOf() : []);
  const entries = () =>
    facts.below === undefined ? entriesOf() : [...ofNobody(), ...parents().filter(isFirst).flatMap(below)];
  const isFirst = (parent: Entry) => sharing(parent)[0]?.id === parent.id;
  const isOverlapping = (parent?: Entry) =>
    facts.below?.overlaps === true && parent?.id === (facts.below.without ? undefined : parents()[0]?.id);
  const listed = (parent?: Entry) => {
    if (facts.below === undefined || isOverlapping(parent)) return entries();
    if (parent !== undefined) return below(parent);
    return facts.below.without === undefined ? entries() : ofNobody();
  };
  const locate = (id: string) => locateIn(lists, facts, id, world);
  return {
    facts,
    entries,
    each: () => eachRow(facts, world, { entries, below: (parent) => (isFirst(parent) ? below(parent) : []) }),
    below,
    find: createFind(facts, world, entries, lists),
    list: (parent, values) => toList(listed(parent), values),
    add(parent, at) {
      world.touch();
      const list = listOf(parent);
      const kept = makeKept(facts, world, parent, { index: list.made, count: list.made + 1, at });
      list.rows = [...list.rows, kept];
      list.made += 1;
      if (parent !== undefined && at !== undefined && facts.below?.until !== undefined)
        changeField(parent.row, facts.below.until, () => toInstant(at));
      return { ...kept, above: sharing(parent) };
    },
    fillNew(at) {
      world.touch();
      for (const parent of parents().filter((each) => !lists.has(keyOf(each))))
        lists.set(keyOf(parent), fill(facts, world, parent, at));
    },
    change(id, field, change) {
      const kept = locate(id).rows.find((candidate) => candidate.id === id);
      changeField(kept?.row ?? {}, field, change);
    },
    remove(id) {
      const list = locate(id);
      list.rows = list.rows.filter((kept) => kept.id !== id);
    },
    move(id, parent) {
      const from = locate(id);
      const moved = from.rows.filter((kept) => kept.id === id);
      from.rows = from.rows.filter((kept) => kept.id !== id);
      for (const { row } of moved) repeatParent(facts, row, parent);
      const to = listOf(parent);
      to.rows = [...to.rows, ...moved];
    },
    copy(other) {
      entries();
      return createGeneratedStore(facts, other, structuredClone(lists));
    },
  };
}

/** Where parents are one row, which several others list, that row; else the parent. */
function keyBelow({ below }: CollectionFacts, { fixtures }: World, parent: Entry | undefined): string {
  if (parent === undefined || below === undefined || fixtures[below.collection]?.shared !== true)
    return parent?.id ?? '';
  return String(givenBy(fixtures, below.collection, parent, below.field));
}

/** Gives the parents that are the same row, always in one order: what is below it is below all of them. */
function createSharing(facts: CollectionFacts, world: World): (parent?: Entry) => readonly Entry[] {
  let version = -1;
  let groups: ReadonlyMap<string, readonly Entry[]> = new Map();
  return (parent) => {
    if (parent === undefined) return [];
    const key = keyBelow(facts, world, parent);
    if (key === parent.id) return [parent];
    if (version !== world.version) {
      groups = groupParents(facts, world);
      version = world.version;
    }
    return groups.get(key) ?? [];
  };
}

function groupParents(facts: CollectionFacts, world: World): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const parent of parentsOf(facts, world)) {
    const key = keyBelow(facts, world, parent);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(parent);
  }
  return groups;
}

/** The list that a row is in which is about to change. */
function locateIn(
  lists: ReadonlyMap<string, List>,
  { name }: CollectionFacts,
  id: string,
  world: World,
): List {
  world.touch();
  const list = [...lists.values()].find(({ rows }) => rows.some((kept) => kept.id === id));
  if (list === undefined) throw new Error(`no row ${id} in ${name}`);
  return list;
}

/** @param lists the rows below each parent, as they are at any time. */
function createFind(
  facts: CollectionFacts,
  world: World,
  entries: () => readonly Entry[],
  lists: ReadonlyMap<string, List>,
): Store['find'] {
  const nameOf = (entry: Entry, field: string) => String(givenBy(world.fixtures, facts.name, entry, field));
  const hasRow = (parent: Entry | undefined, id: string) =>
    lists.get(keyBelow(facts, world, parent))?.rows.some((kept) => kept.id === id) === true;
  const isThere = ({ id, above: [parent] }: Entry) =>
    isStillThere(facts, world, parent) && hasRow(parent, id);
  if (!isShared(facts, world)) return createRowIndex({ entries, nameOf, isThere });
  return (field, value) => entries().find((entry) => nameOf(entry, field) === value);
}

/** Whether rows are below several parents at once, here or above. */
function isShared({ owner, below }: CollectionFacts, { fixtures }: World): boolean {
  return owner.shared === true || (below !== undefined && fixtures[below.collection]?.shared === true);
}

/** Whether a parent has not gone, and has rows. */
function isStillThere(facts: CollectionFacts, world: World, parent: Entry | undefined): boolean {
  const { below } = facts;
  if (below === undefined || parent === undefined) return true;
  const name = String(givenBy(world.fixtures, below.collection, parent, below.field));
  return (
    world.store(below.collection).find(below.field, name)?.id === parent.id && isParent(facts, world, parent)
  );
}

function parentsOf({ below }: CollectionFacts, world: World): readonly Entry[] {
  return below === undefined ? [] : world.store(below.collection).entries();
}

function eachParent({ below }: CollectionFacts, world: World): Iterable<Entry> {
  return below === undefined ? [] : eachOf(world.store(below.collection));
}

function* eachRow(
  facts: CollectionFacts,
  world: World,
  { entries, below }: Pick<Store, 'entries' | 'below'>,
): Generator<Entry> {
  if (facts.below === undefined || facts.below.without !== undefined) return yield* entries();
  for (const parent of eachParent(facts, world)) yield* below(parent);
}

function eachOf(store: Store): Iterable<Entry> {
  return store.each?.() ?? store.entries();
}

function hasRowsOfNobody({ below }: CollectionFacts, parents: readonly Entry[]): boolean {
  return below?.without === 'also' || (below?.without === 'instead' && parents.length === 0);
}

/** Whether the row has any below it: it can be named in a path, meets the conditions, and has the licence. */
function isParent(facts: CollectionFacts, world: World, parent: Entry): boolean {
  const { below, needsLicence } = facts;
  if (below === undefined) return false;
  const { id, row } = parent;
  const name = givenBy(world.fixtures, below.collection, parent, below.field);
  const isNamed = name !== undefined && name !== null && name !== '';
  const isUnlicensed = needsLicence && below.collection === 'users' && !world.isLicensed(row);
  const isMeant = isMetBy(world.fixtures, below.collection, parent, below.only);
  return isNamed && isMeant && !isUnlicensed && isChosen(facts, world, id);
}

/**
 * The first parent that may have rows and every other one of the rest do, where a query of its listing is all that tells, or
 * nothing at all.
 */
function isChosen({ below, name }: CollectionFacts, world: World, id: string): boolean {
  const { listedBy, sparse, collection = '' } = below ?? {};
  if (listedBy === undefined && sparse === undefined) return true;
  const reason = listedBy === undefined ? name : JSON.stringify(listedBy);
  if (createNamedRandom(world.seed, `${reason} ${id}`).next() < 0.5) return true;
  for (const parent of eachOf(world.store(collection)))
    if (isMetBy(world.fixtures, collection, parent, below?.only)) return parent.id === id;
  return false;
}

function fill(facts: CollectionFacts, world: World, parent: Entry | undefined, at?: number): List {
  const { owner, isSingle, values, name } = facts;
  const usual = Math.max(
    parent === undefined ? Math.max(rootRows, filterValueCount(owner)) : childRows,
    hasNamesakes(owner) ? 4 : 0,
  );
  const most = parent === undefined ? usual : Math.min(usual, daysBelow(facts, world, parent));
  const count = Math.max(isSingle ? 1 : (world.counts[name] ?? most), values.length);
  const position = isSingle ? positionOf(facts, world, parent) : 0;
  const rows = Array.from({ length: count }, (_, index) =>
    makeKept(facts, world, parent, { index, count, ordinal: position + index, at }),
  );
  return { rows, made: count };
}

/** Which of the parents that have such a row it is, as far as that makes a difference. */
function positionOf(facts: CollectionFacts, world: World, parent: Entry | undefined): number {
  let position = 0;
  for (const other of eachParent(facts, world)) {
    if (other.id === parent?.id || position > lastOrdinal) break;
    if (isParent(facts, world, other)) position += 1;
  }
  return position;
}

function makeKept(
  facts: CollectionFacts,
  world: World,
  parent: Entry | undefined,
  { index, ...place }: { index: number; count: number; ordinal?: number; at?: number | undefined },
): Kept {
  const { at, ...rest } = place;
  const values = facts.values[index % Math.max(1, facts.values.length)];
  const row = makeRow(facts, world, {
    index,
    ...rest,
    ...(parent === undefined ? {} : { parent }),
    ...(values === undefined ? {} : { values }),
    ...(at === undefined ? {} : { at }),
  });
  return { id: JSON.stringify([parent?.id ?? '', index]), row, ...(values === undefined ? {} : { values }) };
}

function toList(entries: readonly Entry[], values: readonly string[] = []): Collection {
  const listed = entries.filter((entry) => values.every((value, index) => entry.values?.[index] === value));
  return toCollection(listed.map(({ row }) => row));
}
