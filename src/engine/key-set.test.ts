import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createKeySet } from './key-set.ts';

test('tells keys that were there from keys that were not, as a set does', () => {
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

test('keeps 200,000 keys apart', () => {
  const keys = createKeySet();
  const count = 200_000;
  for (let pass = 0; pass < 2; pass += 1) {
    for (let index = 0; index < count; index += 1) {
      if (keys.add(`20260101-${index}`) !== (pass === 0)) throw new Error(`key ${index}, pass ${pass}`);
    }
  }
  expect(keys.size).toBe(count);
});
