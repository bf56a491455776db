import { type Collection, toCollection } from './collection.ts';
import type { CollectionFacts } from './collection-facts.ts';
import { meets } from './conditions.ts';
import type { Below, Row } from './endpoint.ts';
import { changeField } from './fields.ts';
import { givenBy } from './given.ts';
import { toInstant } from './instant.ts';
import { createNamedRandom } from './random.ts';
import { filterValueCount, hasNamesakes, lastOrdinal, makeRow, repeatParent } from './row-generator.ts';
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
  const listOf = (parent?: Entry): List => {
    const key = parent?.id ?? '';
    const list = lists.get(key) ?? fill(facts, world, parent);
    lists.set(key, list);
    return list;
  };
  const toEntry = (kept: Kept, parent?: Entry): Entry => ({
    ...kept,
    above: parent === undefined ? [] : [parent],
  });
  const entriesOf = (parent?: Entry) => listOf(parent).rows.map((kept) => toEntry(kept, parent));
  const below = (parent: Entry) => (isParent(facts, world, parent) ? entriesOf(parent) : []);
  const ofNobody = () => (hasRowsOfNobody(facts, parents()) ? entriesOf() : []);
  const entries = () =>
    facts.below === undefined ? entriesOf() : [...ofNobody(), ...parents().flatMap(below)];
  const isOverlapping = (parent?: Entry) =>
    facts.below?.overlaps === true && parent?.id === (facts.below.without ? undefined : parents()[0]?.id);
  const listed = (parent?: Entry) => {
    if (facts.below === undefined || isOverlapping(parent)) return entries();
    if (parent !== undefined) return below(parent);
    return facts.below.without === undefined ? entries() : ofNobody();
  };
  const locate = (id: string) => {
    const list = [...lists.values()].find(({ rows }) => rows.some((kept) => kept.id === id));
    if (list === undefined) throw new Error(`no row ${id} in ${facts.name}`);
    return list;
  };
  return {
    facts,
    entries,
    below,
    find: (field, value) =>
      entries().find((entry) => String(givenBy(world.fixtures, facts.name, entry, field)) === value),
    list: (parent, values) => toList(listed(parent), values),
    add(parent, at) {
      const list = listOf(parent);
      const kept = makeKept(facts, world, parent, { index: list.made, count: list.made + 1, at });
      list.rows = [...list.rows, kept];
      list.made += 1;
      if (parent !== undefined && at !== undefined && facts.below?.until !== undefined)
        changeField(parent.row, facts.below.until, () => toInstant(at));
      return toEntry(kept, parent);
    },
    fillNew(at) {
      for (const parent of parents().filter(({ id }) => !lists.has(id)))
        lists.set(parent.id, fill(facts, world, parent, at));
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

function parentsOf({ below }: CollectionFacts, world: World): readonly Entry[] {
  return below === undefined ? [] : world.store(below.collection).entries();
}

function hasRowsOfNobody({ below }: CollectionFacts, parents: readonly Entry[]): boolean {
  return below?.without === 'also' || (below?.without === 'instead' && parents.length === 0);
}

/** Whether the row has any below it: it can be named in a path, meets the conditions, and has the licence. */
function isParent({ below, needsLicence }: CollectionFacts, world: World, parent: Entry): boolean {
  if (below === undefined) return false;
  const { id, row } = parent;
  const name = givenBy(world.fixtures, below.collection, parent, below.field);
  const isNamed = name !== undefined && name !== null && name !== '';
  const isUnlicensed = needsLicence && below.collection === 'users' && !world.isLicensed(row);
  return isNamed && meets(row, below.only) && !isUnlicensed && isListedBy(below, world, id);
}

/** The first parent that may have rows and every other one of the rest do, where a query of its listing is all that tells. */
function isListedBy({ listedBy, collection, only }: Below, world: World, id: string): boolean {
  if (listedBy === undefined) return true;
  if (createNamedRandom(world.seed, `${JSON.stringify(listedBy)} ${id}`).next() < 0.5) return true;
  const parents = world.store(collection).entries();
  return parents.find(({ row }) => meets(row, only))?.id === id;
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
  for (const other of parentsOf(facts, world)) {
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
