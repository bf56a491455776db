import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, FakeZoom, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'windowed',
    name: 'operations',
    path: '/operations',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['record_hash'],
    recordHash: [['person', 'end_time']],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'] },
  {
    ...list,
    kind: 'windowed',
    name: 'recordings',
    path: '/users/{user_id}/recordings',
    window: { maxDays: 28, format: 'date' },
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'daily',
    path: '/daily',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['end_time'],
    cursor: 'end_time',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'daily_of_users',
    path: '/users/{user_id}/daily',
    window: { maxDays: 28, format: 'date' },
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'end_time'],
    cursor: 'end_time',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'sites',
    path: '/sites',
    primaryKey: ['record_hash'],
    recordHash: [['name']],
  },
];

const keysOf = (records: readonly JsonObject[]) => records.map(({ record_hash }) => record_hash);

describe('rows that have no key but a hash', () => {
  const twin = (end_time: string) => ({ person: 'a', end_time });
  const operations = [
    ...Array.from({ length: 4 }, () => twin('2028-01-10T10:00:00Z')),
    // The day that two windows of whole days share.
    ...Array.from({ length: 3 }, () => twin('2028-01-29T00:00:00Z')),
    ...Array.from({ length: 3 }, () => twin('2028-03-30T10:00:00Z')),
    { person: 'b', end_time: '2028-03-30T10:00:00Z' },
  ];

  test.each([1, 2, 100])(
    'all leave from every window, twins apart, with %s rows on a page',
    async (pageSize) => {
      const zoom = new FakeZoom({ declarations, rows: () => operations, pageSize });
      const first = await zoom.sync(at('2028-04-01'), ['operations']);
      expect(first.of('operations').map(({ person, end_time }) => ({ person, end_time }))).toEqual(
        operations,
      );
      expect(new Set(keysOf(first.of('operations'))).size).toBe(operations.length);
      const second = await zoom.sync(at('2028-04-02'), ['operations']);
      expect(keysOf(second.of('operations'))).toEqual(keysOf(first.of('operations')).slice(-4));
    },
  );

  test.each([1, 2, 100])('all leave from a snapshot once, with %s rows on a page', async (pageSize) => {
    const sites = ['x', 'x', 'y', 'x', 'y'].map((name) => ({ name }));
    const zoom = new FakeZoom({ declarations, rows: () => sites, pageSize });
    const first = await zoom.sync(at('2028-04-01'), ['sites']);
    expect(first.of('sites').map(({ name }) => ({ name }))).toEqual(sites);
    expect(new Set(keysOf(first.of('sites'))).size).toBe(sites.length);
    expect((await zoom.sync(at('2028-04-02'), ['sites'])).of('sites')).toEqual([]);
  });
});

test('a page that Zoom never gives is owed, while the cursor moves on, until Zoom gives it', async () => {
  const operation = (person: string) => ({ person, end_time: '2028-01-10T10:00:00Z' });
  const [first, second] = [operation('a'), operation('b')];
  let isInTrouble = true;
  const zoom = new FakeZoom({
    declarations,
    rows: () => [],
    instead: ({ query }) => {
      if (String(query['from']) > '2028-01-10' || String(query['to']) < '2028-01-10') return undefined;
      const number = Number(query['page_number'] ?? 1);
      if (number > 1 && isInTrouble) return outageReply();
      return bodyReply(number === 1 ? [first] : [second], {
        page_size: 1,
        page_count: 2,
        page_number: number,
      });
    },
  });
  const people = async (day: string, isComplete: boolean) =>
    (await zoom.sync(at(day), ['operations'], { isComplete })).of('operations').map(({ person }) => person);
  expect(await people('2028-03-01', false)).toContain('a');
  expect(zoom.states.get('operations')).toMatchObject({
    end_time: '2028-03-01T00:00:00.000Z',
    owed: { '': { reason: '503' } },
  });
  isInTrouble = false;
  expect(await people('2028-03-02', true)).toContain('b');
  expect(zoom.states.get('operations')).not.toHaveProperty('owed');
});

test('rows of a window below a parent carry what is added, and the same id below two parents is two rows', async () => {
  const zoom = new FakeZoom({
    declarations,
    rows: (path) =>
      path === '/users'
        ? [{ id: 'u' }, { id: 'v' }]
        : [
            { id: 1, end_time: '2028-01-10T10:00:00Z' },
            { id: 1, end_time: '2028-01-10T10:00:00Z' },
            { id: 2, end_time: '2028-03-10T10:00:00Z' },
          ],
  });
  const { of } = await zoom.sync(at('2028-04-01'), ['recordings']);
  expect(
    of('recordings')
      .map(({ user_id, id }) => `${user_id}${id}`)
      .sort(),
  ).toEqual(['u1', 'u2', 'v1', 'v2']);
});

describe('a cursor that is a day', () => {
  const days = ['14', '15', '16', '17', '18', '19'].map((day) => `2028-01-${day}`);
  /** The minutes that have passed of each day. */
  const minutes = (now: number) =>
    days.flatMap((end_time) => {
      const passed = Math.min(dayMs, now - at(end_time)) / 60_000;
      return passed > 0 ? { end_time, passed } : [];
    });

  test.each([
    { stream: 'daily', instants: ['2028-01-15T12:00:00Z', '2028-01-16T12:00:00Z', '2028-01-18T12:00:00Z'] },
    { stream: 'daily', instants: ['2028-01-15T00:00:00Z', '2028-01-17T00:00:00Z', '2028-01-18T23:59:59Z'] },
    {
      stream: 'daily_of_users',
      instants: ['2028-01-15T12:00:00Z', '2028-01-16T12:00:00Z', '2028-01-18T12:00:00Z'],
    },
  ])(
    'of $stream is read until the day is over, without any lookback ($instants)',
    async ({ stream, instants }) => {
      const zoom = new FakeZoom({
        declarations,
        rows: (path, now) => (path === '/users' ? [{ id: 'u' }] : minutes(now)),
        lookbackDays: 0,
      });
      const held = new Map<unknown, unknown>();
      for (const instant of instants) {
        const { of } = await zoom.sync(at(instant), [stream]);
        for (const { end_time, passed } of of(stream)) held.set(end_time, passed);
      }
      const last = at(instants.at(-1) as string);
      expect(held).toEqual(new Map(minutes(last).map(({ end_time, passed }) => [end_time, passed])));
      expect(held.get('2028-01-15')).toBe(1440);
    },
  );
});
