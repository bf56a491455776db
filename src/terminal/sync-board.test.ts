import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { longestLeft, SyncBoard } from './sync-board.ts';

const start = Date.parse('2026-06-15T12:00:00Z');

/** A board whose clock and figures are set by hand. */
function createBoard() {
  const state = { now: start, share: 0, records: 0 };
  const board = new SyncBoard(
    () => state.now,
    () => 'reports',
  );
  board.opened('a', {
    get records() {
      return state.records;
    },
    get share() {
      return state.share;
    },
  });
  const look = (seconds: number, share: number) => {
    state.now = start + seconds * 1000;
    state.share = share;
    return board.streams()[0]?.leftMs;
  };
  return { board, state, look };
}

test('records, requests and the end of a stream are noted; what is asked for others is not selected', () => {
  const { board, state } = createBoard();
  state.records = 7;
  for (const name of ['a', 'a', 'users']) board.sent(name);
  const error = new ConfigError('no');
  board.ended('a', { error, skipped: [], owed: [] });
  expect(board.streams()).toMatchObject([
    { name: 'a', isSelected: true, records: 7, requests: 2, end: { error } },
    { name: 'users', isSelected: false, records: 0, requests: 1 },
  ]);
});

test('a wait is over when its time has come, or the stream has ended', () => {
  const { board, state } = createBoard();
  board.waiting({ stream: 'a', until: start + 5_000, reason: 'retry' });
  const isWaiting = () => board.streams()[0]?.waiting !== undefined;
  expect(isWaiting()).toBe(true);
  state.now = start + 5_000;
  expect(isWaiting()).toBe(false);
});

test('the time left is judged by the pace so far, once there is enough of it', () => {
  const { board, look } = createBoard();
  board.sent('a');
  expect(look(0, 0.1)).toBeUndefined();
  expect(look(4, 0.2)).toBeUndefined();
  expect(look(10, 0.11)).toBeUndefined();
  expect(look(10, 0.3)).toBeCloseTo(35_000);
});

test('a sync is as long as its longest stream, and unknown as long as one of them is', () => {
  const { board, look } = createBoard();
  board.sent('a');
  look(0, 0);
  look(10, 0.5);
  expect(longestLeft(board.streams())).toBeCloseTo(10_000);
  board.opened('b', { records: 0, share: undefined });
  expect(longestLeft(board.streams())).toBeUndefined();
  board.ended('b', { skipped: [], owed: [] });
  expect(longestLeft(board.streams())).toBeCloseTo(10_000);
});
