import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SystemError } from '../errors.ts';
import { createKeySet, createKeyTable } from './key-table.ts';

test('finds every key again with what was written beside it, as a map does', () => {
  const beside = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 3, maxLength: 3 });
  const key = fc.string({ unit: 'grapheme', maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, beside), { maxLength: 3_000 }), (entries) => {
      const table = createKeyTable(3);
      const map = new Map<string, string>();
      for (const [name, text] of entries) {
        const index = table.find(name);
        expect(index === undefined).toBe(!map.has(name));
        if (index === undefined) table.add(name, text);
        else table.write(index, 0, text);
        map.set(name, text);
      }
      const all = Array.from({ length: table.size }, (_, index) => [
        table.keyOf(index),
        table.read(index, 0, 3),
      ]);
      expect(all).toEqual([...map]);
    }),
    { numRuns: 30 },
  );
});

test('keeps 100,000 keys apart', () => {
  const table = createKeyTable(1);
  for (let index = 0; index < 100_000; index += 1) table.add(`user-${index}@example.com`, 'x');
  for (let index = 0; index < 100_000; index += 1) {
    if (table.find(`user-${index}@example.com`) !== index) throw new Error(`key ${index}`);
  }
  expect(table.find('user-100000@example.com')).toBeUndefined();
});

test('keys whose hashes are the same are not the same', () => {
  const table = createKeyTable(1);
  table.add('costarring', '-');
  expect(table.find('liquid')).toBeUndefined();
  table.add('liquid', '-');
  expect([table.find('costarring'), table.find('liquid')]).toEqual([0, 1]);
});

test('keys of all lengths, up to that of a page, keep what is theirs', () => {
  const table = createKeyTable(2);
  const largest = 256 * 1024 - 2;
  const lengths = [1, largest - 3, 0, 5, largest, largest, 1, 100_000, 100_000, 100_000, 7];
  const keys = lengths.map((length, index) =>
    String(index).padEnd(length, 'x').slice(0, Math.max(1, length)),
  );
  for (const [index, key] of keys.entries()) table.add(key, String(10 + index));
  expect(keys.map((key) => table.find(key))).toEqual(keys.map((_, index) => index));
  expect(keys.map((_, index) => table.keyOf(index))).toEqual(keys);
  expect(keys.map((_, index) => table.read(index, 0, 2))).toEqual(keys.map((_, index) => String(10 + index)));
  expect(() => table.add('x'.repeat(largest + 1), '--')).toThrow(SystemError);
});

test('a set tells keys that were there from keys that were not, as one of strings does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 5_000 }), (keys) => {
      const compact = createKeySet();
      const set = new Set<string>();
      for (const key of keys) {
        expect(compact.add(key)).toBe(!set.has(key));
        set.add(key);
      }
      expect(compact.size).toBe(set.size);
    }),
    { numRuns: 50 },
  );
});

test('a set keeps 200,000 keys apart', () => {
  const keys = createKeySet();
  const count = 200_000;
  for (let pass = 0; pass < 2; pass += 1) {
    for (let index = 0; index < count; index += 1) {
      if (keys.add(`20260101-${index}`) !== (pass === 0)) throw new Error(`key ${index}, pass ${pass}`);
    }
  }
  expect(keys.size).toBe(count);
});
