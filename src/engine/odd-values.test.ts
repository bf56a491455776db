import { expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'windowed',
    name: 'calls',
    path: '/calls',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'embedded',
    name: 'files',
    parent: { name: 'calls', adds: { call_id: 'id', ended: 'end_time' } },
    list: 'files',
    primaryKey: ['call_id', 'record_hash'],
    recordHash: [['id'], ['kind', 'began']],
    cursor: 'ended',
    lookbackDays: 3,
  },
];
const time = { type: ['null', 'string'], format: 'date-time' };
const calls = {
  id: { type: 'integer' },
  end_time: time,
  answered: time,
  legs: { type: 'array', items: { properties: { began: time } } },
  length: { type: ['null', 'integer'] },
};
const create = (rows: readonly JsonObject[], properties: Record<string, JsonObject> = { calls }) =>
  new FakeZoom({ declarations, properties, rows: () => rows });

test.each([
  { value: 1_832_944_200, is: '2028-01-31T15:10:00Z' },
  { value: '1832944200', is: '2028-01-31T15:10:00Z' },
  { value: 1_832_944_200_500, is: '2028-01-31T15:10:00.500Z' },
  { value: '2028-01-31 15:10:00', is: '2028-01-31T15:10:00Z' },
  { value: '2028-01-31T15:10:00', is: '2028-01-31T15:10:00Z' },
  { value: '2028-01-31T23:30:00+09:00', is: '2028-01-31T23:30:00+09:00' },
])('a cursor of $value is an instant, and leaves once as such', async ({ value, is }) => {
  const zoom = create([{ id: 1, end_time: value, answered: value }]);
  // Zoom lists the whole day, and this sync ends before the call.
  expect((await zoom.sync(at('2028-01-31T14:00:00Z'), ['calls'])).of('calls')).toEqual([]);
  const first = await zoom.sync(at('2028-02-10'), ['calls']);
  expect(first.of('calls')).toEqual([{ id: 1, end_time: is, answered: is }]);
  expect(first.metaOf('calls')).toEqual([undefined]);
  expect((await zoom.sync(at('2028-03-10'), ['calls'])).of('calls')).toEqual([]);
});

test('what cannot be of its type leaves as null, at any depth, and is named', async () => {
  const zoom = create([
    {
      id: 1,
      end_time: '2028-01-31T15:10:00Z',
      answered: '',
      legs: [{ began: '' }, { began: 1_832_944_200 }],
      length: '',
    },
  ]);
  const { of, metaOf } = await zoom.sync(at('2028-02-10'), ['calls']);
  const legs = [{ began: null }, { began: '2028-01-31T15:10:00Z' }];
  expect(of('calls')).toEqual([
    { id: 1, end_time: '2028-01-31T15:10:00Z', answered: null, legs, length: null },
  ]);
  const change = (field: string) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' });
  expect(metaOf('calls')).toEqual([
    { changes: expect.arrayContaining(['answered', 'legs.began', 'length'].map(change)) },
  ]);
});

test.each([{ end_time: '' }, { end_time: null }, {}])(
  'a row with the cursor $end_time leaves once, whatever windows list it',
  async (cursor) => {
    const zoom = create([
      { id: 1, ...cursor },
      { id: 2, end_time: '2028-01-10T10:00:00Z' },
    ]);
    const { of } = await zoom.sync(at('2028-04-01'), ['calls']);
    expect(
      of('calls')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([1, 2]);
  },
);

test('rows inside a row are told apart by what Zoom sent, whatever type its fields are declared of', async () => {
  const files = ['', 1_832_944_200, '2028-01-31 15:10:00', '2028-01-31T15:10:00Z'].map((began) => ({
    kind: 'TIMELINE',
    began,
  }));
  const rows = [{ id: 1, end_time: '2028-01-31T15:10:00Z', files }];
  const read = async (properties: Record<string, JsonObject>) =>
    create(rows, properties).sync(at('2028-02-10'), ['calls', 'files']);
  const hashesOf = (records: readonly JsonObject[]) => records.map(({ record_hash: hash }) => hash);
  const typed = await read({
    calls: { ...calls, files: { type: 'array', items: { properties: { began: time } } } },
    files: { began: time },
  });
  const untyped = await read({ calls });
  expect(hashesOf(typed.of('files'))).toEqual(hashesOf(untyped.of('files')));
  expect(new Set(hashesOf(typed.of('files'))).size).toBe(4);
  expect(typed.of('files').map(({ began }) => began)).toEqual([
    null,
    '2028-01-31T15:10:00Z',
    '2028-01-31T15:10:00Z',
    '2028-01-31T15:10:00Z',
  ]);
  // Both the call that holds it and the file say that a value is gone.
  const nulled = (field: string) => ({
    changes: [{ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }],
  });
  expect(typed.metaOf('files')).toEqual([nulled('began'), undefined, undefined, undefined]);
  expect(typed.metaOf('calls')).toEqual([nulled('files.began')]);
});
