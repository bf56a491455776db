import { hash as cryptoHash } from 'node:crypto';
import { SystemError } from '../errors.ts';

/** Keys with a few characters beside each, outside the heap: about 25 bytes more than the text itself. */
export interface KeyTable {
  readonly size: number;
  /** The number of a key, by the order in which they were added. */
  find(key: string): number | undefined;
  /**
   * Adds a key that is not there.
   * @param beside as many Latin-1 characters as the table has been made for.
   * @throws SystemError for a key that no page has room for.
   */
  add(key: string, beside: string): number;
  keyOf(index: number): string;
  /** Some of the characters beside a key. */
  read(index: number, from: number, to: number): string;
  write(index: number, from: number, text: string): void;
}

/** Tells keys that were met from keys that were not, in about 10 bytes each whatever their length. */
export interface KeySet {
  readonly size: number;
  /** @returns false when the key was there already. */
  add(key: string): boolean;
}

const fewest = 256;
const growth = 1.5;
const pageBytes = 256 * 1024;

/**
 * Keys are compared in full. The text lies in pages, which never move: a copy of it all
 * would need as much memory again.
 * @param besideLength at least 1.
 */
export function createKeyTable(besideLength: number): KeyTable {
  let size = 0;
  /** Number of a key plus one; 0 where there is none. */
  let slots = new Uint32Array(4 * fewest);
  let hashes = new Uint32Array(fewest);
  /** The end of each entry, counted through all pages. An entry is the text beside the key, then the key in UTF-8, both in one page. */
  let ends = new Uint32Array(fewest);
  const pages: Buffer[] = [];

  const endOf = (index: number) => (index < 0 ? 0 : (ends[index] as number));
  const pageOf = (index: number) => Math.floor((endOf(index) - 1) / pageBytes);
  /** The bytes of an entry, shared. */
  const entry = (index: number): Buffer => {
    const page = pageOf(index);
    const before = page * pageBytes;
    const start = Math.max(before, endOf(index - 1));
    return (pages[page] as Buffer).subarray(start - before, endOf(index) - before);
  };
  /** The slot that holds the key, or the free one that it belongs in. */
  const slotOf = (key: Buffer, hash: number): number =>
    firstSlot(hash % slots.length, slots.length, (slot) => {
      const number = slots[slot] as number;
      if (number === 0) return true;
      return hashes[number - 1] === hash && key.compare(entry(number - 1), besideLength) === 0;
    });
  const reserve = () => {
    if (size === ends.length) {
      hashes = enlarge(hashes, Math.ceil(size * growth));
      ends = enlarge(ends, Math.ceil(size * growth));
    }
    if (size * growth >= slots.length) spread(Math.ceil(slots.length * growth));
  };
  const spread = (length: number) => {
    slots = new Uint32Array(length);
    for (let index = 0; index < size; index += 1) {
      // All keys differ, so that none has to be compared.
      const free = firstSlot((hashes[index] as number) % length, length, (slot) => slots[slot] === 0);
      slots[free] = index + 1;
    }
  };
  /** @returns where an entry of so many bytes has to end. */
  const makeRoom = (bytes: number): number => {
    if (bytes > pageBytes) throw new SystemError(`A key of ${bytes} bytes is longer than any of Zoom's.`);
    const last = endOf(size - 1);
    const allocated = pages.length * pageBytes;
    if (last + bytes <= allocated) return last + bytes;
    pages.push(Buffer.alloc(pageBytes));
    return allocated + bytes;
  };

  return {
    get size() {
      return size;
    },
    find(key) {
      const bytes = Buffer.from(key);
      const number = slots[slotOf(bytes, hashOf(bytes))] as number;
      return number === 0 ? undefined : number - 1;
    },
    add(key, beside) {
      const bytes = Buffer.from(key);
      reserve();
      const hash = hashOf(bytes);
      const slot = slotOf(bytes, hash);
      const index = size;
      ends[index] = makeRoom(besideLength + bytes.length);
      hashes[index] = hash;
      slots[slot] = index + 1;
      const room = entry(index);
      room.write(beside, 0, besideLength, 'latin1');
      bytes.copy(room, besideLength);
      size += 1;
      return index;
    },
    keyOf: (index) => entry(index).toString('utf8', besideLength),
    read: (index, from, to) => entry(index).toString('latin1', from, to),
    write: (index, from, part) => void entry(index).write(part, from, 'latin1'),
  };
}

const fewestSlots = 1024;
const fullest = 0.85;
const setGrowth = 1.4;

/**
 * Keeps 64 bits of a hash of each key, in place. Among a million keys two share them once in 37 million syncs, while a
 * set of strings would need a hundred bytes a key.
 */
export function createKeySet(): KeySet {
  let slots = new BigUint64Array(fewestSlots);
  let size = 0;

  /** The slot that holds the digest, or the free one that it belongs in. */
  const slotOf = (digest: bigint): number =>
    firstSlot(
      Number(digest % BigInt(slots.length)),
      slots.length,
      (slot) => slots[slot] === 0n || slots[slot] === digest,
    );
  const grow = () => {
    const before = slots;
    slots = new BigUint64Array(Math.ceil(before.length * setGrowth));
    for (const digest of before) if (digest !== 0n) slots[slotOf(digest)] = digest;
  };

  return {
    get size() {
      return size;
    },
    add(key) {
      const digest = digestOf(key);
      const slot = slotOf(digest);
      if (slots[slot] === digest) return false;
      slots[slot] = digest;
      size += 1;
      if (size > slots.length * fullest) grow();
      return true;
    },
  };
}

/** Open addressing with linear probing: the first slot from `start` on, round the end, that is free or the one looked for. */
function firstSlot(start: number, length: number, isFound: (slot: number) => boolean): number {
  let slot = start;
  while (!isFound(slot)) slot = slot + 1 === length ? 0 : slot + 1;
  return slot;
}

function enlarge(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(length);
  copy.set(array);
  return copy;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv). */
export function hashOf(bytes: Buffer): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** 64 bits, and never zero, which means a free slot. */
function digestOf(key: string): bigint {
  return cryptoHash('sha256', key, 'buffer').readBigUInt64LE(0) || 1n;
}
