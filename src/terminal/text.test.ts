import { expect, test } from '@jest/globals';
import { clean, createPaint, fold, shorten, showDuration, showEstimate, showInstant, wrap } from './text.ts';

const esc = '\u001b';

test('what moves the cursor or turns the writing round does not get through', () => {
  expect(clean(`a${esc}[2Jb\r\nc\u0007\u009b31m\u202ed\u2028e`)).toBe('a [2Jb c 31m d e');
});

test('words are broken into lines, and a long one is left whole', () => {
  expect(wrap('one two  three\nfour', 8)).toEqual(['one two', 'three', 'four']);
  expect(wrap('a team_chat:read:list_contacts b', 10)).toEqual(['a', 'team_chat:read:list_contacts', 'b']);
  expect(wrap('one two', 6)).toEqual(['one', 'two']);
  expect(wrap('', 10)).toEqual(['']);
});

test('what does not fit ends in dots, and no character is cut in two', () => {
  expect([shorten('stream', 6), shorten('streams', 6), shorten('🎥🎥🎥', 2)]).toEqual([
    'stream',
    'strea…',
    '🎥…',
  ]);
});

test('without colour words are as they are', () => {
  expect([createPaint(true)('red', 'no'), createPaint(false)('red', 'no')]).toEqual([
    `${esc}[31mno${esc}[39m`,
    'no',
  ]);
});

test.each([
  { ms: -5, expected: '0 s' },
  { ms: 59_999, expected: '59 s' },
  { ms: 192_000, expected: '3 min 12 s' },
  { ms: 7_500_000, expected: '2 h 5 min' },
])('$ms ms take $expected', ({ ms, expected }) => {
  expect(showDuration(ms)).toBe(expected);
});

test.each([
  { ms: 60_000, expected: 'less than a minute' },
  { ms: 61_000, expected: 'about 2 min' },
  { ms: 60 * 60_000, expected: 'about 60 min' },
  { ms: 111 * 60_000, expected: 'about 2 h' },
  { ms: 124 * 60_000, expected: 'about 2 h 10 min' },
])('$ms ms are $expected', ({ ms, expected }) => {
  expect(showEstimate(ms)).toBe(expected);
});

test('an instant of another day is said with its day', () => {
  const now = Date.parse('2026-06-15T23:59:00Z');
  expect(showInstant(now + 30_000, now)).toBe('23:59:30 UTC');
  expect(showInstant(now + 60_000, now)).toBe('2026-06-16 00:00:00 UTC');
});

test('lines are folded where they are too long, but for what is to be copied', () => {
  expect(fold('one two three\n\n  node main.js  --config x', 12)).toEqual([
    'one two',
    'three',
    '',
    '  node main.js  --config x',
  ]);
  expect(fold('one two three')).toEqual(['one two three']);
});
