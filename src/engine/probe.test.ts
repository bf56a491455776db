import { describe, expect, test } from '@jest/globals';
import { ConfigError, SystemError, TransientError } from '../errors.ts';
import type { Request } from '../http/exchange.ts';
import type { Listing, StreamDeclaration, Window, WindowedStream } from '../streams/declaration.ts';
import { errorReply, FakeZoom, type FakeZoomOptions } from './fake-zoom.ts';
import { createProber } from './probe.ts';

const now = Date.parse('2028-04-01T12:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const windowed = (window: Window): WindowedStream => ({
  ...list,
  kind: 'windowed',
  name: 'calls',
  path: '/calls',
  window,
  primaryKey: ['id'],
  cursor: 'end_time',
  lookbackDays: 1,
});
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
    name: 'settings',
    path: '/users/{user_id}/settings',
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'polls',
    path: '/users/{user_id}/meetings/{meeting_id}/polls',
    parent: {
      name: 'scheduled',
      parameters: { meeting_id: 'id', user_id: 'user_id' },
      adds: { meeting_id: 'id' },
    },
    primaryKey: ['meeting_id', 'id'],
  },
  { ...list, kind: 'snapshot', name: 'rooms', path: '/rooms', primaryKey: ['id'] },
  windowed({ maxDays: 28, format: 'date' }),
];
const scheduled: Listing = {
  ...list,
  name: 'scheduled',
  path: '/users/{user_id}/meetings',
  parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
};

/** What each stream's probe says: `true`, or why it cannot be read. */
async function probeAll(options: Partial<FakeZoomOptions>) {
  const zoom = new FakeZoom({ declarations, listings: [scheduled], rows: () => [{ id: 1 }], ...options });
  const prober = createProber(zoom.context(now));
  const streams = options.declarations ?? declarations;
  const probes = await Promise.all(streams.map((declaration) => prober.probe(declaration)));
  const found = probes.map((probe, index) => [streams[index]?.name, probe.isReadable || probe.reason]);
  return { zoom, found: Object.fromEntries(found) };
}

const allReadable = { users: true, settings: true, polls: true, rooms: true, calls: true };

test('every endpoint is asked once, however many streams need it', async () => {
  const { zoom, found } = await probeAll({});
  expect(found).toEqual(allReadable);
  expect([...zoom.asked].sort()).toEqual([
    '/calls',
    '/rooms',
    '/users',
    '/users/1/meetings',
    '/users/1/meetings/1/polls',
    '/users/1/settings',
  ]);
});

describe('one odd probe is the failure of what needs it, and of nothing else', () => {
  test('when its list holds texts', async () => {
    const { found } = await probeAll({ rows: (path) => (path === '/rooms' ? ['a', 'b'] : [{ id: 1 }]) });
    expect(found).toEqual({ ...allReadable, rooms: expect.stringContaining('something that is no object') });
  });

  test('when the list of a parent holds texts', async () => {
    const { found } = await probeAll({ rows: (path) => (path === '/users' ? ['a'] : [{ id: 1 }]) });
    const odd = expect.stringContaining('something that is no object');
    expect(found).toEqual({ ...allReadable, users: odd, settings: odd, polls: odd });
  });

  test.each([
    { error: new Error('a bug'), expected: /bug/ },
    { error: new TransientError('the quota is used up'), expected: /used up/ },
    { error: new SystemError('odd'), expected: /odd/ },
  ])('when it throws $error', async ({ error, expected }) => {
    const { found } = await probeAll({
      instead: ({ path }) => {
        if (path === '/calls') throw error;
        return undefined;
      },
    });
    expect(found).toEqual({ ...allReadable, calls: expect.stringMatching(expected) });
  });

  test.each([{ row: {} }, { row: { id: '' } }, { row: { id: null } }, { row: null }])(
    'when the first row is $row, which names nobody',
    async ({ row }) => {
      const { found } = await probeAll({ rows: (path) => (path === '/users' ? [row] : [{ id: 1 }]) });
      expect(found).toEqual(allReadable);
    },
  );

  test('but refused credentials are everybody’s', async () => {
    const refusing = probeAll({
      instead: () => {
        throw new ConfigError('Zoom refuses the credentials');
      },
    });
    await expect(refusing).rejects.toThrow('Zoom refuses the credentials');
  });
});

