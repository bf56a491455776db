/** Keys with a few characters beside each, in one piece of memory: about 25 bytes more than the text itself. */
export interface KeyTable {
  readonly size: number;
  /** The number of a key, by the order in which they were added. */
  find(key: string): number | undefined;
  /**
   * Adds a key that is not there.
   * @param beside as many Latin-1 characters as the table has been made for.
   */
  add(key: string, beside: string): number;
  keyOf(index: number): string;
  /** Some of the characters beside a key. */
  read(index: number, from: number, to: number): string;
  write(index: number, from: number, text: string): void;
}

const fewest = 256;
const growth = 1.5;

/** Open addressing with linear probing; keys are compared in full. */
export function createKeyTable(besideLength: number): KeyTable {
  let size = 0;
  /** Number of a key plus one; 0 where there is none. */
  let slots = new Uint32Array(4 * fewest);
  let hashes = new Uint32Array(fewest);
  /** Where an entry ends in `text`: what is beside the key, then the key in UTF-8. */
  let ends = new Uint32Array(fewest);
  let text = Buffer.alloc(32 * fewest);

  const startOf = (index: number) => (index === 0 ? 0 : (ends[index - 1] as number));
  /** The slot that holds the key, or the free one that it belongs in. */
  const slotOf = (key: Buffer, hash: number): number => {
    let slot = hash % slots.length;
    for (let number = slots[slot] as number; number !== 0; number = slots[slot] as number) {
      if (hashes[number - 1] === hash && isKey(number - 1, key)) break;
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
    return slot;
  };
  const isKey = (index: number, key: Buffer) =>
    key.compare(text, startOf(index) + besideLength, ends[index]) === 0;

  const reserve = (bytes: number) => {
    if (size === ends.length) {
      hashes = enlarge(hashes, Math.ceil(size * growth));
      ends = enlarge(ends, Math.ceil(size * growth));
    }
    const end = startOf(size) + bytes;
    if (end > text.length) text = Buffer.concat([text], Math.ceil(end * growth));
    if (size * growth >= slots.length) spread(Math.ceil(slots.length * growth));
  };
  const spread = (length: number) => {
    slots = new Uint32Array(length);
    for (let index = 0; index < size; index += 1) {
      // All keys differ, so that none has to be compared.
      let slot = (hashes[index] as number) % length;
      while (slots[slot] !== 0) slot = slot + 1 === length ? 0 : slot + 1;
      slots[slot] = index + 1;
    }
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
      reserve(besideLength + bytes.length);
      const hash = hashOf(bytes);
      const index = size;
      const start = startOf(index);
      slots[slotOf(bytes, hash)] = index + 1;
      hashes[index] = hash;
      ends[index] = start + besideLength + bytes.length;
      text.write(beside, start, besideLength, 'latin1');
      bytes.copy(text, start + besideLength);
      size += 1;
      return index;
    },
    keyOf: (index) => text.toString('utf8', startOf(index) + besideLength, ends[index]),
    read: (index, from, to) => text.toString('latin1', startOf(index) + from, startOf(index) + to),
    write: (index, from, part) => void text.write(part, startOf(index) + from, 'latin1'),
  };
}

function enlarge(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(length);
  copy.set(array);
  return copy;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv). */
function hashOf(bytes: Buffer): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
