import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const partition = [['channel_id'], ['user_id', 'peer_id'], ['user_id', 'peer_email']];

const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'snapshot',
    name: 'users',
    path: '/users',
    primaryKey: ['id'],
    fallback: { path: '/users/me', scopes: list.scopes, authoriser: { id: 'me' } },
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'sessions',
    path: '/users/{user_id}/sessions',
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'name'],
  },
  {
    ...list,
    kind: 'windowed',
    name: 'messages',
    path: '/users/{user_id}/messages',
    window: { maxDays: 14, format: 'date-time' },
    parent: {
      name: 'sessions',
      parameters: { user_id: 'user_id', to_channel: 'channel_id', to_contact: ['peer_id', 'peer_email'] },
      partition,
      adds: { channel_id: 'channel_id', user_id: 'user_id', peer_id: 'peer_id' },
    },
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 1,
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'members',
    path: '/users/{user_id}/members',
    parent: {
      name: 'sessions',
      parameters: { user_id: 'user_id', to_channel: 'channel_id' },
      partition: [['channel_id']],
      adds: { channel_id: 'channel_id' },
      only: [{ field: 'kind', in: ['channel'] }],
    },
    primaryKey: ['channel_id', 'id'],
    tombstones: true,
  },
];

/** A channel of three, a conversation that both sides list, and one with somebody outside the account. */
const sessions: Readonly<Record<string, readonly JsonObject[]>> = {
  u: [
    { name: 'c', kind: 'channel', channel_id: 'c' },
    { name: 'v', kind: 'two', channel_id: '', peer_id: 'v', peer_email: 'v@example.com' },
  ],
  v: [
    { name: 'c', kind: 'channel', channel_id: 'c' },
    { name: 'u', kind: 'two', peer_id: 'u' },
    { name: 'x', kind: 'two', peer_id: null, peer_email: 'x@example.com' },
  ],
  w: [{ name: 'c', kind: 'channel', channel_id: 'c' }],
};
const message = (name: string) =>
  [2, 14, 15, 40].map((day) => ({
    id: `${name} ${day}`,
    end_time: new Date(at('2028-01-01') + day * 86_400_000).toISOString(),
  }));

/** Syncs of the messages, and by whom each conversation was asked for. */
function createChat(mayBeUserLevel = false) {
  const chat = {
    refuse: (_: Request): Reply | undefined => undefined,
    asked: [] as string[],
    found: [] as string[],
    rows(path: string): readonly JsonObject[] {
      const [, , user = '', what] = path.split('/');
      if (path === '/users') return ['u', 'v', 'w'].map((id) => ({ id }));
      if (path === '/users/me') return [{ id: 'u' }];
      if (what === 'sessions') return sessions[user === 'me' ? 'u' : user] ?? [];
      return what === 'members' ? [{ id: 1 }, { id: 2 }] : message(current);
    },
  };
  const zoom = new FakeZoom({
    declarations,
    mayBeUserLevel,
    pageSize: 1,
    rows: (path) => chat.rows(path),
    instead(request) {
      const { path, query } = request;
      const { to_channel, to_contact } = query;
      if (to_channel === undefined && to_contact === undefined) return chat.refuse(request);
      if (to_channel !== undefined && to_contact !== undefined) throw new Error('either of them');
      const user = path.split('/')[2] ?? '';
      const contact = String(to_contact);
      current = to_channel === undefined ? [user === 'me' ? 'u' : user, contact].sort().join('+') : 'c';
      const name = `${user}>${to_channel ?? contact}`;
      if (!chat.asked.includes(name)) chat.asked.push(name);
      return chat.refuse(request);
    },
  });
  let current = '';
  const sync = async (day: string, { isComplete = true, streams = ['messages'] } = {}) => {
    chat.asked = [];
    const done = await zoom.sync(at(day), streams, { isComplete });
    chat.found.push(...done.of('messages').map(({ id }) => String(id)));
    return done;
  };
  const owed = () => zoom.states.get('messages')?.['owed'];
  return { chat, zoom, sync, owed };
}

const everything = ['c', 'u+v', 'v+x@example.com']
  .flatMap((name) => message(name).map(({ id }) => id))
  .sort();
