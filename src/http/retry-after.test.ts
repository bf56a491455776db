import { expect, test } from '@jest/globals';
import { parseRetryAfter, readRateLimitNotice } from './retry-after.ts';

const now = Date.parse('2026-06-15T12:00:00Z');

test.each<{ value: string | undefined; expected: number | undefined }>([
  { value: '30', expected: 30_000 },
  { value: '1.5', expected: 1500 },
  { value: 'Mon, 15 Jun 2026 12:01:00 GMT', expected: 60_000 },
  { value: '2026-06-16T00:00:00Z', expected: 12 * 3_600_000 },
  { value: '2020-05-31T00:00:00Z', expected: 0 },
  { value: ' ', expected: undefined },
  { value: undefined, expected: undefined },
  { value: 'soon', expected: undefined },
])('Retry-After "$value" is $expected ms', ({ value, expected }) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

test.each<{
  headers: Record<string, string>;
  message?: string;
  expected: { isDaily: boolean; until: number | undefined };
}>([
  { headers: { 'retry-after': '5' }, expected: { isDaily: false, until: now + 5000 } },
  {
    headers: { 'x-ratelimit-reset': String(now / 1000 + 9) },
    expected: { isDaily: false, until: now + 9000 },
  },
  { headers: { 'x-ratelimit-type': 'QPS' }, expected: { isDaily: false, until: undefined } },
  { headers: { 'x-ratelimit-type': 'Daily-limit' }, expected: { isDaily: true, until: undefined } },
  {
    headers: {},
    message: 'You have reached the maximum daily rate limit for this API.',
    expected: { isDaily: true, until: undefined },
  },
])('$headers "$message"', ({ headers, message = '', expected }) => {
  expect(readRateLimitNotice(headers, message, now)).toEqual(expected);
});
