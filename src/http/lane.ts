import type { Clock } from '../clock.ts';
import { TransientError } from '../errors.ts';
import type { RateLimitLabel } from '../streams/declaration.ts';
import type { Budget } from './budget.ts';
import type { Gate } from './gate.ts';
import type { Limit } from './rate-limits.ts';
import type { RateLimitNotice } from './retry-after.ts';
import { longestWaitMs } from './retry-policy.ts';

/** Calls that are late by no more than this stay on schedule: timers fire late, and then one after the other is due. */
const catchUpMs = 50;
/** The network may push calls together by this much without a window holding too many of them. */
const jitterMs = 20;
const slowestFactor = 16;
/** Answers without a 429 after which a slowed label is let run faster by a step. */
const successesPerStep = 20;
/** The pace that an account without published limits falls back to when Zoom objects. */
const unlimitedSpacingMs = 10;

/** Calls are `spacingMs` apart, and no window of `spanMs` holds more than `mostInSpan`. */
interface Pace {
  readonly spacingMs: number;
  readonly spanMs: number;
  readonly mostInSpan: number;
}

function paceOf({ perSecond, perMinute }: Limit, sharePercent: number): Pace {
  const mostInSpan = perSecond ?? perMinute ?? Number.POSITIVE_INFINITY;
  const spanMs = perSecond === undefined ? 60_000 : 1_000;
  return { spacingMs: (spanMs / mostInSpan) * (100 / sharePercent), spanMs, mostInSpan };
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface LaneParts {
  readonly limit: Limit;
  readonly sharePercent: number;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly random: () => number;
  readonly budget: Budget;
}

/** The calls of one label in one pool: evenly spaced, and given to the streams in turn. */
export class Lane {
  readonly budget: Budget;
  readonly #name: string;
  readonly #label: RateLimitLabel;
  readonly #pace: Pace;
  /** When the last calls were let go, as many as one span may hold. */
  readonly #sent: number[] = [];
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #random: () => number;
  readonly #waiting = new Map<string, Waiter[]>();
  #nextAt = 0;
  #pausedUntil = 0;
  #factor = 1;
  #successes = 0;
  #refusalsInARow = 0;
  #refusedSince = 0;
  #isTimed = false;

  constructor(name: string, label: RateLimitLabel, parts: LaneParts) {
    this.#name = name;
    this.#label = label;
    this.#pace = paceOf(parts.limit, parts.sharePercent);
    this.#clock = parts.clock;
    this.#gate = parts.gate;
    this.#random = parts.random;
    this.budget = parts.budget;
  }

  pausedUntil(): number | undefined {
    return this.#pausedUntil > this.#clock.now() ? this.#pausedUntil : undefined;
  }

  waitingStreams(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  acquire(stream: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(stream) ?? [];
      queue.push({ resolve, reject });
      this.#waiting.set(stream, queue);
      this.serve();
    });
  }

  succeeded(): void {
    this.#refusalsInARow = 0;
    if (this.#factor === 1) return;
    this.#successes += 1;
    if (this.#successes % successesPerStep === 0) this.#factor = Math.max(1, this.#factor * 0.75);
  }

  refused({ isDaily, until }: RateLimitNotice): void {
    const now = this.#clock.now();
    if (isDaily || (until ?? now) - now > longestWaitMs) throw this.budget.spend(until);
    if (this.#refusalsInARow === 0) this.#refusedSince = now;
    // Requests that were under way together are refused together: that is one refusal.
    if (now >= this.#pausedUntil) {
      this.#refusalsInARow += 1;
      this.#factor = Math.min(slowestFactor, this.#factor * 2);
      this.#successes = 0;
    }
    if (now - this.#refusedSince > longestWaitMs) {
      throw new TransientError(
        `Zoom has answered nothing but "too many requests" to ${this.#name} calls for an hour. What was read is saved, and the next sync goes on from there.`,
      );
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, Math.ceil(until ?? now + this.#ownWaitMs()));
  }

  /** Where Zoom does not say how long: a per-minute limit needs its minute, a per-second limit about a second. */
  #ownWaitMs(): number {
    if (this.#label === 'resource_intensive') return 60_000;
    return Math.min(60_000, 1000 * 2 ** (this.#refusalsInARow - 1)) * (1 + this.#random() * 0.25);
  }

  /** Lets go what is due. */
  serve(): void {
    while (this.#waiting.size > 0 && !this.#isTimed && this.#gate.hasRoom()) {
      const now = this.#clock.now();
      const dueAt = this.#dueAt();
      if (dueAt > now) {
        this.#serveAt(dueAt - now);
        return;
      }
      const { spacingMs } = this.#pace;
      const spacing = this.#factor === 1 ? spacingMs : Math.max(spacingMs, unlimitedSpacingMs) * this.#factor;
      // On schedule where the call is only a little late, else from now on.
      this.#nextAt = (now - this.#nextAt <= catchUpMs ? this.#nextAt : now) + spacing;
      this.#remember(now);
      this.#grant();
    }
  }

  #dueAt(): number {
    const { mostInSpan, spanMs } = this.#pace;
    const oldest = this.#sent.length >= mostInSpan ? this.#sent[0] : undefined;
    return Math.max(this.#nextAt, this.#pausedUntil, oldest === undefined ? 0 : oldest + spanMs + jitterMs);
  }

  #remember(now: number): void {
    if (!Number.isFinite(this.#pace.mostInSpan)) return;
    this.#sent.push(now);
    if (this.#sent.length > this.#pace.mostInSpan) this.#sent.shift();
  }

  #serveAt(delayMs: number): void {
    this.#isTimed = true;
    this.#clock.sleep(delayMs).then(
      () => {
        this.#isTimed = false;
        this.serve();
      },
      (error: unknown) => {
        this.#isTimed = false;
        for (const { reject } of [...this.#waiting.values()].flat()) reject(error);
        this.#waiting.clear();
      },
    );
  }

  #grant(): void {
    const [stream, queue] = this.#waiting.entries().next().value ?? [];
    const waiter = queue?.shift();
    if (stream === undefined || queue === undefined || waiter === undefined) return;
    // To the end of the line, so that the others come first.
    this.#waiting.delete(stream);
    if (queue.length > 0) this.#waiting.set(stream, queue);
    try {
      this.budget.take();
      waiter.resolve();
    } catch (error) {
      waiter.reject(error);
    }
  }
}
