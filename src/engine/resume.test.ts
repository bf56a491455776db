import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../json.ts';
import type { Listing, StreamDeclaration } from '../streams/declaration.ts';
import { type FakeMessage, FakeZoom, outageReply, recordsIn } from './fake-zoom.ts';

const dayMs = 86_400_000;
const start = Date.parse('2028-02-20T10:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const window = { maxDays: 14, format: 'date' } as const;

const listings: readonly Listing[] = [
  {
    ...list,
    name: 'channels',
    path: '/users/{user_id}/channels',
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
  },
];
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'], tombstones: true },
  {
    ...list,
    kind: 'snapshot',
    name: 'devices',
    path: '/users/{user_id}/devices',
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'messages',
    path: '/channels/{channel_id}/messages',
    window,
    parent: {
      name: 'channels',
      parameters: { channel_id: 'id' },
      adds: { channel_id: 'id', user_id: 'user_id' },
    },
    primaryKey: ['channel_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'meetings',
    path: '/meetings',
    window,
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'derived',
    name: 'people',
    path: '/meetings/{meeting_id}/people',
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', ended: 'end_time' },
    },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'ended',
    lookbackDays: 3,
  },
  // Listed in every window, and gone on long after the first one.
  {
    ...list,
    kind: 'windowed',
    name: 'talks',
    path: '/users/{user_id}/talks',
    window,
    parent: { name: 'users', parameters: { user_id: 'id' } },
    primaryKey: ['id'],
    cursor: 'last_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'notes',
    path: '/talks/{talk_id}/notes',
    window: { maxDays: 9, format: 'date-time' },
    parent: { name: 'talks', parameters: { talk_id: 'id' }, adds: { talk_id: 'id' }, sameWindow: true },
    primaryKey: ['talk_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 5,
  },
];
const streams = ['devices', 'messages', 'people', 'talks', 'notes'];

/** Rows by the path that lists them. */
type Account = Readonly<Record<string, readonly JsonObject[]>>;

const times = fc.array(fc.integer({ min: 0, max: 48 }), { minLength: 1, maxLength: 6 });
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 5 });
const person = fc.record({ devices: ids, channels: fc.array(times, { minLength: 1, maxLength: 2 }) });
/** A small account; in a later one, what has a time is still there. */
const accounts = fc
  .record({
    people: fc.record({ u: person, v: person, w: person }, { requiredKeys: ['u'] }),
    meetings: fc.array(fc.record({ day: fc.integer({ min: 0, max: 48 }), people: ids }), { maxLength: 5 }),
    later: fc.record({ u: ids, v: ids, w: ids }, { requiredKeys: ['u'] }),
  })
  .map(({ people, meetings, later }) => {
    const dated = toDated(people, meetings);
    const devices = Object.fromEntries(Object.entries(people).map(([id, { devices }]) => [id, devices]));
    return { before: { ...dated, ...toDevices(devices) }, after: { ...dated, ...toDevices(later) } };
  });

const dated = (id: unknown, day: number) => ({
  id,
  end_time: new Date(Date.parse('2028-01-02T10:00:00Z') + day * dayMs).toISOString(),
});

function toDated(
  people: Readonly<Record<string, { readonly channels: readonly (readonly number[])[] }>>,
  meetings: readonly { readonly day: number; readonly people: readonly number[] }[],
): Account {
  const account: Record<string, readonly JsonObject[]> = {
    '/meetings': meetings.map(({ day }, index) => dated(`m${index}`, day)),
  };
  for (const [index, meeting] of meetings.entries())
    account[`/meetings/m${index}/people`] = meeting.people.map((id) => ({ id }));
  for (const [user, { channels }] of Object.entries(people)) {
    account[`/users/${user}/channels`] = channels.map((_, index) => ({ id: `${user}${index}` }));
    const byChannel = channels.map((days) => days.map((day, id) => dated(id, day)));
    account[`/users/${user}/talks`] = byChannel.map((rows, index) => ({
      id: `${user}${index}`,
      last_time: rows
        .map(({ end_time }) => end_time)
        .sort()
        .at(-1),
    }));
    for (const [index, rows] of byChannel.entries()) {
      account[`/channels/${user}${index}/messages`] = rows;
      account[`/talks/${user}${index}/notes`] = rows;
    }
  }
  return account;
}

