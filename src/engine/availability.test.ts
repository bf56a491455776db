import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { Answer, Listing, StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const answers: readonly Answer[] = [
  { code: 200, says: 'webinar plan', action: 'unlicensed' },
  { code: 3001, action: 'skip' },
  { code: 3000, says: 'disabled', action: 'unavailable' },
];
const ofUser = { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } };
const window = { maxDays: 7, format: 'date' } as const;
const dated = { cursor: 'end_time', lookbackDays: 3 };

const planned: Listing = { ...list, name: 'planned', path: '/planned/{user_id}', parent: ofUser, answers };
/** A stream of each kind that is asked for each row of a parent, all of which have the user's number in their path. */
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'] },
  {
    ...list,
    kind: 'snapshot',
    name: 'webinars',
    path: '/webinars/{user_id}',
    parent: ofUser,
    answers,
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    ...dated,
    kind: 'windowed',
    name: 'recordings',
    path: '/recordings/{user_id}',
    window,
    parent: ofUser,
    answers,
    primaryKey: ['user_id', 'id'],
  },
  { ...list, ...dated, kind: 'windowed', name: 'meetings', path: '/meetings', window, primaryKey: ['id'] },
  {
    ...list,
    ...dated,
    kind: 'derived',
    name: 'participants',
    path: '/participants/{meeting_id}',
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', end_time: 'end_time' },
    },
    answers,
    primaryKey: ['meeting_id', 'id'],
  },
  {
    ...list,
    ...dated,
    kind: 'derived',
    name: 'guests',
    path: '/guests/{meeting_id}',
    parent: {
      name: 'participants',
      parameters: { meeting_id: 'meeting_id' },
      adds: { meeting_id: 'meeting_id', end_time: 'end_time' },
    },
    answers,
    primaryKey: ['meeting_id', 'id'],
  },
  {
    ...list,
    ...dated,
    kind: 'windowed',
    name: 'files',
    path: '/files/{meeting_id}',
    window,
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id' },
      sameWindow: true,
    },
    answers,
    primaryKey: ['meeting_id', 'id'],
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'panelists',
    path: '/panelists/{webinar_id}',
    parent: { name: 'planned', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    primaryKey: ['webinar_id', 'id'],
  },
];
/** The endpoint that is refused, and the stream that is read of it. */
const kinds = [
  { stream: 'webinars', endpoint: 'webinars' },
  { stream: 'recordings', endpoint: 'recordings' },
  { stream: 'participants', endpoint: 'participants' },
  { stream: 'guests', endpoint: 'guests' },
  { stream: 'files', endpoint: 'files' },
  { stream: 'panelists', endpoint: 'planned' },
] as const;

