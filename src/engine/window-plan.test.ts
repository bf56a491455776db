import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration, WindowedStream } from '../streams/declaration.ts';
import { FakeZoom } from './fake-zoom.ts';
import { lengthInDays, type Slice } from './slices.ts';
import { readSlices } from './window-plan.ts';
import type { DerivedRun, WindowedSource } from './window-run.ts';

const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const meetings: WindowedStream = {
  ...list,
  kind: 'windowed',
  name: 'meetings',
  path: '/meetings',
  window: { maxDays: 28, format: 'date-time' },
  primaryKey: ['id'],
  cursor: 'end_time',
  lookbackDays: 3,
};
const declarations: readonly StreamDeclaration[] = [
  meetings,
  {
    ...list,
    kind: 'derived',
    name: 'people',
    path: '/meetings/{meeting_id}/people',
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', ended: 'end_time' },
      // Nobody is asked for, so that the test is quick.
      only: [{ field: 'size', above: 1 }],
    },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'ended',
    lookbackDays: 3,
  },
  // Listed in every window that something was said in, and dated by the last of them.
  { ...meetings, name: 'talks', path: '/talks', cursor: 'last_time' },
  {
    ...list,
    kind: 'windowed',
    name: 'notes',
    path: '/talks/{talk_id}/notes',
    window: { maxDays: 28, format: 'date-time' },
    parent: {
      name: 'talks',
      parameters: { talk_id: 'id' },
      adds: { talk_id: 'id' },
      only: [{ field: 'size', above: 1 }],
      sameWindow: true,
    },
    primaryKey: ['talk_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
];

/** So many meetings on each day of the first window, and none later; the windows that they were asked for in. */
async function windowsFor(meetingsPerDay: number, selected: readonly string[]): Promise<string[]> {
  const rows: JsonObject[] = Array.from({ length: 28 * meetingsPerDay }, (_, number) => ({
    id: number,
    end_time: new Date(Date.parse('2028-01-01') + (number % 28) * 86_400_000).toISOString(),
    size: 0,
  }));
  const talks = rows.map(({ id }) => ({ id, last_time: '2028-02-25T10:00:00Z', size: 0 }));
  const windows = new Set<string>();
  const zoom = new FakeZoom({
    declarations,
    rows: (path) => (path === '/talks' ? talks : rows),
    pageSize: 100_000,
    instead: ({ query }: Request) => {
      windows.add(String(query['from']).slice(0, 10));
      return undefined;
    },
  });
  await zoom.sync(Date.parse('2028-02-26'), selected);
  return [...windows];
}

test.each([
  { selected: ['meetings', 'people'] },
  { selected: ['people'] },
  { selected: ['talks', 'notes'] },
  { selected: ['notes'] },
])(
  'parents that come dense are read in shorter windows from the second one on, so that few are held at once ($selected)',
  async ({ selected }) => {
    expect(await windowsFor(10, selected)).toEqual(['2028-01-01', '2028-01-29']);
    expect(await windowsFor(500, selected)).toEqual(['2028-01-01', '2028-01-29', '2028-02-08', '2028-02-18']);
  },
);

test('rows that are nobody’s parents may be ten times as dense', async () => {
  expect(await windowsFor(500, ['meetings'])).toEqual(['2028-01-01', '2028-01-29']);
  expect((await windowsFor(3000, ['meetings'])).sort()).toEqual(['2028-01-01', '2028-01-29', '2028-02-14']);
});

describe('a slice is cut by the rows of those before it', () => {
  const dayMs = 86_400_000;
  const start = Date.parse('2028-01-01');
  const alone: WindowedSource = { declaration: meetings, runs: [], children: [], derived: [], below: [] };
  const parents = [
    { name: 'of derived streams', source: { ...alone, derived: [{} as DerivedRun] } },
    { name: 'of endpoints in the same window', source: { ...alone, below: [alone] } },
  ];

  /** How long each slice is that was read, in days, where slices of these lengths are planned. */
  async function lengthsFor(
    source: WindowedSource,
    days: readonly number[],
    rowsIn: (index: number) => number,
  ) {
    const zoom = new FakeZoom({ declarations, rows: () => [] });
    let at = start;
    const slices = days.map((length): Slice => {
      const from = at;
      at += length * dayMs;
      return { from, until: at };
    });
    const lengths: number[] = [];
    await readSlices(zoom.context(at), source, slices, async (slice) => {
      lengths.push(lengthInDays(slice));
      return rowsIn(lengths.length - 1);
    });
    return lengths;
  }

  test.each(parents)(
    'parents $name: the densest of them counts, though sparse ones follow',
    async ({ source }) => {
      const lengths = await lengthsFor(source, [10, 10, 10], (index) => (index === 0 ? 10_000 : 0));
      expect(lengths).toEqual([10, 5, 5, 5, 5]);
    },
  );

  test.each(parents)('parents $name: a few rows in one of minutes say little', async ({ source }) => {
    const lengths = await lengthsFor(source, [0.01, 10], () => 20);
    expect(lengths).toEqual([0.01, 10]);
  });
});
