import { describe, expect, test } from '@jest/globals';
import { createTimeline } from './timeline.ts';

const start = Date.parse('2026-06-15T12:00:00Z');

describe('requests over time', () => {
  test('are counted in slots of a second, by what became of them', () => {
    const timeline = createTimeline(start);
    timeline.add('light', start, 'answered');
    timeline.add('light', start + 999, 'limited');
    timeline.add('light', start + 2_000, 'failed');
    const { slotMs, slots, lanes } = timeline.read(start + 3_500);
    expect({ slotMs, slots, ...lanes.get('light') }).toEqual({
      slotMs: 1_000,
      slots: 4,
      all: [2, 0, 1, 0],
      limited: [1, 0, 0, 0],
      failed: [0, 0, 1, 0],
    });
  });

  test('of a long sync take no more room, and none of them is lost', () => {
    const timeline = createTimeline(start);
    const days = 2 * 86_400_000;
    for (let at = 0; at < days; at += 10_000)
      timeline.add(at % 20_000 === 0 ? 'heavy' : 'light', start + at, 'answered');
    const { slotMs, slots, lanes } = timeline.read(start + days);
    expect(slots).toBeLessThanOrEqual(240);
    expect(slots * slotMs).toBeGreaterThan(days);
    const counted = [...lanes.values()].flatMap(({ all }) => all).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(days / 10_000);
    expect([...lanes.values()].map(({ all }) => all.length)).toEqual([slots, slots]);
  });

  test('by a clock that goes back are counted all the same', () => {
    const timeline = createTimeline(start);
    timeline.add('light', start - 5_000, 'answered');
    expect(timeline.read(start - 1).lanes.get('light')?.all).toEqual([1]);
  });
});
