import { createHash } from 'node:crypto';
import { SystemError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { withoutSensitive } from './sensitive-fields.ts';

/**
 * Turns the rows of one partition into records of a stream. One for each pass through the partition, since it counts.
 * A row that is a record already is given back as it is.
 */
export type Shape = (row: JsonObject) => Readonly<JsonObject>;

/**
 * @param injected values for `declaration.inject`, by name.
 * @throws SystemError (from the shape) for a row without its key: it could not be told from others.
 */
export function createShape(
  declaration: StreamDeclaration,
  injected: Readonly<Record<string, unknown>>,
  includeSensitive: boolean,
): Shape {
  const { inject = [], recordHash } = declaration;
  const extras = Object.fromEntries(inject.map((field) => [field, injected[field]]));
  const ordinals = new Map<string, number>();
  const addTo = (record: JsonObject, row: JsonObject): JsonObject => ({
    ...record,
    ...extras,
    ...(recordHash === undefined ? {} : { record_hash: numbered(hashIdentity(row, recordHash), ordinals) }),
  });
  const isAdding = inject.length > 0 || recordHash !== undefined;
  return (row) => {
    const safe = includeSensitive ? row : withoutSensitive(row);
    const record = isAdding ? addTo(safe, row) : safe;
    requireKey(record, declaration);
    return record;
  };
}

/** The key of a record as one string. */
export function keyOf(record: Readonly<JsonObject>, primaryKey: readonly string[]): string {
  return primaryKey.length === 1
    ? String(record[primaryKey[0] as string])
    : JSON.stringify(primaryKey.map((field) => record[field]));
}

function requireKey(record: Readonly<JsonObject>, { name, primaryKey }: StreamDeclaration): void {
  for (const field of primaryKey) {
    const value = record[field];
    if (value === undefined || value === null || value === '') {
      const fields = Object.keys(record).join(', ');
      throw new SystemError(
        `Zoom sent a row of ${name} without ${field}, which tells its rows apart. Please report it; the row has the fields ${fields}.`,
      );
    }
  }
}

/** The first alternative whose fields are all there, else the last one with its gaps. */
function hashIdentity(row: JsonObject, alternatives: readonly (readonly string[])[]): string {
  const isGiven = (field: string) => row[field] !== undefined && row[field] !== null && row[field] !== '';
  const fields = alternatives.find((alternative) => alternative.every(isGiven)) ?? alternatives.at(-1) ?? [];
  const identity = JSON.stringify(fields.map((field) => [field, row[field] ?? null]));
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** Rows that Zoom itself does not tell apart stay apart. */
function numbered(hash: string, ordinals: Map<string, number>): string {
  const ordinal = (ordinals.get(hash) ?? 0) + 1;
  ordinals.set(hash, ordinal);
  return ordinal === 1 ? hash : `${hash}-${ordinal}`;
}
