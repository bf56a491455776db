import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Listing, StreamDeclaration, WindowedStream } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const ofUser = { name: 'users', parameters: { user_id: 'id' } };

const sessions: WindowedStream = {
  ...list,
  kind: 'windowed',
  name: 'sessions',
  path: '/sessions',
  window: { maxDays: 28, format: 'date', marginDays: 1 },
  fallback: {
    ...list,
    path: '/users/{user_id}/sessions',
    window: { maxDays: 28, format: 'date', marginDays: 1 },
    parent: ofUser,
  },
  primaryKey: ['id'],
  cursor: 'last_time',
  lookbackDays: 1,
};
const messages: WindowedStream = {
  ...list,
  kind: 'windowed',
  name: 'messages',
  path: '/sessions/{session_id}',
  window: { maxDays: 14, format: 'date-time' },
  parent: {
    name: 'sessions',
    parameters: { session_id: 'id' },
    adds: { session_id: 'id' },
    sameWindow: true,
  },
  primaryKey: ['session_id', 'id'],
  cursor: 'end_time',
  lookbackDays: 1,
};
const groups: StreamDeclaration = {
  ...list,
  kind: 'snapshot',
  name: 'groups',
  path: '/groups',
  primaryKey: ['id'],
};
const users: Listing = {
  ...list,
  name: 'users',
  path: '/groups/{group_id}/users',
  parent: { name: 'groups', parameters: { group_id: 'id' } },
};

/** The days since the beginning of 2028 on which each conversation has a message, at noon and at midnight. */
const conversations: Readonly<Record<string, readonly number[]>> = {
  long: [2, 12, 13, 14, 28, 40, 56, 75, 99],
  short: [5, 14, 28],
  late: [54, 55, 56, 57, 110],
};
/** Who takes part. */
const members: Readonly<Record<string, readonly string[]>> = {
  u: ['long', 'short'],
  v: ['long', 'late'],
};
const rowsOf = (name: string) =>
  (conversations[name] ?? []).flatMap((day) =>
    [0, 43_199_999].map((ms) => ({
      id: `${day}.${ms}`,
      end_time: new Date(at('2028-01-01') + day * dayMs + ms).toISOString(),
    })),
  );

/** Syncs against an account in which the conversations go on, and all messages that they gave. */
function createZoom(declared: readonly StreamDeclaration[] = [sessions, messages, groups]) {
  const zoom = {
    refuse: (_: Request): Reply | undefined => undefined,
    /** The requests for sessions. */
    listed: [] as string[],
    days: [] as number[],
    found: [] as string[],
    now: 0,
  };
  const list = (names: readonly string[], { path, query }: Request) => {
    const [from = 0, to = 0] = ['from', 'to'].map((end) => at(String(query[end])));
    zoom.listed.push(`${path} ${query['from']} ${query['to']}`);
    zoom.days.push((to - from) / dayMs);
    return names.flatMap((id): JsonObject[] => {
      const times = rowsOf(id)
        .map(({ end_time }) => at(end_time))
        .filter((time) => time < zoom.now);
      const isListed = times.some((time) => time >= from && time < to + dayMs);
      return isListed ? [{ id, last_time: new Date(Math.max(...times)).toISOString() }] : [];
    });
  };
  const fake = new FakeZoom({
    declarations: declared,
    listings: [users],
    rows(path, now) {
      if (path === '/groups') return [{ id: 'g' }, { id: 'h' }];
      if (path === '/groups/g/users') return [{ id: 'u' }];
      if (path === '/groups/h/users') return [{ id: 'v' }];
      return rowsOf(path.replace('/sessions/', '')).filter(({ end_time }) => at(end_time) < now);
    },
    instead(request) {
      const refusal = zoom.refuse(request);
      if (refusal !== undefined) return refusal;
      const [, first, user = '', last] = request.path.split('/');
      if (request.path === '/sessions') return bodyReply(list(Object.keys(conversations), request), {});
      const isOfUser = first === 'users' && last === 'sessions';
      return isOfUser ? bodyReply(list(members[user] ?? [], request), {}) : undefined;
    },
  });
  const sync = async (day: string, names: readonly string[] = ['messages'], isComplete = true) => {
    zoom.now = at(day);
    zoom.listed = [];
    const done = await fake.sync(zoom.now, names, { isComplete });
    const found = done.of('messages').map(({ session_id, id }) => `${session_id} ${id}`);
    zoom.found.push(...found);
    return { ...done, found };
  };
  const owed = () => fake.states.get('messages')?.['owed'] as JsonObject | undefined;
  return { zoom, fake, sync, owed };
}

