import { expect, test } from '@jest/globals';
import { readInstant, readZoomTime } from './instant.ts';

test.each<{ text: string; expected: string | undefined }>([
  { text: '2026-01-31', expected: '2026-01-31T00:00:00.000Z' },
  { text: '2026-01-31T10:00', expected: '2026-01-31T10:00:00.000Z' },
  { text: '2026-01-31 10:00:00.123456', expected: '2026-01-31T10:00:00.123Z' },
  { text: '2026-01-31T10:00:00+0530', expected: '2026-01-31T04:30:00.000Z' },
  { text: '0010-01-01 00:00Z', expected: '0010-01-01T00:00:00.000Z' },
  { text: '9999-12-31T23:59:59.999Z', expected: '9999-12-31T23:59:59.999Z' },
  { text: '9999-12-31T23:59:59-12:00', expected: undefined },
  { text: '0001-01-01T00:00:00+01:00', expected: undefined },
  { text: '+275760-09-13T00:00:00.000Z', expected: undefined },
  { text: '2026-02-30', expected: undefined },
  { text: '2026-01-31T25:00Z', expected: undefined },
  { text: 'row 12', expected: undefined },
  { text: '12', expected: undefined },
  { text: '', expected: undefined },
])('$text is $expected', ({ text, expected }) => {
  const instant = readInstant(text);
  expect(instant === undefined ? undefined : new Date(instant).toISOString()).toBe(expected);
});

test.each<{ value: unknown; expected: string | undefined }>([
  { value: '2026-01-31 07:09:03:216', expected: '2026-01-31T07:09:03.216Z' },
  { value: '12/31/2026 09:30', expected: '2026-12-31T09:30:00Z' },
  { value: '02/01/2026 09:30:05', expected: '2026-02-01T09:30:05Z' },
  { value: '02/01/2026', expected: '2026-02-01T00:00:00Z' },
  { value: '31/12/2026 09:30', expected: undefined },
  { value: '02/30/2026 09:30', expected: undefined },
  { value: '12/31/2026 25:30', expected: undefined },
  { value: '12/31/2026 09:30 PM', expected: undefined },
  { value: 1_769_850_000, expected: '2026-01-31T09:00:00Z' },
  { value: '1769850000216', expected: '2026-01-31T09:00:00.216Z' },
  { value: '', expected: undefined },
  { value: true, expected: undefined },
])('the time $value is $expected', ({ value, expected }) => {
  expect(readZoomTime(value)).toBe(expected);
});
