import { expect, test } from '@jest/globals';
import type { SnapshotStream } from '../streams/declaration.ts';
import { FakeZoom, outageReply } from './fake-zoom.ts';
import { describeWeights } from './state-weight.ts';
import { updatedAtField } from './stream-state.ts';

const users: SnapshotStream = {
  kind: 'snapshot',
  name: 'users',
  path: '/users',
  records: 'rows',
  scopes: { granular: [], classic: [] },
  primaryKey: ['id'],
  tombstones: true,
};

test('what weighs little together is not spoken of', () => {
  expect(describeWeights(new Map())).toBeUndefined();
  expect(
    describeWeights(
      new Map([
        ['users', 7_000_000],
        ['groups', 1_000_000],
      ]),
    ),
  ).toBeUndefined();
});

test('states that are not large count together, the heaviest first', () => {
  const weights = new Map([
    ['groups', 1_000_000],
    ['users', 4_300_000],
    ['roles', 10],
    ['members', 4_000_000],
  ]);
  expect(describeWeights(weights)).toMatch(
    /^The states weigh 9\.3 MB together \(users 4\.3 MB, members 4\.0 MB, groups 1\.0 MB and 1 more\), .*docs\/performance\.md/,
  );
});

test('of a large state nothing is dropped, and what it weighs is said once', async () => {
  const zoom = new FakeZoom({ declarations: [users], rows: () => [], instead: () => outageReply() });
  const digests = Object.fromEntries(
    Array.from({ length: 170_000 }, (_, id) => [`${id}`.padStart(36, 'x'), 'abcd-_12']),
  );
  zoom.states.set('users', { version: 1, [updatedAtField]: '2028-01-31T00:00:00Z', digests });
  const { warnings } = await zoom.sync(Date.parse('2028-02-01'), ['users'], { isComplete: false });
  // Jest takes minutes to compare so many fields.
  expect(JSON.stringify(zoom.states.get('users')?.['digests']) === JSON.stringify(digests)).toBe(true);
  expect(warnings.filter((warning) => warning.includes('weigh'))).toEqual([
    expect.stringMatching(/^The states weigh 8\.5 MB together \(users 8\.5 MB\)/),
  ]);
}, 120_000);
