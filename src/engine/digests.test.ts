import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../errors.ts';
import { toJsonPieces } from '../json.ts';
import { createDigests, type Digests, digestOf } from './digests.ts';

const userId = (number: number) => Buffer.from(String(number).padStart(16, '0')).toString('base64url');
const jsonOf = (digests: Digests) => [...toJsonPieces({ digests })].join('');
const missingOf = (digests: Digests) => [...digests.missing()].map(({ key }) => key);
const stateOf = (digests: Digests) => JSON.parse(jsonOf(digests)).digests;

describe('createDigests', () => {
  test('takes keys that an earlier version wrote with NUL for those that rows have', () => {
    const flat = createDigests('users', { 'a\0': 'abcd-_12' });
    expect([flat.get('a\ufffd'), stateOf(flat)]).toEqual(['abcd-_12', { 'a\ufffd': 'abcd-_12' }]);
    const grouped = createDigests('members', { 'g\0': { 'a\0': 'abcd-_12' } }, { isGrouped: true });
    expect(stateOf(grouped)).toEqual({ 'g\ufffd': { 'a\ufffd': 'abcd-_12' } });
  });

  test('remembers what a map would, through any number of states', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 3 });
    const step = fc.record({ key, isGone: fc.boolean(), row: fc.integer(), isNewSync: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let digests = createDigests('users', undefined);
        let met = new Set<string>();
        const map = new Map<string, string>();
        for (const { key, isGone, row, isNewSync } of steps) {
          if (isNewSync) {
            digests = createDigests('users', stateOf(digests));
            met = new Set();
          }
          expect(digests.meet(key)).toBe(!met.has(key));
          met.add(key);
          if (isGone) {
            digests.delete(key);
            map.delete(key);
          } else {
            digests.set(key, digestOf({ row }));
            map.set(key, digestOf({ row }));
          }
          expect(digests.get(key)).toBe(map.get(key));
        }
        expect(new Map(Object.entries(stateOf(digests)))).toEqual(map);
        expect(digests.size).toBe(map.size);
        expect(new Set(missingOf(digests))).toEqual(
          new Set([...map.keys()].filter((name) => !met.has(name))),
        );
      }),
    );
  });

  test('remembers by partition what maps in a map would, through any number of states', () => {
    const key = fc.string({ unit: 'grapheme', maxLength: 2 });
    const group = fc.oneof(key, fc.constantFrom('0', '1', '10', ':', '1:', '__proto__'));
    const step = fc.record({ group, key, isGone: fc.boolean(), row: fc.integer(), isNewSync: fc.boolean() });
    const namesIn = (found: Iterable<readonly [string, string]>) =>
      new Set([...found].map((name) => JSON.stringify(name)));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let digests = createDigests('members', undefined, { isGrouped: true });
        let met = new Set<string>();
        const map = new Map<string, readonly [group: string, key: string, digest: string]>();
        for (const { group, key, isGone, row, isNewSync } of steps) {
          const name = JSON.stringify([group, key]);
          if (isNewSync) {
            digests = createDigests('members', stateOf(digests), { isGrouped: true });
            met = new Set();
          }
          expect(digests.meet(key, group)).toBe(!met.has(name));
          met.add(name);
          const digest = digestOf({ row });
          if (isGone) {
            digests.delete(key, group);
            map.delete(name);
          } else {
            digests.set(key, digest, group);
            map.set(name, [group, key, digest]);
          }
          expect(digests.get(key, group)).toBe(isGone ? undefined : digest);
        }
        const held = Object.entries<Record<string, string>>(stateOf(digests)).flatMap(([group, inner]) =>
          Object.entries(inner).map(([key, digest]) => JSON.stringify([group, key, digest])),
        );
        expect(new Set(held)).toEqual(new Set([...map.values()].map((entry) => JSON.stringify(entry))));
        expect([held.length, digests.size]).toEqual([map.size, map.size]);
        const missing = [...digests.missing()].map(({ group, key }) => [group, key] as const);
        const unmet = [...map]
          .filter(([name]) => !met.has(name))
          .map(([, [group, key]]) => [group, key] as const);
        expect(namesIn(missing)).toEqual(namesIn(unmet));
      }),
    );
  });

  test('by partition takes over a state that comes in parts', () => {
    const digests = createDigests('members', undefined, { isGrouped: true });
    digests.add({ 1: { a: 'abcd-_12' } });
    digests.add({ 1: { b: 'abcd-_12' }, 2: { a: 'abcd-_12' } });
    expect(stateOf(createDigests('members', digests, { isGrouped: true }))).toEqual({
      1: { a: 'abcd-_12', b: 'abcd-_12' },
      2: { a: 'abcd-_12' },
    });
    expect(() => createDigests('members', digests)).toThrow(ConfigError);
  });

  test('a key that was met and not written is in no state', () => {
    const digests = createDigests('users', undefined);
    digests.meet('a');
    expect([digests.size, stateOf(digests), missingOf(digests)]).toEqual([0, {}, []]);
  });

  test('a text of the state that is no digest keeps its key and matches no row', () => {
    const digests = createDigests('users', { a: '', b: 'long enough to be anything', c: 'abcd-_12' });
    expect(missingOf(digests)).toEqual(['a', 'b', 'c']);
    expect(digests.get('c')).toBe('abcd-_12');
    expect(digests.get('a')).not.toBe('');
  });

  test.each([{ input: [] }, { input: 'x' }, { input: 1 }, { input: { a: 1 } }, { input: { a: null } }])(
    '$input is refused',
    ({ input }) => {
      expect(() => createDigests('users', input)).toThrow(ConfigError);
    },
  );

  test('a key costs at most 100 bytes of memory', async () => {
    setFlagsFromString('--expose-gc');
    const sweep = runInNewContext('gc') as () => void;
    const count = 100_000;
    const fill = () => {
      const digests = createDigests('users', undefined);
      for (let number = 0; number < count; number += 1) {
        digests.meet(userId(number));
        digests.set(userId(number), digestOf({ number }));
      }
      return digests;
    };
    const used = async () => {
      for (let round = 0; round < 3; round += 1) {
        sweep();
        await new Promise((resolve) => setImmediate(resolve));
      }
      // Nothing of a key lies anywhere else, and the heap is full of what the test itself leaves.
      return process.memoryUsage().arrayBuffers;
    };
    const before = await used();
    const digests = fill();
    expect(((await used()) - before) / count).toBeLessThan(100);
    expect(digests.size).toBe(count);
  });

  test('a key costs at most 50 bytes of state', () => {
    const digests = createDigests('users', undefined);
    const count = 10_000;
    for (let number = 0; number < count; number += 1) digests.set(userId(number), digestOf({ number }));
    expect(jsonOf(digests).length / count).toBeLessThan(50);
  });
});

