import { describe, expect, test } from '@jest/globals';
import { createTyper } from './declared-types.ts';

const time = { type: ['null', 'string'], format: 'date-time' };
const typed = createTyper({
  properties: {
    at: time,
    day: { type: ['null', 'string'], format: 'date' },
    count: { type: ['null', 'integer'] },
    text: { type: ['null', 'string'] },
    names: { type: ['null', 'array'], items: { type: ['null', 'string'] } },
    inside: { properties: { at: time } },
    list: {
      type: ['null', 'array'],
      items: { properties: { at: time, size: { type: ['null', 'number'] } } },
    },
  },
});

describe('a time leaves as RFC 3339', () => {
  test.each([
    { value: 1_767_225_600, expected: '2026-01-01T00:00:00Z' },
    { value: 1_767_225_600_123, expected: '2026-01-01T00:00:00.123Z' },
    { value: '1767225600', expected: '2026-01-01T00:00:00Z' },
    { value: '2026-01-01 09:30:00', expected: '2026-01-01T09:30:00Z' },
    { value: '2026-01-01T09:30:00', expected: '2026-01-01T09:30:00Z' },
    { value: '2026-01-01 07:09:03:216', expected: '2026-01-01T07:09:03.216Z' },
    { value: '2026-01-01', expected: '2026-01-01T00:00:00Z' },
  ])('$value', ({ value, expected }) => {
    expect(typed({ at: value })).toEqual({ record: { at: expected }, nulled: [] });
  });

  test('as it is where it is one already', () => {
    const row = {
      at: '2026-01-01T09:30:00+02:00',
      inside: { at: '2026-01-01T09:30:00.5Z' },
      list: [{ at: null }],
    };
    expect(typed(row).record).toBe(row);
  });
});

test.each([
  { value: 'A', expected: { record: { names: ['A'] }, nulled: [] } },
  { value: ['A', 'B'], expected: { record: { names: ['A', 'B'] }, nulled: [] } },
  { value: [], expected: { record: { names: [] }, nulled: [] } },
  { value: null, expected: { record: { names: null }, nulled: [] } },
  { value: '', expected: { record: { names: null }, nulled: ['names'] } },
])('where a list of strings is declared, $value leaves as $expected.record.names', ({ value, expected }) => {
  expect(typed({ names: value })).toEqual(expected);
});

test.each([
  { value: '2026-01-01', expected: '2026-01-01' },
  { value: '2026-01-01T09:30:00Z', expected: '2026-01-01' },
  { value: 1_767_225_600, expected: '2026-01-01' },
])('where a day is declared, $value leaves as one', ({ value, expected }) => {
  expect(typed({ day: value })).toEqual({ record: { day: expected }, nulled: [] });
});

test('what cannot be of its type leaves as null and is named, at any depth', () => {
  const row = {
    at: '',
    day: '',
    count: '',
    text: '',
    inside: { at: 'soon' },
    list: [{ at: 12, size: 'many' }, { size: '7' }],
  };
  const before = structuredClone(row);
  expect(typed(row)).toEqual({
    record: {
      at: null,
      day: null,
      count: null,
      text: '',
      inside: { at: null },
      list: [{ at: null, size: null }, { size: '7' }],
    },
    nulled: ['at', 'day', 'count', 'inside.at', 'list.at', 'list.size'],
  });
  expect(row).toEqual(before);
});
