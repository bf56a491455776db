import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SystemError } from '../errors.ts';
import { createKeyTable } from './key-table.ts';

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
