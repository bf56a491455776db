import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TransientError } from '../errors.ts';
import type { Reply } from '../http/exchange.ts';
import type { Quota } from '../http/rate-limiter.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, type FakeZoomOptions, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const at = (text: string) => Date.parse(text);
const iso = (instant: number) => new Date(instant).toISOString();
const scopes = { granular: ['a:read'], classic: [] };

const declarations: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'calls',
    path: '/calls',
    records: 'rows',
    scopes,
    window: { maxDays: 28, format: 'date-time' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'meetings',
    path: '/meetings',
    records: 'rows',
    scopes,
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'participants',
    path: '/meetings/{meeting_id}/participants',
    records: 'rows',
    rateLimit: 'heavy',
    scopes,
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', meeting_end_time: 'end_time' },
    },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'recordings',
    path: '/users/{user_id}/recordings',
    records: 'rows',
    scopes,
    window: { maxDays: 28, format: 'date' },
    parent: { name: 'users', parameters: { user_id: 'id' } },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'snapshot',
    name: 'users',
    path: '/users',
    records: 'rows',
    scopes,
    primaryKey: ['id'],
    tombstones: true,
  },
];

function createSyncs(options: Omit<FakeZoomOptions, 'declarations'>): FakeZoom {
  return new FakeZoom({ declarations, ...options });
}

/** Instants where calendars are odd: leap days, ends of months and days; many of them equal. */
const oddInstant = fc.oneof(
  fc.constantFrom(
    at('2028-02-28T23:59:59Z'),
    at('2028-02-29T00:00:00Z'),
    at('2028-02-29T23:59:59.999Z'),
    at('2028-03-01T00:00:00Z'),
    at('2028-03-31T12:00:00Z'),
    at('2028-01-31T23:59:59.500Z'),
  ),
  fc.integer({ min: at('2028-01-01'), max: at('2028-05-01') }),
);

const hourMs = 3_600_000;
const published = fc.record({
  end_time: oddInstant,
  /** Zoom publishes within the lookback of three days, less what clocks differ. */
  delayMs: fc.integer({ min: 0, max: 3 * dayMs - 4 * hourMs }),
  people: fc.integer({ min: 0, max: 4 }),
});
const syncs = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 * dayMs })),
    clockIsAheadMs: fc.integer({ min: -2 * hourMs, max: 2 * hourMs }),
  }),
  { maxLength: 6 },
);

