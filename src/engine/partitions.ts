import { SystemError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent } from '../streams/declaration.ts';
import { flatMapConcurrently } from './concurrency.ts';
import type { Outcome } from './pages.ts';
import type { Partition } from './refusals.ts';
import { endpointNamed, readEndpoint, readRoot, requireAvailable, type Sync } from './sync.ts';

/**
 * What a listing of parents does when it begins again: nothing, since each partition is made once. To drop what it has
 * would lose the rows of its other `values`, which do not come again.
 */
export const rowsMayComeAgain = () => undefined;

/** The only partition of a stream without a parent. */
export const wholeAccount: Partition = { key: '', fields: {} };

/** Hears of parts of a listing that Zoom refused. */
export type RefusalListener = (partition: Partition, outcome: Exclude<Outcome, { action: 'read' }>) => void;

/**
 * The rows of parent listings, reduced to the fields that partitions need. Each listing is asked for once in a sync: by the
 * stream that emits it, when that is read too, else by the first who needs it.
 */
export interface ParentRows {
  /** Announces that a stream is going to list this parent, so that nobody else does. */
  expect(name: string): void;
  /** True while somebody waits for what `publish` would give. */
  isExpected(name: string): boolean;
  /** What partitions need of rows, which is all that is kept of them. */
  reduce(name: string, rows: readonly JsonObject[]): readonly JsonObject[];
  /** Takes reduced rows. */
  publish(name: string, rows: readonly JsonObject[]): void;
  fail(name: string, error: unknown): void;
  get(name: string): Promise<readonly JsonObject[]>;
}

/** @param fieldsOf the fields of each parent that some partition needs. */
export function createParentRows(sync: Sync, fieldsOf: (name: string) => readonly string[]): ParentRows {
  const listed = new Map<string, Promise<readonly JsonObject[]>>();
  const expected = new Map<string, PromiseWithResolvers<readonly JsonObject[]>>();
  const reduce = (name: string, rows: readonly JsonObject[]) => {
    const fields = fieldsOf(name);
    return rows.map((row) => pick(row, fields));
  };
  const list = async (name: string): Promise<readonly JsonObject[]> => {
    const declared = endpointNamed(sync, name);
    const rows: JsonObject[] = [];
    const read = (endpoint: Endpoint) =>
      readEndpoint(sync, {
        name,
        endpoint,
        partition: wholeAccount,
        rows: async (page) => void rows.push(...reduce(name, asParents(sync, declared, page))),
        restart: rowsMayComeAgain,
      });
    await readRoot(sync, name, declared, read);
    return rows;
  };
  return {
    expect(name) {
      const deferred = withResolvers<readonly JsonObject[]>();
      deferred.promise.catch(() => undefined);
      expected.set(name, deferred);
      listed.set(name, deferred.promise);
    },
    isExpected: (name) => expected.has(name),
    reduce,
    publish: (name, rows) => expected.get(name)?.resolve(rows),
    fail: (name, error) => expected.get(name)?.reject(error),
    get(name) {
      const known = listed.get(name) ?? list(name);
      listed.set(name, known);
      return known;
    },
  };
}

/** The fields of a parent's rows that partitions are made from. */
export function fieldsFor(parents: readonly (Parent | undefined)[]): readonly string[] {
  const fields = new Set<string>();
  for (const parent of parents) {
    for (const field of Object.values(parent?.fields ?? {})) fields.add(field);
    if (parent?.except !== undefined) fields.add(parent.except.field);
  }
  return [...fields];
}

export function pick(row: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}

/** A listing that sees the authoriser alone stands for `me` as a parent: user-level apps may not name an id. */
export function asParents(
  sync: Sync,
  declared: Endpoint,
  rows: readonly JsonObject[],
): readonly JsonObject[] {
  const replaced = sync.replaced.get(declared);
  const authoriser = replaced === declared.fallback ? declared.fallback?.authoriser : undefined;
  return authoriser === undefined ? rows : rows.map((row) => ({ ...row, ...authoriser }));
}

/** The partitions that a parent's rows make, each once. */
export async function* partitionsOf(
  sync: Sync,
  parents: ParentRows,
  parent: Parent,
  onRefusal: RefusalListener,
): AsyncGenerator<Partition> {
  const seen = new Set<string>();
  for await (const row of rowsOf(sync, parents, parent, onRefusal)) {
    const partition = toPartition(parent, row);
    if (partition === undefined || seen.has(partition.key)) continue;
    seen.add(partition.key);
    yield partition;
  }
}

async function* rowsOf(
  sync: Sync,
  parents: ParentRows,
  { name }: Parent,
  onRefusal: RefusalListener,
): AsyncGenerator<JsonObject> {
  const listing = endpointNamed(sync, name);
  if (listing.parent === undefined) {
    yield* await parents.get(name);
    return;
  }
  let hasAnswered = false;
  const grandparents = partitionsOf(sync, parents, listing.parent, onRefusal);
  yield* flatMapConcurrently(grandparents, sync.options.concurrency, async (partition) => {
    const rows: JsonObject[] = [];
    const outcome = await readEndpoint(sync, {
      name,
      endpoint: listing,
      partition,
      rows: async (page) => void rows.push(...page),
      restart: rowsMayComeAgain,
    });
    requireAvailable(name, listing, outcome, hasAnswered);
    hasAnswered = true;
    if (outcome.action === 'read') return rows;
    onRefusal(partition, outcome);
    return [];
  });
}

/**
 * @returns undefined for rows that the declaration leaves out.
 * @throws SystemError for a row without the field that names its partition: its children would be lost.
 */
export function toPartition(
  { name, fields, except }: Parent,
  row: JsonObject,
  at?: number,
): Partition | undefined {
  if (except?.values.includes(String(row[except.field]))) return undefined;
  const values = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, row[field]]));
  const key = Object.values(values)[0];
  if (key === undefined || key === null || key === '') {
    throw new SystemError(
      `Zoom sent a row of ${name} without ${Object.values(fields)[0]}. Please report it.`,
    );
  }
  return { key: String(key), fields: values, at };
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: PromiseWithResolvers<T>['resolve'] = () => undefined;
  let reject: PromiseWithResolvers<T>['reject'] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
