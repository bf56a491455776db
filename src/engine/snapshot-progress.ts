import { ConfigError, quote } from '../errors.ts';
import { latestInstant } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Parent, SnapshotStream, StreamDeclaration } from '../streams/declaration.ts';
import { createDigests, type Digests, type RecordKey } from './digests.ts';
import { nameFieldOf, naming } from './partition.ts';
import { keyOf } from './records.ts';
import { checkVersion, instantIn, stateVersion, toInstant, updatedAtField } from './stream-state.ts';

/** When a record was found to be deleted; null while it is not. */
export const deletedField = '_ab_cdc_deleted_at';

/** What a snapshot stream remembers between syncs of its rows: `{version, _ab_cdc_updated_at, digests}`. */
export interface SnapshotProgress {
  readonly digests: Digests;
  /** The cursor of everything that this sync emits; later than any before. */
  readonly updatedAt: string;
  toState(): JsonObject;
}

/** @throws ConfigError for a state of a newer version, or whose cursor or digests have the wrong type. */
export function createSnapshotProgress(
  declaration: SnapshotStream,
  input: JsonObject | undefined,
  now: number,
): SnapshotProgress {
  const { name } = declaration;
  checkVersion(name, input ?? {});
  const before = instantIn(name, input ?? {}, updatedAtField);
  const isGrouped = groupFieldOf(declaration) !== undefined;
  const digests = createDigests(name, input?.['digests'], { isGrouped });
  const updatedAt = toInstant(
    before === undefined ? now : Math.max(now, Math.min(before + 1, latestInstant)),
  );
  return {
    digests,
    updatedAt,
    toState: () => ({ version: stateVersion, [updatedAtField]: updatedAt, digests }),
  };
}

/** The keys of a stream's records, as digests know them. */
export interface SnapshotKeys {
  of(record: Readonly<JsonObject>): { readonly key: string; readonly group: string | undefined };
  /** The name of the partition that a row is of, where `tellsPartition`. */
  partitionOf(key: RecordKey): string;
  /** What digests are asked with for a group that they gave. */
  groupOf(group: string): string | undefined;
  /**
   * The fields of a key, with the types that the schema declares.
   * @throws ConfigError for one that a state gave and that is no key of the stream.
   */
  fieldsOf(key: RecordKey): JsonObject;
}

export function snapshotKeys(declaration: SnapshotStream, schema: JsonObject): SnapshotKeys {
  const { primaryKey } = declaration;
  const groupField = groupFieldOf(declaration);
  const rest = primaryKey.filter((field) => field !== groupField);
  const restOf = (record: Readonly<JsonObject>) => (rest.length === 0 ? '' : keyOf(record, rest));
  const typed = (field: string, text: unknown) => (isNumber(schema, field) ? Number(text) : text);
  return {
    of: (record) => ({
      key: restOf(record),
      group: groupField === undefined ? undefined : String(record[groupField]),
    }),
    partitionOf: ({ group, key }) => (groupField === undefined ? key : group),
    groupOf: (group) => (groupField === undefined ? undefined : group),
    fieldsOf({ group, key }) {
      const values = rest.length > 1 ? valuesOf(declaration.name, key, rest.length) : [key];
      const fields = rest.map((field, index) => [field, typed(field, values[index])]);
      const named = groupField === undefined ? [] : [[groupField, typed(groupField, group)]];
      return Object.fromEntries([...named, ...fields]);
    },
  };
}

/** A key of several fields is a list of what they hold. */
function valuesOf(stream: string, key: string, count: number): readonly unknown[] {
  let values: unknown;
  try {
    values = JSON.parse(key);
  } catch {
    // It is no list either.
  }
  const isPlain = (value: unknown) => value !== null && typeof value !== 'object';
  if (Array.isArray(values) && values.length === count && values.every(isPlain)) return values;
  throw new ConfigError(
    `The state of ${stream} has "digests" of ${quote(key)}, which is no key of its rows. Pass the last state that this connector wrote, or reset the stream.`,
  );
}

/**
 * Whether a row's key tells which partition it is of, so that what is gone is known though others were not asked for: it
 * contains what names the partition or, of a body that is found by its own key, is that.
 */
export function tellsPartition(
  declaration: SnapshotStream,
  streams: ReadonlyMap<string, StreamDeclaration>,
): boolean {
  const { parent, primaryKey, records, tombstones = false, path } = declaration;
  if (parent === undefined) return false;
  if (groupFieldOf(declaration) !== undefined) return true;
  const { parameter, field } = naming(parent.parameters);
  const isOwnBody = records === undefined && path.endsWith(`/{${parameter}}`);
  return isOwnBody && primaryKey.join() === field && (!tombstones || provesDeletions(streams, parent));
}

/** Whether it can be proven that a row of the parent is gone. */
export function provesDeletions(
  streams: ReadonlyMap<string, StreamDeclaration>,
  { name }: Pick<Parent, 'name'>,
): boolean {
  const declared = streams.get(name);
  return declared?.kind === 'snapshot' && declared.tombstones === true;
}

/** The first field of the key, where it is what names the partition. */
function groupFieldOf({ primaryKey: [first], parent }: SnapshotStream): string | undefined {
  // A name of several fields is in no field of the key.
  const name = parent && nameFieldOf(parent);
  return name !== undefined && parent?.adds?.[first] === name ? first : undefined;
}

function isNumber(schema: JsonObject, field: string): boolean {
  const properties = schema['properties'];
  const property = isJsonObject(properties) ? properties[field] : undefined;
  const types = isJsonObject(property) ? [property['type']].flat() : [];
  return !types.includes('string') && types.some((type) => type === 'integer' || type === 'number');
}
