import type { Account } from '../emulator/account.ts';
import { factsOf } from '../emulator/collection-facts.ts';
import { meets } from '../emulator/conditions.ts';
import { type Endpoint, fixtureOf, type StreamPromise } from '../emulator/endpoint.ts';
import { changeField } from '../emulator/fields.ts';
import { addedByValues, givenBy } from '../emulator/given.ts';
import { parseTime } from '../emulator/instant.ts';
import { expandInstants } from '../emulator/relative-instants.ts';
import type { Entry } from '../emulator/store.ts';
import { isZero } from '../emulator/sums.ts';
import { showRow } from '../emulator/view.ts';
import type { Row } from './messages.ts';
import { type PromisedStream, promisedStream, userLevelView } from './promised.ts';
import { withoutSecrets } from './secrets.ts';

/** A record that a perfect reader has, without `record_hash`. */
export interface ExpectedRecord {
  /** Of the row that it is made of: the same as long as the row is there, whatever changes in it. */
  readonly id: string;
  readonly data: Row;
}

/** What a perfect reader has of a stream: the account's rows as the contract shapes them; those that one user sees. */
export function expectedRecords(
  account: Account,
  stream: string,
  userId?: string,
): readonly ExpectedRecord[] {
  const promised = promisedStream(stream, account.fixtures);
  const { promise, fixture, collection } = promised;
  const view = userId === undefined ? fixture : userLevelView(account, promised);
  if (view === undefined) return [];
  const entries = account.store(collection).entries();
  return entries
    .filter(
      (entry) => meets(entry.row, promise.only) && (userId === undefined || isSeenBy(account, entry, userId)),
    )
    .flatMap((entry) => toRecords(account, promised, view, entry));
}

/** The same, without what tells the rows apart. */
export function expectedRows(account: Account, stream: string, userId?: string): readonly Row[] {
  return expectedRecords(account, stream, userId).map(({ data }) => data);
}

/** The fields that tell two records of a stream apart, for comparison in any order. */
export function sorted(rows: readonly Row[], stream: string): readonly string[] {
  const { promise, endpoint } = promisedStream(stream);
  const { volatile = [], sides = [] } = promise;
  return rows
    .filter((row) => !isOfNothing(row, endpoint))
    .map((row) => contentOf(withoutSides(row, sides), volatile))
    .sort();
}

/** A body is answered for every day, also for one that nothing is known of. */
function isOfNothing(row: Row, { collection, window }: Endpoint): boolean {
  return collection === undefined && window?.sums !== undefined && isZero(row, window.sums);
}

function contentOf(row: Row, volatile: readonly string[]): string {
  const { record_hash: _, _ab_cdc_updated_at: __, _ab_cdc_deleted_at: ___, ...kept } = row;
  const copy = volatile.length === 0 ? kept : structuredClone(kept);
  for (const field of volatile) changeField(copy, field, () => undefined);
  return JSON.stringify(sortFields(copy));
}

/** Rows that are below users are seen by these alone, the others by everybody. */
function isSeenBy(account: Account, entry: Entry, userId: string): boolean {
  const users = rootsOf(entry).filter(({ id, row }) => account.user(id) === row);
  return users.length === 0 || users.some(({ id }) => id === userId);
}

function rootsOf(entry: Entry): readonly Entry[] {
  return entry.above.length === 0 ? [entry] : entry.above.flatMap(rootsOf);
}

function toRecords(
  account: Account,
  { promise, collection, endpoint }: PromisedStream,
  view: string,
  entry: Entry,
): readonly ExpectedRecord[] {
  const { adds = {}, addsBeside = [], addsDay, addsList, list, sensitive } = promise;
  const { fixtures } = account;
  const row = { ...showRow(fixtures, view, entry.row, account.now) };
  const givers = list === undefined ? entry.above : [entry];
  const giving = list === undefined ? factsOf(fixtures, collection).below?.collection : collection;
  const added: Row = {};
  for (const [field, from] of Object.entries(adds))
    added[field] = givenBy(fixtures, giving, givers[0], from) ?? null;
  if (promise.named !== undefined) keepNamed(added, { ...givers[0]?.row, ...added }, promise);
  Object.assign(added, addedByValues(promise, entry));
  if (addsList !== undefined) {
    const [name = ''] = entry.values ?? [];
    added[addsList.field] = name;
    added[promise.cursor] = toTime(row[addsList.times[name] ?? '']);
  }
  // A cursor that Zoom writes as milliseconds leaves as a time.
  if (typeof row[promise.cursor] === 'number') row[promise.cursor] = toTime(row[promise.cursor]);
  const day = addsDay === undefined ? undefined : fixtureOf(fixtures, view).window?.field;
  if (addsDay !== undefined && day !== undefined) {
    added[addsDay] = row[day];
    delete row[day];
  }
  const beside = expandInstants(endpoint.beside ?? {}, account.now);
  const besides = Object.fromEntries(addsBeside.map((field) => [field, beside[field]]));
  const data = (item: Row) => withTypes(withoutSecrets({ ...besides, ...item, ...added }, sensitive)) as Row;
  if (list === undefined) return [{ id: entry.id, data: data(row) }];
  const items = (row[list] ?? []) as Row[];
  return items.map((item, index) => ({ id: JSON.stringify([entry.id, index]), data: data(item) }));
}

/** Null for what is in another alternative than the one that names the row. */
function keepNamed(added: Row, given: Row, { named = [], adds = {} }: StreamPromise): void {
  const name = named.find((fields) => fields.every((field) => (given[field] ?? null) !== null)) ?? [];
  for (const [field, from] of Object.entries(adds)) if (!name.includes(from)) added[field] = null;
}

/** Which side a row was met from is chance: that it was one is not. */
function withoutSides(row: Row, sides: readonly string[]): Row {
  if (sides.length === 0) return row;
  const isThere = sides.map((field) => [field, (row[field] ?? null) !== null]);
  return { ...row, ...Object.fromEntries(isThere) };
}

/** RFC 3339, whatever form it has. */
function toTime(value: unknown): unknown {
  return typeof value === 'number' ? new Date(value).toISOString().replace('.000Z', 'Z') : value;
}

/** Forms of a time that no other text has. */
const oddTime = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}:\d{3}|\d{2}\/\d{2}\/\d{4} \d{2}:\d{2})$/;

/**
 * An empty string for a time leaves as null, and a time in a form of Zoom's own as RFC 3339 (contract, section 3).
 */
function withTypes(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withTypes(item));
  if (typeof value === 'string' && oddTime.test(value)) return toTime(parseTime(value));
  // Documented as an object, and JSON in a text in Zoom's example.
  if (field === 'content' && typeof value === 'string' && value.startsWith('{')) return JSON.parse(value);
  if (typeof value !== 'object' || value === null)
    return value === '' && /(_time|_date|_start|_end|_at)$/.test(field) ? null : value;
  const entries = Object.entries(value).map(([name, child]) => [name, withTypes(child, name)]);
  return Object.fromEntries(entries);
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, child]) => [field, sortFields(child)]));
}
