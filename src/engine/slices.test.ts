import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Window } from '../streams/declaration.ts';
import { cutByDensity, monthsBefore, planSlices, windowParameters } from './slices.ts';

const at = (text: string) => Date.parse(text);
const dayMs = 86_400_000;
const show = (slices: readonly { from: number; until: number }[]) =>
  slices.map(
    ({ from, until }) =>
      `${new Date(from).toISOString().slice(0, 16)} ${new Date(until).toISOString().slice(0, 16)}`,
  );

describe('cutByDensity', () => {
  const slice = { from: at('2026-02-01T10:00Z'), until: at('2026-03-01') };
  const cut = (format: 'date' | 'date-time', rowsPerDay: number) => [
    ...cutByDensity(slice, { format }, rowsPerDay, 1000),
  ];

  test('leaves a slice of few rows as it is', () => {
    expect(cut('date-time', 0)).toEqual([slice]);
    expect(cut('date-time', 1000 / 28)).toEqual([slice]);
  });

  test('cuts a slice of many rows at midnight, down to single days where Zoom filters by the second', () => {
    expect(show(cut('date-time', 100))).toEqual([
      '2026-02-01T10:00 2026-02-11T00:00',
      '2026-02-11T00:00 2026-02-21T00:00',
      '2026-02-21T00:00 2026-03-01T00:00',
    ]);
    expect(cut('date-time', 1_000_000).length).toBe(28);
  });

  test('keeps weeks together where Zoom filters by whole days', () => {
    expect(cut('date', 1_000_000).length).toBe(4);
  });

  test('cuts no month and no day that Zoom gives as a whole', () => {
    const month = { from: at('2026-02-01'), until: at('2026-03-01') };
    expect([...cutByDensity(month, { format: 'month' }, 1_000_000, 1000)]).toEqual([month]);
    const day = { from: at('2026-02-01'), until: at('2026-02-02') };
    expect([...cutByDensity(day, { format: 'date-time', sumsByDay: 'date' }, 1_000_000, 1)]).toEqual([day]);
  });
});

