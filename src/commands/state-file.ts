import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject } from '../json.ts';
import { type JsonPath, parseInParts } from '../json-stream.ts';
import { notJson, readJsonFile, requireShallow, unreadable } from './files.ts';

/** A longer file is parsed while it is read. */
const wholeBytes = 1024 * 1024;

/**
 * Reads the file of `--state`, which may be of many megabytes.
 * @param largeFields names of objects that become a `LargeObject` in a long file.
 * @throws ConfigError as `readJsonFile` does.
 */
export async function readStateFile(path: string, largeFields: readonly string[]): Promise<unknown> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size <= wholeBytes
    ? readJsonFile('state', path)
    : parseLongState(createReadStream(path), path, largeFields);
}

/** A large object, of which all but what came last is kept as JSON: it takes a fraction of the memory. */
interface Found {
  readonly path: JsonPath;
  readonly texts: string[];
}

/** @throws ConfigError */
export async function parseLongState(
  chunks: AsyncIterable<Buffer>,
  file: string,
  largeFields: readonly string[],
): Promise<unknown> {
  const isLarge = (path: JsonPath, holder: unknown) =>
    isJsonObject(holder) && largeFields.includes(String(path.at(-1)));
  const found = new Map<string, Found>();
  let rest: unknown;
  try {
    for await (const part of parseInParts(chunks, isLarge)) {
      if (part.kind === 'rest') rest = part.value;
      else keep(found, part.path, requireShallow('state', file, part.members));
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw error instanceof Error && 'syscall' in error
      ? unreadable('state', file, error)
      : notJson('state', file);
  }
  requireShallow('state', file, rest);
  for (const large of found.values()) putBack(rest, large);
  return rest;
}

function keep(found: Map<string, Found>, path: JsonPath, members: unknown): void {
  const name = JSON.stringify(path);
  const large = found.get(name) ?? { path, texts: [] };
  found.set(name, large);
  large.texts.push(JSON.stringify(members));
}

function putBack(rest: unknown, { path, texts }: Found): void {
  const holder = path.slice(0, -1).reduce(memberOf, rest);
  const field = String(path.at(-1));
  const last = memberOf(holder, field);
  // A field that came twice holds something else by now.
  if (!isJsonObject(holder) || !isJsonObject(last)) return;
  holder[field] = new LargeObject(function* () {
    for (const text of texts) yield* Object.entries(JSON.parse(text) as JsonObject);
    yield* Object.entries(last);
  });
}

function memberOf(holder: unknown, step: JsonPath[number]): unknown {
  return Array.isArray(holder) || isJsonObject(holder) ? (holder as JsonObject)[String(step)] : undefined;
}
