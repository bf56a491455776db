import { describe, expect, test } from '@jest/globals';
import type { Reply } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { SnapshotStream, StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, type FakeSync, FakeZoom, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const start = Date.parse('2028-02-01');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const root = (name: string, changes: Partial<SnapshotStream> = {}): SnapshotStream => ({
  ...list,
  kind: 'snapshot',
  name,
  path: `/${name}`,
  primaryKey: ['id'],
  tombstones: true,
  ...changes,
});
const members = (name: string, parent: string): SnapshotStream => ({
  ...root(name),
  path: `/${parent}/{group_id}/members`,
  parent: {
    name: parent,
    parameters: { group_id: 'id' },
    adds: { group_id: 'id' },
    only: [{ field: 'size', above: 0 }],
  },
  primaryKey: ['group_id', 'id'],
});
const declarations: readonly StreamDeclaration[] = [
  root('groups'),
  members('members', 'groups'),
  // A row of these may move from one group to another.
  {
    ...root('devices'),
    path: '/groups/{group_id}/devices',
    parent: { name: 'groups', parameters: { group_id: 'id' } },
  },
  root('teams', { tombstones: false }),
  members('team_members', 'teams'),
  // Below what is itself below a group.
  {
    ...root('cards'),
    path: '/members/{member_id}/cards',
    parent: { name: 'members', parameters: { member_id: 'id' }, adds: { member_id: 'id' } },
    primaryKey: ['member_id', 'id'],
  },
  // A row of these may move from one value to the other.
  root('phones', { values: [{ parameter: 'type', values: ['assigned', 'unassigned'] }] }),
  // A group lists those of the groups below it, too.
  {
    ...root('desks'),
    parent: { name: 'groups', parameters: { group_id: 'id' } },
    values: [{ parameter: 'type', values: ['', 'common'] }],
  },
  root('badges', {
    ...members('badges', 'groups'),
    path: '/groups/{group_id}/badges',
    primaryKey: ['group_id', 'name', 'level'],
  }),
];
const nested = ['groups', 'members', 'cards'];
const integers = { group_id: { type: 'integer' }, id: { type: ['null', 'integer'] } };
const names = { group_id: { type: 'integer' }, name: { type: 'string' }, level: { type: 'integer' } };

const people = (...ids: number[]) => ids.map((id) => ({ id }));
const before: Record<string, readonly JsonObject[]> = {
  '/groups': people(1, 2),
  '/groups/1/members': people(10, 11, 12, 13),
  '/groups/2/members': people(10, 20),
  '/groups/1/devices': people(7, 8),
  '/groups/2/devices': people(9),
  '/groups/1/badges': [
    { name: '7', level: 1 },
    { name: '8', level: 2 },
  ],
  '/groups/2/badges': [],
  '/members/10/cards': people(1),
  '/members/11/cards': people(2, 3),
  '/members/20/cards': people(4),
  '/phones?assigned': people(1, 2),
  '/phones?unassigned': people(3),
  '/desks?1': people(1, 2, 3),
  '/desks?1,common': people(4),
  '/desks?2': people(3),
  '/desks?2,common': people(5),
  '/teams': people(1, 2),
  '/teams/1/members': people(10),
  '/teams/2/members': people(20),
};

/** Syncs of some streams, before and after a change of the account. */
async function change(
  selected: readonly string[],
  after: Record<string, readonly JsonObject[]>,
  {
    from = before,
    ...options
  }: {
    from?: typeof before;
    mode?: 'full_refresh';
    isComplete?: boolean;
    second?: typeof before;
    refuses?: (times: number) => boolean;
  } = {},
) {
  const asked = new Map<string, number>();
  let now = from;
  const zoom = new FakeZoom({
    declarations,
    properties: {
      members: integers,
      team_members: integers,
      devices: integers,
      groups: integers,
      badges: names,
      cards: { ...integers, member_id: { type: 'integer' } },
      phones: integers,
      desks: integers,
    },
    pageSize: 300,
    rows: (path) => {
      const times = (asked.get(path) ?? 0) + 1;
      asked.set(path, times);
      return (times > 1 ? options.second?.[path] : undefined) ?? now[path] ?? [];
    },
    pathOf: ({ path, query: { group_id: group, type } }) => {
      const named = [group, type].filter((value) => value !== undefined).join();
      return named === '' ? path : `${path}?${named}`;
    },
    instead: (request) => {
      const path = zoom.pathOf(request);
      const times = 1 + (asked.get(path) ?? 0);
      // What is short is read twice at once.
      const isAgain = times > (now[path] === short ? 2 : 1) && options.second?.[path] !== undefined;
      const given = isAgain ? options.second?.[path] : now[path];
      const isRefused = now[path] !== from[path] && options.refuses?.(times) === true;
      const reply = isRefused ? outageReply() : given && replyOf(given);
      if (reply !== undefined) asked.set(path, times);
      return reply;
    },
  });
  await zoom.sync(start, selected);
  asked.clear();
  now = { ...from, ...after };
  return { zoom, done: await zoom.sync(start + dayMs, selected, options) };
}

/** Stand for a list that Zoom does not give, now or ever, and for one that lacks a row that it announces. */
const refused: readonly JsonObject[] = [];
const final: readonly JsonObject[] = [];
const unlicensed: readonly JsonObject[] = [];
const short: readonly JsonObject[] = [];

/** What stands for no list of rows. */
function replyOf(given: readonly JsonObject[]): Reply | undefined {
  const refuse = (action: 'skip' | 'unlicensed') =>
    errorReply({ answers: [{ code: 1, action }] }, { status: 400, code: 1, message: action });
  if (given === refused) return outageReply();
  if (given === short) return bodyReply(people(1, 10, 11), { total_records: 4 });
  if (given === final) return refuse('skip');
  return given === unlicensed ? refuse('unlicensed') : undefined;
}

/** The keys of what is emitted as deleted. */
function deletedIn({ of }: FakeSync, stream: string): readonly JsonObject[] {
  return of(stream).flatMap(({ _ab_cdc_deleted_at: deletedAt, _ab_cdc_updated_at: updatedAt, ...key }) => {
    if (deletedAt === null) return [];
    expect(deletedAt).toBe(updatedAt);
    return [key];
  });
}

describe('a row that is gone leaves as deleted', () => {
  test('by both fields of its key, in their types', async () => {
    const { done, zoom } = await change(['members', 'badges'], {
      '/groups/1/members': people(10, 12, 13),
      '/groups/1/badges': [{ name: '8', level: 2 }],
    });
    expect(deletedIn(done, 'members')).toEqual([{ group_id: 1, id: 11 }]);
    expect(deletedIn(done, 'badges')).toEqual([{ group_id: 1, name: '7', level: 1 }]);
    expect(done.of('members').length).toBe(1);
    expect((await zoom.sync(start + 2 * dayMs, ['members', 'badges'])).of('members')).toEqual([]);
  });

  test('where it was the last one of its group', async () => {
    const { done } = await change(['members'], { '/groups/2/members': [] });
    expect(deletedIn(done, 'members')).toEqual([
      { group_id: 2, id: 10 },
      { group_id: 2, id: 20 },
    ]);
  });

  test.each([{ selected: ['members'] }, { selected: ['groups', 'members'] }])(
    'where its whole group is gone ($selected)',
    async ({ selected }) => {
      const { done } = await change(selected, { '/groups': people(1) });
      expect(deletedIn(done, 'members')).toEqual([
        { group_id: 2, id: 10 },
        { group_id: 2, id: 20 },
      ]);
      if (selected.includes('groups')) expect(deletedIn(done, 'groups')).toEqual([{ id: 2 }]);
    },
  );

  test('where its key does not name its group, once all groups are listed', async () => {
    const { done } = await change(['devices'], { '/groups/1/devices': people(8) });
    expect(deletedIn(done, 'devices')).toEqual([{ id: 7 }]);
  });

  test.each([
    { what: 'its parent has left', after: { '/groups/1/members': people(10, 12, 13) }, gone: [2, 3] },
    { what: 'what is above its parent is gone', after: { '/groups': people(1) }, gone: [4] },
    { what: 'only the row', after: { '/members/11/cards': people(3) }, gone: [2] },
  ])('two levels down: $what', async ({ after, gone }) => {
    for (const selected of [['cards'], ['members', 'cards'], nested]) {
      const { done } = await change(selected, after);
      expect(deletedIn(done, 'cards').map(({ id }) => id)).toEqual(gone);
    }
  });

  test.each([
    { stream: 'phones', after: { '/phones?assigned': people(2) }, gone: [{ id: 1 }] },
    { stream: 'phones', after: { '/phones?unassigned': [] }, gone: [{ id: 3 }] },
    { stream: 'desks', after: { '/desks?2,common': [] }, gone: [{ id: 5 }] },
    { stream: 'desks', after: { '/desks?1': people(1, 2), '/desks?2': [] }, gone: [{ id: 3 }] },
    { stream: 'desks', after: { '/groups': people(1) }, gone: [{ id: 5 }] },
  ])('where no value and no group lists it any more: $stream, $gone', async ({ stream, after, gone }) => {
    const { done } = await change([stream], after);
    expect(deletedIn(done, stream)).toEqual(gone);
  });
});

describe('nothing leaves as deleted', () => {
  test('of a group that a condition leaves out', async () => {
    const { done, zoom } = await change(['members'], { '/groups': [{ id: 1 }, { id: 2, size: 0 }] });
    expect(deletedIn(done, 'members')).toEqual([]);
    expect(zoom.asked.filter((path) => path === '/groups').length).toBe(2);
  });

  test('of a group that Zoom refuses, while others are judged by their own', async () => {
    const { done } = await change(
      ['members', 'devices'],
      {
        '/groups/2/members': refused,
        '/groups/2/devices': refused,
        '/groups/1/members': people(10, 11, 12),
        '/groups/1/devices': [],
      },
      { isComplete: false },
    );
    expect(deletedIn(done, 'members')).toEqual([{ group_id: 1, id: 13 }]);
    expect(deletedIn(done, 'devices')).toEqual([]);
  });

  test('of a group whose listing is short of what it announces', async () => {
    const { done } = await change(['members'], { '/groups/1/members': short });
    expect(deletedIn(done, 'members')).toEqual([]);
    expect(done.warnings.join('\n')).toMatch(/not whole; none is taken for deleted/);
  });

  test('by a full refresh', async () => {
    const after = { '/groups': people(1), '/groups/1/members': [], '/groups/1/devices': [] };
    const { done } = await change(['groups', 'members', 'devices'], after, { mode: 'full_refresh' });
    for (const stream of ['groups', 'members', 'devices']) expect(deletedIn(done, stream)).toEqual([]);
  });

  test.each([
    { when: 'first', stream: 'members', refuses: (times: number) => times === 1 },
    { when: 'second', stream: 'members', refuses: (times: number) => times === 2 },
    { when: 'first', stream: 'devices', refuses: (times: number) => times === 1 },
    { when: 'second', stream: 'devices', refuses: (times: number) => times === 2 },
  ])('of a group of which Zoom refuses the $when listing of $stream', async ({ stream, refuses }) => {
    const path = `/groups/1/${stream}`;
    const after = { [path]: before[path]?.slice(1) ?? [] };
    const { done } = await change([stream], after, { refuses, isComplete: false });
    expect(deletedIn(done, stream)).toEqual([]);
  });

  test('below a group that the first listing may have left out', async () => {
    const { done } = await change(['members'], { '/groups': short }, { second: { '/groups': people(1) } });
    expect(deletedIn(done, 'members')).toEqual([]);
  });

  test('where the listing proves no deletion, nor below it', async () => {
    const { done, zoom } = await change(['teams', 'team_members'], { '/teams': people(1) });
    for (const stream of ['teams', 'team_members']) expect(deletedIn(done, stream)).toEqual([]);
    expect(Object.keys(zoom.states.get('teams')?.['digests'] ?? {})).toEqual(['1']);
  });

  test('of a row that moves to another group', async () => {
    const { done } = await change(['devices'], {
      '/groups/1/devices': people(8),
      '/groups/2/devices': people(9, 7),
    });
    expect(done.of('devices')).toEqual([]);
  });

  test.each([
    {
      what: 'from one value to the next',
      stream: 'phones',
      after: { '/phones?assigned': people(2), '/phones?unassigned': people(1, 3) },
    },
    {
      what: 'from one value to the one before, while they are listed',
      stream: 'phones',
      after: { '/phones?unassigned': [] },
      second: { '/phones?assigned': people(1, 2, 3) },
    },
    {
      what: 'from one value of a group to another one of another group',
      stream: 'desks',
      after: { '/desks?1': people(1, 3), '/desks?2,common': people(2, 5) },
    },
    { what: 'from a group above to one below', stream: 'desks', after: { '/desks?1': people(1, 2) } },
  ])('of a row that moves $what', async ({ stream, after, second = {} }) => {
    const { done } = await change([stream], after, { second });
    expect(done.of(stream)).toEqual([]);
  });

  test('below a row that moves from one group to another', async () => {
    const after = { '/groups/1/members': people(10, 12, 13), '/groups/2/members': people(10, 20, 11) };
    for (const selected of [['cards'], ['members', 'cards']])
      expect(deletedIn((await change(selected, after)).done, 'cards')).toEqual([]);
  });

  test.each([
    { what: 'the list of its parents', stream: 'cards', after: { '/groups/2/members': refused } },
    { what: 'the list of its parents', stream: 'cards', after: { '/groups': refused } },
    { what: 'the list itself', stream: 'cards', after: { '/members/11/cards': refused } },
    { what: 'a value', stream: 'phones', after: { '/phones?assigned': [], '/phones?unassigned': refused } },
    { what: 'a value of a group', stream: 'desks', after: { '/desks?1': [], '/desks?2,common': refused } },
    { what: 'a group', stream: 'desks', after: { '/desks?1': [], '/desks?2': refused } },
    { what: 'all groups', stream: 'desks', after: { '/groups': refused } },
  ])('of what Zoom refuses: $what of $stream', async ({ stream, after }) => {
    const { done } = await change([stream], after, { isComplete: false });
    expect(deletedIn(done, stream)).toEqual([]);
  });

  test.each([
    { stream: 'cards', after: { '/members/11/cards': short } },
    { stream: 'cards', after: { '/groups/1/members': short } },
    { stream: 'cards', after: { '/groups': short } },
    { stream: 'devices', after: { '/groups': short } },
    { stream: 'phones', after: { '/phones?assigned': [], '/phones?unassigned': short } },
    { stream: 'desks', after: { '/desks?1': people(3), '/desks?2,common': short } },
  ])('of a listing that ends early: $stream, $after', async ({ stream, after }) => {
    const { done } = await change([stream], after);
    expect(deletedIn(done, stream)).toEqual([]);
  });

  test.each(
    [final, unlicensed].flatMap((never) => [
      { what: 'devices', selected: ['devices'], path: '/groups/2/devices', never },
      { what: 'cards', selected: ['cards'], path: '/groups/2/members', never },
      { what: 'cards', selected: ['members', 'cards'], path: '/groups/2/members', never },
    ]),
  )(
    'of what may be in a part that Zoom never gives: $path ($selected)',
    async ({ what, selected, path, never }) => {
      const after = { '/groups/1/devices': people(8), [path]: never };
      const { done } = await change(selected, after);
      expect(deletedIn(done, what)).toEqual([]);
    },
  );

  test.each([
    { selected: ['members'] },
    { selected: ['devices'] },
    { selected: ['groups', 'members'] },
    { selected: ['groups', 'devices'] },
  ])('below a group that the second listing may have left out ($selected)', async ({ selected }) => {
    const { done } = await change(selected, { '/groups': people(1) }, { second: { '/groups': short } });
    for (const stream of selected) expect(deletedIn(done, stream)).toEqual([]);
  });

  test.each([
    { selected: ['cards'], path: '/groups' },
    { selected: nested, path: '/groups' },
    { selected: ['cards'], path: '/groups/1/members' },
    { selected: nested, path: '/groups/1/members' },
  ])('below a parent that the second listing of $path shows ($selected)', async ({ selected, path }) => {
    const after = { [path]: (before[path] ?? []).slice(0, 1) };
    const { done } = await change(selected, after, { second: { [path]: before[path] ?? [] } });
    expect(deletedIn(done, 'cards')).toEqual([]);
  });

  test.each([
    { what: 'a row of a root', path: '/groups' },
    { what: 'a member of a group', path: '/groups/1/members' },
    { what: 'a device of a group', path: '/groups/1/devices' },
  ])('that the second listing shows: $what', async ({ path }) => {
    const { done } = await change(
      ['groups', 'members', 'devices'],
      { [path]: (before[path] ?? []).slice(1) },
      { second: { [path]: before[path] ?? [] } },
    );
    for (const stream of ['groups', 'members', 'devices']) expect(deletedIn(done, stream)).toEqual([]);
  });

  test.each([
    { selected: ['members'] },
    { selected: ['devices'] },
    { selected: ['groups', 'members'] },
    { selected: ['groups', 'devices'] },
  ])('below a group that the second listing shows ($selected)', async ({ selected }) => {
    const { done } = await change(
      selected,
      { '/groups': people(1) },
      { second: { '/groups': people(1, 2) } },
    );
    for (const stream of selected) expect(deletedIn(done, stream)).toEqual([]);
  });
});

describe('when more than half of what was known is gone', () => {
  const ids = (from: number, count: number) =>
    people(...Array.from({ length: count }, (_, index) => from + index));

  test.each([
    { what: '20 of 20', first: 20, left: [], deleted: 0 },
    { what: '11 of 20', first: 20, left: ids(0, 9), deleted: 0 },
    { what: '10 of 20', first: 20, left: ids(0, 10), deleted: 10 },
    { what: '19 of 19', first: 19, left: [], deleted: 19 },
    { what: '20 of 20, and 100 others came', first: 20, left: ids(1000, 100), deleted: 0 },
  ])('and there were 20 or more, none is believed: $what', async ({ first, left, deleted }) => {
    for (const { stream, path } of [
      { stream: 'groups', path: '/groups' },
      { stream: 'members', path: '/groups/1/members' },
      { stream: 'devices', path: '/groups/1/devices' },
    ]) {
      const from = { '/groups': people(1), [path]: ids(0, first) };
      const { done } = await change([stream], { [path]: left }, { from });
      expect(deletedIn(done, stream).length).toBe(deleted);
      expect(/too many to believe/.test(done.warnings.join('\n'))).toBe(deleted === 0);
    }
  });
});
