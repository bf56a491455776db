import { type Collection, filterRows } from './collection.ts';
import { addedValuesOf, factsOf } from './collection-facts.ts';
import type { Endpoint, ErrorAnswer, Filter, Row, WindowRule } from './endpoint.ts';
import { readField } from './fields.ts';
import { isMetBy } from './given.ts';
import { applyListedBy } from './listed-by.ts';
import { type HttpAnswer, invalid, type ListingContext, type Query } from './listing-context.ts';
import { answerPage } from './pages.ts';
import { findParent } from './parents.ts';
import type { Match } from './routes.ts';
import type { Entry } from './store.ts';
import { zeros } from './sums.ts';
import { showRow } from './view.ts';
import { applyWindow } from './windows.ts';

type Parent = Exclude<ReturnType<typeof findParent>, 'unknown'>;

/** Answers a GET as the fixture of its endpoint says. */
export function answer(match: Match, query: Query, context: ListingContext): HttpAnswer {
  const { route, ids } = match;
  const { endpoint } = route;
  const problem = findProblem(endpoint, query) ?? findPathProblem(match, context);
  if (problem !== undefined) return problem;
  const parent = findParent(match, query, context);
  if (parent === 'unknown') return notFound(endpoint, ids);
  const { below } = endpoint;
  // Zoom requires it of accounts that have such parents.
  if (parent === undefined && below?.without === 'instead' && hasRows(below.collection, context))
    return invalid(below.in, 'This field is required.');
  if (endpoint.collection === undefined && namesOwnRow(route)) return answerOne(match, context);
  const { lacksLicence } = endpoint;
  if (lacksLicence !== undefined && parent !== undefined && !context.account.isLicensed(parent.row))
    return refuse(lacksLicence, ids);
  const source = listRows(match, query, { ...context, parent });
  if (source === undefined) return notFound(endpoint, ids);
  return endpoint.collection === undefined
    ? answerBody(match, source, query, context)
    : answerList(match, source, query, { ...context, parent });
}

/** Whether the last placeholder names a row of the endpoint's: not the account, a row above, or a value. */
function namesOwnRow({ endpoint, placeholders }: Match['route']): boolean {
  const last = placeholders.at(-1);
  const others = ['accountId', endpoint.below?.in, ...Object.keys(endpoint.placeholders ?? {})];
  return last !== undefined && !others.includes(last);
}

/**
 * Missing and unknown values. Unverified: Zoom's documents give the wording for a bad value on some endpoints only; a value
 * that is no member of a documented list is refused here on all.
 */
function findProblem(
  { required, requiredOneOf, parameters }: Endpoint,
  query: Query,
): HttpAnswer | undefined {
  const missing = (required ?? []).find((name) => query[name] === undefined);
  if (missing !== undefined) return invalid(missing, 'This field is required.');
  if (requiredOneOf?.every((name) => query[name] === undefined) === true)
    return invalid(requiredOneOf.join(), 'Must provide either of them.');
  for (const [name, { enum: values }] of Object.entries(parameters)) {
    const unknown = query[name]?.split(',').find((value) => values?.includes(value) === false);
    if (unknown !== undefined) return invalid(name, `Invalid parameter: ${name}.`);
  }
  return undefined;
}

/** The account is the app's own, and a value is one that Zoom knows. */
function findPathProblem({ route, ids }: Match, { account }: ListingContext): HttpAnswer | undefined {
  const { endpoint, placeholders } = route;
  for (const [index, name] of placeholders.entries()) {
    const given = ids[index] ?? '';
    if (name === 'accountId' && given !== 'me' && given !== account.id)
      return refuse({ status: 404, code: 2001, message: 'Account does not exist: {accountId}' }, [given]);
    if (endpoint.placeholders?.[name]?.enum?.includes(given) === false)
      return { status: 400, body: { code: 400, message: `Invalid value for parameter '${name}'.` } };
  }
  return undefined;
}

function hasRows(collection: string, { account }: ListingContext): boolean {
  return account.store(collection).entries().length > 0;
}

/** A row of the path's own: its last placeholder names it. */
function answerOne({ route, ids }: Match, { account, authoriserId, now }: ListingContext): HttpAnswer {
  const { endpoint, name } = route;
  const { rows = name, key = 'id' } = endpoint;
  const last = ids.at(-1) ?? '';
  const made = account.lazy.get(rows);
  if (made !== undefined && made.length > 0) return { status: 200, body: { ...made.at(0), [key]: last } };
  const entry = account.store(rows).find(key, rows === 'users' && last === 'me' ? authoriserId : last);
  if (entry === undefined) return notFound(endpoint, ids);
  return { status: 200, body: showRow(account.fixtures, name, entry.row, now) };
}

/** The rows of a collection, below the parent where there is one; undefined where Zoom shows no list. */
function listRows(
  { route, ids }: Match,
  query: Query,
  { account, parent }: ListingContext & { readonly parent: Parent },
  list = route.endpoint.collection,
): Collection | undefined {
  const { endpoint, name } = route;
  const rows = endpoint.rows ?? name;
  const lazy = account.lazy.get(rows);
  if (lazy !== undefined) return { ...lazy, isUniform: true };
  const values = addedValuesOf(endpoint).map(({ parameter }) => {
    const inPath = ids[route.placeholders.indexOf(parameter)];
    return inPath ?? query[parameter] ?? String(endpoint.parameters[parameter]?.default ?? '');
  });
  const { below } = endpoint;
  const hasNone =
    parent !== undefined &&
    below !== undefined &&
    !isMetBy(account.fixtures, below.collection, parent, below.only);
  const source = account.store(rows).list(parent, endpoint.lists === undefined ? values : [list ?? '']);
  return hasNone && source !== undefined ? { ...source, length: 0 } : source;
}

