import { expect, test } from '@jest/globals';
import type { StreamOnBoard } from './sync-board.ts';
import { describeResult } from './sync-summary.ts';
import { createPaint } from './text.ts';

const sheet = { width: 80, paint: createPaint(false) };
const read = { skipped: [], owed: [] };
const stream = (name: string, parts: Partial<StreamOnBoard> = {}): StreamOnBoard => ({
  name,
  family: name.slice(0, 1),
  isSelected: true,
  isBegun: true,
  records: 1_000,
  requests: 10,
  end: read,
  waiting: undefined,
  leftMs: undefined,
  ...parts,
});
const result = (...streams: readonly StreamOnBoard[]) => ({ streams, tookMs: 192_000, isStopped: false });

test('what was read, skipped, owed, and what failed', () => {
  const streams = [
    stream('users'),
    stream('meetings', {
      end: {
        skipped: [{ reason: '404/3001 "Meeting does not exist."', count: 12 }],
        owed: [{ reason: 'not_ready', count: 2 }],
      },
    }),
    stream('phone_users', {
      records: 0,
      end: { ...read, failure: { type: 'config_error', message: 'phone_users: no such plan.' } },
    }),
    stream('rooms', {
      records: 0,
      end: { ...read, failure: { type: 'transient_error', message: 'The quota is used up.' } },
    }),
    stream('webinars', { isSelected: false, records: 0 }),
  ];
  expect(describeResult(result(...streams), sheet)).toEqual([
    '',
    'STREAM       RECORDS  REQUESTS  SKIPPED  OWED  OUTCOME',
    'meetings       1,000        10       12     2  read',
    'phone_users        0        10                 failed',
    'rooms              0        10                 failed',
    'users          1,000        10                 read',
    'webinars           0        10                 for others',
    '',
    'Skipped, since Zoom will not give it another time either:',
    'STREAM    SKIPPED  REASON',
    'meetings       12  404/3001 "Meeting does not exist."',
    '',
    'Owed, asked for again in the next sync:',
    'STREAM    OWED  REASON',
    'meetings     2  not ready yet',
    '',
    'Failed:',
    '  phone_users: no such plan.',
    '  rooms: The quota is used up.',
    '',
    '2 of 4 streams failed, the others are read: 2,000 records in 50 requests, 3 min',
    '12 s.',
  ]);
});

test('a sync that was stopped says what is not read, and how to go on', () => {
  const stopped = { ...result(stream('users'), stream('rooms', { end: undefined })), isStopped: true };
  const lines = describeResult(stopped, sheet);
  expect(lines.slice(1, 4).map((line) => line.split(/ +/).at(-1))).toEqual(['OUTCOME', 'stopped', 'read']);
  expect(lines.slice(-2).join(' ')).toMatch(
    /^Stopped: 1 of 2 streams not read to the end \(2,000 .* Go on with --state/,
  );
});

test('300 streams with long names are summed up by family within 80 columns', () => {
  const streams = Array.from({ length: 300 }, (_, index) =>
    stream(`stream_with_a_rather_long_name_${'and_more_'.repeat(4)}${index}`, {
      family: `family_${index % 13}`,
      end:
        index % 7 === 0
          ? {
              skipped: [{ reason: 'because '.repeat(40), count: 3 }],
              owed: [],
              failure: { type: 'config_error', message: 'no '.repeat(99) },
            }
          : read,
    }),
  );
  const lines = describeResult(result(...streams), sheet);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.slice(1, 4)).toEqual([
    'FAMILY     RECORDS  REQUESTS  SKIPPED  STREAMS',
    expect.stringMatching(/^family_0 +24,000 +240 +\d+ {2}\d+ failed, \d+ read$/),
    expect.stringMatching(/^family_1 /),
  ]);
  expect(lines.join(' ')).toContain('and 31 more; stdout has the reason of each');
});

test('nothing was set up: only the outcome is said', () => {
  expect(describeResult(result(), sheet)).toEqual([
    '',
    'Read 0 streams to the end: 0 records in 0 requests, 3 min 12 s.',
  ]);
});
