import { describe, expect, test } from '@jest/globals';
import { createGate, forEachConcurrently } from './concurrency.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('forEachConcurrently', () => {
  test('goes one by one until the way is open, then many at once, and never more', async () => {
    let running = 0;
    const peaks: number[] = [];
    await forEachConcurrently([...Array(20).keys()], 4, async (item) => {
      running += 1;
      peaks.push(running);
      await turn();
      running -= 1;
      return item >= 2;
    });
    expect(peaks.slice(0, 3)).toEqual([1, 1, 1]);
    expect(Math.max(...peaks)).toBe(4);
    expect(peaks.length).toBe(20);
  });

  test('takes items only as they can be worked on', async () => {
    let taken = 0;
    let worked = 0;
    const items = (function* () {
      for (let item = 0; item < 50; item += 1) {
        taken += 1;
        yield item;
      }
    })();
    await forEachConcurrently(items, 3, async () => {
      await turn();
      worked += 1;
      if (taken - worked > 4) throw new Error(`${taken} taken, ${worked} worked on`);
      return true;
    });
    expect(worked).toBe(50);
  });

  test('gives the first failure, when what was running has ended', async () => {
    let ended = 0;
    const work = async (item: number) => {
      await turn();
      if (item === 3) throw new Error('third');
      await turn();
      ended += 1;
      return true;
    };
    await expect(forEachConcurrently([1, 2, 3, 4, 5, 6, 7, 8], 3, work)).rejects.toThrow('third');
    expect(ended).toBeGreaterThan(1);
    expect(ended).toBeLessThan(7);
  });

  test('gives the failure of what gives the items, when what was running has ended', async () => {
    let ended = 0;
    const items = (function* () {
      yield* [1, 2, 3];
      throw new Error('no more');
    })();
    const work = async (item: number) => {
      if (item === 1) return true;
      for (let count = 0; count < 5; count += 1) await turn();
      ended += 1;
      return true;
    };
    await expect(forEachConcurrently(items, 4, work)).rejects.toThrow('no more');
    expect(ended).toBe(2);
  });
});

test('a gate lets so many through at once and tells when there is room', async () => {
  const gate = createGate(2);
  let told = 0;
  gate.whenRoom(() => {
    told += 1;
  });
  const tasks = [gate.run(turn), gate.run(turn)];
  await Promise.resolve();
  expect(gate.hasRoom()).toBe(false);
  await Promise.all(tasks);
  await turn();
  expect([gate.hasRoom(), told]).toEqual([true, 2]);
});
