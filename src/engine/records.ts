import { createHash } from 'node:crypto';
import type { Refusal } from '../http/exchange.ts';
import { readZoomTime } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { createTyper } from './declared-types.ts';
import { createCleaner } from './sensitive-fields.ts';
import type { SyncContext } from './sync-context.ts';

/** A record, and the fields that had to leave as null. */
export interface Shaped {
  readonly record: Readonly<JsonObject>;
  /** What it is made of, as Zoom sent it. */
  readonly row: Readonly<JsonObject>;
  readonly nulled: readonly string[];
}

/** Makes the shapes of one stream. */
export type Shaper = (adds: Readonly<JsonObject>) => Shape;

/** Turns the rows of one listing into records of a stream. Begins anew with the listing, since it counts. */
export interface Shape {
  /** The records of the rows, without those that have no key. */
  records(rows: readonly JsonObject[]): readonly Shaped[];
  /** The rows without their key that came so far, as a refusal. */
  keyless(): Refusal | undefined;
}

/** A row of a stream is cleaned of credentials, its values get their declared types, and what is added to it is added. */
export function createShaper(sync: SyncContext, declaration: StreamDeclaration): Shaper {
  const { name, primaryKey, sensitive } = declaration;
  const read = createListReader(declaration);
  const typed = createTyper(sync.schemaOf(name));
  const cleaner = createCleaner(sensitive);
  const clean = sync.options.includeSensitiveFields ? (row: JsonObject) => row : cleaner.clean;
  const cleanAndTyped = (row: JsonObject) => {
    const given = clean(row);
    const { record, nulled } = typed(given);
    // A JSON text that was opened may hold more of them.
    return { safe: record === given ? record : clean(record), nulled };
  };
  return (adds) => {
    const ordinals = new Map<string, number>();
    let keylessCount = 0;
    let keyless = '';
    const isAdding = hasHash(declaration) || Object.keys(adds).length > 0;
    const shape = (row: JsonObject): Shaped | undefined => {
      const { safe, nulled } = cleanAndTyped(row);
      const { list, recordHash, added } = read(row);
      const hash = recordHash === undefined ? {} : { record_hash: hashIdentity(row, recordHash) };
      const record: JsonObject = isAdding ? { ...safe, ...added, ...adds, ...hash } : safe;
      const missing = primaryKey.find((field) => isMissing(record[field]));
      if (missing !== undefined) {
        keylessCount += 1;
        keyless ||= `without ${missing}, which tells its rows apart (the first has the fields ${Object.keys(record).join(', ')})`;
        return undefined;
      }
      if (recordHash !== undefined)
        record['record_hash'] = numbered(String(record['record_hash']), list, ordinals);
      return { record, row, nulled };
    };
    return {
      records: (rows) => rows.map(shape).filter((shaped) => shaped !== undefined),
      keyless: () =>
        keylessCount === 0
          ? undefined
          : rowsWithout(name, `${keylessCount} ${rowWord(keylessCount)} ${keyless}`),
    };
  };
}

function hasHash({ primaryKey }: StreamDeclaration): boolean {
  return primaryKey.includes('record_hash');
}

/** What the list that a row is of says of it. */
interface OfList {
  readonly list: string;
  readonly recordHash: StreamDeclaration['recordHash'];
  readonly added: Readonly<JsonObject>;
}

/** Of several lists in one answer each has its own identity, and its own time. */
function createListReader(declaration: StreamDeclaration): (row: JsonObject) => OfList {
  const { recordHash } = declaration;
  const lists = 'lists' in declaration ? declaration.lists : undefined;
  const usual: OfList = { list: '', recordHash, added: {} };
  if (lists === undefined) return () => usual;
  return (row) => {
    const list = String(row[lists.adds]);
    const of = lists.of[list];
    if (of === undefined) return usual;
    const changedAt = readZoomTime(row[of.cursor]) ?? null;
    const added = declaration.kind === 'snapshot' ? {} : { [declaration.cursor]: changedAt };
    return { list, recordHash: of.recordHash, added };
  };
}

/** The refusal that stands for rows that cannot be told apart. */
export function rowsWithout(stream: string, what: string): Refusal {
  const message = `Zoom sent ${what}`;
  return { status: 200, message, isTransient: false, missingScopes: [], detail: `${stream}: ${message}` };
}

function rowWord(count: number): string {
  return count === 1 ? 'row' : 'rows';
}

/** The key of a record as one string. */
export function keyOf(record: Readonly<JsonObject>, primaryKey: readonly string[]): string {
  return primaryKey.length === 1
    ? String(record[primaryKey[0] as string])
    : JSON.stringify(primaryKey.map((field) => record[field]));
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** The first alternative whose fields are all there, else the last one with its gaps. */
function hashIdentity(row: JsonObject, alternatives: readonly (readonly string[])[]): string {
  const isGiven = (field: string) => !isMissing(identityAt(row, field));
  const fields = alternatives.find((alternative) => alternative.every(isGiven)) ?? alternatives.at(-1) ?? [];
  const identity = JSON.stringify(fields.map((field) => [field, identityAt(row, field) ?? null]));
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** The value at a dotted name; of a list on the way, those of all its members. */
function identityAt(row: JsonObject, field: string): unknown {
  if (field in row) return row[field];
  return field.replaceAll('[]', '').split('.').reduce<unknown>(valueIn, row);
}

function valueIn(holder: unknown, step: string): unknown {
  if (Array.isArray(holder)) return holder.map((member) => valueIn(member, step) ?? null);
  return isJsonObject(holder) ? holder[step] : undefined;
}

/** Rows that Zoom itself does not tell apart stay apart, counted within their list. */
function numbered(hash: string, list: string, ordinals: Map<string, number>): string {
  const name = `${list} ${hash}`;
  const ordinal = (ordinals.get(name) ?? 0) + 1;
  ordinals.set(name, ordinal);
  return ordinal === 1 ? hash : `${hash}-${ordinal}`;
}