describe('planSlices', () => {
  test.each<{
    name: string;
    from: string;
    until: string;
    maxDays: number;
    cuts?: string[];
    expected: string[];
  }>([
    { name: 'nothing', from: '2026-01-01', until: '2026-01-01', maxDays: 28, expected: [] },
    {
      name: 'a part of a day',
      from: '2026-01-01T10:00Z',
      until: '2026-01-01T12:00Z',
      maxDays: 28,
      expected: ['2026-01-01T10:00 2026-01-01T12:00'],
    },
    {
      name: 'ends at midnight',
      from: '2026-02-01T10:00Z',
      until: '2026-03-05T06:00Z',
      maxDays: 28,
      expected: ['2026-02-01T10:00 2026-03-01T00:00', '2026-03-01T00:00 2026-03-05T06:00'],
    },
    {
      name: 'cut where a stream comes in',
      from: '2026-02-01',
      until: '2026-02-10',
      maxDays: 28,
      cuts: ['2026-02-04T05:00Z', '2026-01-01', '2026-03-01'],
      expected: ['2026-02-01T00:00 2026-02-04T05:00', '2026-02-04T05:00 2026-02-10T00:00'],
    },
  ])('$name', ({ from, until, maxDays, cuts = [], expected }) => {
    const window = { maxDays, format: 'date' } as const;
    expect(show(planSlices({ from: at(from), until: at(until) }, window, cuts.map(at)))).toEqual(expected);
  });

  test('months begin on their first day, however long they are, and whatever comes in', () => {
    const range = { from: at('2027-12-20T10:00Z'), until: at('2028-03-05T06:00Z') };
    const cuts = ['2028-01-10', '2028-02-29T05:00Z', '2028-03-05T01:00Z'].map(at);
    expect(show(planSlices(range, { maxDays: 28, format: 'month' }, cuts))).toEqual([
      '2027-12-20T10:00 2028-01-01T00:00',
      '2028-01-01T00:00 2028-02-01T00:00',
      '2028-02-01T00:00 2028-03-01T00:00',
      '2028-03-01T00:00 2028-03-05T06:00',
    ]);
  });

  test('days that are summed over are asked for one by one, and as a whole whatever comes in', () => {
    const range = { from: at('2026-02-01'), until: at('2026-02-03T06:00Z') };
    const window = { maxDays: 28, format: 'date', sumsByDay: 'date' } as const;
    expect(show(planSlices(range, window, [at('2026-02-02T05:00Z')]))).toEqual([
      '2026-02-01T00:00 2026-02-02T00:00',
      '2026-02-02T00:00 2026-02-03T00:00',
      '2026-02-03T00:00 2026-02-03T06:00',
    ]);
  });

  test('covers the range without gap or overlap, in slices that one request can ask for', () => {
    const instant = fc.integer({ min: at('2023-11-01'), max: at('2026-12-31') });
    fc.assert(
      fc.property(
        instant,
        instant,
        fc.array(instant, { maxLength: 3 }),
        fc.integer({ min: 1, max: 31 }),
        (a, b, cuts, maxDays) => {
          const range = { from: Math.min(a, b), until: Math.max(a, b) };
          const slices = planSlices(range, { maxDays, format: 'date' }, cuts);
          let reached = range.from;
          for (const slice of slices) {
            expect(slice.from).toBe(reached);
            expect(slice.until).toBeGreaterThan(slice.from);
            const { from = '', to = '' } = windowParameters(slice, { format: 'date' }, range.until);
            expect((at(to) - at(from)) / dayMs).toBeLessThanOrEqual(maxDays);
            expect(at(from)).toBeLessThanOrEqual(slice.from);
            expect(at(to)).toBeGreaterThanOrEqual(slice.until);
            reached = slice.until;
          }
          expect(reached).toBe(range.until);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('28 days are no more than a month, in every month of a leap year too', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2023-12-01'), max: at('2025-01-31') }), (from) => {
        const [slice] = planSlices({ from, until: from + 100 * dayMs }, { maxDays: 28, format: 'date' });
        const asked = windowParameters(slice ?? { from: 0, until: 0 }, { format: 'date' }, from);
        const { from: first = '', to: last = '' } = asked;
        expect(monthsBefore(at(last), 1)).toBeLessThanOrEqual(at(first));
      }),
    );
  });
});

test.each<{
  slice: [string, string];
  format: Window['format'];
  others?: Partial<Window>;
  expected: Readonly<Record<string, string>>;
}>([
  {
    slice: ['2026-01-01T10:00:00Z', '2026-01-29T00:00:00Z'],
    format: 'date',
    expected: { from: '2026-01-01', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-29T00:00:00Z', '2026-01-30T08:00:00Z'],
    format: 'date',
    expected: { from: '2026-01-29', to: '2026-01-31' },
  },
  {
    slice: ['2026-01-29T00:00:00.500Z', '2026-01-30T08:00:00.001Z'],
    format: 'date-time',
    expected: { from: '2026-01-29T00:00:00Z', to: '2026-01-30T08:00:01Z' },
  },
  {
    slice: ['2026-01-02T10:00:00Z', '2026-01-28T00:00:00Z'],
    format: 'date',
    others: { marginDays: 1 },
    expected: { from: '2026-01-01', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-28T00:00:00Z', '2026-01-30T08:00:00Z'],
    format: 'date',
    others: { marginDays: 1 },
    expected: { from: '2026-01-27', to: '2026-01-31' },
  },
  {
    slice: ['2026-01-28T00:00:00Z', '2026-01-29T00:00:00Z'],
    format: 'date',
    others: { marginDays: 1, tight: true },
    expected: { from: '2026-01-27', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-30T00:00:00Z', '2026-01-30T08:00:00Z'],
    format: 'date',
    others: { marginDays: 1, tight: true },
    expected: { from: '2026-01-29', to: '2026-01-31' },
  },
  {
    slice: ['2026-01-29T00:00:00Z', '2026-01-30T08:00:00Z'],
    format: 'date-time',
    others: { parameters: ['submitted_after', 'submitted_before'] },
    expected: { submitted_after: '2026-01-29T00:00:00Z', submitted_before: '2026-01-30T08:00:00Z' },
  },
  {
    slice: ['2026-01-29T00:00:00Z', '2026-01-30T00:00:00Z'],
    format: 'date',
    others: { parameters: ['start', 'end'] },
    expected: { start: '2026-01-29', end: '2026-01-30' },
  },
  {
    slice: ['2026-01-29T00:00:00Z', '2026-01-30T00:00:00Z'],
    format: 'date',
    others: { sumsByDay: 'date' },
    expected: { from: '2026-01-29', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-30T00:00:00Z', '2026-01-30T08:00:00Z'],
    format: 'date',
    others: { sumsByDay: 'date' },
    expected: { from: '2026-01-30', to: '2026-01-30' },
  },
  {
    slice: ['2026-01-29T00:00:00Z', '2026-01-30T00:00:00Z'],
    format: 'date-time',
    others: { sumsByDay: 'date' },
    expected: { from: '2026-01-29T00:00:00Z', to: '2026-01-30T00:00:00Z' },
  },
  {
    slice: ['2026-01-02T00:00:00Z', '2026-01-30T00:00:00Z'],
    format: 'date',
    others: { until: 'yesterday' },
    expected: { from: '2026-01-02', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-01T00:00:00Z', '2026-01-29T00:00:00Z'],
    format: 'date',
    others: { until: 'yesterday' },
    expected: { from: '2026-01-01', to: '2026-01-29' },
  },
  {
    slice: ['2026-01-15T10:00:00Z', '2026-02-01T00:00:00Z'],
    format: 'month',
    expected: { year: '2026', month: '1' },
  },
])('asks for $expected', ({ slice: [from, until], format, others, expected }) => {
  const now = at('2026-01-30T08:00:00Z');
  expect(windowParameters({ from: at(from), until: at(until) }, { format, ...others }, now)).toEqual(
    expected,
  );
});

test.each<{ from: string; months: number; expected: string }>([
  { from: '2026-11-23T10:00:00.000Z', months: 6, expected: '2026-05-23T10:00:00.000Z' },
  { from: '2026-08-31T10:00:00.000Z', months: 6, expected: '2026-02-28T10:00:00.000Z' },
  { from: '2024-08-31T10:00:00.000Z', months: 6, expected: '2024-02-29T10:00:00.000Z' },
  { from: '2026-03-31T00:00:00.000Z', months: 15, expected: '2024-12-31T00:00:00.000Z' },
])('$months months before $from is $expected', ({ from, months, expected }) => {
  expect(new Date(monthsBefore(at(from), months)).toISOString()).toBe(expected);
});
