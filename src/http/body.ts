import { isDeepStrictEqual } from 'node:util';
import { SystemError, TransientError } from '../errors.ts';
import { isJsonObject, type JsonObject, mayNeedMending, mendJson } from '../json.ts';
import { type JsonPath, parseInParts } from '../json-stream.ts';
import type { Body, Request } from './exchange.ts';

/** A big body broke off after some of its rows were handed on: the listing has to be read again. */
export class BodyInterrupted extends TransientError {}

/** A list of rows holds something else, which nobody could tell from a row that was lost. */
export class BodyMisshapen extends SystemError {}

/** Where the rows of a body are, and what they are: without `records` the whole body is one row. */
type Wanted = Pick<Request, 'records' | 'strings' | 'lists'>;

/** A response body, or what it was instead of JSON. */
export type ParsedBody =
  | { readonly kind: 'json'; readonly body: Body }
  /** Neither JSON object nor array; `text` is its beginning, for a message. */
  | { readonly kind: 'text'; readonly text: string }
  /** JSON that ends too early or is garbled; `text` is its beginning, as it came. */
  | { readonly kind: 'broken'; readonly text: string };

/** Of `text` where there is none. */
export const emptyAnswer = '(an empty answer)';

/** Up to here a body is parsed in one go, which is several times as fast as while it arrives. */
const wholeBodyBytes = 8 * 1024 * 1024;
const shownCharacters = 120;
/** Of broken JSON, for who looks for an error in it. */
const keptCharacters = 4000;

/**
 * Reads a response body.
 * @throws TransportFailure when the body does not arrive whole.
 */
export async function readBody(
  chunks: AsyncGenerator<Buffer>,
  wanted: Wanted,
  wholeBytes = wholeBodyBytes,
): Promise<ParsedBody> {
  const parts: Buffer[] = [];
  let size = 0;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    parts.push(next.value);
    size += next.value.length;
    if (size > wholeBytes && wanted.records !== undefined) {
      return { kind: 'json', body: parseWhileArriving(prepend(parts, chunks), wanted) };
    }
  }
  return parseWhole(Buffer.concat(parts, size).toString('utf8'), wanted);
}

