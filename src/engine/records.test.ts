import { describe, expect, test } from '@jest/globals';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { createShape, keyOf } from './records.ts';
import { withoutSensitive, withoutSensitiveProperties } from './sensitive-fields.ts';

const participants: StreamDeclaration = {
  name: 'participants',
  path: '/x',
  scopes: { granular: [], classic: [] },
  primaryKey: ['meeting_uuid', 'record_hash'],
  incremental: { kind: 'derived', cursor: 'meeting_end_time', lookbackDays: 3 },
  inject: ['meeting_uuid'],
  recordHash: [
    ['user_id', 'join_time'],
    ['id', 'join_time'],
  ],
};
const hashes = (rows: readonly Record<string, unknown>[]) => {
  const shape = createShape(participants, { meeting_uuid: 'm1', other: 1 }, false);
  return rows.map((row) => String(shape(row)['record_hash']));
};

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

  test('numbers rows that Zoom does not tell apart, within their parent', () => {
    const row = { user_id: '1', join_time: 't' };
    const [first, second, third] = hashes([row, row, row]);
    expect([second, third]).toEqual([`${first}-2`, `${first}-3`]);
    expect(hashes([row])).toEqual([first]);
  });
});

test('injects declared fields only', () => {
  expect(
    createShape(participants, { meeting_uuid: 'm1', other: 1 }, false)({ user_id: '1', join_time: 't' }),
  ).toMatchObject({ meeting_uuid: 'm1' });
  expect(
    createShape(participants, { meeting_uuid: 'm1', other: 1 }, false)({ user_id: '1', join_time: 't' }),
  ).not.toHaveProperty('other');
});

test('a row without its key fails the stream instead of being lost among others', () => {
  const users: StreamDeclaration = {
    ...participants,
    name: 'users',
    primaryKey: ['id'],
    inject: [],
    incremental: { kind: 'snapshot' },
  };
  const { recordHash: _, ...withoutHash } = users;
  expect(() => createShape(withoutHash, {}, false)({ email: 'x' })).toThrow('users without id');
});

test('keys of several fields do not run into one another', () => {
  expect(keyOf({ a: 'x', b: 'yz' }, ['a', 'b'])).not.toBe(keyOf({ a: 'xy', b: 'z' }, ['a', 'b']));
});

describe('sensitive fields', () => {
  test('are left out at any depth, and links lose their query', () => {
    const row = {
      id: 1,
      password: 'x',
      settings: {
        host_key: 'x',
        rooms: [{ passcode: 'x', name: 'kept' }],
        password_requirement: { length: 8 },
      },
      join_url: 'https://example.com/j/1?pwd=x',
      list: [{ join_url: 'https://example.com/j/2?pwd=x' }],
      other_url: 'https://example.com/?q=1',
    };
    const before = structuredClone(row);
    expect(withoutSensitive(row)).toEqual({
      id: 1,
      settings: { rooms: [{ name: 'kept' }], password_requirement: { length: 8 } },
      join_url: 'https://example.com/j/1',
      list: [{ join_url: 'https://example.com/j/2' }],
      other_url: 'https://example.com/?q=1',
    });
    expect(row).toEqual(before);
  });

  test('cost no copy where there are none', () => {
    const row = { id: 1, list: [{ a: null }, ['b']], object: { url: 'https://example.com/?q=1' } };
    expect(withoutSensitive(row)).toBe(row);
  });

  test('stay when they are asked for', () => {
    const shape = createShape(participants, { meeting_uuid: 'm' }, true);
    expect(shape({ user_id: '1', join_time: 't', password: 'x' })).toHaveProperty('password', 'x');
  });

  test('leave the schema too', () => {
    const schema = {
      type: 'object',
      properties: {
        id: { type: 'string' },
        password: { type: 'string' },
        rooms: { type: 'array', items: { type: 'object', properties: { passcode: {}, name: {} } } },
      },
    };
    expect(withoutSensitiveProperties(schema)).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string' },
        rooms: { type: 'array', items: { type: 'object', properties: { name: {} } } },
      },
    });
  });
});
