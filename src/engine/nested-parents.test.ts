import { describe, expect, test } from '@jest/globals';
import { TransientError } from '../errors.ts';
import type { Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Listing, StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const channels: Listing = {
  ...list,
  name: 'channels',
  path: '/users/{user_id}/channels',
  parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
};
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'] },
  {
    ...list,
    kind: 'windowed',
    name: 'messages',
    path: '/channels/{channel_id}/messages',
    window: { maxDays: 7, format: 'date' },
    parent: {
      name: 'channels',
      parameters: { channel_id: 'id' },
      adds: { channel_id: 'id', user_id: 'user_id' },
    },
    primaryKey: ['channel_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
];

/** Two users of two channels each, with a message of every fifth day in each. */
const message = Array.from({ length: 24 }, (_, id) => ({
  id,
  end_time: new Date(at('2028-01-02T10:00:00Z') + id * 5 * 86_400_000).toISOString(),
}));
const account: Record<string, readonly JsonObject[]> = {
  '/users': [{ id: 'u' }, { id: 'v' }],
  '/users/u/channels': [{ id: 'u1' }, { id: 'u2' }],
  '/users/v/channels': [{ id: 'v1' }, { id: 'v2' }],
};
const everything = (until: string, names = ['u1', 'u2', 'v1', 'v2']) =>
  new Set(
    names.flatMap((name) =>
      message
        .filter(({ end_time }) => at(end_time) < at(until))
        .map(({ id }) => `${name.slice(0, 1)} ${name} ${id}`),
    ),
  );

/** Syncs of `messages` with what Zoom refuses meanwhile, and all that they gave. */
function createChat() {
  const found = new Set<string>();
  const chat = {
    refuse: (_: Request): ReturnType<typeof errorReply> | undefined => undefined,
    listed: account,
  };
  const zoom = new FakeZoom({
    declarations,
    listings: [channels],
    rows: (path) => chat.listed[path] ?? message,
    instead: (request) => chat.refuse(request),
  });
  const sync = async (day: string, isComplete = true) => {
    const done = await zoom.sync(at(day), ['messages'], { isComplete });
    for (const { user_id, channel_id, id } of done.of('messages'))
      found.add(`${user_id} ${channel_id} ${id}`);
    return done;
  };
  const owed = () => zoom.states.get('messages')?.['owed'] as JsonObject | undefined;
  return { chat, zoom, sync, found, owed };
}

describe('what is refused above or in a window below a nested parent', () => {
  test('a part of the parent’s listing is owed once, and then all that is below it is read', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = ({ path }) => (path === '/users/u/channels' ? outageReply() : undefined);
    await sync('2028-03-01', false);
    expect(found).toEqual(everything('2028-03-01', ['v1', 'v2']));
    expect(owed()).toMatchObject({ u: { read_until: '2028-01-01T00:00:00.000Z', refusals: 1 } });
    chat.refuse = () => undefined;
    await sync('2028-03-20');
    expect(found).toEqual(everything('2028-03-20'));
    expect(owed()).toBeUndefined();
  });

  test('stays owed from where it was first refused, and is tolerated in the third sync', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = ({ path }) => (path === '/users/u/channels' ? outageReply() : undefined);
    await sync('2028-03-01', false);
    await sync('2028-03-02', false);
    const { warnings } = await sync('2028-03-03');
    expect(warnings.join('\n')).toMatch(/messages: u is owed \(503, in 3 syncs in a row\)/);
    expect(owed()).toMatchObject({ u: { read_until: '2028-01-01T00:00:00.000Z', refusals: 3 } });
    chat.refuse = () => undefined;
    await sync('2028-03-20');
    expect(found).toEqual(everything('2028-03-20'));
    expect(owed()).toBeUndefined();
  });

  test('what is below it is read up to where a sync in between was cut short', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = ({ path }) => (path === '/users/u/channels' ? outageReply() : undefined);
    await sync('2028-03-01', false);
    // Of what is owed the first windows are answered, and then one of the channels is in trouble.
    chat.refuse = ({ path, query }) =>
      path.startsWith('/channels/u2') && String(query['from']) > '2028-01-20' ? outageReply() : undefined;
    await sync('2028-03-02', false);
    expect(owed()).toMatchObject({ u2: { refusals: 1 } });
    chat.refuse = () => undefined;
    await sync('2028-03-20');
    expect(found).toEqual(everything('2028-03-20'));
    expect(owed()).toBeUndefined();
  });

  test('what is below it stays owed until all of it was read, whatever ends a sync in between', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = ({ path }) => (path === '/users/u/channels' ? outageReply() : undefined);
    await sync('2028-03-01', false);
    // The first windows that are owed are answered, and then the day's quota is used up.
    chat.refuse = ({ path, query }) => {
      if (path.startsWith('/channels/') && String(query['from']) > '2028-01-20')
        throw new TransientError('used up');
      return undefined;
    };
    await sync('2028-03-02', false);
    expect(owed()).toMatchObject({ u: { read_until: expect.stringMatching(/^2028-01-2/) } });
    chat.refuse = () => undefined;
    await sync('2028-03-20');
    expect(found).toEqual(everything('2028-03-20'));
    expect(owed()).toBeUndefined();
  });

  test('a partition that is not ready in one window is not paid off by a later one', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = (request) =>
      request.path.startsWith('/channels/u1') && String(request.query['from']) < '2028-01-10'
        ? errorReply(request, { status: 400, code: 802, message: 'not yet' })
        : undefined;
    await sync('2028-03-01');
    expect(owed()).toMatchObject({ u1: { reason: 'not_ready' } });
    chat.refuse = () => undefined;
    await sync('2028-03-20');
    expect(found).toEqual(everything('2028-03-20'));
    expect(owed()).toBeUndefined();
  });

  test('a partition that has left the listing is asked for by itself, with what is added', async () => {
    const { chat, sync, found, owed } = createChat();
    chat.refuse = ({ path }) => (path.startsWith('/channels/u1') ? outageReply() : undefined);
    await sync('2028-03-01', false);
    chat.refuse = () => undefined;
    chat.listed = { ...account, '/users/u/channels': [{ id: 'u2' }] };
    await sync('2028-03-02');
    expect(found).toEqual(everything('2028-03-02'));
    expect(owed()).toBeUndefined();
  });

  test('what has left the listing for good is owed no longer', async () => {
    const { chat, sync, owed } = createChat();
    chat.refuse = ({ path }) => (path.startsWith('/channels/u1') ? outageReply() : undefined);
    await sync('2028-03-01', false);
    chat.refuse = (request) =>
      request.path.startsWith('/channels/u1')
        ? errorReply({ answers: [{ code: 1, action: 'skip' }] }, { status: 404, code: 1, message: 'gone' })
        : undefined;
    chat.listed = { ...account, '/users/u/channels': [{ id: 'u2' }] };
    await sync('2028-03-02');
    expect(owed()).toBeUndefined();
  });
});
