import type { CollectionFacts } from './collection-facts.ts';
import type { Endpoint } from './endpoint.ts';
import { readField } from './fields.ts';
import { dayMs, parseTime } from './instant.ts';
import { createNamedRandom } from './random.ts';
import { expandInstants } from './relative-instants.ts';
import type { Entry, World } from './store.ts';

/** Which row of a collection is made. */
export interface Place {
  readonly parent?: Entry;
  /** Among the rows of its parent. */
  readonly index: number;
  /** How many those are, which the account's history is divided by. */
  readonly count: number;
  /** Which row has gaps is told by this number; absent: it has none. */
  readonly ordinal?: number;
  /** The values that it is listed under and does not tell. */
  readonly values?: readonly string[];
  /** Ms since the epoch: the time that it is listed by. */
  readonly at?: number;
}

/** Zoom's sums of a day are about so many people. */
const peopleSummed = 2;
/** Rows that follow the days of their parent lie so far apart: three within four weeks. */
const daysApart = 13;

/** How many rows a day has that is added up: of people, or one for each value where the sums are nobody's. */
export function rowsOfDay({ owner, values }: CollectionFacts): number {
  return isNobodys(owner) ? Math.max(1, values.length) : peopleSummed;
}

function isNobodys({ window }: Endpoint): boolean {
  return window?.sums?.by.length === 0;
}

/** What the record's instants are counted from, so that the row is listed where its place says. */
export function shiftedNow(facts: CollectionFacts, world: World, place: Place): number {
  const { owner, below, time } = facts;
  if (owner.window?.sums !== undefined) return timeOf(facts, world, place);
  const field = time ?? (below?.after === undefined ? undefined : owner.window?.field);
  if (field === undefined) return world.now;
  const shown = readField(expandInstants(owner.record, world.now), field);
  const text = String(shown);
  const usual = typeof shown === 'number' ? shown : parseTime(text);
  if (Number.isNaN(usual)) return world.now;
  const at = timeOf(facts, world, place);
  return world.now + (isDay(text) ? Math.floor(at / dayMs) * dayMs : at) - usual;
}

/** When the row is listed. */
export function timeOf(facts: CollectionFacts, world: World, place: Place): number {
  const { owner, below } = facts;
  if (below?.after !== undefined && place.parent !== undefined)
    return timeOfParent(facts, place.parent) + stepOf(facts, place.index) * daysApart * dayMs;
  const at =
    place.at ??
    (owner.window?.sums === undefined ? spreadOver(facts, world, place) : pairUp(facts, world, place));
  return owner.window?.lastDay === 'yesterday' ? at - dayMs : at;
}

/** How many rows there can be so far below a parent whose days they follow. */
export function daysBelow(facts: CollectionFacts, { now }: World, parent: Entry): number {
  if (facts.below?.after === undefined) return Number.POSITIVE_INFINITY;
  const days = Math.floor((now - timeOfParent(facts, parent)) / (daysApart * dayMs)) + 1;
  return days * Math.max(1, facts.values.length);
}

/** Those that are listed under one value after the other are of one day. */
function stepOf({ values }: CollectionFacts, index: number): number {
  return Math.floor(index / Math.max(1, values.length));
}

function timeOfParent({ below }: CollectionFacts, { row }: Entry): number {
  return Date.parse(String(readField(row, below?.after ?? '')));
}

function isDay(text: string): boolean {
  return text.length === 'yyyy-mm-dd'.length;
}

function keptDays({ window }: Endpoint): number {
  return window?.keptMonths === undefined ? Number.POSITIVE_INFINITY : window.keptMonths * 28 - 3;
}

function spreadOver({ owner, below }: CollectionFacts, world: World, place: Place): number {
  const latest = place.parent && below?.until && Date.parse(String(readField(place.parent.row, below.until)));
  return typeof latest === 'number' ? spreadBefore(latest, world, place, owner) : spread(world, place, owner);
}

/** The first row is of that instant, the others lie between it and where the history begins. */
function spreadBefore(
  latest: number,
  { now, days }: World,
  { index, count }: Place,
  owner: Endpoint,
): number {
  const oldest = now - Math.min(days, keptDays(owner)) * dayMs;
  return latest - (index * Math.max(0, latest - oldest)) / count;
}

/** The first row is half a day old, or of the day before yesterday; the others lie all over the history. */
function spread({ now, days, seed }: World, { parent, index, count }: Place, owner: Endpoint): number {
  const random = createNamedRandom(seed, `time ${parent?.id ?? ''} ${index}`);
  const step = (Math.min(days, keptDays(owner)) * dayMs) / count;
  const text = String(readField(expandInstants(owner.record, now), owner.window?.field ?? ''));
  const youngest = isDay(text) ? 2 * dayMs : dayMs / 2;
  return now - youngest - index * step + Math.floor(random.next() * 3_600_000);
}

/**
 * The rows of a day, on two days after each other; the next ones are far from these. Where the sums are nobody's, what comes
 * anew has a day of its own.
 */
function pairUp(facts: CollectionFacts, { now, days }: World, { index, count }: Place): number {
  const pair = Math.floor(index / rowsOfDay(facts));
  const step = Math.max(2, Math.floor(days / count));
  const youngest = isNobodys(facts.owner) ? 2 * dayMs : dayMs / 2;
  return now - youngest - (Math.floor(pair / 2) * step + (pair % 2)) * dayMs;
}
