import type { CollectionFacts } from './collection-facts.ts';
import { miss } from './conditions.ts';
import type { Endpoint, Row } from './endpoint.ts';
import { changeField, readField } from './fields.ts';
import { dayMs } from './instant.ts';
import { createNamedRandom } from './random.ts';
import { expandInstants } from './relative-instants.ts';
import type { Entry, World } from './store.ts';
import { vary } from './vary.ts';

/** Which row of a collection is made. */
export interface Place {
  readonly parent?: Entry;
  /** Among the rows of its parent. */
  readonly index: number;
  /** How many those are, which the account's history is divided by. */
  readonly count: number;
  /** Which row has gaps is told by this number; absent: it has none. */
  readonly ordinal?: number;
  /** The value of a query parameter that it is listed under. */
  readonly value?: string;
  /** Ms since the epoch: the time that it is listed by. */
  readonly at?: number;
}

/** The row with this ordinal has none below it where that depends on its fields. */
const childless = 1;
/** Rows with these ordinals have the gaps of identity, those of the other fields, and the name of the one before. */
const gapsOfIdentity = 1;
const otherGaps = 2;
const namesake = 3;

/** Makes a row that is the same for the same seed and place, whatever else was made before. */
export function makeRow(facts: CollectionFacts, world: World, place: Place): Row {
  const { owner, name } = facts;
  const { parent, index } = place;
  const isNamesake = place.ordinal === namesake && hasNamesakes(owner);
  const named = (number: number) => createNamedRandom(world.seed, `${name} ${parent?.id ?? ''} ${number}`);
  const row = structuredClone(owner.variants?.bodies[place.value ?? ''] ?? owner.record);
  for (const path of owner.varies ?? []) {
    const random = named(isNamesake && isName(path) ? index - 1 : index);
    changeField(row, path, (value) => vary(value, random, index));
  }
  spreadOverFilters(owner, row, index);
  if (place.ordinal === childless) miss(row, facts.conditions);
  const gaps = Object.entries(owner.gaps ?? {}).filter(([path]) => isGap(facts, path, place.ordinal));
  for (const [path, how] of gaps) changeField(row, path, () => (how === 'absent' ? undefined : how));
  const expanded = expandInstants(row, shiftedNow(facts, world, place));
  for (const [path, from] of Object.entries(facts.below?.same ?? {}))
    if (parent !== undefined) changeField(expanded, path, () => readField(parent.row, from));
  return expanded;
}

/** Whether two rows share a name and lack an e-mail: two people whom nothing but an id tells apart. */
export function hasNamesakes({ gaps = {}, varies = [] }: Endpoint): boolean {
  return Object.keys(gaps).some((path) => /e?mail$/i.test(path)) && varies.some(isName);
}

function isName(path: string): boolean {
  return /name$/i.test(path);
}

function isGap(facts: CollectionFacts, path: string, ordinal: number | undefined): boolean {
  if (isIdentity(facts, path)) return ordinal === gapsOfIdentity;
  return (
    ordinal === otherGaps || (ordinal === namesake && hasNamesakes(facts.owner) && /e?mail$/i.test(path))
  );
}

function isIdentity({ owner, views }: CollectionFacts, path: string): boolean {
  const isKey = views.some(({ streams = [] }) => streams.some(({ key }) => key.includes(path)));
  return path === owner.key || isKey || /(^|[._])(id|uuid)$/.test(path);
}

/** One value after the other of each parameter that rows are filtered by. */
function spreadOverFilters({ filters = {}, parameters }: Endpoint, row: Row, index: number): void {
  for (const [parameter, { field, values }] of Object.entries(filters)) {
    const known = (parameters[parameter]?.enum ?? []).flatMap((value) =>
      values === undefined ? value : (values[value] ?? []),
    );
    if (known.length === 0) continue;
    const next = known[index % known.length] ?? '';
    changeField(row, field, (old) => (typeof old === 'string' ? next : JSON.parse(next)));
  }
}

/** What the record's instants are counted from, so that the row is listed where its place says. */
function shiftedNow(facts: CollectionFacts, world: World, place: Place): number {
  const { owner, time } = facts;
  if (time === undefined) return world.now;
  const usual = Date.parse(String(readField(expandInstants(owner.record, world.now), time)));
  if (Number.isNaN(usual)) return world.now;
  return world.now + (place.at ?? timeOf(facts, world, place)) - usual;
}

function keptDays({ window }: Endpoint): number {
  return window?.keptMonths === undefined ? Number.POSITIVE_INFINITY : window.keptMonths * 28 - 3;
}

function timeOf({ owner, below }: CollectionFacts, world: World, place: Place): number {
  const { parent } = place;
  const latest = parent && below?.until && Date.parse(String(readField(parent.row, below.until)));
  return typeof latest === 'number'
    ? spreadBefore(latest, world, place, keptDays(owner))
    : spread(world, place, keptDays(owner));
}

/** The first row is of that instant, the others lie between it and where the history begins. */
function spreadBefore(latest: number, { now, days }: World, { index, count }: Place, kept: number): number {
  const oldest = now - Math.min(days, kept) * dayMs;
  return latest - (index * Math.max(0, latest - oldest)) / count;
}

/** The first row is half a day old, the others lie all over the history. */
function spread({ now, days, seed }: World, { parent, index, count }: Place, kept: number): number {
  const random = createNamedRandom(seed, `time ${parent?.id ?? ''} ${index}`);
  const step = (Math.min(days, kept) * dayMs) / count;
  return now - dayMs / 2 - index * step + Math.floor(random.next() * 3_600_000);
}
