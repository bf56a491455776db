import { type Endpoint, type Fixtures, fixtureOf } from '../emulator/endpoint.ts';
import type { Route } from '../emulator/routes.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { inOrder, same, sortKeys } from './words.ts';

/** What is wrong with where the partitions of a declared endpoint come from. */
export function problemsOfParent(
  declared: AnyEndpoint,
  { endpoint }: Route,
  fixtures: Fixtures,
  collectionOf: (name: string) => string,
): readonly string[] {
  const { parent } = declared;
  const below = endpoint.below ?? lister(fixtures, endpoint)?.below;
  if (parent === undefined) return isWithoutParent(declared, endpoint) ? [] : ['no parent'];
  const shown = collectionOf(parent.name);
  // A body whose rows another fixture lists is asked for each row of that list.
  if (endpoint.below === undefined)
    return Object.values(parent.parameters).includes(endpoint.key ?? '') ? [] : ['parent.parameters'];
  if (below === undefined) return ['a parent'];
  const filled = Object.entries(parent.parameters).filter(([, field]) => field === below.field);
  const isInPath = endpoint.request.includes(`{${below.in}}`);
  const isFilled = filled.some(([name]) =>
    isInPath ? declared.path.includes(`{${name}}`) : name === below.in,
  );
  return [
    ...same('parent', shown, below.collection),
    ...(isFilled ? [] : [`parent.parameters give ${below.in} no ${below.field}`]),
    ...same('only', inOrder(parent.only ?? []), inOrder(below.only ?? [])),
    ...same('without', parent.without, below.without),
    ...same('parent.query', sortKeys(parent.query ?? {}), sortKeys(below.listedBy ?? {})),
  ];
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
