import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject } from '../json.ts';
import { createKeyTable } from './key-table.ts';

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
 * What was last emitted for each key of a snapshot stream, and which keys this sync has met. Some 60 bytes for each key: large
 * accounts have hundreds of thousands. In a state it is an object: digests by key.
 */
export class Digests extends LargeObject {
  readonly #table = createKeyTable(digestLength + 1);
  #size = 0;
  #isOfStrings = true;

  /** Keys with a digest. */
  get size(): number {
    return this.#size;
  }

  /** False when `add` was given something that is no digest of anybody. */
  get isOfStrings(): boolean {
    return this.#isOfStrings;
  }

  /** @returns false when this sync has met the key already. */
  meet(key: string): boolean {
    const index = this.#indexOf(key);
    if (this.#isMet(index)) return false;
    this.#table.write(index, digestLength, met);
    return true;
  }

  get(key: string): string | undefined {
    const index = this.#table.find(key);
    return index === undefined ? undefined : this.#read(index);
  }

  /** @param digest of `digestOf`. */
  set(key: string, digest: string): void {
    this.#write(this.#indexOf(key), digest);
  }

  delete(key: string): void {
    const index = this.#table.find(key);
    if (index !== undefined) this.#write(index, undefined);
  }

  /** Takes over what a state says, or a part of it. */
  add(digests: JsonObject): void {
    for (const [key, digest] of Object.entries(digests)) {
      if (typeof digest !== 'string') this.#isOfStrings = false;
      // A text that is no digest of ours matches none of them; its key is known all the same.
      else this.set(key, isDigest.test(digest) ? digest : unknown);
    }
  }

  /** Keys with a digest that this sync has not met. */
  missing(): string[] {
    const keys: string[] = [];
    for (const [key, , index] of this.#all()) if (!this.#isMet(index)) keys.push(key);
    return keys;
  }

  entries(): Iterable<readonly [key: string, digest: string]> {
    return this.#all() as Iterable<readonly [string, string]>;
  }

  *#all(): Generator<readonly [key: string, digest: string, index: number]> {
    for (let index = 0; index < this.#table.size; index += 1) {
      const digest = this.#read(index);
      if (digest !== undefined) yield [this.#table.keyOf(index), digest, index];
    }
  }

  #indexOf(key: string): number {
    return this.#table.find(key) ?? this.#table.add(key, none + unmet);
  }

  #isMet(index: number): boolean {
    return this.#table.read(index, digestLength, digestLength + 1) === met;
  }

  #read(index: number): string | undefined {
    const digest = this.#table.read(index, 0, digestLength);
    return digest === none ? undefined : digest;
  }

  #write(index: number, digest: string | undefined): void {
    this.#size += Number(digest !== undefined) - Number(this.#read(index) !== undefined);
    this.#table.write(index, 0, digest ?? none);
  }
}

/**
 * @param input from the state's `field`, or what was taken over while a long state was read.
 * @throws ConfigError when the input is not an object of strings.
 */
export function createDigests(
  stream: string,
  input: unknown,
  field: (typeof digestFields)[number] = 'digests',
): Digests {
  const digests = input instanceof Digests ? input : new Digests();
  const isGiven = input !== undefined && input !== null && input !== digests;
  if (isGiven && isJsonObject(input)) digests.add(input);
  if ((isGiven && !isJsonObject(input)) || !digests.isOfStrings) throw invalid(stream, field);
  return digests;
}

/** 48 bits of a hash of the record in canonical form, without the fields that Zoom makes anew for each call. */
export function digestOf(record: JsonObject, volatile: readonly string[] = []): string {
  const stable = volatile.length === 0 ? record : omit(record, volatile);
  return createHash('sha256').update(canonical(stable)).digest('base64url').slice(0, digestLength);
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
