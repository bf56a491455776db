import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const start = Date.parse('2028-02-01T10:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const { scopes } = list;
const ofUser = { name: 'users', parameters: { user_id: 'id' } };

const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'], tombstones: true },
  {
    ...list,
    kind: 'snapshot',
    name: 'assistants',
    path: '/users/{user_id}/assistants',
    parent: { ...ofUser, adds: { user_id: 'id' } },
    answers: [{ code: 200, says: 'plan', action: 'unlicensed' }],
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  // The body of each user, found by its own key.
  {
    kind: 'snapshot',
    name: 'profiles',
    path: '/users/{user_id}',
    scopes,
    parent: ofUser,
    primaryKey: ['id'],
    tombstones: true,
  },
  // A row of these may move from one user to another.
  {
    ...list,
    kind: 'snapshot',
    name: 'devices',
    path: '/users/{user_id}/devices',
    parent: ofUser,
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'channels',
    path: '/users/{user_id}/channels',
    parent: { ...ofUser, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'channel_members',
    path: '/channels/{channel_id}/members',
    parent: { name: 'channels', parameters: { channel_id: 'id' }, adds: { channel_id: 'id' } },
    primaryKey: ['channel_id', 'id'],
  },
];

/** An account of so many users, each with a row of everything. */
function createAccount(count: number, options: Partial<ConstructorParameters<typeof FakeZoom>[0]> = {}) {
  const users = new Map(Array.from({ length: count }, (_, id) => [id, { id, dept: 'a' } as JsonObject]));
  const lists = new Map<string, readonly JsonObject[]>();
  const own = (path: string): readonly JsonObject[] => {
    const [, id, kind] = /^\/users\/(\d+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (id === undefined) return [{ id: 1 }];
    return kind === undefined ? [{ id: Number(id) }] : [{ id: `${kind} of ${id}` }];
  };
  const zoom = new FakeZoom({
    declarations,
    pageSize: 1000,
    rows: (path) => (path === '/users' ? [...users.values()] : (lists.get(path) ?? own(path))),
    ...options,
  });
  zoom.detailRefreshDays = 7;
  /** Syncs a day, and tells whose details were asked for. */
  const sync = async (
    day: number,
    stream: string,
    { alone = true, ...options }: { alone?: boolean } & Parameters<FakeZoom['sync']>[2] = {},
  ) => {
    const before = zoom.asked.length;
    const done = await zoom.sync(start + day * dayMs, alone ? [stream] : ['users', stream], options);
    const asked = zoom.asked.slice(before).flatMap((path) => /^\/users\/(\d+)/.exec(path)?.[1] ?? []);
    return { ...done, rows: done.of(stream), asked: asked.map(Number) };
  };
  const state = (stream: string) => zoom.states.get(stream) ?? {};
  return { users, lists, zoom, sync, state };
}

const everybody = (count: number) => [...Array(count).keys()];
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
describe('details of a parent that has not changed', () => {
  test('are asked for in every sync where the config does not say otherwise, and not remembered', async () => {
    const { zoom, sync, state } = createAccount(5);
    zoom.detailRefreshDays = 0;
    for (const day of [0, 0, 1]) expect(sorted((await sync(day, 'assistants')).asked)).toEqual(everybody(5));
    expect(state('assistants')).not.toHaveProperty('parents_read');
  });

  test.each([{ stream: 'assistants' }, { stream: 'profiles' }])(
    'are asked for once in so many days, some of them each day ($stream)',
    async ({ stream }) => {
      const { sync } = createAccount(100);
      expect((await sync(0, stream)).asked.length).toBe(100);
      for (const week of [0, 1]) {
        const asked: number[] = [];
        for (let day = 1; day <= 7; day += 1) {
          const done = await sync(week * 7 + day, stream);
          expect(done.rows).toEqual([]);
          expect(done.asked.length).toBeGreaterThan(3);
          expect(done.asked.length).toBeLessThan(35);
          asked.push(...done.asked);
          // No second time on the same day.
          expect((await sync(week * 7 + day + 0.1, stream)).asked).toEqual([]);
        }
        expect(sorted(asked)).toEqual(everybody(100));
      }
    },
  );

  test('are asked for when nobody came for longer than that', async () => {
    const { sync } = createAccount(20);
    await sync(0, 'assistants');
    expect((await sync(7, 'assistants')).asked.length).toBe(20);
  });

  test('are asked for at once when it is new or changed, and by a full refresh', async () => {
    const { users, lists, sync } = createAccount(6);
    await sync(0, 'assistants');
    users.set(3, { id: 3, dept: 'b' });
    users.set(6, { id: 6, dept: 'a' });
    lists.set('/users/3/assistants', [{ id: 'anew' }]);
    const changed = await sync(0.1, 'assistants');
    // Once more for the proof that one of them is gone.
    expect(sorted(changed.asked)).toEqual([3, 3, 6]);
    expect(changed.rows.map(({ id }) => id)).toEqual(['anew', 'assistants of 6', 'assistants of 3']);
    const full = await sync(0.2, 'assistants', { mode: 'full_refresh' });
    expect(sorted(full.asked)).toEqual(everybody(7));
    expect((await sync(0.3, 'assistants')).asked).toEqual([]);
  });

  test('may change from sync to sync how often they are asked for', async () => {
    const { users, zoom, sync, state } = createAccount(10);
    await sync(0, 'assistants');
    zoom.detailRefreshDays = 0;
    users.set(3, { id: 3, dept: 'b' });
    expect((await sync(0.1, 'assistants')).asked.length).toBe(10);
    expect(state('assistants')).not.toHaveProperty('parents_read');
    zoom.detailRefreshDays = 7;
    // As it was when it was remembered, but not when it was asked for last.
    users.set(3, { id: 3, dept: 'a' });
    expect((await sync(0.2, 'assistants')).asked.length).toBe(10);
    zoom.detailRefreshDays = 1;
    expect((await sync(0.3, 'assistants')).asked).toEqual([]);
    expect((await sync(1, 'assistants')).asked.length).toBe(10);
  });

  test('are asked for in every sync where others are made from them', async () => {
    const { zoom, sync } = createAccount(10);
    const selected = ['channels', 'channel_members'];
    for (const day of [0, 0.1]) {
      zoom.asked.length = 0;
      await zoom.sync(start + day * dayMs, selected);
      expect(zoom.asked.filter((path) => path.startsWith('/users/')).length).toBe(10);
      expect(zoom.asked.filter((path) => path.startsWith('/channels/')).length).toBe(day === 0 ? 10 : 0);
    }
    expect((await sync(0.2, 'channels')).asked).toEqual([]);
  });

  test.each([{ tombstones: true }, { tombstones: false }])(
    'stay as they are known (tombstones: $tombstones)',
    async ({ tombstones }) => {
      const changed = declarations.map((declaration) => ({ ...declaration, tombstones }));
      const { sync, state } = createAccount(30, { declarations: changed });
      for (const stream of ['assistants', 'profiles', 'devices']) {
        await sync(0, stream);
        const digests = JSON.stringify(state(stream)['digests']);
        const { rows, asked } = await sync(0.1, stream);
        expect([rows, asked]).toEqual([[], []]);
        expect(JSON.stringify(state(stream)['digests'])).toEqual(digests);
      }
    },
  );

  test('are found to be deleted on the day on which they are asked for', async () => {
    const { lists, sync } = createAccount(30);
    await sync(0, 'assistants');
    for (let user = 0; user < 15; user += 1) lists.set(`/users/${user}/assistants`, []);
    const deleted: unknown[] = [];
    for (let day = 1; day <= 7; day += 1) {
      const { rows, asked } = await sync(day, 'assistants');
      const gone = rows.map(({ user_id, _ab_cdc_deleted_at: at }) => [Number(user_id), at !== null]);
      expect(new Set(gone.map(([user]) => user))).toEqual(new Set(asked.filter((user) => user < 15)));
      deleted.push(...gone);
    }
    expect(deleted.length).toBe(15);
  });
});

describe('below a parent that is gone', () => {
  test.each([
    { stream: 'assistants', alone: true },
    { stream: 'assistants', alone: false },
    { stream: 'profiles', alone: true },
    { stream: 'profiles', alone: false },
  ])('$stream are deleted though the others were not asked for', async ({ stream, alone }) => {
    const { users, sync, state } = createAccount(30);
    await sync(0, stream, { alone });
    users.delete(4);
    const { rows, asked } = await sync(0.1, stream, { alone });
    expect(asked).toEqual([]);
    expect(rows).toMatchObject([{ [stream === 'profiles' ? 'id' : 'user_id']: '4' }]);
    expect(rows.every(({ _ab_cdc_deleted_at: at }) => at !== null)).toBe(true);
    expect(Object.keys(state(stream)['parents_read'] as JsonObject)).not.toContain('4');
  });

  test('nothing is forgotten while the listing of the parents is not whole', async () => {
    let isRefused = false;
    const { zoom, sync } = createAccount(5, {
      instead: ({ path }) => (isRefused && path === '/users/2/channels' ? outageReply() : undefined),
    });
    await sync(0, 'channel_members');
    isRefused = true;
    await sync(0.1, 'channel_members', { isComplete: false });
    isRefused = false;
    zoom.asked.length = 0;
    await sync(0.2, 'channel_members');
    expect(zoom.asked.filter((path) => path.startsWith('/channels/'))).toEqual([]);
  });
});

test('where only all of them prove a deletion, all are asked for on the same day', async () => {
  const { users, lists, sync } = createAccount(10);
  await sync(0, 'devices');
  lists.set('/users/1/devices', []);
  lists.set('/users/2/devices', []);
  lists.set('/users/3/devices', [{ id: 'devices of 3' }, { id: 'devices of 1' }]);
  users.set(3, { id: 3, dept: 'b' });
  const days: number[] = [];
  for (let day = 1; day <= 7; day += 1) {
    const { rows, asked, warnings } = await sync(day, 'devices');
    expect(warnings).toEqual([]);
    if (asked.length > 1) {
      days.push(asked.length);
      // All of them once, and once more for the proof.
      expect(rows).toMatchObject([{ id: 'devices of 2', _ab_cdc_deleted_at: expect.any(String) }]);
    } else expect(rows).toEqual([]);
  }
  expect(days).toEqual([20]);
});

describe('what was not answered', () => {
  test.each<{ how: string; isComplete: boolean; reply: (request: Request) => Reply }>([
    { how: 'refused', isComplete: false, reply: () => outageReply() },
    {
      how: 'not ready',
      isComplete: true,
      reply: (request) => errorReply(request, { status: 400, code: 802, message: 'not yet' }),
    },
  ])('is asked for in every sync until it is ($how)', async ({ isComplete, reply }) => {
    let isRefusing = true;
    const { sync } = createAccount(5, {
      instead: (request) => (isRefusing && request.path.startsWith('/users/2/') ? reply(request) : undefined),
    });
    expect(sorted((await sync(0, 'assistants', { isComplete })).asked)).toEqual(everybody(5));
    expect((await sync(0.1, 'assistants', { isComplete })).asked).toEqual([2]);
    isRefusing = false;
    const { asked, rows } = await sync(0.2, 'assistants');
    expect(asked).toEqual([2]);
    expect(rows).toMatchObject([{ user_id: 2 }]);
    expect((await sync(0.3, 'assistants')).asked).toEqual([]);
  });

  test('stays owed though its parent is as it was when it was read', async () => {
    let isRefusing = false;
    const { users, sync } = createAccount(5, {
      instead: ({ path }) => (isRefusing && path.startsWith('/users/2/') ? outageReply() : undefined),
    });
    await sync(0, 'assistants');
    users.set(2, { id: 2, dept: 'b' });
    isRefusing = true;
    expect((await sync(0.1, 'assistants', { isComplete: false })).asked).toEqual([2]);
    users.set(2, { id: 2, dept: 'a' });
    isRefusing = false;
    expect((await sync(0.2, 'assistants')).asked).toEqual([2]);
  });

  test('is asked for after a full refresh in which it was refused', async () => {
    let isRefusing = false;
    const { sync } = createAccount(5, {
      instead: ({ path }) => (isRefusing && path.startsWith('/users/2/') ? outageReply() : undefined),
    });
    await sync(0, 'assistants');
    isRefusing = true;
    await sync(0.1, 'assistants', { mode: 'full_refresh', isComplete: false });
    isRefusing = false;
    expect((await sync(0.2, 'assistants')).asked).toEqual([2]);
  });

  test('is asked for in every sync while Zoom announces more than it gives', async () => {
    const { sync } = createAccount(5, {
      instead: ({ path }) =>
        path === '/users/2/assistants' ? bodyReply([{ id: 'x' }], { total_records: 3 }) : undefined,
    });
    await sync(0, 'assistants');
    expect(new Set((await sync(0.1, 'assistants')).asked)).toEqual(new Set([2]));
  });

  test('for want of a licence says nothing of those who were not asked, unless nobody has one', async () => {
    let licensed: readonly string[] = ['1'];
    const { users, sync } = createAccount(5, {
      instead: (request) =>
        licensed.includes(request.path.split('/')[2] ?? '') || request.path === '/users'
          ? undefined
          : errorReply(request, { status: 400, code: 200, message: 'You lack the plan.' }),
    });
    await sync(0, 'assistants');
    users.set(2, { id: 2, dept: 'b' });
    expect((await sync(0.1, 'assistants')).asked).toEqual([2]);
    licensed = [];
    expect((await sync(7, 'assistants', { isComplete: false })).asked.length).toBe(5);
    // The same again, and not an account in which nobody is left to be asked.
    expect((await sync(7.1, 'assistants', { isComplete: false })).asked.length).toBe(5);
  });
});

test('a parent is remembered in no state before all of its records are written', async () => {
  const people = everybody(12).map((id) => ({ id }));
  const { zoom } = createAccount(12, {
    pageSize: 5,
    // Each state is due when it may be written.
    answerMs: 301_000,
    rows: (path) => (path === '/users' ? people : people.slice(0, 1 + (Number(path.split('/')[2]) % 12))),
  });
  const { messages } = await zoom.sync(start, ['assistants']);
  const written = new Map<string, number>();
  let remembered = 0;
  for (const { record, state } of messages) {
    const user = String(record?.data['user_id']);
    if (record !== undefined) written.set(user, (written.get(user) ?? 0) + 1);
    const read = Object.keys(state?.stream.stream_state['parents_read'] ?? {});
    if (read.length > 0 && read.length < people.length) remembered += 1;
    for (const id of read) expect([id, written.get(id)]).toEqual([id, 1 + Number(id)]);
  }
  expect(remembered).toBeGreaterThan(1);
});

describe('the forecast', () => {
  const forecastOf = (log: readonly string[]) => /about ([\d,]+) heavy calls/.exec(log.join('\n'))?.[1];

  test('counts the pages of each parent, not its rows', async () => {
    const { lists, zoom, sync } = createAccount(3);
    zoom.detailRefreshDays = 0;
    lists.set(
      '/users/0/assistants',
      everybody(650).map((id) => ({ id })),
    );
    await sync(0, 'assistants');
    // Three pages for the first of them.
    expect(forecastOf((await sync(1, 'assistants')).log)).toBe('5');
    await sync(0, 'profiles');
    expect(forecastOf((await sync(1, 'profiles')).log)).toBe('3');
  });

  test('counts only those that are due', async () => {
    const { lists, sync } = createAccount(40);
    const people = everybody(650).map((id) => ({ id }));
    // Every other user has three pages, and the others nobody.
    for (let user = 0; user < 40; user += 1)
      lists.set(`/users/${user}/assistants`, user % 2 === 0 ? people : []);
    await sync(0, 'assistants');
    const { log, asked } = await sync(3, 'assistants');
    expect(asked.length).toBeLessThan(40);
    const even = asked.filter((user) => user % 2 === 0).length;
    expect([even > 0, forecastOf(log)]).toEqual([true, String(asked.length + 2 * even)]);
  });
});

describe('children of a windowed parent', () => {
  const path = '/meetings/1/participants';
  const derived: readonly StreamDeclaration[] = [
    {
      ...list,
      kind: 'windowed',
      name: 'meetings',
      path: '/meetings',
      window: { maxDays: 28, format: 'date' },
      primaryKey: ['id'],
      cursor: 'end_time',
      lookbackDays: 30,
    },
    {
      ...list,
      kind: 'derived',
      name: 'participants',
      path: '/meetings/{meeting_id}/participants',
      parent: {
        name: 'meetings',
        parameters: { meeting_id: 'id' },
        adds: { meeting_id: 'id', meeting_end_time: 'end_time' },
      },
      primaryKey: ['meeting_id', 'id'],
      cursor: 'meeting_end_time',
      lookbackDays: 30,
    },
  ];
  const createMeetings = (
    meetings: JsonObject[],
    instead: (request: Request) => Reply | undefined = () => undefined,
  ) =>
    new FakeZoom({
      declarations: derived,
      quota: { label: 'medium' },
      instead: (request) => (request.path === path ? instead(request) : undefined),
      rows: (asked) => (asked === '/meetings' ? meetings : [{ id: 'a' }]),
    });
  const countCalls = async (zoom: FakeZoom, day: number) => {
    zoom.asked.length = 0;
    await zoom.sync(start + day * dayMs, ['participants']);
    return zoom.asked.filter((asked) => asked !== '/meetings').length;
  };
  const ended = new Date(start).toISOString();

  test('are asked for in every sync for three days, and then once a day or at a change', async () => {
    const meetings: JsonObject[] = [{ id: 1, end_time: ended }];
    const zoom = createMeetings(meetings);
    for (const day of [0.1, 0.2, 2.9]) expect([day, await countCalls(zoom, day)]).toEqual([day, 1]);
    expect(zoom.states.get('participants')).not.toHaveProperty('parents_read');
    for (const day of [3.1, 4.1, 5.1]) {
      expect([day, await countCalls(zoom, day)]).toEqual([day, 1]);
      expect([day, await countCalls(zoom, day + 0.1)]).toEqual([day, 0]);
    }
    meetings[0] = { id: 1, end_time: ended, people: 2 };
    expect(await countCalls(zoom, 5.3)).toBe(1);
    expect(zoom.asked).toContain(path);
    // Out of the lookback it is listed no more, and forgotten.
    await countCalls(zoom, 40);
    await countCalls(zoom, 41);
    expect(zoom.states.get('participants')).not.toHaveProperty('parents_read');
  });

  test('are asked for once in as many days as the config says', async () => {
    const meetings = everybody(50).map((id) => ({ id, end_time: ended }));
    const zoom = createMeetings(meetings);
    zoom.detailRefreshDays = 7;
    expect(await countCalls(zoom, 2)).toBe(50);
    expect(await countCalls(zoom, 4)).toBe(50);
    const counts: number[] = [];
    for (let day = 5; day <= 11; day += 1) counts.push(await countCalls(zoom, day));
    expect(counts.reduce((sum, count) => sum + count)).toBe(50);
    expect(Math.max(...counts)).toBeLessThan(20);
  });

  test('are asked for in every sync while Zoom announces more than it gives', async () => {
    let isShort = true;
    const zoom = createMeetings([{ id: 1, end_time: ended }], () =>
      isShort ? bodyReply([{ id: 'a' }], { total_records: 2 }) : undefined,
    );
    // What is short is read twice at once.
    for (const day of [4, 4.1]) expect([day, await countCalls(zoom, day)]).toEqual([day, 2]);
    isShort = false;
    for (const [day, calls] of [
      [4.2, 1],
      [4.3, 0],
    ] as const)
      expect([day, await countCalls(zoom, day)]).toEqual([day, calls]);
  });

  test('that are owed are due, though their parent is as it was when it was read', async () => {
    let isInTrouble = false;
    const zoom = createMeetings([{ id: 1, end_time: ended }], () =>
      isInTrouble ? outageReply() : undefined,
    );
    const at = (day: number) => start + day * dayMs;
    await zoom.sync(at(4), ['participants']);
    isInTrouble = true;
    await zoom.sync(at(4.1), ['participants'], { mode: 'full_refresh', isComplete: false });
    isInTrouble = false;
    zoom.asked.length = 0;
    const { log } = await zoom.sync(at(4.2), ['participants']);
    expect(zoom.asked.filter((asked) => asked === path).length).toBe(1);
    expect(log.join('\n')).not.toContain('not asked again');
  });
});
