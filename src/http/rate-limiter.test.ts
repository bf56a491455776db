import { describe, expect, test } from '@jest/globals';
import { TransientError } from '../errors.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { type Call, createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import type { ZoomPlan } from './rate-limits.ts';

const open = { run: <T>(task: () => Promise<T>) => task(), hasRoom: () => true, whenRoom: () => undefined };

function limiterFor(plan: ZoomPlan, sharePercent = 100): { clock: ManualClock; limiter: RateLimiter } {
  const clock = createManualClock();
  return { clock, limiter: createRateLimiter({ plan, sharePercent, clock, gate: open, random: () => 0 }) };
}

/** When each of so many calls was let go, in ms from the first. */
async function letGo(
  { clock, limiter }: ReturnType<typeof limiterFor>,
  call: Call,
  count: number,
): Promise<number[]> {
  const start = clock.now();
  return Promise.all(
    Array.from({ length: count }, async () => {
      await limiter.acquire(call);
      return clock.now() - start;
    }),
  );
}

const call = (rateLimit: Call['rateLimit'], endpoint = '/users', stream = 's'): Call => ({
  stream,
  endpoint,
  rateLimit,
});

describe("keeps to Zoom's published limits", () => {
  test.each<{ plan: ZoomPlan; call: Call; share?: number; perSecond: number }>([
    { plan: 'free', call: call('light'), perSecond: 4 },
    { plan: 'free', call: call('medium'), perSecond: 2 },
    { plan: 'free', call: call('heavy'), perSecond: 1 },
    { plan: 'pro', call: call('light'), perSecond: 30 },
    { plan: 'pro', call: call('medium'), perSecond: 20 },
    { plan: 'pro', call: call('heavy'), perSecond: 10 },
    { plan: 'pro', call: call(undefined), perSecond: 10 },
    { plan: 'pro', call: call('resource_intensive'), perSecond: 10 / 60 },
    { plan: 'business', call: call('light'), perSecond: 80 },
    { plan: 'business', call: call('medium'), perSecond: 60 },
    { plan: 'business', call: call('heavy'), perSecond: 40 },
    { plan: 'business', call: call('resource_intensive'), perSecond: 20 / 60 },
    { plan: 'free', call: call('resource_intensive'), perSecond: 10 / 60 },
    { plan: 'pro', call: call('light', '/phone/users'), perSecond: 20 },
    { plan: 'pro', call: call('medium', '/phone/users'), perSecond: 10 },
    { plan: 'pro', call: call('resource_intensive', '/phone/users'), perSecond: 5 / 60 },
    { plan: 'business', call: call('light', '/phone/users'), perSecond: 40 },
    { plan: 'business', call: call('heavy', '/phone/call_history'), perSecond: 10 },
    { plan: 'pro', call: call('heavy', '/phone/call_history'), perSecond: 5 },
    { plan: 'free', call: call('heavy', '/phone/call_history'), perSecond: 5 },
    { plan: 'business', call: call('medium', '/phone/users'), perSecond: 20 },
    { plan: 'business', call: call('resource_intensive', '/phone/users'), perSecond: 10 / 60 },
    { plan: 'pro', call: call('light'), share: 50, perSecond: 15 },
  ])(
    '$plan $call.rateLimit $call.endpoint at $share %: $perSecond/s, in any window, evenly and without waste',
    async ({ plan, call: asked, share = 100, perSecond }) => {
      const count = 60;
      const times = await letGo(limiterFor(plan, share), asked, count);
      const spanMs = perSecond < 1 ? 60_000 : 1000;
      const most = Math.ceil((perSecond * spanMs) / 1000);
      for (const [index, time] of times.entries()) {
        expect(times.slice(index).filter((later) => later < time + spanMs).length).toBeLessThanOrEqual(most);
      }
      const floorMs = ((count - 1) * 1000) / perSecond;
      expect((times.at(-1) ?? 0) / floorMs).toBeLessThan(1.05);
    },
  );

  test.each<{ plan: ZoomPlan; endpoint: string; days: readonly (number | undefined)[] }>([
    { plan: 'free', endpoint: '/users', days: [6_000, 2_000, 1_000, 30_000] },
    { plan: 'pro', endpoint: '/users', days: [undefined, undefined, 30_000, 30_000] },
    { plan: 'business', endpoint: '/users', days: [undefined, undefined, 60_000, 60_000] },
    { plan: 'pro', endpoint: '/phone/users', days: [undefined, undefined, 15_000, 15_000] },
    { plan: 'business', endpoint: '/phone/users', days: [undefined, undefined, 30_000, 30_000] },
  ])(
    '$plan has $days calls of $endpoint a day: light, medium, heavy, resource-intensive',
    ({ plan, endpoint, days }) => {
      const { limiter } = limiterFor(plan);
      const labels = ['light', 'medium', 'heavy', 'resource_intensive'] as const;
      expect(labels.map((label) => limiter.quota(call(label, endpoint)).day?.left)).toEqual(days);
    },
  );

  test('what was not used while nothing was asked for does not come as a burst', async () => {
    const limits = limiterFor('pro');
    await letGo(limits, call('light'), 1);
    limits.clock.advance(10_000);
    const times = await letGo(limits, call('light'), 31);
    expect(times.at(-1)).toBeGreaterThan(29 * (1000 / 30));
  });

  test('unlimited does not pace', async () => {
    expect(await letGo(limiterFor('unlimited'), call('heavy'), 100)).toEqual(Array(100).fill(0));
  });

  test('labels and pools do not wait for one another', async () => {
    const limits = limiterFor('free');
    const heavy = letGo(limits, call('heavy'), 3);
    expect(await letGo(limits, call('light'), 1)).toEqual([0]);
    expect(await letGo(limits, call('heavy', '/phone/x'), 1)).toEqual([0]);
    await heavy;
  });
});

