import { describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import type { Endpoint, Fixtures, Row, WindowRule } from './endpoint.ts';
import { toDay, toInstant } from './instant.ts';
import { answer } from './listing.ts';
import type { HttpAnswer } from './listing-context.ts';
import { findRoute, loadRoutes } from './routes.ts';

const now = Date.UTC(2026, 9, 15, 12);
const dayMs = 86_400_000;
const shared = { source: '', label: 'LIGHT', scopes: { granular: [], classic: [] } } as const;
const windowed = (name: string) =>
  ({ name, kind: 'windowed', key: ['id'], cursor: 'date', lookbackDays: 3 }) as const;

function listing(name: string, window: WindowRule, record: Row, others: Partial<Endpoint> = {}): Endpoint {
  return {
    ...shared,
    request: `GET /${name}`,
    parameters: { from: {}, to: {}, year: {}, month: {}, after: {}, before: {} },
    window,
    collection: 'rows',
    streams: [windowed(name)],
    record,
    ...others,
  };
}

const fixtures: Fixtures = {
  months: listing('months', { format: 'month', field: 'date', keptMonths: 6 }, { date: '{day-5d}' }),
  storage: listing(
    'storage',
    { format: 'date', field: 'date', maxDays: 30, lastDay: 'yesterday' },
    { date: '{day-5d}' },
  ),
  hosts: listing(
    'hosts',
    { format: 'date', field: 'day', sums: { of: ['minutes'], by: ['id', 'email'] } },
    { id: 'KDcuGIm1QgePTO8WbOqwIQ', email: 'mara@example.com', minutes: 10 },
    { varies: ['id', 'email', 'minutes'] },
  ),
  scores: {
    ...shared,
    request: 'GET /scores',
    parameters: { from: {}, to: {}, kind: { enum: ['call', 'person'], default: 'call' } },
    window: { format: 'date', field: 'day', sums: { of: ['sound.good', 'sound.bad'], by: [] } },
    varies: ['sound.good', 'sound.bad'],
    streams: [{ ...windowed('scores'), addsDay: 'date', addsValue: { parameter: 'kind', field: 'kind' } }],
    record: { from: '{day}', to: '{day}', sound: { good: 40, bad: 2 } },
  },
  queues: listing(
    'queues',
    { format: 'date-or-date-time', field: 'day', sums: { of: ['calls'], by: ['id'] } },
    { id: 'qU3ueF0rDskTn8wYb6MzHA', calls: 7 },
    { varies: ['id', 'calls'] },
  ),
  archive: listing(
    'archive',
    { format: 'date-time', field: 'date', maxDays: 7, parameters: ['after', 'before'] },
    { id: 81_234_567_890, date: '{now-5d}' },
    { varies: ['id'], gaps: { date: 'absent' } },
  ),
  visits: listing(
    'visits',
    { format: 'date', field: 'date' },
    { date: '{day-5d}' },
    {
      request: 'GET /archive/{id}/visits',
      below: { collection: 'archive', in: 'id', field: 'id', after: 'date' },
      streams: [],
    },
  ),
  prints: listing(
    'prints',
    { format: 'date', field: 'at' },
    { at: '{now-5d}' },
    {
      request: 'GET /archive/{id}/prints',
      parameters: { from: {}, to: {}, size: { enum: ['big', 'small'] } },
      below: { collection: 'archive', in: 'id', field: 'id', after: 'date' },
      streams: [{ ...windowed('prints'), kind: 'derived', addsValue: { parameter: 'size', field: 'size' } }],
    },
  ),
  colons: listing('colons', { format: 'date', field: 'date' }, { date: '{colons-5d}' }),
  'month-first': listing('month-first', { format: 'date', field: 'date' }, { date: '{month-first-5d}' }),
  talks: listing(
    'talks',
    { format: 'date', field: 'date' },
    { id: 81_234_567_890, date: '{now-5d}' },
    {
      parameters: { from: {}, to: {}, kind: { enum: ['past', 'alone', 'live'], default: 'live' } },
      varies: ['id'],
      streams: [
        {
          ...windowed('talks'),
          addsValue: { parameter: 'kind', field: 'kind', values: ['past', 'alone'] },
        },
      ],
    },
  ),
  settings: {
    ...shared,
    request: 'GET /talks/{id}/settings',
    parameters: { kind: { default: 'live' } },
    below: { collection: 'talks', in: 'id', field: 'id', value: 'kind' },
    streams: [{ name: 'settings', kind: 'derived', key: ['talk'], cursor: 'date', adds: { talk: 'id' } }],
    record: { open: true },
  },
  registrants: {
    ...shared,
    request: 'GET /talks/{id}/registrants',
    parameters: {},
    collection: 'rows',
    below: { collection: 'settings', in: 'id', field: 'talk', only: [{ field: 'open', in: [true] }] },
    varies: ['id'],
    record: { id: 'rG5iSt7rTn2kQw0zLb8mVA' },
  },
  echoes: {
    ...shared,
    request: 'GET /talks/{id}/echoes',
    parameters: {},
    collection: 'rows',
    below: { collection: 'talks', in: 'id', field: 'id', only: [{ field: 'kind', in: ['past'] }] },
    varies: ['id'],
    record: { id: 'eC4hWp9sLm2kQx7zTb3vNA' },
  },
};
const account = new Account({ fixtures, now, pastMeetings: 0, days: 40 });

function ask(path: string, query: Record<string, string> = {}, toIsExclusive = false): HttpAnswer {
  const match = findRoute(loadRoutes(fixtures), path);
  if (match === undefined) throw new Error(`no endpoint ${path}`);
  const pageTokens = new Map();
  return answer(match, query, {
    account,
    now,
    pageTokenLifetimeMs: 1000,
    toIsExclusive,
    pageTokens,
    authoriserId: '',
  });
}

const rowsOf = (path: string, query: Record<string, string> = {}, toIsExclusive = false) =>
  (ask(path, query, toIsExclusive).body as { readonly rows: readonly Row[] }).rows;

test.each<{ path: string; query: Record<string, string>; status: number }>([
  { path: '/months', query: { year: '2026', month: '10' }, status: 200 },
  { path: '/months', query: { year: '2026', month: '4' }, status: 200 },
  { path: '/months', query: { year: '2026', month: '3' }, status: 400 },
  { path: '/months', query: { year: '2026', month: '11' }, status: 400 },
  { path: '/months', query: { year: '2026', month: '04' }, status: 400 },
  { path: '/months', query: { year: '2026', month: '13' }, status: 400 },
  { path: '/months', query: { year: '26', month: '4' }, status: 400 },
  { path: '/storage', query: { from: '2026-09-14', to: '2026-10-14' }, status: 200 },
  { path: '/storage', query: { from: '2026-09-13', to: '2026-10-14' }, status: 400 },
  { path: '/storage', query: { from: '2026-10-01', to: '2026-10-15' }, status: 400 },
  { path: '/hosts', query: { from: '2026-10-15', to: '2026-10-15' }, status: 200 },
  { path: '/hosts', query: { from: '2026-10-15', to: '2026-10-16' }, status: 400 },
  { path: '/archive', query: { after: '2026-10-01T00:00:00Z', before: '2026-10-08T00:00:00Z' }, status: 200 },
  { path: '/archive', query: { after: '2026-10-01T00:00:00Z', before: '2026-10-08T00:00:01Z' }, status: 400 },
  { path: '/archive', query: { after: '2026-10-01', before: '2026-10-02' }, status: 400 },
])('$path with $query: $status', ({ path, query, status }) => {
  expect(ask(path, query).status).toBe(status);
});

test('a month has its own rows, and the one of now where none is named', () => {
  const dates = account.rows('months').map(({ date }) => String(date));
  const inMonth = (month: string) => dates.filter((date) => date.startsWith(month)).map((date) => ({ date }));
  expect(inMonth('2026-10').length).toBeGreaterThan(0);
  expect(inMonth('2026-09').length).toBeGreaterThan(0);
  expect(rowsOf('/months', { year: '2026', month: '9' })).toEqual(inMonth('2026-09'));
  expect(rowsOf('/months')).toEqual(inMonth('2026-10'));
});

describe('sums', () => {
  const [today, yesterday] = [toDay(now), toDay(now - dayMs)];
  const minutesOf = (from: string, to: string, toIsExclusive = false) =>
    rowsOf('/hosts', { from, to }, toIsExclusive).map(({ minutes }) => Number(minutes));

  test('are of the range that is asked for, whatever its length', () => {
    const days = [minutesOf(yesterday, yesterday), minutesOf(today, today)];
    expect(days.map(({ length }) => length)).toEqual([2, 2]);
    const [first, second] = days;
    expect(minutesOf(yesterday, today).sort()).toEqual(
      [0, 1].map((index) => (first?.[index] ?? 0) + (second?.[index] ?? 0)).sort(),
    );
  });

  test('do not say of which day they are, and hold the last day too', () => {
    expect(rowsOf('/hosts', { from: today, to: today }, true).map((row) => Object.keys(row).sort())).toEqual([
      ['email', 'id', 'minutes'],
      ['email', 'id', 'minutes'],
    ]);
  });

  test('from one midnight to the next are those of one day', () => {
    const callsOf = (from: string, to: string) => rowsOf('/queues', { from, to }).map(({ calls }) => calls);
    const midnight = `${today}T00:00:00Z`;
    const first = callsOf(yesterday, yesterday);
    expect(first.length).toBe(2);
    expect(callsOf(`${yesterday}T00:00:00Z`, midnight)).toEqual(first);
    expect(callsOf(midnight, new Date(now).toISOString().replace('.000', ''))).toEqual(callsOf(today, today));
  });
});

describe('sums of nobody in particular', () => {
  const [end, begin] = [2, 3].map((days) => toDay(now - days * dayMs)) as [string, string];
  const sumsOf = (from: string, to: string, query: Record<string, string> = {}) =>
    ask('/scores', { from, to, ...query }).body as Row;
  const goodOf = ({ sound }: Row) => (sound as Row)['good'];

  test('are one body, for each value', () => {
    const rows = account.rows('scores');
    expect(rows.map(({ day }) => day).slice(0, 4)).toEqual([end, end, begin, begin]);
    expect(sumsOf(end, end)).toEqual({ from: end, to: end, sound: rows[0]?.['sound'] });
    expect(sumsOf(end, end, { kind: 'person' })).toEqual({ from: end, to: end, sound: rows[1]?.['sound'] });
    expect(sumsOf(begin, end)).toMatchObject({ from: begin, to: end });
    expect(goodOf(sumsOf(begin, end))).toBe(
      Number(goodOf(sumsOf(begin, begin))) + Number(goodOf(sumsOf(end, end))),
    );
  });

  test('are zero where there is nothing', () => {
    const day = toDay(now);
    expect(sumsOf(day, day)).toEqual({ from: day, to: day, sound: { good: 0, bad: 0 } });
  });
});

test('rows without their time are in every range', () => {
  const undated = account.rows('archive').filter((row) => !('date' in row));
  expect(undated.length).toBe(1);
  for (const day of ['2026-09-01', '2026-10-15'])
    expect(rowsOf('/archive', { after: `${day}T02:00:00Z`, before: `${day}T03:00:00Z` })).toEqual(undated);
});

test.each([
  ['colons', /^2026-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}$/, (date: string) => date.slice(0, 10)],
  [
    'month-first',
    /^\d\d\/\d\d\/2026 \d\d:\d\d$/,
    (date: string) => date.replace(/^(\d\d)\/(\d\d)\/(\d{4}).*/, '$3-$1-$2'),
  ],
] as const)('times in a form of their own are filtered by: %s', (name, form, dayOf) => {
  const dates = account.rows(name).map(({ date }) => String(date));
  expect(dates.filter((date) => !form.test(date))).toEqual([]);
  // Over the whole history, the latest half a day old.
  expect(new Set(dates.map(dayOf)).size).toBe(5);
  for (const date of dates)
    expect(rowsOf(`/${name}`, { from: dayOf(date), to: dayOf(date) })).toEqual([{ date }]);
});

