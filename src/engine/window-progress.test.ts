import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../json.ts';
import type { Partition } from './partition.ts';
import { planSlices } from './slices.ts';
import { createWindowProgress, type WindowProgress } from './window-progress.ts';

const day = (number: number) => Date.parse('2026-01-01T00:00:00Z') + number * 86_400_000;
const iso = (number: number) => new Date(day(number)).toISOString();

function progressFrom(
  input: JsonObject | undefined,
  changes: { start?: number; end?: number; lookbackDays?: number } = {},
): WindowProgress {
  return createWindowProgress({
    stream: 's',
    cursorField: 'end_time',
    input,
    start: day(changes.start ?? 0),
    end: day(changes.end ?? 100),
    lookbackMs: (changes.lookbackDays ?? 3) * 86_400_000,
  });
}

function slicesOf(progress: WindowProgress, maxDays = 28) {
  return planSlices(progress.range, { maxDays, format: 'date' }, progress.cuts);
}

describe('where a sync begins', () => {
  test.each<{ name: string; input: JsonObject | undefined; start?: number; expected: number }>([
    { name: 'at the start without a state', input: undefined, expected: 0 },
    { name: 'a lookback behind the cursor', input: { version: 1, end_time: iso(50) }, expected: 47 },
    { name: 'never before the start', input: { end_time: iso(2) }, expected: 0 },
    {
      name: 'at a start that is later than the cursor',
      input: { end_time: iso(50) },
      start: 60,
      expected: 60,
    },
    {
      name: 'where an interrupted pass stopped',
      input: { end_time: iso(50), read_until: iso(48) },
      expected: 48,
    },
    {
      name: 'where rows may have grown since an interruption',
      input: { end_time: iso(50), reread_from: iso(30) },
      expected: 30,
    },
    { name: 'at its end for a cursor in the future', input: { end_time: iso(500) }, expected: 497 },
  ])('$name', ({ input, start = 0, expected }) => {
    expect(progressFrom(input, { start }).range.from).toBe(day(expected));
  });

  test.each<{ input: JsonObject; expected: RegExp }>([
    { input: { version: 2 }, expected: /version 2/ },
    { input: { version: '1' }, expected: /version "1"/ },
    { input: { end_time: 'x' }, expected: /end_time = "x"/ },
    { input: { end_time: {} }, expected: /end_time = \{\}/ },
    { input: { end_time: 'row 12' }, expected: /end_time = "row 12"/ },
    { input: { end_time: 'x'.repeat(500) }, expected: /^.{1,300}$/ },
    { input: { read_until: 5 }, expected: /read_until = 5/ },
  ])('$input is refused', ({ input, expected }) => {
    expect(() => progressFrom(input)).toThrow(expected);
  });
});

describe('the state', () => {
  test('moves with the slices, whatever order they end in', () => {
    const progress = progressFrom(undefined);
    const [first, second, third, fourth] = slicesOf(progress);
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('four slices');
    expect(progress.toState()).toEqual({
      version: 1,
      end_time: iso(0),
      read_from: iso(0),
      read_until: iso(0),
      reread_from: iso(97),
    });
    progress.sliceDone(second);
    expect(progress.toState()['end_time']).toBe(iso(0));
    progress.sliceDone(first);
    expect(progress.toState()['end_time']).toBe(iso(56));
    progress.sliceDone(fourth);
    progress.sliceDone(third);
    expect(progress.toState()).toEqual({ version: 1, end_time: iso(100), read_from: iso(0) });
  });

  test('keeps the cursor while the lookback is read again', () => {
    const progress = progressFrom({ version: 1, end_time: iso(98), read_from: iso(5) }, { end: 99 });
    expect(progress.toState()).toMatchObject({ end_time: iso(98), read_until: iso(95), read_from: iso(5) });
  });

  test('of a pass that was resumed says that the next one goes back behind the interruption', () => {
    const progress = progressFrom(
      { version: 1, end_time: iso(60), read_from: iso(0), read_until: iso(60), reread_from: iso(87) },
      { end: 100 },
    );
    expect(progress.range.from).toBe(day(60));
    for (const slice of slicesOf(progress)) progress.sliceDone(slice);
    expect(progress.toState()).toEqual({
      version: 1,
      end_time: iso(100),
      read_from: iso(0),
      reread_from: iso(87),
    });
    expect(progressFrom(progress.toState(), { end: 101 }).range.from).toBe(day(87));
  });

  test('leaves as it came when there is nothing to read, whatever its format', () => {
    const input = {
      version: 1,
      end_time: '2999-01-01T00:00:00+00:00',
      owed: { x: 1 },
      __ab_full_refresh_sync_complete: true,
    };
    expect(progressFrom(input).toState()).toEqual({ version: 1, end_time: '2999-01-01T00:00:00+00:00' });
  });

  test('does not claim what lies between the cursor and a later start', () => {
    const progress = progressFrom({ end_time: iso(50), read_from: iso(0) }, { start: 60 });
    expect(progress.toState()['read_from']).toBe(iso(60));
  });
});