const channel = '{"channel_id":"c"}';
const gone = (request: Request) => errorReply(request, { status: 404, code: 1001, message: 'no such user' });

describe('rows of a parent that name one partition', () => {
  test('are asked for through the first of them, and each record leaves once with what names it', async () => {
    const { chat, sync } = createChat();
    const { of } = await sync('2028-03-01');
    expect(chat.found.toSorted()).toEqual(everything);
    expect(chat.asked.toSorted()).toEqual(['u>c', 'u>v', 'v>u', 'v>x@example.com']);
    const added = of('messages').map(({ id, end_time: _, ...rest }) => ({
      ...rest,
      of: String(id).split(' ')[0],
    }));
    const shapes = new Set(added.map((fields) => JSON.stringify(Object.entries(fields).sort())));
    const shape = (of: string, user_id: unknown, peer_id: unknown, channel_id: unknown = null) =>
      JSON.stringify(Object.entries({ of, user_id, peer_id, channel_id }).sort());
    const sides = [shape('u+v', 'u', 'v'), shape('u+v', 'v', 'u')];
    expect([...shapes].filter((one) => !sides.includes(one)).sort()).toEqual(
      [shape('c', null, null, 'c'), shape('v+x@example.com', 'v', null)].sort(),
    );
  });

  test('are asked for through the next one where Zoom refuses the one before', async () => {
    const { chat, sync, owed } = createChat();
    chat.refuse = (request) => {
      if (request.query['to_channel'] === undefined) return undefined;
      if (request.path.includes('/u/')) return gone(request);
      return request.path.includes('/v/') ? outageReply() : undefined;
    };
    await sync('2028-03-01');
    expect(chat.asked.filter((name) => name.endsWith('>c'))).toEqual(['u>c', 'v>c', 'w>c']);
    expect(chat.found.toSorted()).toEqual(everything);
    expect(owed()).toBeUndefined();
  });

  test('owe what all of them are refused, unless that is final for all', async () => {
    const { chat, sync, owed } = createChat();
    const isChannel = ({ query }: Request) => query['to_channel'] !== undefined;
    chat.refuse = (request) => {
      if (!isChannel(request)) return undefined;
      return request.path.includes('/v/') ? outageReply() : gone(request);
    };
    await sync('2028-03-01', { isComplete: false });
    expect(owed()).toMatchObject({ [channel]: { reason: '503', read_until: '2028-01-01T00:00:00.000Z' } });
    chat.refuse = (request) =>
      isChannel(request) && !request.path.includes('/w/') ? gone(request) : undefined;
    await sync('2028-03-02');
    expect(chat.found.toSorted()).toEqual(everything);
    expect(owed()).toBeUndefined();
    chat.refuse = (request) => (isChannel(request) ? gone(request) : undefined);
    const { log } = await sync('2028-03-03');
    expect(log.join('\n')).toContain(
      `messages: skipped 1 as final (404/1001 "no such user"), for example ${channel}`,
    );
    expect(owed()).toBeUndefined();
  });

  const scope = { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' };
  const role = { status: 400, code: 200, message: 'No permission.' };
  const isOf = ({ path, query }: Request, users: readonly string[]) =>
    query['to_channel'] !== undefined && users.includes(path.split('/')[2] ?? '');

  test.each([scope, role])('are asked for through the next one where one is refused by %s', async (error) => {
    const { chat, sync, owed } = createChat();
    chat.refuse = (request) => (isOf(request, ['u', 'v']) ? errorReply(request, error) : undefined);
    await sync('2028-03-01');
    expect(chat.asked.filter((name) => name.endsWith('>c'))).toEqual(['u>c', 'v>c', 'w>c']);
    expect(chat.found.toSorted()).toEqual(everything);
    expect(owed()).toBeUndefined();
  });

  test.each([
    { name: 'gone', said: gone, reason: '400/4711' },
    { name: 'in trouble', said: outageReply, reason: '503' },
  ])('owe what one is refused by a scope while another is $name', async ({ said, reason }) => {
    const { chat, sync, owed } = createChat();
    chat.refuse = (request) => {
      if (isOf(request, ['v'])) return said(request);
      return isOf(request, ['u', 'w']) ? errorReply(request, scope) : undefined;
    };
    const { errorOf } = await sync('2028-03-01', { isComplete: false });
    expect(owed()).toMatchObject({ [channel]: { reason } });
    expect(errorOf('messages')?.failure_type).not.toBe('config_error');
  });

  test('are given up with their endpoint when each is refused', async () => {
    const { chat, sync, owed } = createChat();
    chat.refuse = (request) => (request.path.endsWith('/messages') ? errorReply(request, scope) : undefined);
    const { errorOf } = await sync('2028-03-01', { isComplete: false });
    expect(errorOf('messages')).toMatchObject({ failure_type: 'config_error' });
    expect(errorOf('messages')?.message).toContain('a:read');
    expect([chat.found, owed()]).toEqual([[], undefined]);
  });

  test('are asked for no more when as many as decide are refused for a scope', async () => {
    const { chat, sync } = createChat();
    const more = ['x', 'y', 'z'];
    const { rows } = chat;
    chat.rows = (path) => {
      if (path === '/users') return [...rows(path), ...more.map((id) => ({ id }))];
      const [, , user = '', what] = path.split('/');
      return what === 'sessions' && more.includes(user) ? (sessions['w'] ?? []) : rows(path);
    };
    chat.refuse = (request) => (request.query['to_channel'] ? errorReply(request, scope) : undefined);
    await sync('2028-03-01', { isComplete: false });
    expect(chat.asked.filter((name) => name.endsWith('>c'))).toEqual(['u>c', 'v>c', 'w>c']);
  });

  test('give the rows of a page that broke off through one of them once', async () => {
    const { chat, sync } = createChat();
    chat.refuse = (request) =>
      request.path.includes('/u/') && request.query['to_channel'] && request.query['next_page_token']
        ? outageReply()
        : undefined;
    await sync('2028-03-01');
    expect(chat.asked).toContain('v>c');
    expect(chat.found.toSorted()).toEqual(everything);
  });

  test('are asked for as their user is named in paths', async () => {
    const { chat, sync } = createChat(true);
    chat.refuse = (request) =>
      request.path === '/users'
        ? errorReply(request, { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' })
        : undefined;
    const { of } = await sync('2028-03-01');
    expect(chat.asked.toSorted()).toEqual(['me>c', 'me>v']);
    expect(new Set(of('messages').map(({ user_id }) => user_id))).toEqual(new Set([null, 'u']));
  });

  test('make one listing of a snapshot, of which nothing is taken for deleted that another row shows', async () => {
    const { chat, sync, zoom } = createChat();
    expect((await sync('2028-03-01', { streams: ['members'] })).of('members').length).toBe(2);
    expect(new Set(zoom.asked.filter((path) => path.endsWith('members')))).toEqual(
      new Set(['/users/u/members']),
    );
    chat.refuse = (request) => (request.path === '/users/u/members' ? gone(request) : undefined);
    const { of } = await sync('2028-03-02', { streams: ['members'] });
    expect(of('members')).toEqual([]);
    expect(zoom.asked).toContain('/users/v/members');
  });

  test('by one field prove by that one listing what is gone from it', async () => {
    const { chat, sync, zoom } = createChat();
    const { rows } = chat;
    const other = { name: 'd', kind: 'channel', channel_id: 'd' };
    chat.rows = (path) => (path === '/users/w/sessions' ? [...rows(path), other] : rows(path));
    await sync('2028-03-01', { streams: ['members'] });
    const before = zoom.asked.length;
    chat.rows = (path) => {
      if (path === '/users/w/sessions') return [...(sessions['w'] ?? []), other];
      return path === '/users/u/members' ? [{ id: 1 }] : rows(path);
    };
    const { of } = await sync('2028-03-02', { streams: ['members'] });
    expect(of('members')).toMatchObject([
      { channel_id: 'c', id: '2', _ab_cdc_deleted_at: expect.any(String) },
    ]);
    const count = (path: string) => zoom.asked.slice(before).filter((asked) => asked === path).length;
    // Pages hold one row: the member that is left is listed twice, what the other channel and the lists have once.
    expect([count('/users/u/members'), count('/users/w/members'), count('/users/w/sessions')]).toEqual([
      2, 2, 2,
    ]);
  });
});