describe('the budget of a day', () => {
  test('is shared by heavy and resource-intensive calls, and ends with its end', async () => {
    const { clock, limiter } = limiterFor('pro', 1);
    for (let used = 0; used < 300; used += 1) await limiter.acquire(call('heavy'));
    expect(limiter.quota(call('resource_intensive')).day).toMatchObject({ left: 0 });
    await expect(limiter.acquire(call('resource_intensive'))).rejects.toThrow(
      /300 heavy and resource-intensive.*T00:00:00.000Z/,
    );
    await limiter.acquire(call('medium'));
    clock.advance(24 * 3_600_000);
    await limiter.acquire(call('heavy'));
    expect(limiter.quota(call('heavy')).day).toMatchObject({ left: 299 });
  });

  test('is over for all calls of it when Zoom says so, until it comes back', async () => {
    const { clock, limiter } = limiterFor('pro');
    const until = clock.now() + 5 * 3_600_000;
    expect(() => limiter.refused(call('heavy'), { isDaily: true, until })).toThrow(TransientError);
    await expect(limiter.acquire(call('resource_intensive'))).rejects.toThrow(new Date(until).toISOString());
    await limiter.acquire(call('light'));
    clock.advance(5 * 3_600_000);
    await limiter.acquire(call('heavy'));
  });

  test('daily without a time lasts until midnight UTC; a wait of more than an hour is not waited for either', () => {
    const { clock, limiter } = limiterFor('unlimited');
    expect(() => limiter.refused(call('light'), { isDaily: true, until: undefined })).toThrow(
      '2026-06-16T00:00:00.000Z',
    );
    expect(() => limiter.refused(call('light'), { isDaily: false, until: clock.now() + 3_600_001 })).toThrow(
      TransientError,
    );
  });
});

