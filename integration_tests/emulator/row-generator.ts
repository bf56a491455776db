import type { CollectionFacts } from './collection-facts.ts';
import { miss } from './conditions.ts';
import type { Endpoint, Row } from './endpoint.ts';
import { changeField, readField } from './fields.ts';
import { toDay } from './instant.ts';
import { createNamedRandom } from './random.ts';
import { expandInstants } from './relative-instants.ts';
import { type Place, rowsOfDay, shiftedNow, timeOf } from './row-times.ts';
import type { Entry, World } from './store.ts';
import { vary } from './vary.ts';

/** The row with this ordinal has none below it where that depends on its fields. */
const childless = 1;
/** Rows with these ordinals have the gaps of identity, those of the other fields, and the name of the one before. */
const gapsOfIdentity = 1;
const otherGaps = 2;
const namesake = 3;
/** All after it are alike. */
export const lastOrdinal = namesake;

/** Makes a row that is the same for the same seed and place, whatever else was made before. */
export function makeRow(facts: CollectionFacts, world: World, place: Place): Row {
  const { owner, name } = facts;
  const { parent, index } = place;
  const row = structuredClone(exampleFor(facts, place.values) ?? owner.record);
  for (const path of owner.varies ?? []) {
    const parentName = owner.shared === true && index === 0 ? '' : (parent?.id ?? '');
    const random = createNamedRandom(world.seed, `${name} ${parentName} ${nameOf(facts, place, path)}`);
    changeField(row, path, (value) => vary(value, random, index));
  }
  spreadOverFilters(owner, row, index);
  if (place.ordinal === childless) miss(row, facts.conditions);
  const gaps = Object.entries(owner.gaps ?? {}).filter(([path]) => isGap(facts, path, place.ordinal));
  for (const [path, how] of gaps) changeField(row, path, () => (how === 'absent' ? undefined : how));
  const expanded = expandInstants(row, shiftedNow(facts, world, place));
  if (owner.window?.sums !== undefined)
    expanded[owner.window.field ?? ''] = toDay(timeOf(facts, world, place));
  if (parent !== undefined) repeatParent(facts, expanded, parent);
  return expanded;
}

/** What the row says of its parent becomes true of this one. */
export function repeatParent({ below }: CollectionFacts, row: Row, parent: Entry): void {
  for (const [path, from] of Object.entries(below?.same ?? {}))
    changeField(row, path, () => readField(parent.row, from));
}

/**
 * What a value is random by: the row as a rule; a namesake has the name of the row before it; Zoom's sums are about the same
 * people on several days, and who comes anew is somebody else.
 */
function nameOf(facts: CollectionFacts, { index, ordinal, at }: Place, path: string): number {
  const { owner } = facts;
  const sums = owner.window?.sums;
  if (sums !== undefined && at === undefined && !sums.of.includes(path)) return index % rowsOfDay(facts);
  return ordinal === namesake && hasNamesakes(owner) && isName(path) ? index - 1 : index;
}

/** The example for the values that a row is listed under, where it has fields of its own. */
function exampleFor(
  { owner, addedValues }: CollectionFacts,
  values: readonly string[] = [],
): Row | undefined {
  const index = addedValues.findIndex(({ parameter }) => parameter === owner.variants?.parameter);
  return owner.variants?.bodies[values[index] ?? ''];
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
function spreadOverFilters(owner: Endpoint, row: Row, index: number): void {
  for (const [parameter, { field }] of Object.entries(owner.filters ?? {})) {
    const known = filteredBy(owner, parameter);
    if (known.length === 0) continue;
    const next = known[index % known.length] ?? '';
    changeField(row, field, (old) => (typeof old === 'string' ? next : JSON.parse(next)));
  }
}

/** How many rows show every value that rows are filtered by. */
export function filterValueCount(owner: Endpoint): number {
  return Math.max(0, ...Object.keys(owner.filters ?? {}).map((name) => filteredBy(owner, name).length));
}

/** The values of a field that a parameter asks for. */
function filteredBy({ filters = {}, parameters }: Endpoint, parameter: string): readonly string[] {
  const { values, present } = filters[parameter] ?? {};
  if (present !== undefined) return [];
  const asked = parameters[parameter]?.enum ?? Object.keys(values ?? {});
  return [...new Set(asked.flatMap((value) => (values === undefined ? value : (values[value] ?? []))))];
}
