import { expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { FakeZoom } from './fake-zoom.ts';

const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'windowed',
    name: 'meetings',
    path: '/meetings',
    window: { maxDays: 28, format: 'date-time' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
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
];

/** So many meetings on each day of the first window, and none later; the windows that they were asked for in. */
async function windowsFor(meetingsPerDay: number, selected: readonly string[]): Promise<string[]> {
  const rows: JsonObject[] = Array.from({ length: 28 * meetingsPerDay }, (_, number) => ({
    id: number,
    end_time: new Date(Date.parse('2028-01-01') + (number % 28) * 86_400_000).toISOString(),
    size: 0,
  }));
  const windows = new Set<string>();
  const zoom = new FakeZoom({
    declarations,
    rows: () => rows,
    pageSize: 100_000,
    instead: ({ query }: Request) => {
      windows.add(String(query['from']).slice(0, 10));
      return undefined;
    },
  });
  await zoom.sync(Date.parse('2028-02-26'), selected);
  return [...windows];
}

test('parents that come dense are read in shorter windows from the second one on, so that few are held at once', async () => {
  expect(await windowsFor(10, ['meetings', 'people'])).toEqual(['2028-01-01', '2028-01-29']);
  expect(await windowsFor(500, ['meetings', 'people'])).toEqual([
    '2028-01-01',
    '2028-01-29',
    '2028-02-08',
    '2028-02-18',
  ]);
});

test('rows that are nobody’s parents may be ten times as dense', async () => {
  expect(await windowsFor(500, ['meetings'])).toEqual(['2028-01-01', '2028-01-29']);
  expect((await windowsFor(3000, ['meetings'])).sort()).toEqual(['2028-01-01', '2028-01-29', '2028-02-14']);
});
