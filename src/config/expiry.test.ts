import { expect, test } from '@jest/globals';
import { writtenExpiry } from './expiry.ts';

const instant = '2026-01-31T10:00:00.000Z';
const seconds = Date.parse(instant) / 1000;

test.each<{ value: unknown; expected: unknown }>([
  { value: seconds, expected: instant },
  { value: seconds * 1000, expected: instant },
  { value: seconds + 0.25, expected: '2026-01-31T10:00:00.250Z' },
  { value: ` ${seconds}\n`, expected: instant },
  { value: String(seconds * 1000), expected: instant },
  { value: ' 2026-01-31T10:00:00Z\r\n', expected: '2026-01-31T10:00:00Z' },
  { value: 'soon', expected: 'soon' },
  { value: '', expected: '' },
  { value: 1e300, expected: '' },
  { value: -1e300, expected: '' },
  { value: true, expected: true },
])('an expiry of $value is $expected', ({ value, expected }) => {
  expect(writtenExpiry(value)).toBe(expected);
});