function parseWhole(text: string, wanted: Wanted): ParsedBody {
  const { records } = wanted;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return /^\s*[{[]/.test(text)
      ? { kind: 'broken', text: text.slice(0, keptCharacters) }
      : { kind: 'text', text: summarise(text) };
  }
  const rowsOf = mayNeedMending(text) ? mendJson : (list: unknown) => list;
  // Some endpoints answer with a bare list; an empty one where another list was asked for says nothing about it.
  if (Array.isArray(value)) {
    const hasList = records === undefined || records === '' || value.length > 0;
    // A refusal may be a bare list of its reasons.
    const envelope = records === undefined ? { errors: value } : {};
    return { kind: 'json', body: toBody([['', rowsOf(value)]], wanted, { envelope, hasList }) };
  }
  if (!isJsonObject(value)) return { kind: 'text', text: summarise(text) };
  if (records === undefined)
    return { kind: 'json', body: toBody([['', rowsOf([value])]], {}, { envelope: value, hasList: true }) };
  const { lists, envelope } = openLists(value, wanted);
  const rows = lists.map(([name, list]) => [name, rowsOf(list)] as const);
  return { kind: 'json', body: toBody(rows, wanted, { envelope, hasList: Array.isArray(lists[0][1]) }) };
}

/** The fields that lead to the list; none to a body that is the list. */
function stepsTo(records = ''): readonly string[] {
  return records === '' ? [] : records.split('.');
}

type NamedList = readonly [name: string, list: unknown];

/** The lists that are wanted, the one that has pages first, and the fields beside them. */
function openLists(
  body: JsonObject,
  { records = '', lists }: Wanted,
): { readonly lists: readonly [NamedList, ...NamedList[]]; readonly envelope: JsonObject } {
  const { list, envelope } = openAt(body, stepsTo(records));
  const others = (lists?.names ?? []).filter((name) => name !== records);
  const beside = Object.entries(envelope).filter(([field]) => !others.includes(field));
  return {
    lists: [[records, list], ...others.map((name): NamedList => [name, envelope[name]])],
    envelope: Object.fromEntries(beside),
  };
}

/** The list at the end of some steps, and the fields beside it: those of the object that holds it come before those around. */
function openAt(
  body: JsonObject,
  [field, ...others]: readonly string[],
): { readonly list: unknown; readonly envelope: JsonObject } {
  if (field === undefined) return { list: undefined, envelope: body };
  const { [field]: value, ...beside } = body;
  if (others.length === 0) return { list: value, envelope: beside };
  if (!isJsonObject(value)) return { list: undefined, envelope: beside };
  const { list, envelope } = openAt(value, others);
  return { list, envelope: { ...beside, ...envelope } };
}

function toBody(
  lists: readonly NamedList[],
  wanted: Wanted,
  known: Pick<Found, 'envelope' | 'hasList'>,
): Body {
  const found: Found = { ...known, nulls: 0 };
  return { batches: inBatches(lists, wanted, found), ...bodyOf(found) };
}

/** Each list in one. */
function* inBatches(
  lists: readonly NamedList[],
  wanted: Wanted,
  found: Found,
): Generator<readonly JsonObject[]> {
  for (const list of lists) yield take(list, wanted, found);
}

/** What is known of a body beside its rows. */
interface Found {
  readonly envelope: JsonObject;
  hasList: boolean;
  nulls: number;
}

function bodyOf(found: Found): Omit<Body, 'batches'> {
  return { envelope: found.envelope, hasList: () => found.hasList, nulls: () => found.nulls };
}

function take([path, list]: NamedList, { strings, lists }: Wanted, found: Found): readonly JsonObject[] {
  const name = path || 'the body';
  const { rows, nulls } =
    strings === undefined ? requireObjects(list, name) : requireStrings(list, name, strings);
  found.nulls += nulls;
  return lists === undefined ? rows : rows.map((row) => ({ ...row, [lists.adds]: name }));
}

/** The rows of a list, and how many nulls stood among them. */
export interface Rows {
  readonly rows: readonly JsonObject[];
  readonly nulls: number;
}

/**
 * The rows of a list. A null in it is no row, and is counted.
 * @param list one that is not there gives none.
 * @param name what the list is called.
 * @throws BodyMisshapen
 */
export function requireObjects(list: unknown, name: string): Rows {
  const { members, nulls } = requireMembers(list, name, isJsonObject, 'object');
  return { rows: members, nulls };
}

/** Each string becomes a row with this one field. */
function requireStrings(list: unknown, name: string, field: string): Rows {
  const isString = (member: unknown) => typeof member === 'string';
  const { members, nulls } = requireMembers(list, name, isString, 'string');
  return { rows: members.map((member) => ({ [field]: member })), nulls };
}

function requireMembers<T>(
  list: unknown,
  name: string,
  isMember: (member: unknown) => member is T,
  what: string,
): { readonly members: readonly T[]; readonly nulls: number } {
  if (list === undefined || list === null) return { members: [], nulls: 0 };
  if (!Array.isArray(list)) throw new BodyMisshapen(`"${name}" is no list`);
  if (list.every(isMember)) return { members: list, nulls: 0 };
  const stranger = list.findIndex((member) => member !== null && !isMember(member));
  const members = list.filter(isMember);
  if (stranger < 0) return { members, nulls: list.length - members.length };
  throw new BodyMisshapen(`the list "${name}" holds something that is no ${what}, at place ${stranger + 1}`);
}

/** The rows leave in batches; the rest of the body is assembled into the envelope. */
function parseWhileArriving(chunks: AsyncIterable<Buffer>, wanted: Wanted): Body {
  const found: Found = { envelope: {}, hasList: false, nulls: 0 };
  return { batches: readBatches(chunks, wanted, found), ...bodyOf(found) };
}

async function* readBatches(
  chunks: AsyncIterable<Buffer>,
  wanted: Wanted,
  found: Found,
): AsyncGenerator<readonly JsonObject[]> {
  const steps = stepsTo(wanted.records);
  // A bare list is one, whatever was asked for.
  const isList = (path: JsonPath, holder: unknown) =>
    Array.isArray(holder) &&
    (path.length === 0 || isDeepStrictEqual(path, steps) || isOther(path, wanted.lists?.names));
  let rest: unknown;
  try {
    for await (const part of parseInParts(chunks, isList)) {
      if (part.kind === 'members') yield take([part.path.join('.'), mendJson(part.members)], wanted, found);
      else rest = part.value;
    }
  } catch (error) {
    throw error instanceof BodyMisshapen ? error : interrupted(error);
  }
  const { lists, envelope } = Array.isArray(rest)
    ? { lists: [['', rest] as const], envelope: {} }
    : openLists(requireObject(rest), wanted);
  Object.assign(found.envelope, envelope);
  found.hasList = Array.isArray(lists[0]?.[1]);
  for (const [name, list] of lists) yield take([name, mendJson(list)], wanted, found);
}

/** One of several lists beside each other. */
function isOther(path: JsonPath, names: readonly string[] = []): boolean {
  return path.length === 1 && names.includes(String(path[0]));
}

function requireObject(rest: unknown): JsonObject {
  if (isJsonObject(rest)) return rest;
  throw interrupted(undefined);
}

function interrupted(cause: unknown): BodyInterrupted {
  return new BodyInterrupted('A long answer of Zoom broke off before its end.', { cause });
}

async function* prepend(parts: readonly Buffer[], chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* parts;
  yield* chunks;
}

/** The first words of a page, without its markup. */
function summarise(text: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1];
  const words = (title ?? text.slice(0, 4000).replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? emptyAnswer : words.slice(0, shownCharacters);
}
