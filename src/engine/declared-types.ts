import { readZoomTime } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** A record whose values are of the types that its schema declares. */
export interface Typed {
  readonly record: JsonObject;
  /** Dotted names of the fields whose values could not be, and left as null. */
  readonly nulled: readonly string[];
}

/** Gives a value its declared type: itself where it has that, null where it cannot. */
type Convert = (value: unknown) => unknown;

/** The fields whose values Zoom writes in other ways than declared, here and there. */
interface Node {
  readonly own: readonly (readonly [field: string, convert: Convert])[];
  /** Fields that hold objects, or lists of objects, with such fields inside. */
  readonly below: readonly (readonly [field: string, node: Node])[];
}

const nothingNulled: readonly string[] = [];

/**
 * Gives times, numbers and lists the form that the schema declares: a time that Zoom writes as seconds or milliseconds since
 * the epoch, or without a zone (UTC), leaves as RFC 3339; a string where a list of them is declared is a list of one; what cannot be of its type, such as an empty string, leaves as null.
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
  const node: Node = {
    own: entries.flatMap(([field, property]) => {
      const convert = converterFor(property);
      return convert === undefined ? [] : [[field, convert] as const];
    }),
    below: entries.flatMap(([field, property]) => {
      const inside = compile(property['items'] ?? property);
      return inside === undefined ? [] : [[field, inside] as const];
    }),
  };
  return node.own.length + node.below.length === 0 ? undefined : node;
}

function converterFor({ type, format, items }: JsonObject): Convert | undefined {
  if (format === 'date-time') return toTime;
  if (format === 'date') return toDay;
  const types = [type].flat();
  if (types.includes('array')) return isJsonObject(items) && isText(items) ? toList : undefined;
  return (types.includes('integer') || types.includes('number')) && !types.includes('string')
    ? toNumber
    : undefined;
}

function isText({ type }: JsonObject): boolean {
  return [type].flat().includes('string');
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
  for (const [field, convert] of node.own) {
    const value = object[field];
    const typed = value === undefined || value === null ? value : convert(value);
    if (typed !== value) put(field, typed);
  }
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
const day = /^\d{4}-\d\d-\d\d$/;

function toTime(value: unknown): unknown {
  return typeof value === 'string' && usualInstant.test(value) ? value : (readZoomTime(value) ?? null);
}

function toDay(value: unknown): unknown {
  return typeof value === 'string' && day.test(value) ? value : (readZoomTime(value)?.slice(0, 10) ?? null);
}

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && (value.trim() === '' || !Number.isFinite(Number(value))) ? null : value;
}

/** Zoom names one alone without a list around it. */
function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value === '' ? null : [value];
}
