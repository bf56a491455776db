import type { Clock } from './clock.ts';

/** A clock for tests: sleeping moves it, and nobody waits. Sleepers wake in the order of their instants. */
export interface ManualClock extends Clock {
  readonly sleeps: readonly number[];
  advance(ms: number): void;
}

export function createManualClock(start = Date.parse('2026-06-15T12:00:00Z')): ManualClock {
  let now = start;
  const sleeps: number[] = [];
  let sleepers: { at: number; wake: () => void }[] = [];
  let isScheduled = false;
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      sleepers.sort((a, b) => a.at - b.at);
      const next = sleepers.shift();
      if (next === undefined) return;
      now = Math.max(now, next.at);
      next.wake();
      if (sleepers.length > 0) schedule();
    });
  };
  return {
    now: () => now,
    sleeps,
    advance(ms) {
      now += ms;
    },
    sleep(ms) {
      sleeps.push(ms);
      return new Promise((wake) => {
        sleepers = [...sleepers, { at: now + ms, wake }];
        schedule();
      });
    },
  };
}