const scope = { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' };
const role = { status: 400, code: 200, message: 'No permission.' };
const plan = { status: 400, code: 2031, message: 'The account has no plan for it.' };
const setting = { status: 400, code: 3000, message: 'The feature is disabled.' };
const noWebinars = { status: 400, code: 200, message: 'Webinar plan is missing. You must subscribe to it.' };
const gone = { status: 404, code: 3001, message: 'It does not exist.' };
const token = { status: 401, code: 124, message: 'Invalid access token.' };

type Said = typeof scope | 'outage' | undefined;

/** An account of so many users and meetings, to each of whom an endpoint says something. */
function createZoom(count: number, endpoint: string, saidTo: (index: number) => Said) {
  const ids = Array.from({ length: count }, (_, id) => id);
  const zoom = new FakeZoom({
    declarations,
    listings: [planned],
    pageSize: 300,
    rows: (path) => {
      if (path === '/users') return ids.map((id) => ({ id }));
      // Two days apart, so that each window holds a few.
      const timeOf = (id: number) => new Date(at('2028-01-02') + id * 2 * 86_400_000).toISOString();
      if (path === '/meetings') return ids.map((id) => ({ id, end_time: timeOf(id) }));
      const [, id] = /(\d+)$/.exec(path) ?? [];
      if (path.startsWith('/files/')) return [{ id, end_time: timeOf(Number(id)) }];
      return [{ id, end_time: '2028-01-10T10:00:00Z' }];
    },
    instead: (request: Request) => {
      const [, asked, id] = /^\/(\w+)\/(\d+)$/.exec(request.path) ?? [];
      const said = asked === endpoint ? saidTo(Number(id)) : undefined;
      if (said === 'outage') return outageReply();
      if (said === token) return { action: 'unavailable', refusal: refusalOf(token) };
      return said === undefined ? undefined : errorReply(request, said);
    },
  });
  const asked = () => new Set(zoom.asked.filter((path) => path.startsWith(`/${endpoint}/`))).size;
  return { zoom, asked };
}

const refusalOf = ({ status, code, message }: typeof scope) => ({
  status,
  code,
  message,
  isTransient: false,
  missingScopes: [],
  detail: message,
});
const day = at('2028-04-10');
const next = (count: number) => day + count * 86_400_000;

describe.each(kinds)('$stream, where $endpoint is refused', ({ stream, endpoint }) => {
  describe.each([{ said: scope }, { said: role }, { said: token }, { said: setting }])(
    'by $said',
    ({ said }) => {
      test.each([0, 1, 20, 39])('to one of forty (%s), costs nobody else anything', async (one) => {
        const { zoom, asked } = createZoom(40, endpoint, (id) => (id === one ? said : undefined));
        const sync = await zoom.sync(day, [stream], { isComplete: false });
        expect([sync.of(stream).length, asked()]).toEqual([39, 40]);
        expect(Object.keys(zoom.states.get(stream)?.['owed'] ?? {})).toEqual([String(one)]);
      });

      test.each([
        { name: 'the first two', refused: [0, 1] },
        { name: 'ten in a row, after another', refused: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
      ])('to $name of forty is theirs alone', async ({ refused }) => {
        const { zoom } = createZoom(40, endpoint, (id) => (refused.includes(id) ? said : undefined));
        const sync = await zoom.sync(day, [stream], { isComplete: false });
        expect(sync.of(stream).length).toBe(40 - refused.length);
        expect(Object.keys(zoom.states.get(stream)?.['owed'] ?? {}).length).toBe(refused.length);
      });

      test.each([
        { count: 1, asks: 1 },
        { count: 2, asks: 2 },
        { count: 40, asks: 3 },
      ])('to all of $count is found out by $asks, sync after sync', async ({ count, asks }) => {
        const { zoom, asked } = createZoom(count, endpoint, () => said);
        for (let syncs = 0; syncs < 5; syncs += 1) {
          zoom.asked.length = 0;
          const sync = await zoom.sync(next(syncs), ['users', stream], { isComplete: false });
          expect(sync.errorOf(stream)).toMatchObject({ failure_type: 'config_error' });
          expect(sync.errorOf(stream)?.message).toContain(said === scope ? 'a:read' : said.message);
          expect(asked()).toBeLessThanOrEqual(asks + 2);
          if (syncs === 0) expect(asked()).toBe(asks);
          expect(sync.errorOf(stream)?.message).toContain('Zoom refused /');
          // Nothing is owed for what all are refused.
          if (count > asks) expect(zoom.states.get(stream)).not.toHaveProperty('owed');
          expect([sync.errorOf('users'), sync.of(stream)]).toEqual([undefined, []]);
        }
      });

      test('to all, and then to nobody any more, has lost nothing', async () => {
        let isRefusing = true;
        const { zoom } = createZoom(8, endpoint, () => (isRefusing ? said : undefined));
        await zoom.sync(day, [stream], { isComplete: false });
        isRefusing = false;
        const { of } = await zoom.sync(next(1), [stream]);
        expect(
          new Set(of(stream).map((row) => row['user_id'] ?? row['meeting_id'] ?? row['webinar_id'])).size,
        ).toBe(8);
        expect(zoom.states.get(stream)).not.toHaveProperty('owed');
      });
    },
  );

  test('for different reasons to the first ones is a matter of each', async () => {
    const said = [scope, role, scope];
    const { zoom } = createZoom(12, endpoint, (id) => said[id]);
    const sync = await zoom.sync(day, [stream], { isComplete: false });
    expect(sync.of(stream).length).toBe(9);
  });

  test.each([
    { first: noWebinars, name: 'lacks a licence' },
    { first: gone, name: 'is gone' },
    { first: 'outage' as const, name: 'is not answered' },
  ])('by a role to all but one who $name is never COMPLETE', async ({ first }) => {
    const { zoom, asked } = createZoom(9, endpoint, (id) => (id === 0 ? first : role));
    for (let syncs = 0; syncs < 5; syncs += 1) {
      const sync = await zoom.sync(next(syncs), [stream], { isComplete: false });
      expect([sync.of(stream), sync.errorOf(stream)]).toMatchObject([[], {}]);
      if (first !== 'outage') expect(sync.errorOf(stream)?.message).toContain('No permission.');
      if (syncs === 0) expect(asked()).toBe(9);
    }
  });

  test('by a role to some, and by a licence to others, is neither to the rest', async () => {
    const said = [noWebinars, role, noWebinars, role, role];
    const { zoom } = createZoom(12, endpoint, (id) => said[id]);
    const sync = await zoom.sync(day, [stream], { isComplete: false });
    expect(sync.of(stream).length).toBe(7);
    expect(Object.keys(zoom.states.get(stream)?.['owed'] ?? {})).toEqual(['1', '3', '4']);
    expect(sync.log.join('\n')).toContain('skipped 2 as final (400/200');
    // Asked again in every sync, and tolerated in the third, since others are answered.
    await zoom.sync(next(1), [stream], { isComplete: false });
    await zoom.sync(next(2), [stream]);
  });

  test('by a plan to the last three of forty is theirs', async () => {
    const { zoom } = createZoom(40, endpoint, (id) => (id > 36 ? plan : undefined));
    const sync = await zoom.sync(day, [stream], { isComplete: false });
    expect(sync.of(stream).length).toBe(37);
  });
});

test('what was refused by itself before is no reason to give up what comes after it', async () => {
  let refused: readonly number[] = [1, 2, 3, 4];
  const { zoom } = createZoom(12, 'webinars', (id) => (refused.includes(id) ? role : undefined));
  await zoom.sync(day, ['webinars'], { isComplete: false });
  // The first one is gone, so that those who are refused come first.
  refused = [0, 1, 2, 3, 4];
  await zoom.sync(next(1), ['webinars'], { isComplete: false });
  expect(Object.keys(zoom.states.get('webinars')?.['owed'] ?? {}).length).toBe(5);
});

test('a sync that was interrupted when others were answered goes on with those who are refused', async () => {
  const { zoom } = createZoom(12, 'recordings', (id) => (id > 8 ? role : undefined));
  const until = '2028-01-08T00:00:00.000Z';
  zoom.states.set('recordings', {
    version: 1,
    end_time: '2028-01-01T00:00:00.000Z',
    read_from: '2028-01-01T00:00:00.000Z',
    read_until: '2028-01-01T00:00:00.000Z',
    finished: { until, partitions: Array.from({ length: 9 }, (_, id) => String(id)) },
  });
  const sync = await zoom.sync(day, ['recordings'], { isComplete: false });
  expect([sync.of('recordings').length, sync.errorOf('recordings')?.failure_type]).toEqual([
    9,
    'system_error',
  ]);
  expect(Object.keys(zoom.states.get('recordings')?.['owed'] ?? {})).toEqual(['9', '10', '11']);
});

describe.each([{ selected: ['guests'] }, { selected: ['participants', 'guests'] }])(
  'with $selected, rows of a derived stream that others are derived from',
  ({ selected }) => {
    const refuse = async (count: number, saidTo: (index: number) => Said) => {
      const { zoom, asked } = createZoom(count, 'participants', saidTo);
      const sync = await zoom.sync(day, selected, { isComplete: false });
      return { zoom, sync, asked, error: sync.errorOf('guests') };
    };

    test.each([
      { name: 'the first', refused: [0] },
      { name: 'the first two', refused: [0, 1] },
      { name: 'eleven in a row, after another', refused: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    ])('may be refused to $name, and cost the others nothing', async ({ refused }) => {
      const { zoom, sync } = await refuse(40, (id) => (refused.includes(id) ? scope : undefined));
      const count = 40 - refused.length;
      expect(selected.map((stream) => sync.of(stream).length)).toEqual(selected.map(() => count));
      expect(Object.keys(zoom.states.get('guests')?.['owed'] ?? {})).toEqual(['']);
      if (!selected.includes('participants')) return;
      expect(Object.keys(zoom.states.get('participants')?.['owed'] ?? {})).toEqual(refused.map(String));
    });

    test.each([
      { count: 1, asks: 1 },
      { count: 2, asks: 2 },
      { count: 40, asks: 3 },
    ])('are given up with what is below them when all of $count are refused', async ({ count, asks }) => {
      const { zoom, sync, asked, error } = await refuse(count, () => scope);
      expect(error).toMatchObject({ failure_type: 'config_error' });
      expect(error?.message).toContain('a:read');
      expect([asked(), sync.of('guests')]).toEqual([asks, []]);
      expect(zoom.asked.filter((path) => path.startsWith('/guests/'))).toEqual([]);
    });
  },
);

test('what lies below a shared window is no verdict of one window alone', async () => {
  // Each window lists three or four.
  const { zoom } = createZoom(40, 'files', (id) => (id < 2 ? scope : undefined));
  const [first] = (await zoom.sync(day, ['files', 'meetings'], { isComplete: false })).of('files');
  expect(first).toMatchObject({ meeting_id: 2 });
  const one = createZoom(1, 'files', () => scope);
  const sync = await one.zoom.sync(day, ['files', 'meetings'], { isComplete: false });
  expect(sync.errorOf('files')?.message).toContain('Zoom refused /files/');
  expect([sync.errorOf('meetings'), sync.of('meetings').length]).toEqual([undefined, 1]);
});