const everything = (until: string, names = Object.keys(conversations)) =>
  names
    .flatMap((name) =>
      rowsOf(name).flatMap(({ id, end_time }) => (at(end_time) < at(until) ? `${name} ${id}` : [])),
    )
    .sort();
const noScope = (request: Request) =>
  errorReply(request, { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' });
const byUser = (request: Request) => (request.path === '/sessions' ? noScope(request) : undefined);

describe('the rows of a parent that is listed for the same windows', () => {
  test.each([{ selected: ['messages'] }, { selected: ['sessions', 'messages'] }])(
    'are all asked, each window listed once, and every message leaves once ($selected)',
    async ({ selected }) => {
      const { zoom, sync } = createZoom();
      const first = await sync('2028-04-15', selected);
      expect(first.found.toSorted()).toEqual(everything('2028-04-15'));
      expect(zoom.listed.length).toBeGreaterThan(7);
      expect(new Set(zoom.listed).size).toBe(zoom.listed.length);
      // What the shorter one of both windows allows, and the margin.
      expect(Math.max(...zoom.days)).toBeLessThanOrEqual(16);
      if (selected.includes('sessions'))
        expect(
          first
            .of('sessions')
            .map(({ id }) => id)
            .sort(),
        ).toEqual(['late', 'long', 'short']);
      const second = await sync('2028-04-22', selected);
      expect([...new Set(zoom.found)].sort()).toEqual(everything('2028-04-22'));
      expect(second.found).toEqual(['late 110.0', 'late 110.43199999']);
    },
  );

  test('are listed as far back as the children look, and leave no further back than their own stream', async () => {
    const { sync } = createZoom([sessions, { ...messages, lookbackDays: 20 }, groups]);
    await sync('2028-04-15', ['sessions', 'messages']);
    const second = await sync('2028-04-16', ['sessions', 'messages']);
    expect(second.found).toEqual(['long 99.0', 'long 99.43199999']);
    expect(second.of('sessions')).toEqual([]);
  });

  test('are asked once where several parts of the listing hold them', async () => {
    const { zoom, fake, sync } = createZoom();
    zoom.refuse = byUser;
    const { found } = await sync('2028-04-15');
    expect(found.toSorted()).toEqual(everything('2028-04-15'));
    expect(zoom.listed.filter((request) => request.startsWith('/users/v')).length).toBeGreaterThan(7);
    const windows = new Set(zoom.listed.map((request) => request.slice('/users/u/sessions '.length)));
    // Each session in each window that it has messages in, and pages of three rows of those that have more.
    expect(fake.asked.filter((path) => path === '/sessions/late').length).toBeLessThan(windows.size);
  });
});

describe('what is refused', () => {
  test('a session is owed from the window on that it was refused in, and nothing else is asked again', async () => {
    const { zoom, fake, sync, owed } = createZoom();
    zoom.refuse = ({ path, query }) =>
      path === '/sessions/long' && String(query['from']) > '2028-01-20' ? outageReply() : undefined;
    await sync('2028-04-15', ['sessions', 'messages'], false);
    expect(owed()).toMatchObject({ long: { read_until: '2028-01-29T00:00:00.000Z', refusals: 1 } });
    zoom.refuse = () => undefined;
    const asked = fake.asked.length;
    const { found } = await sync('2028-04-16', ['sessions', 'messages']);
    expect(found.every((message) => message.startsWith('long'))).toBe(true);
    expect(fake.asked.slice(asked)).not.toContain('/sessions/short');
    expect(zoom.found.toSorted()).toEqual(everything('2028-04-16'));
    expect(owed()).toBeUndefined();
  });

  test.each([
    { path: '/users/u/sessions', key: 'u' },
    { path: '/groups/g/users', key: 'g' },
  ])(
    'above a session ($path) is owed from there on, and all below it is read then',
    async ({ path, key }) => {
      const { zoom, sync, owed } = createZoom();
      zoom.refuse = (request) => (request.path === path ? outageReply() : byUser(request));
      await sync('2028-04-15', ['messages'], false);
      expect([...zoom.found].sort()).toEqual(everything('2028-04-15', ['long', 'late']));
      expect(owed()).toMatchObject({ [key]: { read_until: '2028-01-01T00:00:00.000Z', refusals: 1 } });
      zoom.refuse = byUser;
      await sync('2028-04-16', ['messages']);
      expect([...new Set(zoom.found)].sort()).toEqual(everything('2028-04-16'));
      expect(owed()).toBeUndefined();
    },
  );

  test('of a window of one user is owed from that window on, though the next ones are answered', async () => {
    const { zoom, sync, owed } = createZoom();
    zoom.refuse = (request) =>
      request.path === '/users/u/sessions' && String(request.query['from']).startsWith('2028-01-1')
        ? outageReply()
        : byUser(request);
    await sync('2028-04-15', ['messages'], false);
    expect(owed()).toMatchObject({ u: { read_until: '2028-01-15T00:00:00.000Z' } });
    zoom.refuse = byUser;
    const { found } = await sync('2028-04-16', ['messages']);
    expect(found.some((message) => message.startsWith('late'))).toBe(false);
    expect([...new Set(zoom.found)].sort()).toEqual(everything('2028-04-16'));
    expect(owed()).toBeUndefined();
  });

  test('of one user is read with the account, once Zoom lists that', async () => {
    const { zoom, sync, owed } = createZoom();
    zoom.refuse = (request) => (request.path === '/users/u/sessions' ? outageReply() : byUser(request));
    await sync('2028-04-15', ['messages'], false);
    zoom.refuse = () => undefined;
    await sync('2028-04-16', ['messages']);
    expect([...new Set(zoom.found)].sort()).toEqual(everything('2028-04-16'));
    expect(owed()).toBeUndefined();
  });

  test('with the user gone is given up with a word', async () => {
    const { zoom, sync, owed } = createZoom();
    zoom.refuse = (request) => (request.path === '/users/u/sessions' ? outageReply() : byUser(request));
    await sync('2028-04-15', ['messages'], false);
    zoom.refuse = (request) => (request.path === '/groups/g/users' ? bodyReply([], {}) : byUser(request));
    const { warnings } = await sync('2028-04-16', ['messages']);
    expect(owed()).toBeUndefined();
    expect(warnings.join('\n')).toMatch(/messages: what was owed for u is below what is listed no more/);
  });

  test('of the parent as a whole fails both streams, and of the children alone them alone', async () => {
    const refused = createZoom();
    refused.zoom.refuse = ({ path }) => (path === '/sessions' ? outageReply() : undefined);
    const both = await refused.sync('2028-04-15', ['sessions', 'messages'], false);
    expect([both.errorOf('sessions'), both.errorOf('messages')]).toEqual([
      expect.objectContaining({ failure_type: 'transient_error' }),
      expect.objectContaining({ failure_type: 'transient_error' }),
    ]);
    const { zoom, sync } = createZoom();
    zoom.refuse = (request) => (request.path.startsWith('/sessions/') ? noScope(request) : undefined);
    const alone = await sync('2028-04-15', ['sessions', 'messages'], false);
    expect(alone.errorOf('messages')).toMatchObject({ failure_type: 'config_error' });
    expect(alone.errorOf('sessions')).toBeUndefined();
    expect(alone.of('sessions').length).toBe(3);
  });

  test('in a window that is listed for others alone owes the children nothing', async () => {
    const { zoom, sync, owed } = createZoom([{ ...sessions, lookbackDays: 30 }, messages, groups]);
    zoom.refuse = byUser;
    await sync('2028-04-15', ['sessions', 'messages']);
    zoom.refuse = (request) =>
      request.path === '/users/u/sessions' && String(request.query['from']) < '2028-04-01'
        ? outageReply()
        : byUser(request);
    const { errorOf } = await sync('2028-04-16', ['sessions', 'messages'], false);
    expect([errorOf('sessions')?.failure_type, errorOf('messages')]).toEqual(['transient_error', undefined]);
    expect(owed()).toBeUndefined();
  });

  test('rows of the parent that nothing names are owed, until they have a name', async () => {
    const { zoom, sync, owed } = createZoom();
    zoom.refuse = (request) =>
      request.path === '/sessions' && String(request.query['from']) < '2028-01-10'
        ? bodyReply([{ last_time: '2028-01-05T00:00:00Z' }], {})
        : undefined;
    await sync('2028-04-15', ['messages'], false);
    expect(owed()).toMatchObject({ '': { read_until: '2028-01-01T00:00:00.000Z' } });
    zoom.refuse = () => undefined;
    await sync('2028-04-16', ['messages']);
    expect([...new Set(zoom.found)].sort()).toEqual(everything('2028-04-16'));
    expect(owed()).toBeUndefined();
  });
});
