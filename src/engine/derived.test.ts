import { expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, outageReply } from './fake-zoom.ts';

const dayMs = 86_400_000;
const ended = Date.parse('2028-02-01T10:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const path = '/meetings/1/participants';

const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'windowed',
    name: 'meetings',
    path: '/meetings',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
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
    answers: [{ code: 3001, action: 'not_ready', forDays: 3 }],
    primaryKey: ['meeting_id', 'record_hash'],
    recordHash: [['name', 'join_time']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'derived',
    name: 'activities',
    path: '/meetings/{meeting_id}/activities',
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', meeting_end_time: 'end_time' },
    },
    window: { maxDays: 10, format: 'date' },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'meeting_end_time',
    lookbackDays: 15,
  },
];

const meeting = { id: 1, end_time: new Date(ended).toISOString() };

/** One meeting, in whose place as a parent Zoom may say something else of its participants. */
const createZoom = (
  participants: readonly JsonObject[],
  instead: (request: Request) => Reply | undefined = () => undefined,
  meetings: readonly JsonObject[] = [meeting],
) =>
  new FakeZoom({
    declarations,
    pageSize: 2,
    rows: (asked) => (asked === '/meetings' ? meetings : participants),
    instead: (request) => (request.path === '/meetings' ? undefined : instead(request)),
  });

test('equal participants are numbered anew when their listing begins again', async () => {
  const guest = { name: 'Guest', join_time: '2028-02-01T09:00:00Z' };
  const participants = [guest, guest, guest, { ...guest, name: 'Mara' }, guest];
  const keysOf = async (zoom: FakeZoom) => {
    const { of } = await zoom.sync(ended + dayMs, ['participants']);
    return of('participants').map(({ record_hash }) => record_hash);
  };
  const whole = await keysOf(createZoom(participants));
  expect(new Set(whole).size).toBe(5);
  let isExpired = false;
  const broken = createZoom(participants, (request) => {
    if (isExpired || request.query['next_page_token'] !== '4') return undefined;
    isExpired = true;
    return {
      action: 'expired_page_token',
      refusal: { message: 'expired', isTransient: false, missingScopes: [], detail: '' },
    };
  });
  // Four of them leave twice, under the same keys.
  expect(await keysOf(broken)).toEqual([...whole.slice(0, 4), ...whole]);
});

test.each([
  { name: 'is listed', leaves: false },
  { name: 'has left the listing', leaves: true },
])(
  'a report that is not ready is owed for three days after its meeting, and final then, where that $name',
  async ({ leaves }) => {
    const meetings = [meeting];
    const notReady = (request: Request) =>
      errorReply(request, { status: 404, code: 3001, message: 'Meeting does not exist.' });
    const zoom = createZoom([], notReady, meetings);
    const askedAt = async (instant: number) => {
      const before = zoom.asked.length;
      const { log } = await zoom.sync(instant, ['participants']);
      if (leaves) meetings.length = 0;
      const isAsked = zoom.asked.slice(before).includes(path);
      return { isAsked, isSkipped: log.join('\n').includes('skipped 1 as final (404/3001') };
    };
    const isOwed = () => 'owed' in (zoom.states.get('participants') ?? {});
    for (const later of [3_600_000, dayMs, 3 * dayMs - 1]) {
      expect(await askedAt(ended + later)).toEqual({ isAsked: true, isSkipped: false });
      expect(isOwed()).toBe(true);
    }
    expect(await askedAt(ended + 3 * dayMs)).toEqual({ isAsked: true, isSkipped: true });
    expect(isOwed()).toBe(false);
    expect(await askedAt(ended + 7 * dayMs)).toEqual({ isAsked: false, isSkipped: false });
  },
);

test('what is owed of a meeting that has left the listing is asked for from the day of the meeting on', async () => {
  const meetings = [meeting];
  let isInTrouble = true;
  const asked: unknown[] = [];
  const zoom = createZoom(
    [],
    ({ query: { from, to } }) => {
      asked.push([from, to]);
      return isInTrouble ? outageReply() : undefined;
    },
    meetings,
  );
  await zoom.sync(ended + dayMs, ['activities'], { isComplete: false });
  isInTrouble = false;
  meetings.length = 0;
  asked.length = 0;
  await zoom.sync(ended + 20 * dayMs, ['activities']);
  expect(asked).toEqual([
    ['2028-02-01', '2028-02-11'],
    ['2028-02-11', '2028-02-16'],
  ]);
});
