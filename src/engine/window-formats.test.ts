import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration, Window, WindowedStream } from '../streams/declaration.ts';
import { bodyReply, FakeZoom } from './fake-zoom.ts';

const dayMs = 86_400_000;
const at = (text: string) => Date.parse(text);
const toDay = (instant: number) => new Date(instant).toISOString().slice(0, 10);

const stream = (window: Window, others: Partial<WindowedStream> = {}): WindowedStream => ({
  kind: 'windowed',
  name: 'usage',
  path: '/usage',
  records: 'rows',
  scopes: { granular: ['a:read'], classic: [] },
  window,
  primaryKey: ['date'],
  cursor: 'date',
  precision: 'day',
  lookbackDays: 3,
  ...others,
});

const daysOf = (from: string, to: string): readonly string[] =>
  Array.from({ length: (at(to) - at(from)) / dayMs + 1 }, (_, index) => toDay(at(from) + index * dayMs));

/** Each request, as the parameters of its window; what it is answered with. */
const createZoom = (
  declarations: readonly StreamDeclaration[],
  answer: (query: Readonly<Record<string, string>>) => readonly JsonObject[],
) => {
  const asked: string[] = [];
  const instead = ({ path, query: { page_size: _, ...query } }: Request) => {
    if (!path.endsWith('usage')) return undefined;
    asked.push(Object.values(query).join(' '));
    return bodyReply(answer(query as Record<string, string>), {});
  };
  return { zoom: new FakeZoom({ declarations, rows: () => [{ id: 'u1' }], instead }), asked };
};

describe('months', () => {
  /** A row for each day of a month, today included. */
  const create = (now: () => number) =>
    createZoom([stream({ maxDays: 31, format: 'month' })], ({ year = '', month = '' }) => {
      const first = `${year}-${month.padStart(2, '0')}-01`;
      const last = toDay(Math.min(Date.UTC(Number(year), Number(month), 0), now()));
      return daysOf(first, last).map((date) => ({ date }));
    });

  test('are asked for once each, and what lies outside the range is left out', async () => {
    const now = at('2028-03-05T10:00Z');
    const { zoom, asked } = create(() => now);
    const { of } = await zoom.sync(now, ['usage']);
    expect(asked).toEqual(['2028 1', '2028 2', '2028 3']);
    expect(of('usage').map(({ date }) => date)).toEqual(daysOf('2028-01-01', '2028-03-05'));
    expect(zoom.states.get('usage')).toMatchObject({ date: '2028-03-05T10:00:00.000Z' });
  });

  test('are read from their first day again where the lookback begins', async () => {
    let now = at('2028-03-05T10:00Z');
    const { zoom, asked } = create(() => now);
    await zoom.sync(now, ['usage']);
    for (const [next, months] of [
      ['2028-03-20T08:00Z', ['2028 3']],
      ['2028-04-02T08:00Z', ['2028 3', '2028 4']],
    ] as const) {
      asked.length = 0;
      now = at(next);
      const { of } = await zoom.sync(now, ['usage']);
      expect(asked).toEqual(months);
      expect(of('usage').map(({ date }) => date)).toEqual(daysOf('2028-03-01', toDay(now)));
    }
  });
});

