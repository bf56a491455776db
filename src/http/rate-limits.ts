import type { RateLimitLabel } from '../streams/declaration.ts';

export type ZoomPlan = 'free' | 'pro' | 'business' | 'unlimited';
/** Zoom Phone has limits of its own. */
export type LimitPool = 'main' | 'phone';

/** What one label may ask for. */
export interface Limit {
  readonly perSecond?: number;
  readonly perMinute?: number;
  /** Budget of a UTC day, shared by the labels that name the same one. */
  readonly daily?: { readonly budget: string; readonly calls: number };
}

type Limits = Readonly<Record<RateLimitLabel, Limit>>;

/** https://developers.zoom.us/docs/api/rate-limits; `business` stands for Business, Education, Enterprise and Partners. */
export const publishedLimits: Readonly<
  Record<LimitPool, Readonly<Record<Exclude<ZoomPlan, 'unlimited'>, Limits>>>
> = {
  main: {
    free: {
      light: { perSecond: 4, daily: { budget: 'light', calls: 6_000 } },
      medium: { perSecond: 2, daily: { budget: 'medium', calls: 2_000 } },
      heavy: { perSecond: 1, daily: { budget: 'heavy', calls: 1_000 } },
      resource_intensive: { perMinute: 10, daily: { budget: 'resource-intensive', calls: 30_000 } },
    },
    pro: {
      light: { perSecond: 30 },
      medium: { perSecond: 20 },
      heavy: { perSecond: 10, daily: { budget: 'heavy and resource-intensive', calls: 30_000 } },
      resource_intensive: { perMinute: 10, daily: { budget: 'heavy and resource-intensive', calls: 30_000 } },
    },
    business: {
      light: { perSecond: 80 },
      medium: { perSecond: 60 },
      heavy: { perSecond: 40, daily: { budget: 'heavy and resource-intensive', calls: 60_000 } },
      resource_intensive: { perMinute: 20, daily: { budget: 'heavy and resource-intensive', calls: 60_000 } },
    },
  },
  phone: {
    // Zoom publishes none for free accounts, which have no Zoom Phone.
    free: phoneLimits(20, 10, 5, 5, 15_000),
    pro: phoneLimits(20, 10, 5, 5, 15_000),
    business: phoneLimits(40, 20, 10, 10, 30_000),
  },
};

function phoneLimits(
  light: number,
  medium: number,
  heavy: number,
  intensivePerMinute: number,
  calls: number,
): Limits {
  const daily = { budget: 'Phone heavy and resource-intensive', calls };
  return {
    light: { perSecond: light },
    medium: { perSecond: medium },
    heavy: { perSecond: heavy, daily },
    resource_intensive: { perMinute: intensivePerMinute, daily },
  };
}
