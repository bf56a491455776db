import { readZoomTime } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** A record whose values are of the types that its schema declares. */
export interface Typed {
  readonly record: JsonObject;
  /** Dotted names of the fields whose values could not be, and left as null. */
  readonly nulled: readonly string[];
}

/** What a schema declares to be a time or a number, which Zoom writes in other ways here and there. */
interface Node {
  readonly times: readonly string[];
  readonly days: readonly string[];
  readonly numbers: readonly string[];
  /** Fields that hold objects, or lists of objects, with such fields inside. */
  readonly below: readonly (readonly [field: string, node: Node])[];
}

const nothingNulled: readonly string[] = [];

/**
 * Gives times and numbers the form that the schema declares: a time that Zoom writes as seconds or milliseconds since the
 * epoch, or without a zone (UTC), leaves as RFC 3339; what cannot be of its type, such as an empty string, leaves as null.
 */
export function createTyper(schema: JsonObject): (row: JsonObject) => Typed {
  const node = compile(schema);
  return (row) => {
    if (node === undefined) return { record: row, nulled: nothingNulled };
    const nulled: string[] = [];
    const record = typeObject(row, node, { at: '', nulled });
    return { record, nulled: nulled.length === 0 ? nothingNulled : nulled };
  };
}

function compile(schema: unknown): Node | undefined {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  if (!isJsonObject(properties)) return undefined;
  const entries = Object.entries(properties).filter((entry): entry is [string, JsonObject] =>
    isJsonObject(entry[1]),
  );
  const named = (isWanted: (property: JsonObject) => boolean) =>
    entries.filter(([, property]) => isWanted(property)).map(([field]) => field);
  const node: Node = {
    times: named(({ format }) => format === 'date-time'),
    days: named(({ format }) => format === 'date'),
    numbers: named(isNumber),
    below: entries.flatMap(([field, property]) => {
      const inside = compile(property['items'] ?? property);
      return inside === undefined ? [] : [[field, inside] as const];
    }),
  };
  const isEmpty = [node.times, node.days, node.numbers, node.below].every(({ length }) => length === 0);
  return isEmpty ? undefined : node;
}

function isNumber({ type }: JsonObject): boolean {
  const types = [type].flat();
  return types.some((name) => name === 'integer' || name === 'number') && !types.includes('string');
}

interface Place {
  /** Dotted name of the object; empty for the record. */
  readonly at: string;
  readonly nulled: string[];
}

function typeObject(object: JsonObject, node: Node, place: Place): JsonObject {
  let copy: JsonObject | undefined;
  const nameOf = (field: string) => (place.at === '' ? field : `${place.at}.${field}`);
  const put = (field: string, value: unknown) => {
    copy ??= { ...object };
    copy[field] = value;
    if (value === null) place.nulled.push(nameOf(field));
  };
  for (const field of node.times) if (!isTime(object[field])) put(field, readZoomTime(object[field]) ?? null);
  for (const field of node.days) if (object[field] === '') put(field, null);
  for (const field of node.numbers) if (isNoNumber(object[field])) put(field, null);
  for (const [field, inside] of node.below) {
    const typed = typeBelow(object[field], inside, { ...place, at: nameOf(field) });
    if (typed !== object[field]) {
      copy ??= { ...object };
      copy[field] = typed;
    }
  }
  return copy ?? object;
}

/** @returns the value itself when nothing in it had to change. */
function typeBelow(value: unknown, node: Node, place: Place): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => typeBelow(item, node, place));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return isJsonObject(value) ? typeObject(value, node, place) : value;
}

const usualInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function isTime(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && usualInstant.test(value));
}

function isNoNumber(value: unknown): boolean {
  return typeof value === 'string' && (value.trim() === '' || !Number.isFinite(Number(value)));
}
