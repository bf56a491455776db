import { expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { type StreamOnBoard, SyncBoard } from './sync-board.ts';
import { describeSync, showSync } from './sync-view.ts';
import { createPaint } from './text.ts';

const now = Date.parse('2026-06-15T12:00:00Z');
const room = { width: 80, height: 24, paint: createPaint(false) };
const done = { skipped: [], owed: [] };
const failed = { ...done, failure: { type: 'config_error', message: 'no' } } as const;

const stream = (name: string, family: string, parts: Partial<StreamOnBoard> = {}): StreamOnBoard => ({
  name,
  family,
  isSelected: true,
  isBegun: true,
  records: 1_000,
  requests: 10,
  end: undefined,
  waiting: undefined,
  leftMs: undefined,
  ...parts,
});
const look = (streams: readonly StreamOnBoard[]) => ({
  streams,
  budgets: [
    { name: 'heavy', calls: 24_000, left: 23_000 },
    { name: 'Phone heavy', calls: 12_000, left: 12_000 },
  ],
  startedAt: now - 123_000,
  now,
});

test('each family says what it does now, and the budget that is used what is left of it', () => {
  const until = now + 90_000;
  const streams = [
    stream('users', 'users', { end: done }),
    stream('meetings', 'meetings', { end: failed }),
    stream('past_meetings', 'meetings', {
      waiting: { stream: 'past_meetings', until, reason: 'rate_limited' },
    }),
    stream('phone_users', 'phone', { leftMs: 200_000 }),
    stream('rooms', 'rooms'),
    stream('room_settings', 'rooms'),
    stream('devices', 'devices', { isBegun: false, requests: 0, records: 0 }),
    stream('listing', 'webinars', { isSelected: false, records: 0 }),
    stream('recordings', 'recordings', { waiting: { stream: 'recordings', until, reason: 'retry' } }),
  ];
  expect(describeSync(look(streams), room)).toEqual([
    '',
    'Reading 8 streams, 2 done: 2 min 3 s',
    '',
    'FAMILY      STREAMS  RECORDS  REQUESTS  NOW',
    'devices         0/1        0         0  to come',
    'meetings        1/2    2,000        20  1 failed, rate limit, until 12:01:30 UTC',
    'phone           0/1    1,000        10  about 4 min left',
    'recordings      0/1    1,000        10  asks again, at 12:01:30 UTC',
    'rooms           0/2    2,000        20  rooms and 1 more',
    'users           1/1    1,000        10  done',
    'webinars          -        0        10  asked for the others',
    'all             2/8    7,000        80',
    '',
    "Today's heavy calls: 23,000 of 24,000 left",
  ]);
});

test('the time left of all is said when that of each is known', () => {
  const known = [
    stream('a', 'a', { leftMs: 100_000 }),
    stream('b', 'b', { leftMs: 400_000 }),
    stream('c', 'c', { end: done }),
  ];
  expect(describeSync(look(known), room)[1]).toBe('Reading 3 streams, 1 done: 2 min 3 s, about 7 min left');
  expect(describeSync(look([...known, stream('d', 'd')]), room)[1]).toBe(
    'Reading 4 streams, 1 done: 2 min 3 s',
  );
});

test.each([
  { width: 80, height: 24 },
  { width: 40, height: 10 },
  { width: 20, height: 3 },
])('300 streams with long names fit into $width columns and $height lines', ({ width, height }) => {
  const streams = Array.from({ length: 300 }, (_, index) =>
    stream(`stream_with_a_rather_long_name_${index}`, `family_${index % 30}`, {
      records: 123_456_789,
      end: index % 3 === 0 ? done : undefined,
    }),
  );
  const lines = describeSync(look(streams), { ...room, width, height });
  expect(lines.length).toBeLessThan(height);
  expect(lines.filter((line) => line.length > width)).toEqual([]);
});

test('where there is no room for all families, those that are read are shown', () => {
  const streams = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
    stream(name, name, { end: name < 'e' ? done : undefined }),
  );
  const lines = describeSync(look(streams), { ...room, height: 10 });
  expect(lines.slice(4, 7)).toEqual([
    'e           0/1    1,000        10  e',
    'f           0/1    1,000        10  f',
    'all         4/6    6,000        60  4 families not shown',
  ]);
});

test('the view is drawn a few times a second, and not at all where nothing may be drawn', async () => {
  const clock = createManualClock(now);
  const drawings: (readonly string[])[] = [];
  let isErased = false;
  const screen = {
    ...room,
    isShared: false,
    isLive: true,
    say: () => undefined,
    prepareDrawing: async () => undefined,
    draw(lines: readonly string[]) {
      drawings.push(lines);
      // Nobody would end a view that draws on.
      if (drawings.length > 20) throw new Error('too many drawings');
    },
    erase: () => {
      isErased = true;
    },
  };
  const parts = {
    board: new SyncBoard(
      () => clock.now(),
      () => 'users',
    ),
    clock,
    budgets: () => [],
  };
  const end = await showSync({ ...parts, screen });
  await clock.sleep(1_000);
  end();
  const count = drawings.length;
  expect([count, isErased]).toEqual([4, true]);
  await clock.sleep(1_000);
  expect(drawings).toHaveLength(count);
  await showSync({ ...parts, screen: { ...screen, isLive: false } });
  expect(drawings).toHaveLength(count);
});