describe('digestOf', () => {
  const numbers = fc.dictionary(fc.string(), fc.integer());

  test('does not depend on the order of fields', () => {
    fc.assert(
      fc.property(numbers, (row) => {
        const reversed = Object.fromEntries(Object.entries(row).reverse());
        expect(digestOf({ row: reversed, b: [1, 2], a: null })).toBe(digestOf({ a: null, b: [1, 2], row }));
      }),
    );
  });

  test('changes with every value, and not with what is volatile', () => {
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }));
    expect(digestOf({ a: [1, 2] })).not.toBe(digestOf({ a: [2, 1] }));
    expect(digestOf({ a: null })).not.toBe(digestOf({}));
    expect(digestOf({ a: 1, now: 1 }, ['now'])).toBe(digestOf({ a: 1, now: 2 }, ['now']));
  });

  test('leaves out what is volatile inside objects and lists, and nothing beside it', () => {
    const row = (link: string, name = 'x') => ({
      link: 'outside',
      setup: { link: 'beside', images: [{ link, name }, { name }, null], link_of: { link } },
    });
    const volatile = ['setup.images[].link', 'setup.link_of.link', 'setup.link.link', 'absent[].link'];
    expect(digestOf(row('a'), volatile)).toBe(digestOf(row('b'), volatile));
    expect(digestOf(row('a'), volatile)).not.toBe(digestOf(row('a', 'y'), volatile));
    expect(digestOf({ ...row('a'), link: 'b' }, volatile)).not.toBe(digestOf(row('a'), volatile));
    expect(digestOf(row('a'))).not.toBe(digestOf(row('b')));
    const given = row('a');
    digestOf(given, volatile);
    expect(given).toEqual(row('a'));
  });
});
