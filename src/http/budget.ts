import type { Clock } from '../clock.ts';
import { TransientError } from '../errors.ts';

/** The calls of a UTC day, `rate_limit_share` counted in. */
export interface DayQuota {
  readonly calls: number;
  readonly left: number;
}

/** Counts the calls of each UTC day, and refuses those beyond its limit. */
export class Budget {
  readonly #name: string;
  readonly #calls: number;
  readonly #clock: Clock;
  #day = -1;
  #used = 0;
  /** The end of what Zoom itself called used up, whatever was counted here. */
  #spentUntil = 0;

  constructor(name: string, calls: number, clock: Clock) {
    this.#name = name;
    this.#calls = calls;
    this.#clock = clock;
  }

  /** Undefined where the day has no limit. */
  quota(): DayQuota | undefined {
    this.#turn();
    if (!Number.isFinite(this.#calls)) return undefined;
    return { calls: this.#calls, left: Math.max(0, this.#calls - this.#used) };
  }

  /** @throws TransientError when nothing is left. */
  take(): void {
    this.#turn();
    const now = this.#clock.now();
    if (now < this.#spentUntil) throw spent(`Zoom's rate limit for ${this.#name} calls`, this.#spentUntil);
    if (this.#used >= this.#calls) {
      throw spent(
        `The day's budget of ${this.#calls} ${this.#name} calls (rate_limit_share of the plan's)`,
        nextDay(now),
      );
    }
    this.#used += 1;
  }

  /**
   * Zoom said that nothing is left.
   * @param until when it comes back, in ms since the epoch; the end of the UTC day where Zoom does not say.
   * @returns the error for the refused call.
   */
  spend(until: number | undefined): TransientError {
    this.#spentUntil = Math.max(this.#spentUntil, until ?? nextDay(this.#clock.now()));
    return spent(`Zoom's rate limit for ${this.#name} calls`, this.#spentUntil);
  }

  #turn(): void {
    const day = Math.floor(this.#clock.now() / 86_400_000);
    if (day === this.#day) return;
    this.#day = day;
    this.#used = 0;
  }
}

function spent(what: string, until: number): TransientError {
  return new TransientError(
    `${what} is used up; it comes back at ${new Date(until).toISOString()}. What was read is saved, and the next sync goes on from there.`,
  );
}

function nextDay(now: number): number {
  return (Math.floor(now / 86_400_000) + 1) * 86_400_000;
}
