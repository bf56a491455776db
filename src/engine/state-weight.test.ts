import { expect, test } from '@jest/globals';
import { FakeZoom, outageReply } from './fake-zoom.ts';
import { updatedAtField } from './stream-state.ts';

test('of very many keys none is dropped, and what the state weighs is said once', async () => {
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
    rows: () => [],
    instead: () => outageReply(),
  });
  const weightOf = async (count: number) => {
    const ids = Array.from({ length: count }, (_, id) => [id, 'abcd-_12']);
    const state = { version: 1, [updatedAtField]: '2028-01-31T00:00:00Z', digests: Object.fromEntries(ids) };
    zoom.states.set('users', state);
    const { warnings } = await zoom.sync(Date.parse('2028-02-01'), ['users'], { isComplete: false });
    expect(Object.keys(zoom.states.get('users')?.['digests'] ?? {}).length).toBe(count);
    return warnings.filter((warning) => warning.includes('weighs'));
  };
  expect(await weightOf(2)).toEqual([]);
  expect(await weightOf(300_001)).toEqual([
    expect.stringMatching(/^users: its state knows 300,001 keys and weighs 5\.9 MB/),
  ]);
}, 120_000);
