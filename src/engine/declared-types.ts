import { readInstant, readZoomTime } from '../instant.ts';
import { isDeeperThan, isJsonObject, type JsonObject, mendJson } from '../json.ts';

/** A record whose values are of the types that its schema declares. */
export interface Typed {
  readonly record: JsonObject;
  /** Dotted names of the fields whose values could not be, and left as null. */
  readonly nulled: readonly string[];
}

/** Gives a value its declared type: itself where it has that; null, which is told to `lost`, where it cannot. */
type Convert = (value: unknown, lost: () => null) => unknown;

/** The declared fields of an object. */
interface Node {
  readonly own: readonly (readonly [field: string, convert: Convert])[];
  /** Fields that hold objects, or lists of objects, with declared fields inside. */
  readonly below: readonly (readonly [field: string, node: Node])[];
}

const nothingNulled: readonly string[] = [];

/**
 * Gives each value the type that the schema declares. A time that Zoom writes as seconds or milliseconds since the epoch, or
 * without a zone (UTC), leaves as RFC 3339; a number or a boolean in a text becomes one, and the other way round; JSON in a text
 * becomes the object that is declared; one thing where a list is declared is a list of one. What cannot be of its type, such as
 * an empty string where a number is declared, leaves as null.
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
  const types = [type].flat().filter((name) => name !== 'null');
  if (types.length !== 1) return undefined;
  if (types[0] === 'array') return toListOf(isJsonObject(items) ? converterFor(items) : undefined);
  return converters[String(types[0])];
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
  };
  let current = '';
  const lost = () => {
    const name = nameOf(current);
    if (!place.nulled.includes(name)) place.nulled.push(name);
    return null;
  };
  for (const [field, convert] of node.own) {
    const value = object[field];
    if (value === undefined || value === null) continue;
    current = field;
    const typed = convert(value, lost);
    if (typed !== value) put(field, typed);
  }
  for (const [field, inside] of node.below) {
    const value = (copy ?? object)[field];
    const typed = typeBelow(value, inside, { ...place, at: nameOf(field) });
    if (typed !== value) put(field, typed);
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

/** Of a day that every month has, so that it need not be looked up. */
const usualInstant =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const dayForm = /^\d{4}-\d\d-\d\d$/;

const toTime: Convert = (value, lost) => {
  if (typeof value === 'string' && (usualInstant.test(value) || isReal(value, instantForm))) return value;
  return readZoomTime(value) ?? lost();
};

const toDay: Convert = (value, lost) => {
  if (typeof value === 'string' && isReal(value, dayForm)) return value;
  return readZoomTime(value)?.slice(0, 10) ?? lost();
};

/** Zoom's empty times may look like one (`0000-00-00`). */
function isReal(text: string, form: RegExp): boolean {
  return form.test(text) && readInstant(text) !== undefined;
}

const converters: Readonly<Record<string, Convert>> = {
  string: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  boolean: (value, lost) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' || value === 'false' ? value === 'true' : lost();
  },
  integer: (value, lost) => toNumber(value, Number.isInteger, lost),
  number: (value, lost) => toNumber(value, Number.isFinite, lost),
  object: (value, lost) => {
    if (isJsonObject(value)) return value;
    return (typeof value === 'string' && value.startsWith('{') ? parseObject(value) : undefined) ?? lost();
  },
};

function toNumber(value: unknown, isSuch: (number: number) => boolean, lost: () => null): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !isSuch(number)) return lost();
  // A longer one would lose digits.
  return Math.abs(number) > Number.MAX_SAFE_INTEGER ? value : number;
}

/** Deeper than anything that Zoom documents; what people write into a text may nest as deep as they like. */
const deepestNesting = 100;

function parseObject(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isJsonObject(value) && !isDeeperThan(deepestNesting, value)
    ? (mendJson(value) as JsonObject)
    : undefined;
}

/** Zoom names one alone without a list around it; an empty text is none. */
function toListOf(convert: Convert = (value) => value): Convert {
  return (value, lost) => {
    if (!Array.isArray(value)) {
      const typed = value === '' ? lost() : convert(value, lost);
      return typed === null ? null : [typed];
    }
    const typed = value.map((item: unknown) => (item === null ? null : convert(item, lost)));
    return typed.some((item, index) => item !== value[index]) ? typed : value;
  };
}
