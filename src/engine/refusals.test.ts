import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import type { Refusal } from '../http/exchange.ts';
import type { Partition } from './partition.ts';
import { createRefusals } from './refusals.ts';

const partition = (key: string): Partition => ({ key, parameters: { id: key }, adds: {}, above: [] });
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
    const refusals = createRefusals({ stream: 's', input: state, asksEverything: false });
    refusals.settle(partition('p'), { action: 'refused', refusal: refusal() }, at);
    expect(refusals.failure() !== undefined).toBe(fails);
    expect(refusals.summary()).toEqual([
      { level: 'WARN', message: expect.stringContaining('p is owed (403') },
    ]);
    state = refusals.toState();
  }
  expect(state).toEqual({
    p: {
      parameters: { id: 'p' },
      adds: {},
      read_until: '2026-01-05T00:00:00.000Z',
      reason: '403',
      refusals: 4,
    },
  });
  const changed = createRefusals({ stream: 's', input: state, asksEverything: false });
  changed.settle(partition('p'), { action: 'refused', refusal: refusal({ status: 404, code: 5 }) }, at);
  expect(changed.failure()?.failureType).toBe('system_error');
});

test('what is owed stays owed from where it was first refused, until it is read or final', () => {
  const state = {
    p: { parameters: {}, adds: {}, read_until: '2026-01-01T00:00:00.000Z', reason: '403', refusals: 1 },
    q: { parameters: {}, adds: {}, read_until: '2026-01-02T00:00:00.000Z', reason: 'not_ready', refusals: 1 },
  };
  const refusals = createRefusals({ stream: 's', input: state, asksEverything: false });
  expect(refusals.toState()).toEqual(state);
  refusals.settle(partition('p'), { action: 'not_ready', refusal: refusal() }, at);
  expect(refusals.toState()).toMatchObject({
    p: { read_until: '2026-01-01T00:00:00.000Z', reason: 'not_ready' },
  });
  refusals.settle(partition('p'), { action: 'read', isWhole: true }, at);
  refusals.settle(partition('q'), { action: 'skip', refusal: refusal({ status: 404, code: 3001 }) }, at);
  expect(refusals.toState()).toBeUndefined();
  expect(refusals.failure()).toBeUndefined();
});

test('what is not ready fails nothing', () => {
  const refusals = createRefusals({ stream: 's', input: undefined, asksEverything: false });
  refusals.settle(partition('p'), { action: 'not_ready', refusal: refusal() }, at);
  expect([refusals.failure(), refusals.isOwedNow('p')]).toEqual([undefined, true]);
});

test('skips are counted by code, with examples', () => {
  const refusals = createRefusals({ stream: 's', input: undefined, asksEverything: false });
  for (let i = 0; i < 5; i += 1)
    refusals.settle(
      partition(`p${i}`),
      { action: 'skip', refusal: refusal({ status: 404, code: 3001, message: 'Gone' }) },
      at,
    );
  refusals.settle(
    partition('x'),
    { action: 'skip', refusal: refusal({ status: 400, code: 12702, message: 'Old' }) },
    at,
  );
  expect(refusals.summary().map(({ message }) => message)).toEqual([
    's: skipped 5 as final (404/3001 "Gone"), for example p0, p1, p2',
    's: skipped 1 as final (400/12702 "Old"), for example x',
  ]);
});

test('many that fail by themselves in a row are an outage; one success between shows that they are not', () => {
  const passing = refusal({ status: 503, isTransient: true });
  const owe = (refusals: ReturnType<typeof createRefusals>, count: number) => {
    for (let i = 0; i < count; i += 1)
      refusals.settle(partition(`p${i}`), { action: 'refused', refusal: passing }, at);
  };
  expect(() => owe(createRefusals({ stream: 's', input: undefined, asksEverything: false }), 10)).toThrow(
    '10 requests in a row',
  );
  const refusals = createRefusals({ stream: 's', input: undefined, asksEverything: false });
  owe(refusals, 9);
  refusals.settle(partition('y'), { action: 'read', isWhole: true }, at);
  owe(refusals, 9);
  expect(refusals.failure()?.failureType).toBe('transient_error');
});

test.each([
  { name: 'is gone', action: 'skip' },
  { name: 'lacks a licence', action: 'unlicensed' },
  { name: 'is refused by itself', action: 'refused' },
  { name: 'is not ready', action: 'not_ready' },
] as const)(
  'one that $name between many that fail by themselves shows too that Zoom answers',
  ({ action }) => {
    const passing = { action: 'refused', refusal: refusal({ status: 503, isTransient: true }) } as const;
    const refusals = createRefusals({ stream: 's', input: undefined, asksEverything: false });
    for (let i = 0; i < 18; i += 1) {
      if (i === 9) refusals.settle(partition('y'), { action, refusal: refusal({ status: 404 }) }, at);
      refusals.settle(partition(`p${i}`), passing, at);
    }
    // Neither row of nine is an outage.
    const others = [...refusals.owed.keys()].filter((key) => key !== 'y');
    expect(others.length).toBe(18);
  },
);

test('a stream that asks everything in every sync owes only what is refused again', () => {
  const state = {
    p: { parameters: {}, adds: {}, read_until: '2026-01-01T00:00:00Z', reason: '403', refusals: 2 },
  };
  const refusals = createRefusals({ stream: 's', input: state, asksEverything: true });
  expect(refusals.toState()).toBeUndefined();
  refusals.settle(partition('p'), { action: 'refused', refusal: refusal() }, at);
  expect([refusals.toState()?.['p'], refusals.failure()]).toMatchObject([{ refusals: 3 }, undefined]);
});

