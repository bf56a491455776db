import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** Time, passed in so that no test has to wait for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the run's abort reason when the run is stopped meanwhile. */
  sleep(ms: number): Promise<void>;
}

/** @param signal ends sleeps when the run is stopped; without it they last. */
export function createSystemClock(signal?: AbortSignal): Clock {
  // Each request may wait, and Node would warn on stderr of more than ten that do.
  if (signal !== undefined) setMaxListeners(0, signal);
  return {
    now: () => Date.now(),
    async sleep(ms) {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    },
  };
}
