import type { Account } from './account.ts';
import { factsOf } from './collection-facts.ts';
import type { Below, Endpoint, Fixtures } from './endpoint.ts';
import { readField } from './fields.ts';
import { givenBy } from './given.ts';
import type { ListingContext, Query } from './listing-context.ts';
import type { Match, Route } from './routes.ts';
import type { Entry } from './store.ts';

/** The parent that a request names; undefined where it names none, `unknown` where there is no such row. */
export function findParent(
  { route, ids }: Match,
  query: Query,
  { account, authoriserId }: ListingContext,
): Entry | 'unknown' | undefined {
  const { below } = route.endpoint;
  if (below === undefined) return undefined;
  const named = Object.fromEntries(route.placeholders.map((name, index) => [name, ids[index] ?? '']));
  const toId = (collection: string, value: string) =>
    value === 'me' && areUsers(account.fixtures, collection) ? authoriserId : value;
  if (below.by !== undefined) {
    const [[, user = ''] = []] = Object.entries(named);
    return findBy(account, below, toId('users', user), query) ?? 'unknown';
  }
  const value = named[below.in] ?? query[below.in];
  if (value === undefined) return undefined;
  const made = account.lazy.get(below.collection);
  // Rows that are made as they are asked for go by any name.
  if (made !== undefined && made.length > 0)
    return { id: value, row: { ...made.at(0), [below.field]: value }, above: [] };
  const store = account.store(below.collection);
  const parent = store.find(below.field, toId(below.collection, value));
  if (parent !== undefined && !isListedAs(route.endpoint, parent, query)) return 'unknown';
  const isNamed = (entry: Entry, collection: string): boolean => {
    const above = belowOf(account.fixtures, collection);
    const wanted = above === undefined ? undefined : named[above.in];
    if (above === undefined || wanted === undefined) return true;
    const id = toId(above.collection, wanted);
    return entry.above.some(
      (each) => String(givenBy(account.fixtures, above.collection, each, above.field)) === id,
    );
  };
  if (parent === undefined || isNamed(parent, below.collection)) return parent ?? 'unknown';
  if (account.fixtures[below.collection]?.shared !== true) return 'unknown';
  // The same row below another one.
  const others = store.entries().filter(({ row }) => String(readField(row, below.field)) === value);
  return others.find((entry) => isNamed(entry, below.collection)) ?? 'unknown';
}

/** Whether the rows are users, or have their ids. */
function areUsers(fixtures: Fixtures, collection: string): boolean {
  if (collection === 'users') return true;
  const { below, owner } = factsOf(fixtures, collection);
  return below?.collection === 'users' && below.same?.[owner.key ?? ''] === below.field;
}

/** Of the user's rows the one that a query parameter names. */
function findBy(
  account: Account,
  { collection, by = {} }: Below,
  userId: string,
  query: Query,
): Entry | undefined {
  const isNamed = ({ row }: Entry) =>
    Object.entries(by).some(([parameter, fields]) =>
      fields.some((field) => row[field] === query[parameter] && field in row),
    );
  return account
    .store(collection)
    .entries()
    .find((entry) => entry.above.some(({ row }) => row['id'] === userId) && isNamed(entry));
}

/** Whether the endpoint lists for the account what another one lists user by user. */
export function listsForAccount(fixtures: Fixtures, name: string): boolean {
  const own = fixtures[name];
  if (own === undefined || own.request.includes('{')) return false;
  return Object.entries(fixtures).some(
    ([other, { rows = other, below, request }]) =>
      rows === (own.rows ?? name) && below?.collection === 'users' && request.includes(`{${below.in}}`),
  );
}

/** Whether the request names the value which the parent is listed under, where it has to. */
function isListedAs({ below, parameters }: Endpoint, parent: Entry, query: Query): boolean {
  if (below?.value === undefined) return true;
  return (query[below.value] ?? parameters[below.value]?.default) === parent.values?.[0];
}

/** Whether the path's first placeholder names a user. */
export function namesUser({ endpoint, name, placeholders }: Route): boolean {
  const { below, rows = name } = endpoint;
  const [first] = placeholders;
  if (first === undefined) return false;
  return rows === 'users' || (below?.collection === 'users' && below.in === first) || first === 'userId';
}

function belowOf(fixtures: Fixtures, collection: string) {
  return fixtures[collection]?.below;
}
