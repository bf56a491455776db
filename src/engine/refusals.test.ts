import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import type { Refusal } from '../http/exchange.ts';
import { createRefusals, type Partition } from './refusals.ts';

const partition = (key: string): Partition => ({ key, fields: { id: key } });
const refusal = (changes: Partial<Refusal> = {}): Refusal => ({
  status: 403,
  message: 'Blocked',
  isTransient: false,
  missingScopes: [],
  detail: 'GET /x',
  ...changes,
});
const at = Date.parse('2026-01-05T00:00:00Z');

test('a refused partition fails two syncs, is tolerated in the third, and a different refusal starts anew', () => {
  let state: unknown;
  for (const fails of [true, true, false, false]) {
    const refusals = createRefusals('s', state, false);
    refusals.owe(partition('p'), 'refused', refusal(), at);
    expect(refusals.failure() !== undefined).toBe(fails);
    expect(refusals.summary()).toEqual([
      { level: 'WARN', message: expect.stringContaining('p is owed (403') },
    ]);
    state = refusals.toState();
  }
  expect(state).toEqual({
    p: { fields: { id: 'p' }, read_until: '2026-01-05T00:00:00.000Z', reason: '403', refusals: 4 },
  });
  const changed = createRefusals('s', state, false);
  changed.owe(partition('p'), 'refused', refusal({ status: 404, code: 5 }), at);
  expect(changed.failure()?.failureType).toBe('system_error');
});

test('what is owed stays owed from where it was first refused, until it is read or final', () => {
  const state = {
    p: { fields: {}, read_until: '2026-01-01T00:00:00.000Z', reason: '403', refusals: 1 },
    q: { fields: {}, read_until: '2026-01-02T00:00:00.000Z', reason: 'not_ready', refusals: 1 },
  };
  const refusals = createRefusals('s', state, false);
  expect(refusals.toState()).toEqual(state);
  refusals.owe(partition('p'), 'not_ready', refusal(), at);
  expect(refusals.toState()).toMatchObject({
    p: { read_until: '2026-01-01T00:00:00.000Z', reason: 'not_ready' },
  });
  refusals.read(partition('p'));
  refusals.skip(partition('q'), refusal({ status: 404, code: 3001 }));
  expect(refusals.toState()).toBeUndefined();
  expect(refusals.failure()).toBeUndefined();
});

test('what is not ready fails nothing', () => {
  const refusals = createRefusals('s', undefined, false);
  refusals.owe(partition('p'), 'not_ready', refusal(), at);
  expect([refusals.failure(), refusals.isRefusedNow('p')]).toEqual([undefined, false]);
});

test('skips are counted by code, with examples', () => {
  const refusals = createRefusals('s', undefined, false);
  for (let i = 0; i < 5; i += 1)
    refusals.skip(partition(`p${i}`), refusal({ status: 404, code: 3001, message: 'Gone' }));
  refusals.skip(partition('x'), refusal({ status: 400, code: 12702, message: 'Old' }));
  expect(refusals.summary().map(({ message }) => message)).toEqual([
    's: skipped 5 as final (404/3001 "Gone"), for example p0, p1, p2',
    's: skipped 1 as final (400/12702 "Old"), for example x',
  ]);
});

test('many that fail by themselves in a row are an outage; one success between shows that they are not', () => {
  const passing = refusal({ status: 503, isTransient: true });
  const owe = (refusals: ReturnType<typeof createRefusals>, count: number) => {
    for (let i = 0; i < count; i += 1) refusals.owe(partition(`p${i}`), 'refused', passing, at);
  };
  expect(() => owe(createRefusals('s', undefined, false), 10)).toThrow('10 requests in a row');
  const refusals = createRefusals('s', undefined, false);
  owe(refusals, 9);
  refusals.read(partition('y'));
  owe(refusals, 9);
  expect(refusals.failure()?.failureType).toBe('transient_error');
});

test('a stream that asks everything in every sync owes only what is refused again', () => {
  const state = { p: { fields: {}, read_until: '2026-01-01T00:00:00Z', reason: '403', refusals: 2 } };
  const refusals = createRefusals('s', state, true);
  expect(refusals.toState()).toBeUndefined();
  refusals.owe(partition('p'), 'refused', refusal(), at);
  expect([refusals.toState()?.['p'], refusals.failure()]).toMatchObject([{ refusals: 3 }, undefined]);
});

test.each([
  'x',
  [],
  { p: null },
  { p: { fields: {}, read_until: 'x' } },
  { p: { fields: { id: { a: 1 } }, read_until: '2026-01-01' } },
  { p: { fields: { other: 1 }, read_until: '2026-01-01' } },
])('an owed list that is none (%j) is refused, since what it says would be lost', (input) => {
  expect(() => createRefusals('s', input, false, { keyField: 'id' })).toThrow(ConfigError);
});

test('no owed list is an empty one', () => {
  for (const input of [undefined, null, {}])
    expect(createRefusals('s', input, false).toState()).toBeUndefined();
});

test('what a state may not say of an owed partition is as if it was not said', () => {
  const state = {
    p: {
      fields: { id: 'p' },
      read_until: '0001-01-01',
      reason: { toString: 1 },
      refusals: Number.POSITIVE_INFINITY,
    },
  };
  expect(createRefusals('s', state, false, { keyField: 'id' }).toState()).toEqual({
    p: { fields: { id: 'p' }, read_until: '2011-01-01T00:00:00.000Z', reason: 'unknown', refusals: 1 },
  });
});

test('what is owed is owed from no earlier than the stream may read', () => {
  const state = { p: { fields: { id: 'p' }, read_until: '2026-01-01', reason: '403', refusals: 1 } };
  expect(createRefusals('s', state, false, { earliest: at }).toState()).toMatchObject({
    p: { read_until: '2026-01-05T00:00:00.000Z' },
  });
});