describe('incremental syncs, one after the other, give every row', () => {
  test('of windowed and derived streams, however late it is published and whatever the clock says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(published, { maxLength: 25 }), syncs, async (rows, runs) => {
        const zoom = createSyncs({
          rows: (path, now) => {
            const parent = /^\/meetings\/(\d+)\/participants$/.exec(path)?.[1];
            if (parent !== undefined)
              return Array.from({ length: rows[Number(parent)]?.people ?? 0 }, (_, id) => ({ id: `p${id}` }));
            return rows.flatMap(({ end_time, delayMs }, id) =>
              end_time + delayMs <= now ? { id, end_time: iso(end_time) } : [],
            );
          },
        });
        const found = { calls: new Set<unknown>(), participants: new Set<unknown>() };
        const run = async (instant: number, clockIsAheadMs: number) => {
          const { of } = await zoom.sync(instant, ['calls', 'participants'], { clockIsAheadMs });
          for (const { id } of of('calls')) found.calls.add(id);
          for (const { meeting_id, id } of of('participants')) found.participants.add(`${meeting_id} ${id}`);
        };
        let instant = at('2028-01-10');
        for (const { gapMs, clockIsAheadMs } of runs) {
          instant += gapMs;
          await run(instant, clockIsAheadMs);
        }
        await run(Math.max(instant, at('2028-05-01')) + 4 * dayMs, 0);
        expect(found.calls).toEqual(new Set(rows.keys()));
        const people = rows.flatMap(({ people: count }, id) =>
          Array.from({ length: count }, (_, person) => `${id} p${person}`),
        );
        expect(found.participants).toEqual(new Set(people));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('of snapshot streams, so that a warehouse that applies them holds what Zoom holds', async () => {
    const users = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 }), fc.nat(3), {
      maxKeys: 15,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(users, { minLength: 1, maxLength: 5 }), async (accounts) => {
        let current: Record<string, number> = {};
        const zoom = createSyncs({ rows: () => Object.entries(current).map(([id, name]) => ({ id, name })) });
        const warehouse = new Map<string, unknown>();
        for (const [day, account] of accounts.entries()) {
          current = account;
          const { of } = await zoom.sync(at('2028-01-10') + day * dayMs, ['users']);
          for (const { id, name, _ab_cdc_deleted_at } of of('users')) {
            if (_ab_cdc_deleted_at === null) warehouse.set(String(id), name);
            else warehouse.delete(String(id));
          }
          expect(warehouse).toEqual(new Map(Object.entries(account)));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('what costs the day’s budget', () => {
  const meeting = { id: 1, end_time: '2028-02-01T10:00:00Z', people: 2 };
  const another = { id: 2, end_time: '2028-02-02T10:00:00Z', people: 3 };
  const start = at('2028-02-02T12:00:00Z');
  const children = (asked: readonly string[]) => asked.filter((path) => path.includes('participants'));
  const createZoom = (meetings: JsonObject[], quota: Quota = { label: 'heavy' }) =>
    createSyncs({
      quota,
      rows: (path) => (path.includes('participants') ? [{ id: 'a' }] : meetings),
    });

  test('is not asked again for a meeting that has not changed', async () => {
    const meetings: JsonObject[] = [meeting, another];
    const zoom = createZoom(meetings);
    await zoom.sync(start, ['participants']);
    expect(children(zoom.asked).length).toBe(2);
    await zoom.sync(start + 1000, ['participants']);
    expect(children(zoom.asked).length).toBe(2);

    meetings[0] = { ...meeting, people: 3 };
    const { of } = await zoom.sync(start + 2000, ['participants']);
    expect(of('participants').map(({ meeting_id }) => meeting_id)).toEqual([1]);
    expect(children(zoom.asked).length).toBe(3);
  });

  test('is remembered for as long as the lookback lists it, and no longer', async () => {
    const zoom = createZoom([meeting]);
    await zoom.sync(start, ['participants']);
    expect(zoom.states.get('participants')).toHaveProperty(['parents_read', '1']);
    await zoom.sync(start + 10 * dayMs, ['participants']);
    expect(zoom.states.get('participants')).not.toHaveProperty('parents_read');
  });

  test('is asked again by a full refresh', async () => {
    const zoom = createZoom([meeting]);
    await zoom.sync(start, ['participants']);
    zoom.states.clear();
    await zoom.sync(start, ['participants'], { mode: 'full_refresh' });
    expect(children(zoom.asked).length).toBe(2);
  });

  test('is asked again by a full refresh, also one that goes on from a state that remembers it', async () => {
    const zoom = createZoom([meeting]);
    await zoom.sync(start, ['participants']);
    expect(zoom.states.get('participants')).toHaveProperty(['parents_read', '1']);
    const { of } = await zoom.sync(start + 1000, ['participants'], { mode: 'full_refresh' });
    expect(of('participants').map(({ meeting_id }) => meeting_id)).toEqual([1]);
  });

  test('is asked again while it is owed, though the meeting looks as it did when it was read', async () => {
    const meetings: JsonObject[] = [meeting];
    let isRefused = false;
    const zoom = createSyncs({
      quota: { label: 'heavy' },
      rows: (path) => (path.includes('participants') ? [{ id: 'a' }] : meetings),
      instead: ({ path }) => (isRefused && path.includes('participants') ? outageReply() : undefined),
    });
    await zoom.sync(start, ['participants']);
    meetings[0] = { ...meeting, people: 9 };
    isRefused = true;
    await zoom.sync(start + 1000, ['participants'], { isComplete: false });
    meetings[0] = meeting;
    isRefused = false;
    const { of } = await zoom.sync(start + 2000, ['participants']);
    expect(of('participants').map(({ meeting_id }) => meeting_id)).toEqual([1]);
    expect(zoom.states.get('participants')).not.toHaveProperty('owed');
  });

  test('is remembered in no state before all its records are written', async () => {
    const meetings = Array.from({ length: 12 }, (_, id) => ({ ...meeting, id }));
    // Of several lengths, so that some are read while others end.
    const people = (id: number) => Array.from({ length: 1 + (id % 4) * 3 }, (_, person) => ({ id: person }));
    const zoom = createSyncs({
      quota: { label: 'heavy' },
      pageSize: 1,
      // Each state is due when it may be written.
      answerMs: 11_000,
      rows: (path) => (path.includes('participants') ? people(Number(path.split('/')[2])) : meetings),
    });
    const { messages } = await zoom.sync(start, ['participants']);
    const written = new Map<string, number>();
    let remembered = 0;
    for (const { record, state } of messages) {
      const key = String(record?.data['meeting_id']);
      if (record !== undefined) written.set(key, (written.get(key) ?? 0) + 1);
      const read = Object.keys(state?.stream.stream_state['parents_read'] ?? {});
      if (read.length > 0 && read.length < meetings.length) remembered += 1;
      for (const id of read) expect([id, written.get(id)]).toEqual([id, people(Number(id)).length]);
    }
    expect(remembered).toBeGreaterThan(1);
  });

  test('is asked again where calls are cheap', async () => {
    const zoom = createZoom([meeting], { label: 'medium' });
    await zoom.sync(start, ['participants']);
    await zoom.sync(start + 1000, ['participants']);
    expect(children(zoom.asked).length).toBe(2);
    expect(zoom.states.get('participants')).not.toHaveProperty('parents_read');
  });

  test('is announced beside what the day allows', async () => {
    const zoom = createZoom([meeting, another], { label: 'heavy', day: { calls: 24_000, left: 1 } });
    const { log } = await zoom.sync(start, ['participants']);
    expect(log.join('\n')).toContain(
      'participants: about 2 heavy calls to come for 2028-01-29 to 2028-02-02; 24,000 a day are allowed, 1 are left, so that this sync will not be the last one needed',
    );
  });
});

describe('what is refused', () => {
  const meetings = [1, 2, 3].map((id) => ({ id, end_time: `2028-02-0${id}T10:00:00Z` }));
  const start = at('2028-02-05');

  test.each([
    { by: 'its plan', error: { status: 400, code: 200, message: 'Only available for paid accounts' } },
    { by: 'a scope', error: { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' } },
  ])('for one meeting by $by is owed, and those after it are read', async ({ error }) => {
    let isRefusing = true;
    const zoom = createSyncs({
      rows: (path) => (path.includes('participants') ? [{ id: 'a' }] : meetings),
      instead: (request) =>
        isRefusing && request.path === '/meetings/2/participants' ? errorReply(request, error) : undefined,
    });
    const first = await zoom.sync(start, ['participants'], { isComplete: false });
    expect(first.of('participants').map(({ meeting_id }) => meeting_id)).toEqual([1, 3]);
    expect(zoom.states.get('participants')).toHaveProperty(['owed', '2']);
    isRefusing = false;
    const second = await zoom.sync(start + 1000, ['participants']);
    expect(second.of('participants').map(({ meeting_id }) => meeting_id)).toContain(2);
  });

  test('stays owed until all of it was read, whatever ends a sync in between', async () => {
    const recordings = [
      { id: 'old', end_time: '2028-01-05T00:00:00Z' },
      { id: 'older', end_time: '2028-02-10T00:00:00Z' },
      { id: 'recent', end_time: '2028-04-20T00:00:00Z' },
    ];
    let trouble: (from: string) => Reply | undefined = () =>
      errorReply({}, { status: 403, message: 'firewall' });
    const zoom = createSyncs({
      rows: (path) =>
        path === '/users' ? [{ id: 'u' }, { id: 'v' }] : path.includes('/u/') ? recordings : [],
      instead: ({ path, query }) => (path.includes('/u/') ? trouble(String(query['from'])) : undefined),
    });
    const found = new Set<unknown>();
    const sync = async (instant: number, isComplete: boolean) => {
      for (const { id } of (await zoom.sync(instant, ['recordings'], { isComplete })).of('recordings'))
        found.add(id);
    };
    await sync(at('2028-04-25'), false);
    expect(found.size).toBe(0);
    // The first of the windows that it owes is answered, and then the day's quota is used up.
    trouble = (from) => {
      if (from > '2028-01-20') throw new TransientError('used up');
      return undefined;
    };
    await sync(at('2028-04-26'), false);
    expect(found).toEqual(new Set(['old']));
    expect(zoom.states.get('recordings')).toHaveProperty(['owed', 'u']);
    trouble = () => undefined;
    await sync(at('2028-04-27'), true);
    expect(found).toEqual(new Set(['old', 'older', 'recent']));
    expect(zoom.states.get('recordings')).not.toHaveProperty('owed');
  });
});