describe('partitions', () => {
  const partition = (key: string, at?: number): Partition => ({
    key,
    parameters: {},
    adds: {},
    above: [],
    at: at === undefined ? undefined : day(at),
  });

  test('that finish out of order are named until the oldest of them is finished too', () => {
    const progress = progressFrom(undefined, { end: 10 });
    const [slice] = slicesOf(progress);
    if (slice === undefined) throw new Error('a slice');
    const [c, a, b] = [partition('c', 6), partition('a', 2), partition('b', 4)];
    expect(progress.openSlice(slice, [c, a, b]).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    progress.partitionDone(b);
    expect(progress.toState()).toMatchObject({
      end_time: iso(2),
      finished: { until: iso(10), partitions: ['b'] },
    });
    progress.partitionDone(a);
    expect(progress.toState()).toMatchObject({ end_time: iso(6) });
    expect(progress.toState()).not.toHaveProperty('finished');
    progress.partitionDone(c);
    progress.sliceDone(slice);
    expect(progress.toState()).toEqual({ version: 1, end_time: iso(10), read_from: iso(0) });
  });

  test('that are finished are not asked again when a sync goes on where another one stopped', () => {
    const input = {
      version: 1,
      end_time: iso(0),
      read_until: iso(0),
      finished: { until: iso(10), partitions: ['u1', 'u3'] },
    };
    const progress = progressFrom(input, { end: 20 });
    const [first, second] = slicesOf(progress);
    if (first === undefined || second === undefined) throw new Error('two slices');
    expect(first.until).toBe(day(10));
    const users = ['u1', 'u2', 'u3'].map((key) => partition(key));
    expect(progress.toState()).toMatchObject({ finished: { partitions: ['u1', 'u3'] } });
    expect(progress.openSlice(first, users).map(({ key }) => key)).toEqual(['u2']);
    progress.sliceDone(first);
    expect(progress.openSlice(second, users).map(({ key }) => key)).toEqual(['u1', 'u2', 'u3']);
  });

  test('finishing in any order, and stopped anywhere, leave a state that neither loses nor repeats one', () => {
    const order = fc.uniqueArray(fc.nat({ max: 11 }), { minLength: 0, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
        order,
        (ats, done) => {
          const partitions = ats.map((at, index) => partition(`p${index}`, at));
          const progress = progressFrom(undefined, { end: 10 });
          const [slice] = slicesOf(progress);
          if (slice === undefined) throw new Error('a slice');
          progress.openSlice(slice, partitions);
          for (const index of done) progress.partitionDone(partitions[index] as Partition);
          const resumed = progressFrom(progress.toState(), { end: 10 });
          const asked = slicesOf(resumed).flatMap((next) =>
            resumed.openSlice(
              next,
              partitions.filter(({ at }) => (at ?? 0) >= next.from && (at ?? 0) < next.until),
            ),
          );
          const expected = partitions.filter((_, index) => !done.includes(index));
          if (done.length < partitions.length)
            expect(asked.map(({ key }) => key).sort()).toEqual(expected.map(({ key }) => key).sort());
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('over clocks that jump and interruptions anywhere, no instant is left unread and the cursor never goes back', () => {
  const step = fc.record({ clock: fc.integer({ min: 1, max: 200 }), slicesDone: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (syncs) => {
      let state: JsonObject | undefined;
      let cursor = day(0);
      const read: [number, number][] = [];
      for (const { clock, slicesDone } of syncs) {
        const progress = progressFrom(state, { end: clock });
        for (const slice of slicesOf(progress, 20).slice(0, slicesDone)) {
          progress.sliceDone(slice);
          read.push([slice.from, slice.until]);
        }
        state = progress.toState();
        const next = Date.parse(String(state['end_time']));
        if (next < cursor) throw new Error('the cursor went back');
        cursor = next;
        if (cursor > reachOf(read)) throw new Error(`the cursor ${cursor} is beyond what was read`);
      }
    }),
    { numRuns: 300 },
  );
});

/** How far the ranges reach without a gap, from day 0 on. */
function reachOf(ranges: readonly [number, number][]): number {
  let reached = day(0);
  for (const [from, until] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from <= reached) reached = Math.max(reached, until);
  }
  return reached;
}

test('the share that is done grows with slices, in any order, and with the partitions of the open one', () => {
  const partition = (key: string): Partition => ({ key, parameters: {}, adds: {}, above: [] });
  const progress = progressFrom(undefined);
  const [first, second] = slicesOf(progress, 25);
  if (first === undefined || second === undefined) throw new Error('too few slices');
  const before = progress.share;
  progress.sliceDone(second);
  progress.openSlice(first, [partition('a'), partition('b')]);
  progress.partitionDone(partition('a'));
  const between = progress.share;
  progress.sliceDone(first);
  expect([before, between, progress.share]).toEqual([0, 0.375, 0.5]);
});

test('what lies before the range is no part of what is done, and of nothing all is', () => {
  const progress = progressFrom({ version: 1, end_time: iso(53) });
  progress.sliceDone({ from: day(0), until: day(75) });
  expect(progress.share).toBe(0.5);
  expect(progressFrom({ version: 1, end_time: iso(100) }, { lookbackDays: 0 }).share).toBe(1);
});