/** The one row below a parent, or of the account, or what is added up over a range. */
function answerBody(
  { route, ids }: Match,
  rows: Collection,
  query: Query,
  { account, now, toIsExclusive }: ListingContext,
): HttpAnswer {
  const { endpoint, name } = route;
  const { window, record } = endpoint;
  if (window?.sums !== undefined) {
    const inside = applyWindow(window, rows, query, { now, toIsExclusive, timesBelow: () => [] });
    if ('status' in inside) return inside;
    const row = inside.rows.length === 0 ? zeros(record, window.sums) : inside.rows.at(0);
    return { status: 200, body: { ...row, ...inside.shown } };
  }
  if (rows.length === 0) return notFound(endpoint, ids);
  return { status: 200, body: showRow(account.fixtures, name, rows.at(0), now) };
}

function answerList(
  { route, ids }: Match,
  source: Collection,
  query: Query,
  context: ListingContext & { readonly parent: Parent },
): HttpAnswer {
  const { endpoint, name } = route;
  const timesBelow = createTimesBelow(context, endpoint.rows ?? name);
  const inside = (rule: WindowRule | undefined, rows: Collection) =>
    rule === undefined ? { rows, shown: {} } : applyWindow(rule, rows, query, { ...context, timesBelow });
  const windowed = inside(endpoint.window, source);
  if ('status' in windowed) return windowed;
  const asked = applyListedBy(route, windowed.rows, query, context.account);
  const rows = applyFilters(endpoint, asked, query);
  const show = (row: Row) => showRow(context.account.fixtures, name, row, context.now);
  const others = Object.fromEntries(
    furtherLists(endpoint, query).map(({ list, rule }) => {
      const found = listRows({ route, ids }, query, context, list);
      const kept = found && inside(rule, found);
      return [list, kept !== undefined && 'rows' in kept ? rowsIn(kept.rows) : []];
    }),
  );
  const { shown } = windowed;
  return answerPage({ subject: [name, ...ids], endpoint, query, rows, others, show, shown }, context);
}

/** The lists beside the one with pages that are asked for, each with what filters it. */
function furtherLists({ lists, window }: Endpoint, query: Query) {
  if (lists === undefined) return [];
  const { names, parameter, window: own } = lists;
  const asked = (query[parameter] ?? '').split(',');
  const isOwn = Object.entries(own.where).every(([name, value]) => query[name] === value);
  const rule = window && (isOwn ? { ...window, field: own.field } : window);
  return names.filter((list) => asked.includes(list)).map((list) => ({ list, rule }));
}

function rowsIn(rows: Collection): readonly Row[] {
  return Array.from({ length: rows.length }, (_, index) => rows.at(index));
}

/** Of rows of one listing: the times of what is below them. */
function createTimesBelow({ account }: ListingContext, parents: string) {
  let entries: ReadonlyMap<Row, Entry> | undefined;
  return (row: Row, collection: string): readonly number[] => {
    entries ??= new Map(
      account
        .store(parents)
        .entries()
        .map((entry) => [entry.row, entry]),
    );
    const entry = entries.get(row);
    const { time = '' } = factsOf(account.fixtures, collection);
    const below = entry === undefined ? [] : account.store(collection).below(entry);
    return below.map((child) => Date.parse(String(readField(child.row, time))));
  };
}

function applyFilters({ filters, parameters }: Endpoint, rows: Collection, query: Query): Collection {
  const tests = Object.entries(filters ?? {}).flatMap(([parameter, filter]) => {
    const asked = query[parameter] ?? parameters[parameter]?.default;
    if (asked !== undefined) return createTest(filter, String(asked)) ?? [];
    const { hidden, field } = filter;
    return hidden === undefined ? [] : (row: Row) => !hidden.includes(String(readField(row, field)));
  });
  return tests.length === 0 ? rows : filterRows(rows, (row) => tests.every((test) => test(row)));
}

/** Undefined where the value lets all rows stay. */
function createTest({ field, values, present }: Filter, asked: string): ((row: Row) => boolean) | undefined {
  const wantsIt = present?.[asked];
  if (present !== undefined)
    return wantsIt === undefined ? undefined : (row) => hasValue(readField(row, field)) === wantsIt;
  const wanted = values === undefined ? asked : values[asked];
  return wanted === undefined || wanted === null
    ? undefined
    : (row) => [wanted].flat().includes(String(readField(row, field)));
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function notFound({ unknown }: Endpoint, ids: readonly string[]): HttpAnswer {
  return refuse(unknown ?? { status: 404, code: 3001, message: 'Not found: {id}.' }, ids);
}

function refuse({ status, code, message }: ErrorAnswer, ids: readonly string[]): HttpAnswer {
  return { status, body: { code, message: message.replace(/\{\w+\}/, ids.at(-1) ?? '') } };
}
