import { describe, expect, test } from '@jest/globals';
import { isRetried, parseStatusList, type RetryPolicy, retryDelayMs } from './retry-policy.ts';

const policy = (changes: Partial<RetryPolicy> = {}): RetryPolicy => ({
  mode: 'RetryWhenStatusCodeMatch',
  statusCodes: parseStatusList('408|425|429|500-599'),
  countMax: 5,
  multiplyWaitTime: true,
  waitTimeMs: 1000,
  ...changes,
});

describe('parseStatusList', () => {
  test('reads statuses and ranges', () => {
    expect(parseStatusList(' 429 | 500 - 503 ')).toEqual([
      { from: 429, to: 429 },
      { from: 500, to: 503 },
    ]);
  });

  test.each(['', '5xx', '429,500', '600', '503-500', '429|', '12'])('refuses "%s"', (text) => {
    expect(() => parseStatusList(text)).toThrow('has to list HTTP statuses');
  });
});

test.each<{ mode: RetryPolicy['mode']; failure: number | 'network'; list?: string; expected: boolean }>([
  { mode: 'None', failure: 429, expected: false },
  { mode: 'None', failure: 'network', expected: false },
  { mode: 'RetryAny', failure: 'network', expected: true },
  { mode: 'RetryAny', failure: 408, expected: true },
  { mode: 'RetryAny', failure: 425, expected: true },
  { mode: 'RetryAny', failure: 429, expected: true },
  { mode: 'RetryAny', failure: 599, expected: true },
  { mode: 'RetryAny', failure: 404, expected: false },
  { mode: 'RetryAny', failure: 503, list: '429', expected: true },
  { mode: 'RetryWhenStatusCodeMatch', failure: 'network', list: '429', expected: true },
  { mode: 'RetryWhenStatusCodeMatch', failure: 503, list: '429', expected: false },
  { mode: 'RetryWhenStatusCodeMatch', failure: 404, list: '404', expected: true },
  { mode: 'RetryWhenStatusCodeMatch', failure: 502, list: '500-503', expected: true },
])(
  '$mode with $list: $failure is retried: $expected',
  ({ mode, failure, list = '408|425|429|500-599', expected }) => {
    expect(isRetried(policy({ mode, statusCodes: parseStatusList(list) }), failure)).toBe(expected);
  },
);

test.each<{ retry: number; random: number; changes?: Partial<RetryPolicy>; expected: number }>([
  { retry: 1, random: 0, expected: 1000 },
  { retry: 2, random: 0, expected: 2000 },
  { retry: 5, random: 0, expected: 16000 },
  { retry: 20, random: 0, expected: 300_000 },
  { retry: 1, random: 1, expected: 1250 },
  { retry: 3, random: 1, changes: { multiplyWaitTime: false, waitTimeMs: 700 }, expected: 700 },
  { retry: 3, random: 1, changes: { waitTimeMs: 0 }, expected: 0 },
])('wait $retry is $expected ms', ({ retry, random, changes = {}, expected }) => {
  expect(retryDelayMs(policy(changes), retry, random)).toBe(expected);
});
