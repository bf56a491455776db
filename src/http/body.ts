import { SystemError, TransientError } from '../errors.ts';
import { isJsonObject, type JsonObject, mayNeedMending, mendJson } from '../json.ts';
import { type JsonPath, parseInParts } from '../json-stream.ts';
import type { Body, NamedLists, Request } from './exchange.ts';

/** A big body broke off after some of its rows were handed on: the listing has to be read again. */
export class BodyInterrupted extends TransientError {}

/** A list of rows holds something else, which nobody could tell from a row that was lost. */
export class BodyMisshapen extends SystemError {}

/** A response body, or what it was instead of JSON. */
export type ParsedBody =
  | { readonly kind: 'json'; readonly body: Body }
  /** Neither JSON object nor array; `text` is its beginning, for a message. */
  | { readonly kind: 'text'; readonly text: string }
  /** JSON that ends too early or is garbled; `text` is its beginning, as it came. */
  | { readonly kind: 'broken'; readonly text: string };

/** Up to here a body is parsed in one go, which is several times as fast as while it arrives. */
const wholeBodyBytes = 8 * 1024 * 1024;
const shownCharacters = 120;
/** Of broken JSON, for who looks for an error in it. */
const keptCharacters = 4000;

/** Where a body's rows are: without `records` the whole body is one row. */
type RowPlaces = Pick<Request, 'records' | 'lists'>;

/**
 * Reads a response body.
 * @throws TransportFailure when the body does not arrive whole.
 */
export async function readBody(
  chunks: AsyncGenerator<Buffer>,
  { records, lists }: RowPlaces,
  wholeBytes = wholeBodyBytes,
): Promise<ParsedBody> {
  const parts: Buffer[] = [];
  let size = 0;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    parts.push(next.value);
    size += next.value.length;
    if (size > wholeBytes && records !== undefined) {
      return { kind: 'json', body: parseWhileArriving(prepend(parts, chunks), records, lists) };
    }
  }
  return parseWhole(Buffer.concat(parts, size).toString('utf8'), { records, lists });
}

function parseWhole(text: string, { records, lists }: RowPlaces): ParsedBody {
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
    const hasList = records === undefined || value.length > 0;
    return { kind: 'json', body: toBody(rowsOf(value), 'the body', { envelope: {}, hasList }) };
  }
  if (!isJsonObject(value)) return { kind: 'text', text: summarise(text) };
  if (records === undefined)
    return { kind: 'json', body: toBody(rowsOf([value]), 'the body', { envelope: value, hasList: true }) };
  const names = lists?.names ?? [records];
  const envelope = Object.fromEntries(Object.entries(value).filter(([field]) => !names.includes(field)));
  const found: Found = { envelope, hasList: Array.isArray(value[records]), nulls: 0, adds: lists?.adds };
  const rows = names.map((name) => [name, rowsOf(value[name])] as const);
  return { kind: 'json', body: { batches: inBatches(rows, found), ...bodyOf(found) } };
}

function toBody(list: unknown, name: string, known: Pick<Found, 'envelope' | 'hasList'>): Body {
  const found: Found = { ...known, nulls: 0 };
  return { batches: inBatches([[name, list]], found), ...bodyOf(found) };
}

/** Each list in one. */
function* inBatches(
  lists: readonly (readonly [name: string, list: unknown])[],
  found: Found,
): Generator<readonly JsonObject[]> {
  for (const [name, list] of lists) yield take(list, name, found);
}

/** What is known of a body beside its rows. */
interface Found {
  readonly envelope: JsonObject;
  hasList: boolean;
  nulls: number;
  /** The field that the name of a row's list is added under, where there are several lists. */
  readonly adds?: string | undefined;
}

function bodyOf(found: Found): Omit<Body, 'batches'> {
  return { envelope: found.envelope, hasList: () => found.hasList, nulls: () => found.nulls };
}

function take(list: unknown, name: string, found: Found): readonly JsonObject[] {
  const { rows, nulls } = requireObjects(list, name);
  found.nulls += nulls;
  const { adds } = found;
  return adds === undefined ? rows : rows.map((row) => ({ ...row, [adds]: name }));
}

/**
 * The rows of a list. A null in it is no row, and is counted.
 * @param list one that is not there gives none.
 * @param name what the list is called.
 * @throws BodyMisshapen
 */
export function requireObjects(
  list: unknown,
  name: string,
): { readonly rows: readonly JsonObject[]; readonly nulls: number } {
  if (list === undefined || list === null) return { rows: [], nulls: 0 };
  if (!Array.isArray(list)) throw new BodyMisshapen(`"${name}" is no list`);
  if (list.every(isJsonObject)) return { rows: list, nulls: 0 };
  const stranger = list.findIndex((row) => row !== null && !isJsonObject(row));
  const rows = list.filter(isJsonObject);
  if (stranger < 0) return { rows, nulls: list.length - rows.length };
  throw new BodyMisshapen(`the list "${name}" holds something that is no object, at place ${stranger + 1}`);
}

/** The rows leave in batches; the rest of the body is assembled into the envelope. */
function parseWhileArriving(
  chunks: AsyncIterable<Buffer>,
  records: string,
  lists: NamedLists | undefined,
): Body {
  const found: Found = { envelope: {}, hasList: false, nulls: 0, adds: lists?.adds };
  const names = lists?.names ?? [records];
  return { batches: readBatches(chunks, { records, names }, found), ...bodyOf(found) };
}

async function* readBatches(
  chunks: AsyncIterable<Buffer>,
  { records, names }: { readonly records: string; readonly names: readonly string[] },
  found: Found,
): AsyncGenerator<readonly JsonObject[]> {
  const isList = (path: JsonPath, holder: unknown) =>
    Array.isArray(holder) && path.length === 1 && names.includes(String(path[0]));
  let rest: unknown;
  try {
    for await (const part of parseInParts(chunks, isList)) {
      if (part.kind === 'members') yield take(mendJson(part.members), String(part.path[0]), found);
      else rest = part.value;
    }
  } catch (error) {
    throw error instanceof BodyMisshapen ? error : interrupted(error);
  }
  if (!isJsonObject(rest)) throw interrupted(undefined);
  for (const [field, value] of Object.entries(rest))
    if (!names.includes(field)) found.envelope[field] = value;
  found.hasList = Array.isArray(rest[records]);
  for (const name of names) yield take(mendJson(rest[name]), name, found);
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
  return words === '' ? '(an empty answer)' : words.slice(0, shownCharacters);
}
