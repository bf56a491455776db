import type { Clock } from '../clock.ts';
import type { RateLimitLabel } from '../streams/declaration.ts';
import { nameCalls } from '../wording.ts';
import { Budget, type DayQuota } from './budget.ts';
import type { Gate } from './gate.ts';
import { Lane } from './lane.ts';
import { type Limit, type LimitPool, publishedLimits, type ZoomPlan } from './rate-limits.ts';
import type { RateLimitNotice } from './retry-after.ts';

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
  /** The end of the pause after a 429, in ms since the epoch; undefined when there is none. */
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
  /** What the call is counted under, and how many of its kind may leave. */
  paceOf(call: Call): CallPace;
}

/** How fast calls of one label may leave. */
export interface CallPace {
  readonly pool: LimitPool;
  readonly label: RateLimitLabel;
  /** Calls in a second, `rate_limit_share` counted in; absent where no limit is published. */
  readonly perSecond?: number;
}

/** The label that calls count under, and the calls that the day allows. */
export interface Quota {
  readonly label: RateLimitLabel;
  /** Absent where no day's budget is published. */
  readonly day?: DayQuota;
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
  const poolOf = ({ endpoint }: Call): LimitPool => (endpoint.startsWith('/phone/') ? 'phone' : 'main');
  const limitOf = (pool: LimitPool, label: RateLimitLabel): Limit =>
    plan === 'unlimited' ? {} : publishedLimits[pool][plan][label];
  const laneOf = (call: Call): Lane => {
    const label = labelOf(call);
    const pool = poolOf(call);
    const name = `${pool} ${label}`;
    const known = lanes.get(name);
    if (known !== undefined) return known;
    const limit = limitOf(pool, label);
    const lane = new Lane(nameCalls({ pool, label }), label, {
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
    paceOf(call) {
      const [pool, label] = [poolOf(call), labelOf(call)];
      const { perSecond, perMinute } = limitOf(pool, label);
      const published = perSecond ?? (perMinute === undefined ? undefined : perMinute / 60);
      return published === undefined
        ? { pool, label }
        : { pool, label, perSecond: (published * sharePercent) / 100 };
    },
  };
}

function isLabel(text: string | undefined): text is RateLimitLabel {
  return text === 'light' || text === 'medium' || text === 'heavy' || text === 'resource_intensive';
}
