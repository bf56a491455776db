import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** What was last emitted for each key of a snapshot stream. */
export interface Digests {
  readonly size: number;
  get(key: string): string | undefined;
  set(key: string, digest: string): void;
  delete(key: string): void;
  keys(): Iterable<string>;
  toState(): JsonObject;
}

/** @throws ConfigError when the state's `digests` are not an object of strings. */
export function createDigests(stream: string, input: unknown): Digests {
  const digests = new Map<string, string>();
  if (input !== undefined && input !== null) {
    if (!isJsonObject(input)) throw invalid(stream);
    for (const [key, digest] of Object.entries(input)) {
      if (typeof digest !== 'string') throw invalid(stream);
      digests.set(key, digest);
    }
  }
  return {
    get size() {
      return digests.size;
    },
    get: (key) => digests.get(key),
    set: (key, digest) => void digests.set(key, digest),
    delete: (key) => void digests.delete(key),
    keys: () => digests.keys(),
    toState: () => Object.fromEntries(digests),
  };
}

/** 48 bits of a hash of the record in canonical form, without the fields that Zoom makes anew for each call. */
export function digestOf(record: JsonObject, volatile: readonly string[] = []): string {
  const stable = volatile.length === 0 ? record : omit(record, volatile);
  return createHash('sha256').update(canonical(stable)).digest('base64url').slice(0, 8);
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

function invalid(stream: string): ConfigError {
  return new ConfigError(
    `The state of ${stream} has "digests" that are not an object of strings. Pass the last state that this connector wrote, or reset the stream.`,
  );
}
