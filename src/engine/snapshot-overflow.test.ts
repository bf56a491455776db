import { expect, test } from '@jest/globals';
import { FakeZoom } from './fake-zoom.ts';

test('of more rows than can be compared, every sync emits all and deletes none, and says so', async () => {
  const count = 300_001;
  let rows = Array.from({ length: count }, (_, id) => ({ id }));
  const zoom = new FakeZoom({
    declarations: [
      {
        kind: 'snapshot',
        name: 'users',
        path: '/users',
        records: 'rows',
        scopes: { granular: [], classic: [] },
        primaryKey: ['id'],
        tombstones: true,
      },
    ],
    rows: () => rows,
    pageSize: 50_000,
  });
  const first = await zoom.sync(Date.parse('2028-02-01'), ['users']);
  expect(first.of('users').length).toBe(count);
  expect(first.log.join('\n')).toMatch(/more than 300000 rows are too many/);
  expect(zoom.states.get('users')).toMatchObject({ digests: {} });
  rows = rows.slice(1);
  const second = await zoom.sync(Date.parse('2028-02-02'), ['users']);
  expect(second.of('users').length).toBe(count - 1);
  expect(second.of('users').every((row) => row['_ab_cdc_deleted_at'] === null)).toBe(true);
}, 120_000);
