import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, FakeZoom, outageReply } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const dated = { window: { maxDays: 28, format: 'date' }, cursor: 'end_time', lookbackDays: 3 } as const;

const meetings: StreamDeclaration = {
  ...list,
  ...dated,
  kind: 'windowed',
  name: 'meetings',
  path: '/meetings',
  primaryKey: ['id'],
};
const people: StreamDeclaration = {
  ...list,
  kind: 'derived',
  name: 'people',
  path: '/meetings/{meeting_id}/people',
  parent: {
    name: 'meetings',
    parameters: { meeting_id: 'id' },
    adds: { meeting_id: 'id', meeting_end_time: 'end_time' },
  },
  primaryKey: ['meeting_id', 'id'],
  cursor: 'meeting_end_time',
  lookbackDays: 3,
};
const users: StreamDeclaration = {
  ...list,
  kind: 'snapshot',
  name: 'users',
  path: '/users',
  primaryKey: ['id'],
};
const sessions: StreamDeclaration = {
  ...list,
  ...dated,
  kind: 'windowed',
  name: 'sessions',
  path: '/users/{user_id}/sessions',
  parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
  primaryKey: ['user_id', 'id'],
};
const messages: StreamDeclaration = {
  ...list,
  ...dated,
  kind: 'windowed',
  name: 'messages',
  path: '/users/{user_id}/messages',
  parent: {
    name: 'sessions',
    parameters: { user_id: 'user_id', channel: 'id' },
    partition: [['user_id', 'id']],
    adds: { channel: 'id' },
    sameWindow: true,
  },
  primaryKey: ['channel', 'id'],
};

interface Given {
  readonly declarations: readonly StreamDeclaration[];
  rows(path: string): readonly JsonObject[];
  readonly endDate?: number;
  readonly lookbackDays?: number;
}

/** An account that is asked sync after sync, and what of it Zoom refuses meanwhile. */
function createZoom({ rows, ...options }: Given) {
  const refusing = { refuse: (_: Request): Reply | undefined => undefined };
  const fake = new FakeZoom({ ...options, rows, instead: (request) => refusing.refuse(request) });
  return {
    set refuse(refuse: (request: Request) => Reply | undefined) {
      refusing.refuse = refuse;
    },
    owed: (stream: string) => fake.states.get(stream)?.['owed'] as JsonObject | undefined,
    /** What a sync asked for. */
    async askedIn(day: string, streams: readonly string[], isComplete: boolean) {
      const before = fake.asked.length;
      const sync = await fake.sync(at(day), streams, { isComplete });
      return { ...sync, asked: fake.asked.slice(before) };
    },
  };
}

const nameless = { end_time: '2028-01-05T10:00:00Z' };
const named = { ...nameless, id: 7 };

describe('what is owed', () => {
  test('for rows of the parent that nothing named stays owed while the parent cannot be listed', async () => {
    let row: JsonObject = nameless;
    const zoom = createZoom({
      declarations: [meetings, people],
      rows: (path) => (path === '/meetings' ? [row] : [{ id: 'p' }]),
    });
    await zoom.askedIn('2028-02-20', ['people'], false);
    expect(zoom.owed('people')).toHaveProperty(['']);
    zoom.refuse = ({ path }) => (path === '/meetings' ? outageReply() : undefined);
    await zoom.askedIn('2028-02-21', ['people'], false);
    expect(zoom.owed('people')).toHaveProperty(['']);
    zoom.refuse = () => undefined;
    row = named;
    const { of } = await zoom.askedIn('2028-02-22', ['people'], true);
    expect(of('people')).toMatchObject([{ meeting_id: 7, id: 'p' }]);
    expect(zoom.owed('people')).toBeUndefined();
  });

  test('is asked for again by a stream that has come to the end of its range', async () => {
    let row: JsonObject = nameless;
    const zoom = createZoom({
      declarations: [meetings, people],
      rows: (path) => (path === '/meetings' ? [row] : [{ id: 'p' }]),
      endDate: at('2028-02-01'),
      lookbackDays: 0,
    });
    const both = ['meetings', 'people'];
    await zoom.askedIn('2028-02-20', both, false);
    const again = await zoom.askedIn('2028-02-21', both, false);
    expect(again.asked).toContain('/meetings');
    for (const stream of both) expect(zoom.owed(stream)).toHaveProperty(['']);
    row = named;
    const { of } = await zoom.askedIn('2028-02-22', both, true);
    expect([of('meetings').length, of('people').length]).toEqual([1, 1]);
    for (const stream of both) expect(zoom.owed(stream)).toBeUndefined();
    const last = await zoom.askedIn('2028-02-23', both, true);
    expect(last.asked).toEqual([]);
  });

  test('for a partition of the parent is no partition of the stream, though the parameters are called the same', async () => {
    const zoom = createZoom({
      declarations: [users, sessions, messages],
      rows: (path) => (path === '/users' ? [{ id: 'u' }] : [{ id: 1, end_time: '2028-01-05T10:00:00Z' }]),
    });
    zoom.refuse = ({ path }) => (path === '/users/u/sessions' ? outageReply() : undefined);
    await zoom.askedIn('2028-02-20', ['messages'], false);
    expect(zoom.owed('messages')).toMatchObject({ u: { above: true } });
    const wanted: unknown[] = [];
    zoom.refuse = ({ path, query }) => {
      if (path !== '/users/u/messages') return undefined;
      wanted.push(query['channel']);
      return query['channel'] === undefined ? bodyReply([{ id: 'stray' }], {}) : undefined;
    };
    const { of } = await zoom.askedIn('2028-02-21', ['messages'], true);
    expect(new Set(wanted)).toEqual(new Set([1]));
    expect(of('messages').length).toBe(1);
    expect(zoom.owed('messages')).toBeUndefined();
  });
});
