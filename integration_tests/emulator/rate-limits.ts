import type { Label } from './endpoint.ts';

export const plans = ['free', 'pro', 'business', 'unlimited'] as const;
export type Plan = (typeof plans)[number];

export function isPlan(text: string): text is Plan {
  return plans.some((plan) => plan === text);
}

interface Refused {
  readonly status: 429;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LimitKeeper {
  /** Counts a request; an answer of 429 when it is one too many, undefined when it is not. */
  check(template: string, label: Label): Refused | undefined;
}

/*
 * Calls per second (per minute for resource-intensive ones) and per UTC day, as Zoom publishes them
 * (developers.zoom.us, Rate limits). Zoom Phone is counted apart and has no free plan.
 */
const rates: Readonly<
  Record<'main' | 'phone', Readonly<Record<Exclude<Plan, 'unlimited'>, Readonly<Record<Label, number>>>>>
> = {
  main: {
    free: { LIGHT: 4, MEDIUM: 2, HEAVY: 1, 'RESOURCE-INTENSIVE': 10 },
    pro: { LIGHT: 30, MEDIUM: 20, HEAVY: 10, 'RESOURCE-INTENSIVE': 10 },
    business: { LIGHT: 80, MEDIUM: 60, HEAVY: 40, 'RESOURCE-INTENSIVE': 20 },
  },
  phone: {
    free: { LIGHT: 20, MEDIUM: 10, HEAVY: 5, 'RESOURCE-INTENSIVE': 5 },
    pro: { LIGHT: 20, MEDIUM: 10, HEAVY: 5, 'RESOURCE-INTENSIVE': 5 },
    business: { LIGHT: 40, MEDIUM: 20, HEAVY: 10, 'RESOURCE-INTENSIVE': 10 },
  },
};
const days: Readonly<Record<'main' | 'phone', Readonly<Record<Exclude<Plan, 'unlimited'>, number>>>> = {
  main: { free: 1_000, pro: 30_000, business: 60_000 },
  phone: { free: 15_000, pro: 15_000, business: 30_000 },
};
const freeDays: Readonly<Record<Label, number>> = {
  LIGHT: 6_000,
  MEDIUM: 2_000,
  HEAVY: 1_000,
  'RESOURCE-INTENSIVE': 30_000,
};

/** Counts calls over a sliding second or minute and over the UTC day, for each label and for Zoom Phone apart. */
export function createLimitKeeper(plan: Plan, now: () => number): LimitKeeper {
  const recent = new Map<string, number[]>();
  const daily = new Map<string, number>();
  return {
    check(template, label) {
      if (plan === 'unlimited') return undefined;
      const pool = template.startsWith('/phone/') ? 'phone' : 'main';
      const span = label === 'RESOURCE-INTENSIVE' ? 60_000 : 1_000;
      const at = now();
      const calls = (recent.get(`${pool} ${label}`) ?? []).filter((call) => call > at - span);
      recent.set(`${pool} ${label}`, calls);
      if (calls.length >= rates[pool][plan][label]) return perSecond;
      const budget = budgetOf(pool, plan, label);
      const day = `${budget.name} ${Math.floor(at / 86_400_000)}`;
      if ((daily.get(day) ?? 0) >= budget.calls) return perDay(at);
      calls.push(at);
      daily.set(day, (daily.get(day) ?? 0) + 1);
      return undefined;
    },
  };
}

function budgetOf(pool: 'main' | 'phone', plan: Exclude<Plan, 'unlimited'>, label: Label) {
  if (pool === 'main' && plan === 'free') return { name: `${pool} ${label}`, calls: freeDays[label] };
  const isCounted = label === 'HEAVY' || label === 'RESOURCE-INTENSIVE';
  return isCounted
    ? { name: pool, calls: days[pool][plan] }
    : { name: `${pool} ${label}`, calls: Number.POSITIVE_INFINITY };
}

const perSecond: Refused = {
  status: 429,
  body: {
    code: 429,
    message: 'You have reached the maximum per-second rate limit for this API. Try again later.',
  },
  headers: { 'x-ratelimit-type': 'QPS' },
};

function perDay(at: number): Refused {
  const midnight = new Date((Math.floor(at / 86_400_000) + 1) * 86_400_000);
  return {
    status: 429,
    body: {
      code: 429,
      message:
        'You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.',
    },
    headers: {
      'x-ratelimit-type': 'Daily-limit',
      'x-ratelimit-remaining': '0',
      'retry-after': midnight.toISOString().replace('.000', ''),
    },
  };
}
