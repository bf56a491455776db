import { createHash } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject, mendText } from '../json.ts';
import { createKeyTable } from './key-table.ts';

/** Fields of a state that hold digests by key. */
export const digestFields = ['digests', 'parents_read'] as const;

const digestLength = 8;
/** A digest, and what `Details` notes beside it. */
const textLength = 11;
/** In place of the digest of a key that was met, and whose row is not written yet. */
const none = ' '.repeat(textLength);
const unknown = '?'.repeat(digestLength);
const isDigest = /^[\w-]{8}([\w-]{3})?$/;
const met = '+';
const unmet = '-';

/** A record's key: the partition that it is named after, where it is, and the rest. */
export interface RecordKey {
  readonly group: string;
  readonly key: string;
}

/**
 * What was last emitted for each key of a snapshot stream, and which keys this sync has met. Some 60 bytes for each key: large
 * accounts have hundreds of thousands. In a state it is an object: digests by key, or such objects by partition where keys
 * contain what names the partition.
 */
export class Digests extends LargeObject {
  readonly #table = createKeyTable(textLength + 1);
  /** Names of partitions, and which of them are kept; none where keys do not contain them. */
  readonly #groups = createKeyTable(1);
  #isGrouped: boolean | undefined;
  #isValid = true;
  #isFrozen = false;
  #size = 0;

  /** Keys with a digest. */
  get size(): number {
    return this.#size;
  }

  /** False when `add` was given something that is no digest of anybody. */
  isValid(isGrouped: boolean): boolean {
    return this.#isValid && (this.#isGrouped ?? isGrouped) === isGrouped;
  }

  /** @returns false when this sync has met the key already. */
  meet(key: string, group?: string): boolean {
    const index = this.#indexOf(key, group);
    if (this.#isMet(index)) return false;
    this.#table.write(index, textLength, met);
    return true;
  }

  /** This sync does not ask for a partition: its keys count as met, or the key that is its name. */
  keep(partition: string): void {
    const isGrouped = this.#groups.size > 0;
    const index = (isGrouped ? this.#groups : this.#table).find(partition);
    if (index === undefined) return;
    if (isGrouped) this.#groups.write(index, 0, met);
    else this.#table.write(index, textLength, met);
  }

  get(key: string, group?: string): string | undefined {
    const name = this.#nameOf(key, group);
    const index = name === undefined ? undefined : this.#table.find(name);
    return index === undefined ? undefined : this.#read(index);
  }

  /**
   * Does nothing when they are frozen, as `delete` does.
   * @param digest of `digestOf`.
   */
  set(key: string, digest: string, group?: string): void {
    this.#write(this.#indexOf(key, group), digest);
  }

  delete(key: string, group?: string): void {
    const name = this.#nameOf(key, group);
    const index = name === undefined ? undefined : this.#table.find(name);
    if (index !== undefined) this.#write(index, undefined);
  }

  /** Takes over what a state says, or a part of it. */
  add(digests: JsonObject): void {
    for (const [key, value] of Object.entries(digests)) {
      this.#noteShape(isJsonObject(value));
      if (isJsonObject(value))
        for (const [inner, digest] of Object.entries(value)) this.#take(inner, digest, key);
      else this.#take(key, value, undefined);
    }
  }

  /** All of one shape, or it is nobody's state. */
  #noteShape(isGrouped: boolean): void {
    this.#isGrouped ??= isGrouped;
    this.#isValid &&= this.#isGrouped === isGrouped;
  }

  #take(key: string, digest: unknown, group: string | undefined): void {
    if (typeof digest !== 'string') {
      this.#isValid = false;
      return;
    }
    // A text that is no digest of ours matches none of them; its key is known all the same. Rows never hold what is mended here.
    this.set(mendText(key), isDigest.test(digest) ? digest : unknown, group && mendText(group));
  }