describe('what one row of a parent is refused', () => {
  const errors = [
    { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' },
    { status: 400, code: 200, message: 'No permission.' },
    { status: 500, code: 500, message: 'Internal error' },
  ];
  const ids = [1, 1, 2, 3, 4];
  const refusing = (refused: number, error: (typeof errors)[number]) =>
    probeAll({
      pageSize: 10,
      rows: (path) => (path === '/users' ? ids.map((id) => ({ id })) : [{ id: 1 }]),
      instead: (request) => {
        const [, user] = /^\/users\/(\d+)\/(settings|meetings)$/.exec(request.path) ?? [];
        return user !== undefined && Number(user) <= refused ? errorReply(request, error) : undefined;
      },
    });

  test.each(errors)(
    'by $message is no verdict on the stream while another one is answered',
    async (error) => {
      for (const refused of [1, 2]) {
        const { zoom, found } = await refusing(refused, error);
        expect(found).toEqual(allReadable);
        expect(zoom.asked.filter((path) => path.endsWith('settings')).length).toBe(refused + 1);
        expect(zoom.asked).toContain(`/users/${refused + 1}/meetings/1/polls`);
      }
    },
  );

  test.each(errors)(
    'by $message, as three are, is that of the stream and what is below it',
    async (error) => {
      const { zoom, found } = await refusing(4, error);
      const reason = expect.stringContaining(error.code === 4711 ? 'a:read' : error.message);
      expect(found).toEqual({ ...allReadable, settings: reason, polls: reason });
      expect(zoom.asked.filter((path) => path.endsWith('settings')).length).toBe(3);
    },
  );
});

test.each([
  { refused: 2, asked: 3, channels: true },
  { refused: 4, asked: 3, channels: 'No permission' },
])('$refused rows that name one partition and are refused are $asked requests', async (given) => {
  const { refused, asked, channels } = given;
  const channel: StreamDeclaration = {
    ...list,
    kind: 'snapshot',
    name: 'channels',
    path: '/users/{user_id}/channel',
    parent: {
      name: 'users',
      parameters: { user_id: 'id', channel_id: 'channel' },
      partition: [['channel']],
      adds: { channel: 'channel' },
    },
    primaryKey: ['channel', 'id'],
  };
  const { zoom, found } = await probeAll({
    declarations: [...declarations.slice(0, 1), channel],
    pageSize: 10,
    rows: (path) => [1, 2, 3, 4].map((id) => ({ id, channel: path === '/users' ? 'c' : undefined })),
    instead: (request) => {
      const [, user] = /^\/users\/(\d+)\/channel$/.exec(request.path) ?? [];
      const error = { status: 400, code: 200, message: 'No permission.' };
      return user !== undefined && Number(user) <= refused ? errorReply(request, error) : undefined;
    },
  });
  expect(found['channels']).toEqual(channels === true ? true : expect.stringContaining(channels as string));
  expect(zoom.asked.filter((path) => path.endsWith('channel')).length).toBe(asked);
});

test('an app that sees its authoriser alone is probed by what it may say', async () => {
  const { zoom, found } = await probeAll({
    mayBeUserLevel: true,
    rows: (path) => [{ id: path.endsWith('meetings') ? 7 : 'real' }],
    instead: (request) =>
      request.path === '/users'
        ? errorReply(request, { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' })
        : undefined,
  });
  expect(found).toEqual(allReadable);
  expect(zoom.asked).toContain('/users/me/meetings/7/polls');
  expect(zoom.asked.filter((path) => path.includes('real'))).toEqual([]);
});

test.each<{ window: Window; days: number }>([
  { window: { maxDays: 7, format: 'date' }, days: 7 },
  { window: { maxDays: 3, format: 'date' }, days: 3 },
  { window: { maxDays: 1, format: 'date' }, days: 1 },
  { window: { maxDays: 7, format: 'date-time' }, days: 7 },
  { window: { maxDays: 3, format: 'date-time' }, days: 3 },
  { window: { maxDays: 1, format: 'date-time' }, days: 1 },
  { window: { maxDays: 28, format: 'date' }, days: 26 },
])('a probe asks for no more than $days days where the window is $window', async ({ window, days }) => {
  const asked: Request[] = [];
  await probeAll({ declarations: [windowed(window)], instead: (request) => void asked.push(request) });
  const [{ from, to } = {}] = asked.map(({ query }) => query);
  const length = (Date.parse(String(to)) - Date.parse(String(from))) / 86_400_000;
  expect(length).toBeLessThanOrEqual(days);
  expect(length).toBeGreaterThan(0);
});

test('what is passed with every request is passed here, too', async () => {
  const passed: Request['query'][] = [];
  const query = { type: 'all', from: { at: 'now', format: 'date' } } as const;
  await probeAll({
    declarations: [{ ...list, kind: 'snapshot', name: 'events', path: '/events', query, primaryKey: ['id'] }],
    instead: (request) => void passed.push(request.query),
  });
  expect(passed).toEqual([{ type: 'all', from: '2028-04-01', page_size: 10 }]);
});
