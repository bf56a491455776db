import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import type { Listing, SnapshotStream, StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const { scopes } = list;

const users: SnapshotStream = {
  ...list,
  kind: 'snapshot',
  name: 'users',
  path: '/users',
  primaryKey: ['id'],
  fallback: { path: '/users/me', scopes, authoriser: { id: 'me' } },
};
const scheduled: Listing = {
  ...list,
  name: 'scheduled',
  path: '/users/{user_id}/meetings',
  parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
};
const below = (name: string, parent: string): SnapshotStream => ({
  ...list,
  kind: 'snapshot',
  name,
  path: `/meetings/{meeting_id}/${name}`,
  parent: { name: parent, parameters: { meeting_id: 'id' }, adds: { meeting_id: 'id' } },
  primaryKey: ['meeting_id', 'id'],
});
const occurrences: StreamDeclaration = {
  ...list,
  kind: 'windowed',
  name: 'occurrences',
  path: '/users/{user_id}/meetings/{meeting_id}/occurrences',
  window: { maxDays: 7, format: 'date' },
  parent: {
    name: 'scheduled',
    parameters: { meeting_id: 'id', user_id: 'user_id' },
    adds: { meeting_id: 'id', user_id: 'user_id' },
  },
  primaryKey: ['user_id', 'meeting_id', 'id'],
  cursor: 'end_time',
  lookbackDays: 3,
};
const declarations: readonly StreamDeclaration[] = [
  users,
  {
    kind: 'snapshot',
    name: 'meetings',
    path: '/meetings/{meeting_id}',
    scopes,
    parent: { name: 'scheduled', parameters: { meeting_id: 'id' } },
    primaryKey: ['id'],
  },
  below('polls', 'meetings'),
  below('registrants', 'meetings'),
  below('surveys', 'scheduled'),
  occurrences,
];

/** How often each kind of path was asked for. */
function countCalls(asked: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const path of asked) {
    const kind = path.replace(/\d+/g, 'N');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('each endpoint is asked once, whatever is made of it', () => {
  const userIds = Array.from({ length: 100 }, (_, id) => ({ id }));
  const meetingsOf = (user: number) =>
    Array.from({ length: 10 }, (_, number) => ({ id: user * 10 + number }));
  const rows = (path: string): readonly JsonObject[] => {
    if (path === '/users') return userIds;
    const [, user] = /^\/users\/(\d+)\/meetings$/.exec(path) ?? [];
    if (user !== undefined) return meetingsOf(Number(user));
    const [, meeting] = /^\/meetings\/(\d+)$/.exec(path) ?? [];
    return meeting === undefined ? [] : [{ id: Number(meeting) }];
  };
  const expected = {
    '/users': 2,
    '/users/N/meetings': 100,
    '/meetings/N': 1000,
    '/meetings/N/polls': 1000,
    '/meetings/N/registrants': 1000,
    '/meetings/N/surveys': 1000,
  };

  test.each([
    { selected: ['users', 'meetings', 'polls', 'registrants', 'surveys'] },
    { selected: ['surveys', 'registrants', 'polls', 'meetings', 'users'] },
    { selected: ['polls', 'registrants', 'surveys'] },
  ])('by a sync of $selected', async ({ selected }) => {
    const zoom = new FakeZoom({ declarations, listings: [scheduled], rows, pageSize: 50 });
    await zoom.sync(at('2028-02-01'), selected);
    expect(countCalls(zoom.asked)).toEqual(expected);
  });

  test.each([{ selected: ['occurrences'] }, { selected: ['users', 'occurrences'] }])(
    'in every window, by a sync of $selected',
    async ({ selected }) => {
      const zoom = new FakeZoom({ declarations, listings: [scheduled], rows, pageSize: 300 });
      // Three windows of a week.
      await zoom.sync(at('2028-01-20'), selected);
      expect(countCalls(zoom.asked)).toMatchObject({
        '/users': 1,
        '/users/N/meetings': 100,
        '/users/N/meetings/N/occurrences': 3000,
      });
    },
  );
});

describe('an app that sees its authoriser alone', () => {
  const rows = (path: string): readonly JsonObject[] => {
    if (path === '/users/me') return [{ id: 'real' }];
    if (path === '/users/me/meetings') return [{ id: 7 }];
    return path === '/meetings/7' ? [{ id: 7 }] : [{ id: 'x', end_time: '2028-01-02T10:00:00Z' }];
  };
  const create = () =>
    new FakeZoom({
      declarations,
      listings: [scheduled],
      rows,
      mayBeUserLevel: true,
      instead: (request) =>
        request.path === '/users'
          ? errorReply(request, { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' })
          : undefined,
    });

  test.each([{ selected: ['occurrences'] }, { selected: ['users', 'occurrences'] }])(
    'says "me" in paths and gives the real id, also below nested parents ($selected)',
    async ({ selected }) => {
      const zoom = create();
      const { of } = await zoom.sync(at('2028-01-05'), selected);
      expect(new Set(zoom.asked)).toEqual(
        new Set(['/users', '/users/me', '/users/me/meetings', '/users/me/meetings/7/occurrences']),
      );
      expect(of('occurrences')).toMatchObject([{ user_id: 'real', meeting_id: 7, id: 'x' }]);
    },
  );

  test('reads its meetings and what is below them', async () => {
    const zoom = create();
    const { of } = await zoom.sync(at('2028-01-05'), ['users', 'meetings', 'polls', 'surveys']);
    expect(of('users')).toMatchObject([{ id: 'real' }]);
    expect(of('polls')).toMatchObject([{ meeting_id: 7 }]);
    expect(zoom.asked.filter((path) => path.startsWith('/users/') && !path.startsWith('/users/me'))).toEqual(
      [],
    );
  });
});