describe('sums', () => {
  const sums = (format: 'date' | 'date-time') =>
    createZoom([stream({ maxDays: 1, format, sumsByDay: 'date' })], ({ from = '', to = '' }) => [
      { of: `${from} ${to}` },
    ]);

  test('are asked for day by day, and the day is added', async () => {
    const { zoom, asked } = sums('date');
    const { of } = await zoom.sync(at('2028-01-04T10:00Z'), ['usage']);
    const days = daysOf('2028-01-01', '2028-01-04');
    expect(asked.sort()).toEqual(days.map((day) => `${day} ${day}`));
    expect(of('usage')).toHaveLength(days.length);
    expect(of('usage')).toEqual(
      expect.arrayContaining(days.map((date) => ({ of: `${date} ${date}`, date }))),
    );
  });

  test('of a day that was not over are asked for again, with the lookback', async () => {
    const { zoom, asked } = sums('date');
    await zoom.sync(at('2028-01-08T10:00Z'), ['usage']);
    asked.length = 0;
    const { of } = await zoom.sync(at('2028-01-09T04:00Z'), ['usage']);
    const days = daysOf('2028-01-05', '2028-01-09');
    expect(asked.sort()).toEqual(days.map((day) => `${day} ${day}`));
    expect(
      of('usage')
        .map(({ date }) => date)
        .sort(),
    ).toEqual(days);
  });

  test('of instants go from midnight to midnight, and today up to now', async () => {
    const { zoom, asked } = sums('date-time');
    await zoom.sync(at('2028-01-02T10:00Z'), ['usage']);
    expect(asked.sort()).toEqual([
      '2028-01-01T00:00:00Z 2028-01-02T00:00:00Z',
      '2028-01-02T00:00:00Z 2028-01-02T10:00:00Z',
    ]);
  });

  test('of each partition are of whole days, where a sync goes on inside one', async () => {
    const users: StreamDeclaration = {
      kind: 'snapshot',
      name: 'users',
      path: '/users',
      records: 'rows',
      scopes: { granular: ['a:read'], classic: [] },
      primaryKey: ['id'],
    };
    const ofUsers = stream(
      { maxDays: 1, format: 'date', sumsByDay: 'date' },
      {
        path: '/users/{user_id}/usage',
        parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
        primaryKey: ['user_id', 'date'],
      },
    );
    const { zoom, asked } = createZoom([users, ofUsers], ({ from = '' }) => [{ of: from }]);
    zoom.states.set('usage', {
      version: 1,
      date: '2028-01-03T00:00:00.000Z',
      read_from: '2028-01-01T00:00:00.000Z',
      read_until: '2028-01-03T00:00:00.000Z',
      reread_from: '2028-01-01T00:00:00.000Z',
      finished: { until: '2028-01-03T08:00:00.000Z', partitions: ['u1'] },
    });
    const { of } = await zoom.sync(at('2028-01-04T10:00Z'), ['usage']);
    expect(asked).toEqual(['2028-01-03 2028-01-03', '2028-01-04 2028-01-04']);
    expect(of('usage').map(({ date }) => date)).toEqual(['2028-01-03', '2028-01-04']);
  });

  test.each<{ name: string; startDate?: string; endDate?: string; days: readonly string[] }>([
    { name: 'start_date', startDate: '2028-01-02T09:00Z', days: daysOf('2028-01-02', '2028-01-04') },
    { name: 'end_date', endDate: '2028-01-03T09:00Z', days: daysOf('2028-01-01', '2028-01-03') },
  ])('are of whole days, where $name lies inside one', async ({ startDate, endDate, days }) => {
    const asked: string[] = [];
    const zoom = new FakeZoom({
      declarations: [stream({ maxDays: 1, format: 'date-time', sumsByDay: 'date' })],
      rows: () => [],
      ...(startDate === undefined ? {} : { startDate: at(startDate) }),
      ...(endDate === undefined ? {} : { endDate: at(endDate) }),
      instead: ({ query: { from, to } }) => {
        asked.push(`${from} ${to}`);
        return bodyReply([{}], {});
      },
    });
    const now = at('2028-01-05T00:00Z');
    const { of } = await zoom.sync(now, ['usage']);
    expect(
      of('usage')
        .map(({ date }) => date)
        .sort(),
    ).toEqual(days);
    expect(asked.sort()).toEqual(days.map((day) => `${day}T00:00:00Z ${toDay(at(day) + dayMs)}T00:00:00Z`));
  });
});

test('what Zoom answers up to yesterday is asked for no further, and its state goes up to today', async () => {
  const now = at('2028-02-10T10:00Z');
  const { zoom, asked } = createZoom(
    [stream({ maxDays: 28, format: 'date', until: 'yesterday' })],
    ({ from = '', to = '' }) => daysOf(from, to).map((date) => ({ date })),
  );
  const { of } = await zoom.sync(now, ['usage']);
  expect(asked).toEqual(['2028-01-01 2028-01-29', '2028-01-29 2028-02-09']);
  expect(of('usage').map(({ date }) => date)).toEqual(daysOf('2028-01-01', '2028-02-09'));
  expect(zoom.states.get('usage')).toMatchObject({ date: '2028-02-10T00:00:00.000Z' });
  asked.length = 0;
  await zoom.sync(now + 3_600_000, ['usage']);
  expect(asked).toEqual(['2028-02-07 2028-02-09']);
});

test('the ends of a window have the names that Zoom gives them', async () => {
  const { zoom, asked } = createZoom(
    [stream({ maxDays: 28, format: 'date-time', parameters: ['after', 'before'] })],
    ({ after = '', before = '' }) => [{ date: after.slice(0, 10), before }],
  );
  const { of } = await zoom.sync(at('2028-01-10T10:00Z'), ['usage']);
  expect(asked).toEqual(['2028-01-01T00:00:00Z 2028-01-10T10:00:00Z']);
  expect(of('usage')).toEqual([{ date: '2028-01-01', before: '2028-01-10T10:00:00Z' }]);
});
