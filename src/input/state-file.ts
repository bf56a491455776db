import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, type LargeObject } from '../json.ts';
import { type JsonPath, parseInParts } from '../json-stream.ts';
import { inUtf8 } from './encoding.ts';
import { notJson, parseJson, readTextFile, requireShallow, unreadable } from './files.ts';
import { statesInLines } from './state-lines.ts';

/** A longer file, or a longer line of one, is parsed while it is read. */
const wholeBytes = 1024 * 1024;

/** What takes over the fields of a large object while they come. */
interface Taker extends LargeObject {
  add(fields: JsonObject): void;
}

/** Objects of a long state that are never had whole. */
export interface LargeFields {
  readonly names: readonly string[];
  create(): Taker;
}

/**
 * Reads the file of `--state`, which may be of many megabytes: a state as platforms write it, or the output of an earlier
 * read, whose states are given as a list, the last of each stream last.
 * @throws ConfigError as `readJsonFile` does.
 */
export async function readStateFile(path: string, large: LargeFields): Promise<unknown> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size <= wholeBytes) return parseState(await readTextFile('state', path), path, large);
  const open = () => inUtf8(createReadStream(path));
  return orStatesInLines(() => parseLongState(open(), path, large), open, path, large);
}

/** @throws ConfigError */
async function parseState(text: string, path: string, large: LargeFields): Promise<unknown> {
  const lines = async function* () {
    yield Buffer.from(text);
  };
  return orStatesInLines(async () => parseJson('state', path, text), lines, path, large);
}

/** What is no JSON as a whole may be the output of a read. */
async function orStatesInLines(
  parse: () => Promise<unknown>,
  open: () => AsyncIterable<Buffer>,
  path: string,
  large: LargeFields,
): Promise<unknown> {
  try {
    return await parse();
  } catch (error) {
    const states = await outputStates(open(), path, large);
    if (states === undefined) throw error;
    return states;
  }
}

/**
 * The states in the output of a read; undefined where there is no line of one.
 * @throws ConfigError
 */
async function outputStates(
  chunks: AsyncIterable<Buffer>,
  path: string,
  large: LargeFields,
): Promise<unknown[] | undefined> {
  try {
    return await statesInLines(chunks, {
      wholeBytes,
      parse: (line) => requireShallow('state', path, JSON.parse(line.toString('utf8'))),
      parseLong: (line) => parseParts(line, path, large),
    });
  } catch (error) {
    throw isOfSystem(error) ? unreadable('state', path, error) : error;
  }
}

interface Found {
  readonly path: JsonPath;
  readonly taker: Taker;
}

/** @throws ConfigError */
export async function parseLongState(
  chunks: AsyncIterable<Buffer>,
  file: string,
  large: LargeFields,
): Promise<unknown> {
  try {
    return await parseParts(chunks, file, large);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw isOfSystem(error) ? unreadable('state', file, error) : notJson('state', file);
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/**
 * @throws ConfigError for what nests too deep.
 * @throws Error when the text is no JSON, or whatever `chunks` throws.
 */
async function parseParts(chunks: AsyncIterable<Buffer>, file: string, large: LargeFields): Promise<unknown> {
  const isLarge = (path: JsonPath, holder: unknown) =>
    isJsonObject(holder) && large.names.includes(String(path.at(-1)));
  const found = new Map<string, Found>();
  const take = (path: JsonPath, members: JsonObject) => {
    const name = JSON.stringify(path);
    const { taker } = found.get(name) ?? { taker: large.create() };
    found.set(name, { path, taker });
    taker.add(members);
  };
  let rest: unknown;
  for await (const part of parseInParts(chunks, isLarge)) {
    if (part.kind === 'rest') rest = part.value;
    else take(part.path, requireShallow('state', file, part.members) as JsonObject);
  }
  requireShallow('state', file, rest);
  for (const { path, taker } of found.values()) putBack(rest, path, taker);
  return rest;
}

function putBack(rest: unknown, path: JsonPath, taker: Taker): void {
  const holder = path.slice(0, -1).reduce(memberOf, rest);
  const field = String(path.at(-1));
  const last = memberOf(holder, field);
  // A field that came twice holds something else by now.
  if (!isJsonObject(holder) || !isJsonObject(last)) return;
  taker.add(last);
  holder[field] = taker;
}

function memberOf(holder: unknown, step: JsonPath[number]): unknown {
  return Array.isArray(holder) || isJsonObject(holder) ? (holder as JsonObject)[String(step)] : undefined;
}