function toDevices(devices: Readonly<Record<string, readonly number[]>>): Account {
  const lists = Object.entries(devices).map(([user, ids]) => [
    `/users/${user}/devices`,
    ids.map((id) => ({ id })),
  ]);
  return { ...Object.fromEntries(lists), '/users': Object.keys(devices).map((id) => ({ id })) };
}

/** What a warehouse holds that applies messages in the order in which they came. */
class Warehouse {
  readonly rows = new Set<string>();

  apply(messages: readonly FakeMessage[]): void {
    for (const stream of streams) {
      for (const record of recordsIn(messages, stream)) {
        const name = nameOf(stream, record);
        if ((record['_ab_cdc_deleted_at'] ?? null) === null) this.rows.add(name);
        else this.rows.delete(name);
      }
    }
  }
}

function nameOf(stream: string, { user_id, channel_id, meeting_id, talk_id, id }: JsonObject): string {
  if (stream === 'talks') return `talks ${String(id).slice(0, 1)} ${id}`;
  const parent = stream === 'messages' ? channel_id : (meeting_id ?? talk_id ?? user_id);
  return `${stream} ${parent} ${id}`;
}

/** What it has to hold: all that has a time and whose parent was ever there, and the devices of now. */
function everythingIn({ before, after }: { readonly before: Account; readonly after: Account }): Set<string> {
  const rows = new Set<string>();
  for (const [path, found] of Object.entries(after)) {
    const [, , parent, what] = path.split('/');
    const isListed = [before, after].some((account) => isThere(account, parent));
    if (what === 'devices' || what === 'people' || (isOfUser(what) && isListed))
      for (const { id } of found) rows.add(`${what} ${parent} ${id}`);
  }
  for (const name of rows) {
    const [what, user] = name.split(' ');
    if (what === 'devices' && !after['/users']?.some(({ id }) => id === user)) rows.delete(name);
  }
  return rows;
}

function isOfUser(what = ''): boolean {
  return ['messages', 'talks', 'notes'].includes(what);
}

function isThere(account: Account, channel = ''): boolean {
  return account['/users']?.some(({ id }) => id === channel.slice(0, 1)) ?? false;
}

/** What Zoom refuses for a while. */
const troubles = fc.constantFrom(
  undefined,
  '/users/u/channels',
  '/channels/u0/messages',
  '/users/u/talks',
  '/talks/u0/notes',
);

/** After how many hundredths of what a sync says it is cut. */
const whole = 100;
const cuts = fc.array(fc.integer({ min: 0, max: whole }), { minLength: 1, maxLength: 4 });

/** Keeps the beginning of what a sync has said, as a platform does when the sync is killed. */
function cut(messages: readonly FakeMessage[], share: number): readonly FakeMessage[] {
  return messages.slice(0, Math.floor((share / whole) * messages.length));
}

test('syncs that are cut anywhere, again and again, leave what the account holds, deletions included', async () => {
  await fc.assert(
    fc.asyncProperty(accounts, cuts, cuts, troubles, async (account, firstCuts, laterCuts, refused) => {
      let now: Account = account.before;
      let trouble: string | undefined;
      const zoom = new FakeZoom({
        declarations,
        listings,
        pageSize: 2,
        rows: (path) => now[path] ?? [],
        instead: ({ path }) => (path === trouble ? outageReply() : undefined),
        // So that a STATE is due after every page.
        answerMs: 6 * 60_000,
      });
      const warehouse = new Warehouse();
      let instant = start;
      const run = async (share: number, isComplete = true) => {
        const states = new Map(zoom.states);
        const { messages } = await zoom.sync(instant, streams, { isComplete });
        const kept = cut(messages, share);
        zoom.states.clear();
        for (const [name, state] of states) zoom.states.set(name, state);
        zoom.keepStates(kept);
        warehouse.apply(kept);
        instant += 3_600_000;
      };
      if (refused !== undefined) {
        trouble = refused;
        await run(whole, false);
        trouble = undefined;
      }
      for (const share of firstCuts) await run(share);
      await run(whole);
      now = account.after;
      for (const share of laterCuts) await run(share);
      await run(whole);
      expect([...warehouse.rows].sort()).toEqual([...everythingIn(account)].sort());
    }),
    { numRuns: 60 },
  );
});
