import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** Time, passed in so that no test has to wait for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `Stopped` when the run is stopped meanwhile. */
  sleep(ms: number): Promise<void>;
}

/** Thrown by sleeps that are cut short, since the run was asked to end: nothing has gone wrong. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** @param signal ends sleeps when the run is stopped; without it they last. */
export function createSystemClock(signal?: AbortSignal): Clock {
  // Each request may wait, and Node would warn on stderr of more than ten that do.
  if (signal !== undefined) setMaxListeners(0, signal);
  return {
    now: () => Date.now(),
    async sleep(ms) {
      try {
        await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        throw new Stopped('The run was asked to end.', { cause: error });
      }
    },
  };
}
