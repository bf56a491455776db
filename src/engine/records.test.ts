import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import type { DerivedStream } from '../streams/declaration.ts';
import { createShaper, keyOf } from './records.ts';
import type { SyncContext } from './sync-context.ts';

const participants: DerivedStream = {
  kind: 'derived',
  name: 'participants',
  path: '/x',
  scopes: { granular: [], classic: [] },
  parent: { name: 'meetings', parameters: {}, adds: { meeting_uuid: 'uuid' } },
  primaryKey: ['meeting_uuid', 'record_hash'],
  recordHash: [
    ['user_id', 'join_time'],
    ['id', 'join_time'],
  ],
  cursor: 'meeting_end_time',
  lookbackDays: 3,
};

const shaper = (changes: Partial<DerivedStream> = {}, includeSensitiveFields = false) =>
  createShaper({ schemaOf: () => ({}), options: { includeSensitiveFields } } as unknown as SyncContext, {
    ...participants,
    ...changes,
  });
const recordsOf = (rows: readonly JsonObject[]) =>
  shaper()({ meeting_uuid: 'm1' })
    .records(rows)
    .map(({ record }) => record);
const hashes = (rows: readonly JsonObject[]) =>
  recordsOf(rows).map((record) => String(record['record_hash']));

describe('record_hash', () => {
  test('is the same for the same person and time, whatever else changes', () => {
    const [a] = hashes([{ user_id: '1', join_time: 't', duration: 0 }]);
    const [b] = hashes([{ join_time: 't', user_id: '1', duration: 60, name: 'x' }]);
    expect(a).toBe(b);
  });

  test('tells rejoins, people and alternatives apart', () => {
    const all = hashes([
      { user_id: '1', join_time: 't1' },
      { user_id: '1', join_time: 't2' },
      { user_id: '2', join_time: 't1' },
      { user_id: '', id: '1', join_time: 't1' },
      { user_id: '', id: '', join_time: 't1' },
    ]);
    expect(new Set(all).size).toBe(5);
  });

  test('is of what lies in objects and lists, too, and of nothing beside it', () => {
    const identity = { recordHash: [['time', 'by.id', 'people.list[].id']] };
    const hashOf = (row: JsonObject) =>
      shaper(identity)({ meeting_uuid: 'm1' }).records([row])[0]?.record['record_hash'];
    const row = { time: 1, by: { id: 'a', name: 'A' }, people: { list: [{ id: 'b' }, { name: 'C' }] } };
    expect(hashOf({ ...row, by: { id: 'a', name: 'B' } })).toBe(hashOf(row));
    const others = [
      { ...row, by: { id: 'b' } },
      { ...row, by: 'a' },
      { ...row, people: { list: [{ id: 'b' }] } },
      { ...row, people: { list: [{ name: 'C' }, { id: 'b' }] } },
      { ...row, people: {} },
    ];
    expect(new Set([row, ...others].map(hashOf)).size).toBe(others.length + 1);
  });

  test('numbers rows that Zoom does not tell apart, within their parent', () => {
    const row = { user_id: '1', join_time: 't' };
    const [first, second, third] = hashes([row, row, row]);
    expect([second, third]).toEqual([`${first}-2`, `${first}-3`]);
    expect(hashes([row])).toEqual([first]);
  });
});

test('adds what is added, and numbers rows over all pages of a listing', () => {
  const row = { user_id: '1', join_time: 't' };
  const shape = shaper()({ meeting_uuid: 'm1' });
  const [first] = shape.records([row]);
  const [second] = shape.records([row]);
  expect(first?.record).toMatchObject({ ...row, meeting_uuid: 'm1' });
  expect(second?.record['record_hash']).toBe(`${first?.record['record_hash']}-2`);
});

test('a row without its key is left out and counted, and the rows around it are records', () => {
  const { recordHash: _, ...withoutHash } = participants;
  const shape = createShaper(
    { schemaOf: () => ({}), options: { includeSensitiveFields: false } } as unknown as SyncContext,
    { ...withoutHash, primaryKey: ['id'] },
  )({});
  expect(
    shape.records([{ id: 1 }, { email: 'x' }, { id: '' }, { id: 2 }]).map(({ record }) => record['id']),
  ).toEqual([1, 2]);
  expect(shape.keyless()?.message).toBe(
    'Zoom sent 2 rows without id, which tells its rows apart (the first has the fields email)',
  );
});

test('keys of several fields do not run into one another', () => {
  expect(keyOf({ a: 'x', b: 'yz' }, ['a', 'b'])).not.toBe(keyOf({ a: 'xy', b: 'z' }, ['a', 'b']));
});

test('sensitive fields stay when they are asked for', () => {
  const row = { user_id: '1', join_time: 't', password: 'x' };
  expect(recordsOf([row])[0]).not.toHaveProperty('password');
  expect(shaper({}, true)({ meeting_uuid: 'm' }).records([row])[0]?.record).toHaveProperty('password', 'x');
});