test.each([
  'x',
  [],
  { p: null },
  { p: { parameters: {}, adds: {}, read_until: 'x' } },
  { p: { parameters: { id: { a: 1 } }, read_until: '2026-01-01' } },
  { p: { parameters: { other: 1 }, read_until: '2026-01-01' } },
])('an owed list that is none (%j) is refused, since what it says would be lost', (input) => {
  expect(() => createRefusals({ stream: 's', input: input, asksEverything: false, naming: 'id' })).toThrow(
    ConfigError,
  );
});

test('no owed list is an empty one', () => {
  for (const input of [undefined, null, {}])
    expect(createRefusals({ stream: 's', input: input, asksEverything: false }).toState()).toBeUndefined();
});

test('what a state may not say of an owed partition is as if it was not said', () => {
  const state = {
    p: {
      parameters: { id: 'p' },
      adds: {},
      read_until: '0001-01-01',
      reason: { toString: 1 },
      refusals: Number.POSITIVE_INFINITY,
    },
  };
  expect(
    createRefusals({ stream: 's', input: state, asksEverything: false, naming: 'id' }).toState(),
  ).toEqual({
    p: {
      parameters: { id: 'p' },
      adds: {},
      read_until: '2011-01-01T00:00:00.000Z',
      reason: 'unknown',
      refusals: 1,
    },
  });
});

test('what is owed is owed from no earlier than the stream may read', () => {
  const state = {
    p: { parameters: { id: 'p' }, adds: {}, read_until: '2026-01-01', reason: '403', refusals: 1 },
  };
  expect(
    createRefusals({ stream: 's', input: state, asksEverything: false, earliest: at }).toState(),
  ).toMatchObject({
    p: { read_until: '2026-01-05T00:00:00.000Z' },
  });
});

test('what single ones lack is skipped however many come first; what nobody has fails the stream and is named', () => {
  const lacks = {
    action: 'unlicensed',
    refusal: refusal({ status: 400, code: 200, message: 'No plan.' }),
  } as const;
  const refusals = createRefusals({ stream: 's', asksEverything: true });
  for (let i = 0; i < 290; i += 1) refusals.settle(partition(`p${i}`), lacks, at);
  expect(refusals.failure()).toMatchObject({
    failureType: 'config_error',
    message: expect.stringContaining('No plan.'),
  });
  refusals.settle(partition('last'), { action: 'read', isWhole: true }, at);
  expect([refusals.failure(), refusals.toState()]).toEqual([undefined, undefined]);
  expect(refusals.summary().map(({ message }) => message)).toEqual([
    's: skipped 290 as final (400/200 "No plan."), for example p0, p1, p2',
  ]);
});

test('what was refused above a partition is owed by it', () => {
  const input = {
    user: { parameters: { user_id: 'user' }, read_until: '2026-01-01T00:00:00Z', reason: '503', refusals: 1 },
  };
  const refusals = createRefusals({ stream: 's', input, asksEverything: false });
  expect(refusals.owedFrom({ key: 'channel', above: ['user', ''] })).toBe(Date.parse('2026-01-01'));
  expect(refusals.owedFrom({ key: 'channel', above: ['other', ''] })).toBeUndefined();
});

test('rows without a key are owed, though the partition was read', () => {
  const refusals = createRefusals({ stream: 's', asksEverything: true });
  refusals.settle(partition('p'), { action: 'read', isWhole: false, lacking: refusal({ status: 200 }) }, at);
  expect(refusals.toState()).toMatchObject({ p: { reason: '200', refusals: 1 } });
  expect(refusals.failure()?.failureType).toBe('system_error');
});

test('what is given up is named in a WARN: what lies before all that is read, and what is listed no more', () => {
  const owes = (read_until: string) => ({ parameters: { id: 'x' }, read_until, reason: '403', refusals: 1 });
  const input = { old: owes('2026-01-01T00:00:00Z'), gone: owes('2026-01-06T00:00:00Z') };
  const refusals = createRefusals({ stream: 's', input, asksEverything: false, earliest: at });
  refusals.giveUp('gone');
  expect(Object.keys(refusals.toState() ?? {})).toEqual(['old']);
  expect(refusals.summary().slice(0, 2)).toEqual([
    { level: 'WARN', message: 's: what was owed for old lies before all that is read, and is given up' },
    {
      level: 'WARN',
      message: 's: what was owed for gone is below what is listed no more, and is given up',
    },
  ]);
});

test.each<{ name: string; others: Partial<Refusal>; type: string; says: RegExp }>([
  {
    name: 'is for whoever blocks it',
    others: { blockedHost: 'api.zoom.us' },
    type: 'config_error',
    says: /p and 1 more \(403 "Blocked"\).*Have api\.zoom\.us let through there/,
  },
  {
    name: 'is not all where Zoom refuses others',
    others: { code: 5 },
    type: 'system_error',
    says: /next sync, and .* with the same answer on\.$/,
  },
])('a way that is blocked to partitions $name', ({ others, type, says }) => {
  const refusals = createRefusals({ stream: 's', input: undefined, asksEverything: false });
  const blocked = refusal({ blockedHost: 'api.zoom.us' });
  refusals.settle(partition('p'), { action: 'refused', refusal: blocked }, at);
  refusals.settle(partition('q'), { action: 'refused', refusal: refusal(others) }, at);
  const failure = refusals.failure();
  expect([failure?.failureType, failure?.message]).toEqual([type, expect.stringMatching(says)]);
});
