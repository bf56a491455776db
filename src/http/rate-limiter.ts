import type { Clock } from '../clock.ts';
import { TransientError } from '../errors.ts';
import type { RateLimitLabel } from '../streams/declaration.ts';
import type { Gate } from './gate.ts';
import { type Limit, type LimitPool, publishedLimits, type ZoomPlan } from './rate-limits.ts';
import type { RateLimitNotice } from './retry-after.ts';
import { longestWaitMs } from './retry-policy.ts';

/** A request as the limiter sees it. */
export interface Call {
  /** Streams take turns. */
  readonly stream: string;
  /** The declared path; Zoom's headers may correct its label. */
  readonly endpoint: string;
  /** Absent: heavy, until Zoom says otherwise. */
  readonly rateLimit?: RateLimitLabel | undefined;
}

/** Keeps requests below the limits that hold for the account, so that nothing has to be refused. */
export interface RateLimiter {
  /**
   * Resolves when the call may be sent.
   * @throws TransientError when the day's budget is used up.
   */
  acquire(call: Call): Promise<void>;
  /** When calls like this are paused by a 429: until when, in ms since the epoch. */
  pausedUntil(call: Call): number | undefined;
  /** The streams that wait for the label of this call. */
  waitingStreams(call: Call): readonly string[];
  /** An answer that was no 429; `category` is its `x-ratelimit-category`. */
  succeeded(call: Call, category: string | undefined): void;
  /**
   * A 429: slows the label down, and pauses it for as long as Zoom says.
   * @throws TransientError when the quota does not come back within an hour.
   */
  refused(call: Call, notice: RateLimitNotice): void;
  quota(call: Call): Quota;
}

/** What calls count as, and how many of them the day allows. */
export interface Quota {
  readonly label: RateLimitLabel;
  /** For a UTC day, `rate_limit_share` counted in; absent where no day's budget is published. */
  readonly day?: { readonly calls: number; readonly left: number };
}

export interface RateLimiterOptions {
  readonly plan: ZoomPlan;
  /** Percent of the account's limits that may be used. */
  readonly sharePercent: number;
  readonly clock: Clock;
  /** Calls that could not be sent yet are not let go, or they would leave together later. */
  readonly gate: Gate;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** How far behind schedule calls may be made up for: timers fire late, and then one after the other is due. */
const catchUpMs = 50;
/** What the network may push calls together without a window holding too many of them. */
const jitterMs = 20;
const slowestFactor = 16;
/** Answers without a 429 after which a slowed label is let run faster by a step. */
const successesPerStep = 20;
/** The pace that an account without published limits falls back to when Zoom objects. */
const unlimitedSpacingMs = 10;

export function createRateLimiter({
  plan,
  sharePercent,
  clock,
  gate,
  random = Math.random,
}: RateLimiterOptions): RateLimiter {
  const lanes = new Map<string, Lane>();
  const budgets = new Map<string, Budget>();
  const corrected = new Map<string, RateLimitLabel>();

  const labelOf = (call: Call) => corrected.get(call.endpoint) ?? call.rateLimit ?? 'heavy';
  const laneOf = (call: Call): Lane => {
    const label = labelOf(call);
    const pool: LimitPool = call.endpoint.startsWith('/phone/') ? 'phone' : 'main';
    const name = `${pool} ${label}`;
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const limit: Limit = plan === 'unlimited' ? {} : publishedLimits[pool][plan][label];
    const lane = new Lane(name, label, {
      limit,
      sharePercent,
      clock,
      gate,
      random,
      budget: budgetOf(pool, limit),
    });
    lanes.set(name, lane);
    return lane;
  };
  const budgetOf = (pool: LimitPool, { daily }: Limit): Budget => {
    const key = `${pool} ${daily?.budget}`;
    const calls =
      daily === undefined ? Number.POSITIVE_INFINITY : Math.floor((daily.calls * sharePercent) / 100);
    const budget = budgets.get(key) ?? new Budget(daily?.budget ?? pool, calls, clock);
    if (daily !== undefined) budgets.set(key, budget);
    return budget;
  };

  gate.whenRoom(() => {
    for (const lane of lanes.values()) lane.serve();
  });

  return {
    acquire: (call) => laneOf(call).acquire(call.stream),
    pausedUntil: (call) => laneOf(call).pausedUntil(),
    waitingStreams: (call) => laneOf(call).waitingStreams(),
    succeeded(call, category) {
      laneOf(call).succeeded();
      const label = category?.toLowerCase().replace(/[\s-]+/g, '_');
      if (isLabel(label) && label !== (corrected.get(call.endpoint) ?? call.rateLimit))
        corrected.set(call.endpoint, label);
    },
    refused: (call, notice) => laneOf(call).refused(notice),
    quota(call) {
      const day = laneOf(call).budget.quota();
      return { label: labelOf(call), ...(day === undefined ? {} : { day }) };
    },
  };
}

function isLabel(text: string | undefined): text is RateLimitLabel {
  return text === 'light' || text === 'medium' || text === 'heavy' || text === 'resource_intensive';
}

/** How often calls may be sent: `spacingMs` apart, and in no window of `spanMs` more than `mostInSpan`. */
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

/** The calls of one UTC day. */
class Budget {
  readonly #name: string;
  readonly #calls: number;
  readonly #clock: Clock;
  #day = -1;
  #used = 0;
  /** Zoom said that the day is over for us, whatever we counted. */
  #spentUntil = 0;

  constructor(name: string, calls: number, clock: Clock) {
    this.#name = name;
    this.#calls = calls;
    this.#clock = clock;
  }

  quota(): Quota['day'] {
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

  spend(until: number): TransientError {
    this.#spentUntil = Math.max(this.#spentUntil, until);
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
class Lane {
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
    if (isDaily || (until ?? now) - now > longestWaitMs) throw this.budget.spend(until ?? nextDay(now));
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
