import { expect, test } from '@jest/globals';
import type { SyncEvent } from '../engine/sync-events.ts';
import { longestLeft, SyncBoard } from './sync-board.ts';

const start = Date.parse('2026-06-15T12:00:00Z');

const ended = { records: 7, requests: 2, tookMs: 5, remarks: [], skipped: [], owed: [] };
const answered = (stream: string): SyncEvent => ({
  kind: 'answered',
  request: { stream, pace: { pool: 'main', label: 'light' }, sentAt: start, status: 200 },
});

/** A board whose clock and share are set by hand. */
function createBoard() {
  const state = { now: start, share: 0 };
  const board = new SyncBoard(
    () => state.now,
    () => 'reports',
  );
  board.hear({ kind: 'selected', stream: 'a' });
  board.hear({ kind: 'begun', stream: 'a', share: () => state.share });
  const look = (seconds: number, share: number) => {
    state.now = start + seconds * 1000;
    state.share = share;
    return board.streams()[0]?.leftMs;
  };
  return { board, state, look };
}

test('records, requests and the end of a stream are noted; what is asked for others is not selected', () => {
  const { board } = createBoard();
  for (const count of [3, 4]) board.hear({ kind: 'records', stream: 'a', count });
  for (const name of ['a', 'a', 'users']) board.hear(answered(name));
  const failure = { type: 'config_error', message: 'no' } as const;
  board.hear({ kind: 'ended', stream: 'a', end: { ...ended, failure } });
  expect(board.streams()).toMatchObject([
    { name: 'a', isSelected: true, records: 7, requests: 2, end: { failure } },
    { name: 'users', isSelected: false, records: 0, requests: 1 },
  ]);
});

test('a wait is over when its time has come, or the stream has ended', () => {
  const { board, state } = createBoard();
  const wait = { stream: 'a', until: start + 5_000, reason: 'retry', message: 'again' } as const;
  board.hear({ kind: 'waiting', wait });
  const isWaiting = () => board.streams()[0]?.waiting !== undefined;
  expect(isWaiting()).toBe(true);
  state.now = start + 5_000;
  expect(isWaiting()).toBe(false);
});

test('the time left is judged by the pace so far, once there is enough of it', () => {
  const { look } = createBoard();
  expect(look(0, 0.1)).toBeUndefined();
  expect(look(4, 0.2)).toBeUndefined();
  expect(look(10, 0.11)).toBeUndefined();
  expect(look(10, 0.3)).toBeCloseTo(35_000);
});

test('a sync is as long as its longest stream, and unknown as long as one of them is', () => {
  const { board, look } = createBoard();
  look(0, 0);
  look(10, 0.5);
  expect(longestLeft(board.streams())).toBeCloseTo(10_000);
  board.hear({ kind: 'selected', stream: 'b' });
  expect(longestLeft(board.streams())).toBeUndefined();
  board.hear({ kind: 'ended', stream: 'b', end: ended });
  expect(longestLeft(board.streams())).toBeCloseTo(10_000);
});
