import type { Account } from './account.ts';
import { type CollectionFacts, factsOf } from './collection-facts.ts';
import type { Below, Endpoint } from './endpoint.ts';
import { readField } from './fields.ts';
import { givenBy } from './given.ts';
import { dayMs, toDay, toInstant } from './instant.ts';
import type { Entry } from './store.ts';

/** A request that the endpoint has rows for. */
export interface ExampleRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** @throws Error where the account holds no row that the endpoint could show. */
export function exampleRequest(account: Account, name: string): ExampleRequest {
  const endpoint = account.fixtures[name];
  if (endpoint === undefined) throw new Error(`no fixture ${name}`);
  const { rows = name, below, key = 'id' } = endpoint;
  const own = below === undefined ? account.store(rows).entries()[0] : undefined;
  const parent = below === undefined ? own?.above[0] : parentOf(account, rows, below);
  const child = own ?? (parent === undefined ? undefined : account.store(rows).below(parent)[0]);
  if (child === undefined) throw new Error(`the account has no row for ${name}`);
  const facts = factsOf(account.fixtures, rows);
  const values: Record<string, string> = {
    accountId: account.id,
    ...namesOf(account, parent, below ?? facts.below),
    ...valuesOf(facts, child),
  };
  const path = endpoint.request.slice('GET '.length).replace(/\{(\w+)\}/g, (_, placeholder: string) => {
    const value = values[placeholder] ?? String(readField(child.row, key));
    delete values[placeholder];
    return encodeURIComponent(value.includes('/') ? encodeURIComponent(value) : value);
  });
  const range = latestRange(endpoint, account.now);
  return { path, query: { ...requiredOf(endpoint), ...known(endpoint, values), ...range } };
}

/** The last day that the endpoint answers for. */
function latestRange({ window, parameters }: Endpoint, now: number): Readonly<Record<string, string>> {
  const { parameters: [start, end] = ['from', 'to'], format, lastDay } = window ?? {};
  if (format === 'month' || !(start in parameters)) return {};
  const day = toDay(lastDay === 'yesterday' ? now - dayMs : now);
  return format === 'date-time'
    ? { [start]: `${day}T00:00:00Z`, [end]: toInstant(now) }
    : { [start]: day, [end]: day };
}

/** The first row of the parent's that has rows below it. */
function parentOf(account: Account, rows: string, { collection }: Below): Entry | undefined {
  const parents = account.store(collection).entries();
  return parents.find((parent) => account.store(rows).below(parent).length > 0);
}

/** What names the parent and those above it, by placeholder or query parameter. */
function namesOf(
  account: Account,
  parent: Entry | undefined,
  below: Below | undefined,
): Record<string, string> {
  if (parent === undefined || below === undefined) return {};
  const above = account.fixtures[below.collection]?.below;
  return {
    ...namesOf(account, parent.above[0], above),
    [below.in]: String(givenBy(account.fixtures, below.collection, parent, below.field)),
    ...(below.value === undefined ? {} : { [below.value]: String(parent.values?.[0]) }),
  };
}

function requiredOf({ required = [], parameters }: Endpoint): Record<string, string> {
  return Object.fromEntries(required.map((name) => [name, parameters[name]?.enum?.[0] ?? '']));
}

/** What the row is listed under. */
function valuesOf({ addedValues }: CollectionFacts, { values = [] }: Entry): Record<string, string> {
  const named = addedValues.map(({ parameter }, index) => [parameter, values[index] ?? '']);
  return Object.fromEntries(named.filter(([, value]) => value !== ''));
}

function known({ parameters }: Endpoint, values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in parameters));
}
