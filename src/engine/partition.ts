import type { JsonObject } from '../json.ts';
import type { Condition, Parent } from '../streams/declaration.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The part of a stream for one row of its parent. */
export interface Partition {
  /** The name of it in the state: a user id, a meeting's UUID. Empty for the one partition of a stream without parent. */
  readonly key: string;
  /** Values for the path's braces and for the query. */
  readonly parameters: Fields;
  /** Values that are added to every record. */
  readonly adds: Fields;
  /** Of what is added: by which values the paths of its own children name it, where they want others. */
  readonly inPaths?: Fields | undefined;
  /** Keys of the partitions that the parent's row was listed in, the nearest first. */
  readonly above: readonly string[];
  /** The parent's cursor, in ms since the epoch. */
  readonly at?: number | undefined;
  /** Of the parent's whole row, where it is compared with what it was. */
  readonly digest?: string | undefined;
  /** The same partition as further rows of the parent name it: what Zoom refuses by one it may give by another. */
  readonly others?: readonly Partition[] | undefined;
}

/** The only partition of a stream without a parent. */
export const wholeAccount: Partition = { key: '', parameters: {}, adds: {}, above: [] };

/** A row of a parent, as its children see it. */
export interface ParentRow {
  /** The fields that some child needs, by their dotted names. */
  readonly fields: Fields;
  /** By which values paths name the row, where Zoom wants others than the row's own: `me`. */
  readonly inPaths?: Fields | undefined;
  /** Of the whole row, where somebody remembers it. */
  readonly digest?: string | undefined;
  /** The partition that the row was listed in. */
  readonly from: Partition;
}

/**
 * The partition that a parent's row makes.
 * @returns `none` for a row that has no children, `nameless` for one without the field that names it.
 */
export function toPartition(
  parent: Parent,
  { fields, inPaths = {}, digest, from }: ParentRow,
): Partition | 'none' | 'nameless' {
  const { parameters, adds = {}, only = [] } = parent;
  if (!only.every((condition) => meets(fields, condition))) return 'none';
  const name = nameIn(parent, fields);
  if (name === undefined) return 'nameless';
  const named = Object.entries(parameters).map(([parameter, field]) => {
    const given = firstGiven(fields, field);
    return [parameter, inPaths[given] ?? fields[given]];
  });
  const isAdded = (field: string) => name.of === undefined || name.of.includes(field);
  const added = Object.entries(adds).map(([own, field]) => [own, isAdded(field) ? fields[field] : null]);
  const addedInPaths = Object.entries(adds).flatMap(([own, field]) =>
    field in inPaths && isAdded(field) ? [[own, inPaths[field]]] : [],
  );
  return {
    key: name.key,
    parameters: Object.fromEntries(named),
    adds: Object.fromEntries(added),
    inPaths: addedInPaths.length === 0 ? undefined : Object.fromEntries(addedInPaths),
    above: [from.key, ...from.above],
    digest,
  };
}

/** Rows of the same name are one partition: what is above any of them is above it. */
function joinPartitions([first, ...others]: readonly [Partition, ...Partition[]]): Partition {
  if (others.length === 0) return first;
  const above = [...new Set([first, ...others].flatMap((each) => each.above))];
  return { ...first, above, others };
}

/** Collects the rows of each name, in the order in which the first one came; all members of a channel may list it. */
export function createJoin() {
  const named = new Map<string, [Partition, ...Partition[]]>();
  return {
    add(partition: Partition): void {
      const known = named.get(partition.key);
      if (known === undefined) named.set(partition.key, [partition]);
      else known.push(partition);
    },
    *joined(): Generator<Partition> {
      for (const rows of named.values()) yield joinPartitions(rows);
    },
  };
}

/** The parameter by which a partition is known, and the field of the parent's row that gives it. */
export function naming(parameters: Parent['parameters']): {
  readonly parameter: string;
  readonly field: string;
} {
  const [[parameter, field] = ['', '']] = Object.entries(parameters);
  return { parameter, field: [field].flat()[0] ?? '' };
}

/** The field of the parent's row that alone tells one partition from another; undefined where several do, or one or another. */
export function nameFieldOf({ parameters, partition }: Parent): string | undefined {
  if (partition === undefined) return naming(parameters).field;
  const [only = [], ...alternatives] = partition;
  return only.length === 1 && alternatives.length === 0 ? only[0] : undefined;
}

/** What a row calls its partition, and the fields that say so, where alternatives are declared. */
function nameIn(
  parent: Parent,
  fields: Fields,
): { readonly key: string; readonly of?: readonly string[] | undefined } | undefined {
  const { partition = [] } = parent;
  const only = nameFieldOf(parent);
  if (only !== undefined)
    return isGiven(fields[only]) ? { key: String(fields[only]), of: parent.partition?.[0] } : undefined;
  const of = partition.find((alternative) => alternative.every((field) => isGiven(fields[field])));
  // With the names of the fields, since two alternatives may hold the same value.
  return of && { key: JSON.stringify(Object.fromEntries(of.map((field) => [field, fields[field]]))), of };
}

function firstGiven(fields: Fields, candidates: string | readonly string[]): string {
  const names = [candidates].flat();
  return names.find((name) => isGiven(fields[name])) ?? names[0] ?? '';
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** What a field does not settle is asked for: nothing is left out that is not known. */
function meets(fields: Fields, condition: Condition): boolean {
  const value = fields[condition.field];
  if (value === undefined || value === null) return true;
  if ('above' in condition) return typeof value !== 'number' || value > condition.above;
  if ('in' in condition) return condition.in.includes(value as string);
  return !condition.notIn.includes(value as string);
}

/** The fields of a parent's rows that these children need. */
export function fieldsFor(
  parents: readonly Pick<Parent, 'parameters' | 'partition' | 'adds' | 'only'>[],
): readonly string[] {
  const fields = parents.flatMap(({ parameters, partition = [], adds = {}, only = [] }) => [
    ...Object.values(parameters).flat(),
    ...partition.flat(),
    ...Object.values(adds),
    ...only.map(({ field }) => field),
  ]);
  return [...new Set(fields)];
}

/** Some fields of a row, by their dotted names. */
export function pick(row: Readonly<JsonObject>, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.map((field) => [field, valueAt(row, field)]));
}

function valueAt(row: Readonly<JsonObject>, field: string): unknown {
  if (field in row) return row[field];
  return field
    .split('.')
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null ? (value as JsonObject)[step] : undefined,
      row,
    );
}