  /** Keys with a digest that this sync has not met. */
  *missing(): Generator<RecordKey> {
    for (let index = 0; index < this.#table.size; index += 1)
      if (!this.#isMet(index) && !this.#isKept(index) && this.#read(index) !== undefined)
        yield this.#keyAt(index);
  }

  /** How many keys each partition has, where keys contain it. */
  *groupSizes(): Generator<readonly [group: string, size: number]> {
    if (this.#groups.size === 0) return;
    const sizes = new Uint32Array(this.#groups.size);
    for (let index = 0; index < this.#table.size; index += 1) {
      if (this.#read(index) === undefined) continue;
      const group = groupIn(this.#table.keyOf(index));
      sizes[group] = (sizes[group] as number) + 1;
    }
    for (const [group, size] of sizes.entries()) if (size > 0) yield [this.#groups.keyOf(group), size];
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  entries(): Iterable<readonly [string, unknown]> {
    return this.#groups.size === 0 ? this.#flatEntries() : this.#groupedEntries();
  }

  *#flatEntries(): Generator<readonly [key: string, digest: string]> {
    for (let index = 0; index < this.#table.size; index += 1) {
      const digest = this.#read(index);
      if (digest !== undefined) yield [this.#table.keyOf(index), digest];
    }
  }

  /** Keys lie in the order in which they came, so that they are sorted by their partition first. */
  *#groupedEntries(): Generator<readonly [group: string, digests: JsonObject]> {
    const ends = new Uint32Array(this.#groups.size + 1);
    const groups = new Uint32Array(this.#table.size);
    for (let index = 0; index < groups.length; index += 1) {
      groups[index] = groupIn(this.#table.keyOf(index));
      const next = (groups[index] as number) + 1;
      ends[next] = (ends[next] as number) + 1;
    }
    for (let group = 1; group < ends.length; group += 1)
      ends[group] = (ends[group] as number) + (ends[group - 1] as number);
    const order = new Uint32Array(groups.length);
    const filled = ends.slice();
    for (const [index, group] of groups.entries()) {
      const place = filled[group] as number;
      order[place] = index;
      filled[group] = place + 1;
    }
    for (let group = 0; group < this.#groups.size; group += 1) {
      const digests: [string, string][] = [];
      for (const index of order.subarray(ends[group], ends[group + 1])) {
        const digest = this.#read(index);
        if (digest !== undefined) digests.push([this.#keyAt(index).key, digest]);
      }
      if (digests.length > 0) yield [this.#groups.keyOf(group), Object.fromEntries(digests)];
    }
  }

  /** What the table calls a key; undefined for one of a partition that is not known. */
  #nameOf(key: string, group: string | undefined): string | undefined {
    if (group === undefined) return key;
    const index = this.#groups.find(group);
    return index === undefined ? undefined : `${index.toString(36)}:${key}`;
  }

  #indexOf(key: string, group: string | undefined): number {
    if (group !== undefined && this.#groups.find(group) === undefined) this.#groups.add(group, unmet);
    const name = this.#nameOf(key, group) as string;
    return this.#table.find(name) ?? this.#table.add(name, none + unmet);
  }

  #keyAt(index: number): RecordKey {
    const name = this.#table.keyOf(index);
    if (this.#groups.size === 0) return { group: '', key: name };
    return { group: this.#groups.keyOf(groupIn(name)), key: name.slice(name.indexOf(':') + 1) };
  }

  #isMet(index: number): boolean {
    return this.#table.read(index, textLength, textLength + 1) === met;
  }

  #isKept(index: number): boolean {
    return this.#groups.size > 0 && this.#groups.read(groupIn(this.#table.keyOf(index)), 0, 1) === met;
  }

  #read(index: number): string | undefined {
    const digest = this.#table.read(index, 0, textLength);
    return digest === none ? undefined : digest.trimEnd();
  }

  #write(index: number, digest: string | undefined): void {
    if (this.#isFrozen) return;
    this.#size += Number(digest !== undefined) - Number(this.#read(index) !== undefined);
    this.#table.write(index, 0, (digest ?? '').padEnd(textLength));
  }
}

/** The number of the partition in a grouped key. */
function groupIn(name: string): number {
  return Number.parseInt(name, 36);
}

interface DigestsOptions {
  /** Field of the state. */
  readonly field?: (typeof digestFields)[number];
  /** Keys contain what names the partition. */
  readonly isGrouped?: boolean;
}

/**
 * @param input from the state's field, or what was taken over while a long state was read.
 * @throws ConfigError when the input is not an object of strings, or of such objects where keys are grouped.
 */
export function createDigests(
  stream: string,
  input: unknown,
  { field = 'digests', isGrouped = false }: DigestsOptions = {},
): Digests {
  const digests = input instanceof Digests ? input : new Digests();
  const isGiven = input !== undefined && input !== null && input !== digests;
  if (isGiven && isJsonObject(input)) digests.add(input);
  if ((isGiven && !isJsonObject(input)) || !digests.isValid(isGrouped))
    throw invalid(stream, field, isGrouped);
  return digests;
}

/**
 * 48 bits of a hash of the record in canonical form, without the fields that Zoom makes anew for each call.
 *
 * @param volatile dotted names of fields, `[]` after those that are lists.
 */
export function digestOf(record: JsonObject, volatile: readonly string[] = []): string {
  const stable = volatile.reduce<unknown>(omit, record);
  return createHash('sha256').update(canonical(stable)).digest('base64url').slice(0, digestLength);
}

/** Copies only what leads to the field; a record that has nothing of it stays itself. */
function omit(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => omit(item, name));
  if (!isJsonObject(value)) return value;
  const [step = '', ...below] = name.split('.');
  const field = step.replaceAll('[]', '');
  if (!Object.hasOwn(value, field)) return value;
  const { [field]: held, ...rest } = value;
  return below.length === 0 ? rest : { ...rest, [field]: omit(held, below.join('.')) };
}

/** Zoom promises no order of fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`).join(',')}}`;
}

function invalid(stream: string, field: string, isGrouped: boolean): ConfigError {
  const shape = isGrouped ? 'an object of such objects by partition' : 'an object of strings';
  return new ConfigError(
    `The state of ${stream} has "${field}" that are not ${shape}. Pass the last state that this connector wrote, or reset the stream.`,
  );
}
