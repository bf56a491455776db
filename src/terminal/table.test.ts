import { expect, test } from '@jest/globals';
import { layOut } from './table.ts';
import { createPaint } from './text.ts';

const columns = [{ title: 'STREAM' }, { title: 'ROWS', isNumber: true }, { title: 'REASON' }];
const plain = { width: 40, paint: createPaint(false) };

test('numbers stand at the right, and a long text goes on below itself', () => {
  const rows = [
    { cells: ['users', '12', ''] },
    { cells: ['meetings', '1,200', 'Meeting does not exist any more'] },
  ];
  expect(layOut(columns, rows, plain)).toEqual([
    'STREAM     ROWS  REASON',
    'users        12',
    'meetings  1,200  Meeting does not exist',
    '                 any more',
  ]);
});

test('a long name gives way when a text would have no room', () => {
  const rows = [{ cells: ['a_stream_with_a_rather_long_name', '3', 'Meeting does not exist any more'] }];
  expect(layOut(columns, rows, { ...plain, width: 50 }).slice(1)).toEqual([
    'a_stream_with_a_r…     3  Meeting does not exist',
    '                          any more',
  ]);
  const narrow = layOut(columns, rows, { ...plain, width: 30 });
  expect(narrow.filter((line) => line.length > 30)).toEqual([]);
});

test('where each row has one line, the text is cut', () => {
  const rows = [{ cells: ['meetings', '1,200', 'Meeting does not exist any more'] }];
  expect(layOut(columns, rows, { ...plain, isCut: true })[1]).toBe(
    'meetings  1,200  Meeting does not exist…',
  );
});

test('every line of a row has its colour, and colours take no room', () => {
  const rows = [{ cells: ['meetings', '1', 'Meeting does not exist any more'], style: 'red' as const }];
  const painted = layOut(columns, rows, { width: 40, paint: createPaint(true) });
  expect(painted.slice(1).map((line) => line.startsWith('\u001b[31m'))).toEqual([true, true]);
});