test('rows that follow the days of their parent begin with its own, and none is of a day to come', () => {
  for (const { row, id } of account.store('archive').entries()) {
    if (!('date' in row)) continue;
    const parent = account
      .store('archive')
      .entries()
      .find((entry) => entry.id === id);
    const dates = account.store('visits').below(parent ?? { id: '', row: {}, above: [] });
    const begin = Date.parse(String(row['date']).slice(0, 10));
    const expected = [0, 13, 26].map((days) => begin + days * dayMs).filter((at) => at <= now);
    expect(dates.map(({ row: { date } }) => date)).toEqual(expected.map(toDay));
  }
});

test('those of several values begin with the instant of their parent, one of each value at a time', () => {
  for (const parent of account.store('archive').entries()) {
    if (!('date' in parent.row)) continue;
    const begin = Date.parse(String(parent.row['date']));
    const steps = [0, 13, 26].map((days) => begin + days * dayMs).filter((at) => at <= now);
    const prints = account.store('prints').below(parent);
    const expected = steps.flatMap((at) => [`${toInstant(at)} big`, `${toInstant(at)} small`]);
    expect(prints.map(({ row, values }) => `${row['at']} ${values?.[0]}`)).toEqual(expected.slice(0, 3));
  }
});

test('a parent that is listed under a value is named with it, and known by what is added to its rows', () => {
  const [past, alone] = account.store('talks').entries();
  const status = (entry: typeof past, query: Record<string, string>) =>
    ask(`/talks/${entry?.row['id']}/settings`, query).status;
  expect([past?.values, alone?.values]).toEqual([['past'], ['alone']]);
  expect([status(past, { kind: 'past' }), status(past, { kind: 'alone' }), status(past, {})]).toEqual([
    200, 404, 404,
  ]);
  expect(status(alone, { kind: 'alone' })).toBe(200);
  expect(rowsOf(`/talks/${past?.row['id']}/registrants`)).toHaveLength(3);
  expect(rowsOf(`/talks/${alone?.row['id']}/registrants`)).toEqual([]);
});

test('what is added to a row by the value that it is listed under tells whether it has others below it', () => {
  const [past, alone] = account.store('talks').entries();
  expect([past, alone].map((talk) => rowsOf(`/talks/${talk?.row['id']}/echoes`).length)).toEqual([3, 0]);
  expect(account.store('echoes').entries().length).toBe(9);
});