describe('a 429', () => {
  test('pauses its label for all streams, for as long as Zoom says', async () => {
    const limits = limiterFor('unlimited');
    limits.limiter.refused(call('medium'), { isDaily: false, until: limits.clock.now() + 7000 });
    expect(limits.limiter.pausedUntil(call('medium', '/other', 'other'))).toBe(limits.clock.now() + 7000);
    expect(limits.limiter.pausedUntil(call('light'))).toBeUndefined();
    expect(await letGo(limits, call('medium', '/other', 'other'), 1)).toEqual([7000]);
  });

  test('without a time waits a second, then longer; a minute where the limit is per minute', async () => {
    const { clock, limiter } = limiterFor('pro');
    const waits: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      limiter.refused(call('light'), { isDaily: false, until: undefined });
      waits.push((limiter.pausedUntil(call('light')) ?? 0) - clock.now());
      await limiter.acquire(call('light'));
    }
    expect(waits).toEqual([1000, 2000, 4000]);
    limiter.refused(call('resource_intensive'), { isDaily: false, until: undefined });
    expect((limiter.pausedUntil(call('resource_intensive')) ?? 0) - clock.now()).toBe(60_000);
  });

  test('slows the label down, which recovers step by step', async () => {
    const limits = limiterFor('pro');
    // Two that were under way together are refused together, which counts once.
    for (let together = 0; together < 2; together += 1)
      limits.limiter.refused(call('light'), { isDaily: false, until: limits.clock.now() + 1000 });
    const spacings: number[] = [];
    for (const successes of [0, 19, 1, 20, 20, 20]) {
      for (let i = 0; i < successes; i += 1) limits.limiter.succeeded(call('light'), undefined);
      limits.clock.advance(10_000);
      const times = await letGo(limits, call('light'), 10);
      spacings.push(Math.round(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 9));
    }
    // Twice the time between calls, then three quarters of that after every 20 answers.
    expect(spacings).toEqual([67, 67, 50, 38, 33, 33]);
  });

  test('and nothing else for an hour gives the label up', async () => {
    const { clock, limiter } = limiterFor('pro');
    const refuseFor = () => {
      limiter.refused(call('light'), { isDaily: false, until: clock.now() + 1_000_000 });
      clock.advance(1_000_000);
    };
    refuseFor();
    refuseFor();
    refuseFor();
    refuseFor();
    expect(refuseFor).toThrow('for an hour');
  });
});

test("Zoom's header corrects the label of an endpoint", async () => {
  const limits = limiterFor('free');
  limits.limiter.succeeded(call(undefined, '/accounts/me/recordings'), 'Light');
  expect((await letGo(limits, call(undefined, '/accounts/me/recordings'), 5)).at(-1)).toBeLessThan(1500);
  limits.limiter.succeeded(call('light', '/x'), 'Resource-intensive');
  expect((await letGo(limits, call('light', '/x'), 2)).at(-1)).toBeGreaterThan(5000);
});

test("Zoom's header corrects a label back to the declared one", async () => {
  const limits = limiterFor('free');
  const declared = call('light', '/x');
  limits.limiter.succeeded(declared, 'Resource-intensive');
  expect(limits.limiter.quota(declared).label).toBe('resource_intensive');
  limits.limiter.succeeded(declared, 'Light');
  expect(limits.limiter.quota(declared).label).toBe('light');
  expect((await letGo(limits, declared, 5)).at(-1)).toBeLessThan(1500);
});

test('streams take turns, however many calls one of them has waiting', async () => {
  const limits = limiterFor('free');
  const order: string[] = [];
  const ask = async (stream: string) => {
    await limits.limiter.acquire(call('light', '/x', stream));
    order.push(stream);
  };
  await Promise.all([ask('big'), ask('big'), ask('big'), ask('big'), ask('small'), ask('small')]);
  expect(order).toEqual(['big', 'big', 'small', 'big', 'small', 'big']);
});

test('nothing is let go that could not be sent, and all of it when there is room', async () => {
  const clock = createManualClock();
  let hasRoom = false;
  let poke: () => void = () => undefined;
  const gate = {
    ...open,
    hasRoom: () => hasRoom,
    whenRoom: (listener: () => void) => {
      poke = listener;
    },
  };
  const limiter = createRateLimiter({ plan: 'unlimited', sharePercent: 100, clock, gate });
  let isLetGo = false;
  const waiting = limiter.acquire(call('light')).then(() => {
    isLetGo = true;
  });
  await Promise.resolve();
  expect(isLetGo).toBe(false);
  hasRoom = true;
  poke();
  await waiting;
  expect(isLetGo).toBe(true);
});
