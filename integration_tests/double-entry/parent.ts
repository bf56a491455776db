import type { Parent } from '../../src/streams/declaration.ts';
import { addedValuesOf, promisesOfRows } from '../emulator/collection-facts.ts';
import { type Below, type Endpoint, type Fixtures, fixtureOf } from '../emulator/endpoint.ts';
import type { Route } from '../emulator/routes.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { inOrder, isAnchored, same, sortKeys } from './words.ts';

/** What is wrong with where the partitions of a declared endpoint come from. */
export function problemsOfParent(
  declared: AnyEndpoint,
  { endpoint, name }: Route,
  fixtures: Fixtures,
  collectionOf: (name: string) => string,
): readonly string[] {
  const { parent } = declared;
  const below = endpoint.below ?? lister(fixtures, endpoint)?.below;
  if (parent === undefined) return isWithoutParent(declared, endpoint) ? [] : ['no parent'];
  const shown = collectionOf(parent.name);
  // A body whose rows another fixture lists is asked for each row of that list.
  if (endpoint.below === undefined || (endpoint.collection === undefined && shown === endpoint.rows))
    return problemsOfOwnRows(parent, endpoint, lister(fixtures, endpoint));
  if (below === undefined) return ['a parent'];
  const filled = Object.entries(parent.parameters).filter(([, field]) =>
    [field].flat().includes(below.field),
  );
  const isInPath = endpoint.request.includes(`{${below.in}}`);
  const isFilled = filled.some(([name]) =>
    isInPath ? declared.path.includes(`{${name}}`) : name === below.in,
  );
  return [
    ...same('parent', shown, below.collection),
    ...(isFilled ? [] : [`parent.parameters give ${below.in} no ${below.field}`]),
    ...same('sameWindow', parent.sameWindow === true, isHeld(fixtures, { endpoint, name })),
    ...same('partition', parent.partition, namedBy(endpoint)),
    ...problemsOfNames(parent, below),
    ...same('only', inOrder(parent.only ?? []), inOrder(below.only ?? [])),
    ...(below.value === undefined ? [] : problemsOfValue(parent, below, fixtures)),
    ...same('anchored', isAnchored(declared), below.after !== undefined),
    ...same('without', parent.without, below.without),
    ...same('parent.query', sortKeys(parent.query ?? {}), sortKeys(below.listedBy ?? {})),
  ];
}

/** The body of each row that the parent lists: those of them that were promised. */
function problemsOfOwnRows(
  { name, parameters, only = [] }: Parent,
  { key, streams = [] }: Endpoint,
  list: Endpoint | undefined,
): readonly string[] {
  const isNamed = Object.values(parameters)
    .flat()
    .includes(key ?? list?.key ?? '');
  // The parent's own rows are chosen already.
  const chosen = list?.streams?.find((stream) => stream.name === name)?.only?.map(toText) ?? [];
  const promised = streams
    .flatMap((stream) => stream.only ?? [])
    .filter((condition) => !chosen.includes(toText(condition)));
  return [...(isNamed ? [] : ['parent.parameters']), ...same('only', inOrder(only), inOrder(promised))];
}

const toText = (condition: unknown) => JSON.stringify(condition);

function namedBy({ streams = [] }: Endpoint) {
  return streams.find(({ named }) => named !== undefined)?.named;
}

/** Whatever may name the parent's row is passed. */
function problemsOfNames({ parameters }: Parent, { by = {} }: Below): readonly string[] {
  return Object.entries(by).flatMap(([name, fields]) =>
    same(`parent.parameters.${name}`, [parameters[name] ?? []].flat(), fields),
  );
}

/** Whether windows show the parent's rows for the sake of these. */
function isHeld(fixtures: Fixtures, { endpoint, name }: Pick<Route, 'endpoint' | 'name'>): boolean {
  return Object.values(fixtures).some(({ window }) => window?.holds?.collection === (endpoint.rows ?? name));
}

/** The value that the parent is listed under goes into the query, as the parent has it added. */
function problemsOfValue({ parameters }: Parent, { collection, value = '' }: Below, fixtures: Fixtures) {
  const promises = promisesOfRows(fixtures, collection);
  const [added] = promises.flatMap(({ promise }) => addedValuesOf({ streams: [promise] }));
  return same(`parent.parameters.${value}`, parameters[value], added?.field);
}

/** An endpoint of the account, or the one row of the authoriser. */
function isWithoutParent({ path }: AnyEndpoint, { below, key }: Endpoint): boolean {
  return !path.includes('{') && (below === undefined || /\/me(\/|$)/.test(path) || key !== undefined);
}

/** The fixture that lists the rows of a body. */
function lister(fixtures: Fixtures, endpoint: Endpoint): Endpoint | undefined {
  const own = Object.keys(fixtures).find((name) => fixtureOf(fixtures, name) === endpoint);
  const rows = endpoint.rows ?? own;
  return Object.entries(fixtures).find(
    ([name, other]) => other.collection !== undefined && (other.rows ?? name) === rows,
  )?.[1];
}
