import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject } from '../json.ts';
import { createKeyTable } from './key-table.ts';

/** What was last emitted for each key of a snapshot stream, and which keys this sync has met. */
export interface Digests {
  /** Keys with a digest. */
  readonly size: number;
  /** @returns false when this sync has met the key already. */
  meet(key: string): boolean;
  get(key: string): string | undefined;
  /** @param digest of `digestOf`. */
  set(key: string, digest: string): void;
  delete(key: string): void;
  /** Keys with a digest that this sync has not met. */
  missing(): string[];
  /** Digests by key. */
  toState(): LargeObject;
}

/** Fields of a state that hold digests by key. */
export const digestFields = ['digests', 'parents_read'] as const;

const digestLength = 8;
/** In place of the digest of a key that was met, and whose row is not written yet. */
const none = ' '.repeat(digestLength);
const unknown = '?'.repeat(digestLength);
const isDigest = /^[\w-]{8}$/;
const met = '+';
const unmet = '-';

/**
 * Some 60 bytes for each key: large accounts have hundreds of thousands.
 * @param input what `toState` gave, from the state's `field`.
 * @throws ConfigError when the input is not an object of strings.
 */
export function createDigests(
  stream: string,
  input: unknown,
  field: (typeof digestFields)[number] = 'digests',
): Digests {
  const table = createKeyTable(digestLength + 1);
  let size = 0;

  const indexOf = (key: string) => table.find(key) ?? table.add(key, none + unmet);
  const isMet = (index: number) => table.read(index, digestLength, digestLength + 1) === met;
  const read = (index: number) => {
    const digest = table.read(index, 0, digestLength);
    return digest === none ? undefined : digest;
  };
  const write = (index: number, digest: string | undefined) => {
    size += Number(digest !== undefined) - Number(read(index) !== undefined);
    table.write(index, 0, digest ?? none);
  };
  const entries = function* (): Generator<readonly [key: string, digest: string, index: number]> {
    for (let index = 0; index < table.size; index += 1) {
      const digest = read(index);
      if (digest !== undefined) yield [table.keyOf(index), digest, index];
    }
  };
  for (const [key, digest] of readInput(stream, input, field)) write(indexOf(key), digest);
  return {
    get size() {
      return size;
    },
    meet(key) {
      const index = indexOf(key);
      if (isMet(index)) return false;
      table.write(index, digestLength, met);
      return true;
    },
    get(key) {
      const index = table.find(key);
      return index === undefined ? undefined : read(index);
    },
    set: (key, digest) => write(indexOf(key), digest),
    delete(key) {
      const index = table.find(key);
      if (index !== undefined) write(index, undefined);
    },
    missing() {
      const keys: string[] = [];
      for (const [key, , index] of entries()) if (!isMet(index)) keys.push(key);
      return keys;
    },
    toState: () => new LargeObject(entries as () => Iterable<readonly [string, string]>),
  };
}

/** 48 bits of a hash of the record in canonical form, without the fields that Zoom makes anew for each call. */
export function digestOf(record: JsonObject, volatile: readonly string[] = []): string {
  const stable = volatile.length === 0 ? record : omit(record, volatile);
  return createHash('sha256').update(canonical(stable)).digest('base64url').slice(0, digestLength);
}

function* readInput(stream: string, input: unknown, field: string): Generator<readonly [string, string]> {
  if (input === undefined || input === null) return;
  if (!isJsonObject(input)) throw invalid(stream, field);
  const entries = input instanceof LargeObject ? input.entries() : Object.entries(input);
  for (const [key, digest] of entries) {
    if (typeof digest !== 'string') throw invalid(stream, field);
    // A text that is no digest of ours matches none of them; its key is known all the same.
    yield [key, isDigest.test(digest) ? digest : unknown];
  }
}

function omit(record: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

/** Zoom promises no order of fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`).join(',')}}`;
}

function invalid(stream: string, field: string): ConfigError {
  return new ConfigError(
    `The state of ${stream} has "${field}" that are not an object of strings. Pass the last state that this connector wrote, or reset the stream.`,
  );
}
