import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, type LargeObject } from '../json.ts';
import { type JsonPath, parseInParts } from '../json-stream.ts';
import { notJson, readJsonFile, requireShallow, unreadable } from './files.ts';

/** A longer file is parsed while it is read. */
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
 * Reads the file of `--state`, which may be of many megabytes.
 * @throws ConfigError as `readJsonFile` does.
 */
export async function readStateFile(path: string, large: LargeFields): Promise<unknown> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size <= wholeBytes
    ? readJsonFile('state', path)
    : parseLongState(createReadStream(path), path, large);
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
  try {
    for await (const part of parseInParts(chunks, isLarge)) {
      if (part.kind === 'rest') rest = part.value;
      else take(part.path, requireShallow('state', file, part.members) as JsonObject);
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw error instanceof Error && 'syscall' in error
      ? unreadable('state', file, error)
      : notJson('state', file);
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
