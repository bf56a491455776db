import { describe, expect, test } from '@jest/globals';
import { BodyInterrupted, BodyMisshapen } from '../http/body.ts';
import type { Client } from '../http/client.ts';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Outcome } from './outcome.ts';
import type { PageRequest } from './page-request.ts';
import { readPages } from './pages.ts';

const request: PageRequest = {
  stream: 'users',
  endpoint: { path: '/users/{id}/x', records: 'rows', scopes: { granular: [], classic: [] } },
  parameters: { id: 'a/b', from: '2026-01-01', none: null },
  answers: [],
};
const page = (ids: readonly number[], token = '', envelope: JsonObject = {}): Reply => ({
  action: 'success',
  body: {
    batches: [ids.map((id) => ({ id }))],
    envelope: { page_size: 300, next_page_token: token, ...envelope },
    hasList: () => true,
    nulls: () => 0,
  },
});
/** An answer without the list. */
const bodyOf = (envelope: JsonObject): Reply => ({
  action: 'success',
  body: { batches: [[]], envelope, hasList: () => false, nulls: () => 0 },
});
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
/** The same page, with so many nulls among its rows. */
function withNulls(reply: Reply, count: number): Reply {
  return reply.action === 'success' ? { ...reply, body: { ...reply.body, nulls: () => count } } : reply;
}
const expired: Reply = {
  action: 'expired_page_token',
  refusal: { message: 'expired', isTransient: false, missingScopes: [], detail: '' },
};

const refusedWith = (isTransient: boolean, words: string) => ({
  action: 'refused',
  refusal: { isTransient, message: expect.stringContaining(words) },
});

/** Reads a listing whose pages are looked up by token; a list of replies is used up one by one. */
async function read(pages: Record<string, Reply | Reply[]>, changes: Partial<PageRequest> = {}) {
  const requests: Request[] = [];
  const client: Pick<Client, 'get'> = {
    get(asked) {
      requests.push(asked);
      const { next_page_token: token, page_number: number } = asked.query;
      const found = pages[number === undefined ? String(token ?? '') : `page ${number}`];
      const reply = Array.isArray(found) ? (found.length > 1 ? found.shift() : found[0]) : found;
      return reply === undefined
        ? Promise.reject(new Error(`no page ${JSON.stringify(asked.query)}`))
        : Promise.resolve(reply);
    },
  };
  let ids: unknown[] = [];
  let restarts = 0;
  const warnings: string[] = [];
  const outcome: Outcome = await readPages(
    client,
    { ...request, ...changes },
    {
      rows: async (rows) => void ids.push(...rows.map(({ id }) => id)),
      restart: () => {
        restarts += 1;
        ids = [];
      },
      nulls: () => undefined,
      warn: (message) => void warnings.push(message),
    },
  );
  return { outcome, ids, restarts, warnings, requests };
}

test('follows the token to its end, past short and empty pages, with the same parameters', async () => {
  const { ids, requests } = await read({
    '': page([1, 2], 't1'),
    t1: page([], 't2'),
    t2: page([3], 't3'),
    t3: page([4]),
  });
  expect(ids).toEqual([1, 2, 3, 4]);
  expect(requests.map(({ query }) => query)).toEqual([
    { from: '2026-01-01', page_size: 300 },
    { from: '2026-01-01', page_size: 300, next_page_token: 't1' },
    { from: '2026-01-01', page_size: 300, next_page_token: 't2' },
    { from: '2026-01-01', page_size: 300, next_page_token: 't3' },
  ]);
  expect(requests[0]?.path).toBe('/users/a%252Fb/x');
});

test('asks for the next page before the rows of this one are handed on', async () => {
  const order: string[] = [];
  const client: Pick<Client, 'get'> = {
    async get({ query }) {
      order.push(`ask ${query['next_page_token'] ?? 'first'}`);
      return query['next_page_token'] === undefined ? page([1], 't1') : page([2]);
    },
  };
  const rows = async () => void order.push('rows');
  await readPages(client, request, {
    rows,
    restart: () => undefined,
    nulls: () => undefined,
    warn: () => undefined,
  });
  expect(order).toEqual(['ask first', 'ask t1', 'rows', 'rows']);
});

describe('begins again', () => {
  test('when the token expired, and gives every row of the second reading', async () => {
    const { ids, restarts, outcome } = await read({ '': page([1], 't1'), t1: [expired, page([2])] });
    expect([ids, restarts, outcome.action]).toEqual([[1, 2], 1, 'read']);
  });

  test('when a big body broke off', async () => {
    const broken: Reply = {
      action: 'success',
      body: {
        batches: (async function* () {
          yield [{ id: 1 }];
          throw new BodyInterrupted('broke off');
        })(),
        envelope: {},
        hasList: () => true,
        nulls: () => 0,
      },
    };
    const { ids, restarts } = await read({ '': [broken, page([1, 2])] });
    expect([ids, restarts]).toEqual([[1, 2], 1]);
  });

  test('and gives up in the end', async () => {
    const { outcome, restarts } = await read({ '': page([1], 't1'), t1: expired });
    expect([restarts, outcome]).toMatchObject([3, refusedWith(true, 'broke off 4 times')]);
  });

  test('once when fewer rows came than were announced, then warns', async () => {
    const { ids, restarts, warnings } = await read({ '': page([1, 2], '', { total_records: 5 }) });
    expect([ids, restarts, warnings.length]).toEqual([[1, 2], 1, 1]);
    expect(warnings[0]).toContain('announced 3 rows more');
  });

  test('as often as is allowed when another number is missing each time, then warns', async () => {
    const missing = (count: number) => page([1, 2], '', { total_records: 2 + count });
    const { ids, restarts, warnings, outcome } = await read({
      '': [missing(1), missing(2), missing(1), missing(3)],
    });
    expect([ids, restarts, outcome.action]).toEqual([[1, 2], 3, 'read']);
    expect(warnings).toEqual([expect.stringContaining('announced 3 rows more than it gave, in 4 readings')]);
  });

  test('and does not take for read what broke off, though an earlier reading came to an end', async () => {
    const short = page([1], 't', { total_records: 5 });
    const { outcome, warnings } = await read({
      '': short,
      t: [page([2], '', { total_records: 5 }), expired],
    });
    expect([outcome, warnings]).toMatchObject([refusedWith(true, 'broke off'), []]);
  });

  test('when the listing shrank, since a row that moved up a page is on none', async () => {
    const first = page([1, 2], 't', { total_records: 5 });
    const { ids, restarts, warnings } = await read({
      '': [first, page([2, 3], 't', { total_records: 4 })],
      t: [page([4, 5], '', { total_records: 4 }), page([4, 5], '', { total_records: 4 })],
    });
    expect([ids, restarts, warnings]).toEqual([[2, 3, 4, 5], 1, []]);
  });

  test('and is content when the second reading gives them', async () => {
    const { ids, warnings } = await read({
      '': [page([1], '', { total_records: 2 }), page([1, 2], '', { total_records: 2 })],
    });
    expect([ids, warnings]).toEqual([[1, 2], []]);
  });
});

describe('pages that Zoom counts and gives no token for', () => {
  const counted = (ids: readonly number[], number: number, changes: JsonObject = {}) =>
    page(ids, '', { page_size: 2, page_count: 3, page_number: number, total_records: 5, ...changes });
  const owed = {
    action: 'read',
    isWhole: false,
    lacking: { message: expect.stringContaining('no page token') },
  };
  const whole = { action: 'read', isWhole: true };
  const refusal = { message: 'page_number is gone', isTransient: false, missingScopes: [], detail: '' };

  test('are asked for by their numbers, with the same parameters', async () => {
    const { ids, restarts, warnings, outcome, requests } = await read({
      '': counted([1, 2], 1),
      'page 2': counted([3, 4], 2),
      'page 3': counted([5], 3),
    });
    expect([ids, restarts, warnings, outcome]).toEqual([[1, 2, 3, 4, 5], 0, [], whole]);
    expect(requests.map(({ query }) => query)).toEqual([
      { from: '2026-01-01', page_size: 300 },
      { from: '2026-01-01', page_size: 300, page_number: 2 },
      { from: '2026-01-01', page_size: 300, page_number: 3 },
    ]);
  });

  test('are followed by token again where one comes', async () => {
    const { ids, outcome } = await read({
      '': counted([1, 2], 1),
      'page 2': counted([3, 4], 2, { next_page_token: 't' }),
      t: counted([5], 3),
    });
    expect([ids, outcome]).toEqual([[1, 2, 3, 4, 5], whole]);
  });

  test.each<{ name: string; second: Reply; first?: Reply }>([
    { name: 'numbers are taken no more', second: { action: 'refused', refusal } },
    { name: 'the number is not heeded', second: counted([1, 2], 1) },
    { name: 'another number comes', second: counted([4, 5], 3) },
    { name: 'the page before comes again under their number', second: counted([1, 2], 2) },
    { name: 'the page is empty', second: counted([], 2) },
    { name: 'the answer is no listing', second: bodyOf({ status: 'ok' }) },
    { name: 'pages have no number', second: counted([3], 2), first: counted([1, 2], 0) },
    {
      name: 'nothing but a full page tells of them',
      second: counted([1, 2], 1),
      first: counted([1, 2], 1, { page_count: undefined }),
    },
    {
      name: 'a full page is said to be the only one',
      second: counted([1, 2], 1),
      first: counted([1, 2], 1, { page_count: 1 }),
    },
    {
      name: 'a full page comes without a number',
      second: counted([3], 2),
      first: page([1, 2], '', { page_size: 2, total_records: 5 }),
    },
    {
      name: 'a page that is as full as was asked for does not say so',
      second: counted([1, 2], 1),
      first: counted(range(1, 300), 1, { page_size: undefined, page_count: 1, total_records: 303 }),
    },
    {
      name: 'nulls fill a page',
      second: counted([1, 2], 1),
      first: withNulls(counted([1], 1, { page_count: 1, total_records: 5 }), 1),
    },
  ])('are owed where $name, after a second reading', async ({ second, first = counted([1, 2], 1) }) => {
    const { ids, restarts, warnings, outcome } = await read({ '': first, 'page 2': second });
    expect([ids.slice(0, 1), restarts, outcome]).toMatchObject([[1], 1, owed]);
    expect(warnings).toEqual([expect.stringContaining('announced 3 rows more than it gave')]);
  });

  test('are owed while Zoom is in trouble, and so is no more than them', async () => {
    const trouble: Reply = { action: 'refused', refusal: { ...refusal, status: 500, isTransient: true } };
    const { ids, outcome } = await read({ '': counted([1, 2], 1), 'page 2': trouble });
    expect([ids, outcome]).toMatchObject([[1, 2], owed]);
    expect(outcome).toMatchObject({
      lacking: { status: 500, isTransient: true, message: expect.stringContaining('page_number is gone') },
    });
  });

  test.each<{ name: string; changes: JsonObject; pages?: Record<string, Reply> }>([
    { name: 'all rows were announced', changes: { total_records: 3 } },
    { name: 'no rows were announced', changes: { total_records: undefined } },
    { name: 'the rows of a page were announced', changes: { total_records: 2 } },
    { name: 'the full page alone tells of them', changes: { total_records: 3, page_count: undefined } },
    { name: 'counts are text', changes: { total_records: '3', page_count: '2', page_size: '2' } },
  ])('are asked for where $name', async ({ changes }) => {
    const { ids, warnings, outcome } = await read({
      '': counted([1, 2], 1, { page_count: 2, ...changes }),
      'page 2': counted([3], 2, { page_count: 2, ...changes }),
    });
    expect([ids, warnings, outcome]).toEqual([[1, 2, 3], [], whole]);
  });

  test('are asked for by numbers that are text', async () => {
    const numbered = (ids: readonly number[], number: number) =>
      counted(ids, number, { page_number: String(number) });
    const { ids } = await read({
      '': numbered([1, 2], 1),
      'page 2': numbered([3, 4], 2),
      'page 3': numbered([5], 3),
    });
    expect(ids).toEqual([1, 2, 3, 4, 5]);
  });

  describe('and no rows', () => {
    const uncounted = (ids: readonly number[], number: number, changes: JsonObject = {}) =>
      counted(ids, number, { total_records: undefined, ...changes });
    const trouble: Reply = { action: 'refused', refusal: { ...refusal, isTransient: true } };

    test.each<{ name: string; first?: Reply; second: Reply }>([
      { name: 'the number of a page behind a full one is not heeded', second: uncounted([1, 2], 1) },
      { name: 'a full page comes again under the next number', second: uncounted([1, 2], 2) },
      {
        name: 'the number of a page behind a full one is taken no more',
        second: { action: 'refused', refusal },
      },
      { name: 'Zoom is in trouble', first: uncounted([1], 1), second: trouble },
    ])('are owed where $name', async ({ first = uncounted([1, 2], 1), second }) => {
      const { restarts, warnings, outcome } = await read({ '': first, 'page 2': second });
      expect([restarts, outcome]).toMatchObject([1, owed]);
      expect(warnings).toEqual([expect.stringContaining('announced 3 pages and gave 1')]);
    });

    test.each<{ name: string; first: Reply; second?: Reply; expected: Outcome }>([
      {
        name: 'the first page is none of those numbered',
        first: uncounted([1, 2], 5),
        expected: { action: 'read', isWhole: true },
      },
      {
        name: 'the next page is empty',
        first: uncounted([1, 2], 1),
        second: uncounted([], 2),
        expected: { action: 'read', isWhole: true },
      },
      {
        name: 'all rows came that were announced',
        first: counted([1, 2], 1, { total_records: 2, page_count: 2 }),
        second: counted([1, 2], 1),
        expected: { action: 'read', isWhole: true },
      },
      {
        name: 'a page has room for the rows of others',
        first: uncounted([1], 1),
        second: uncounted([1], 1),
        expected: { action: 'read', isWhole: false },
      },
    ])('are none where $name', async ({ first, second, expected }) => {
      const { warnings, outcome, requests } = await read({ '': first, ...(second && { 'page 2': second }) });
      expect([warnings, outcome]).toEqual([[], expected]);
      expect(requests.length).toBe(second === undefined ? 1 : 2);
    });
  });

  test('are read again when a big one breaks off, and nothing of it is handed on twice', async () => {
    const broken: Reply = {
      action: 'success',
      body: {
        batches: (async function* () {
          yield [{ id: 3 }];
          throw new BodyInterrupted('broke off');
        })(),
        envelope: {},
        hasList: () => true,
        nulls: () => 0,
      },
    };
    const two = { page_count: 2, total_records: 3 };
    const { ids, restarts, outcome } = await read({
      '': counted([1, 2], 1, two),
      'page 2': [broken, counted([3], 2, two)],
    });
    expect([ids, restarts, outcome]).toEqual([[1, 2, 3], 1, whole]);
  });

  test.each<{ name: string; changes: JsonObject }>([
    { name: 'there are as many as were read', changes: { page_count: 1 } },
    { name: 'nothing counts them', changes: { page_count: undefined } },
  ])('are none where $name and the page has room: that is how Zoom counts rows', async ({ changes }) => {
    const { ids, warnings, outcome, requests } = await read({ '': counted([1], 1, changes) });
    expect([ids, warnings.length, outcome]).toEqual([[1], 1, { action: 'read', isWhole: false }]);
    expect(requests.length).toBe(2);
  });
});

describe('a row that ends a page and begins the next one', () => {
  const announcing = (ids: readonly number[], token = '') => page(ids, token, { total_records: 4 });
  /** So big that its rows are handed on while it arrives. */
  const inBatches = (ids: readonly number[], token = ''): Reply => ({
    action: 'success',
    body: {
      batches: (async function* () {
        for (const id of ids) yield [{ id }];
      })(),
      envelope: { total_records: 4, next_page_token: token },
      hasList: () => true,
      nulls: () => 0,
    },
  });

  test.each([
    { name: 'of small pages', give: announcing },
    { name: 'of big pages', give: inBatches },
  ])('counts once: another one is on no page ($name)', async ({ give }) => {
    const pages = () => ({ first: give([1, 2], 't'), second: give([2, 3]) });
    const [one, other] = [pages(), pages()];
    const { restarts, outcome, warnings } = await read({
      '': [one.first, other.first],
      t: [one.second, other.second],
    });
    expect([restarts, outcome]).toEqual([1, { action: 'read', isWhole: false }]);
    expect(warnings).toEqual([
      expect.stringContaining(
        '1 rows more than it gave (1 at the end of a page and the beginning of the next',
      ),
    ]);
  });

  test('leaves the listing whole where all rows came beside it', async () => {
    const { restarts, outcome } = await read({ '': announcing([1, 2], 't'), t: announcing([2, 3, 4]) });
    expect([restarts, outcome]).toEqual([0, { action: 'read', isWhole: true }]);
  });
});

describe('tokens that lead nowhere', () => {
  test('repeated over new rows, they are an error and no endless loop', async () => {
    const { outcome } = await read({ '': page([1], 't'), t: page([2], 't') });
    expect(outcome).toMatchObject(refusedWith(false, 'repeated a page token'));
  });

  test('repeated over an empty page, they are the end', async () => {
    expect((await read({ '': page([1], 't'), t: page([], 't') })).ids).toEqual([1]);
  });

  /** So many pages without rows, each with a new token, behind a first one, and one row behind them. */
  const gap = (
    length: number,
    first = page([1], 't1'),
    ids: readonly number[] = [],
  ): Record<string, Reply> => ({
    '': first,
    ...Object.fromEntries(
      Array.from({ length }, (_, index) => [`t${index + 1}`, page(ids, `t${index + 2}`)]),
    ),
    [`t${length + 1}`]: page([2]),
  });

  test('over 20 empty pages in a row they are followed: a filter may leave such gaps', async () => {
    expect((await read(gap(20))).ids).toEqual([1, 2]);
  });

  test('over 20 pages like the one before they are followed: rows may be alike', async () => {
    expect((await read(gap(20, page([1, 3], 't1'), [1, 3]))).ids.at(-1)).toBe(2);
  });

  test.each([
    { end: 'begin', ids: [1, 4] },
    { end: 'end', ids: [5, 3] },
  ])('over more pages that only $end alike they are followed', async ({ ids }) => {
    const pages = { ...gap(30, page([1, 3], 't1'), [1, 3]), t15: page(ids, 't16') };
    expect((await read(pages)).ids.at(-1)).toBe(2);
  });

  const more = { total_records: 9 };
  test.each<{ name: string; pages: Record<string, Reply>; asked: number }>([
    { name: 'behind rows', pages: gap(30), asked: 22 },
    { name: 'where more rows were announced', pages: gap(30, page([1], 't1', more)), asked: 22 },
    { name: 'from the first page on', pages: gap(30, page([], 't1')), asked: 21 },
    { name: 'and none else, of rows announced', pages: gap(30, page([], 't1', more)), asked: 21 },
    // The next one is on its way before a page is looked at.
    { name: 'like the one before', pages: gap(30, page([1, 3], 't1'), [1, 3]), asked: 23 },
  ])(
    'over more than 20 pages without new rows they are an error and no endless loop: $name',
    async ({ pages, asked }) => {
      const { outcome, requests } = await read(pages);
      expect(outcome).toMatchObject(refusedWith(false, 'sent 21 pages in a row without new rows'));
      expect(requests.length).toBe(asked);
    },
  );

  test('over empty pages with rows between them, they are followed for as long as it takes', async () => {
    const pages: Record<string, Reply> = { '': page([0], 't1') };
    for (let number = 1; number < 60; number += 1)
      pages[`t${number}`] = page(number % 15 === 0 ? [number] : [], `t${number + 1}`);
    pages['t60'] = page([60]);
    expect((await read(pages)).ids).toEqual([0, 15, 30, 45, 60]);
  });

  test('refused when all that was announced is there, they are the end', async () => {
    const { ids, restarts } = await read({ '': page([1], 't', { total_records: 1 }), t: expired });
    expect([ids, restarts]).toEqual([[1], 0]);
  });

  test('an expired one on the very first request is a refusal', async () => {
    expect((await read({ '': expired })).outcome.action).toBe('refused');
  });
});

describe('bodies', () => {
  test('an empty listing may lack its list', async () => {
    const reply: Reply = {
      action: 'success',
      body: { batches: [[]], envelope: { page_size: 300 }, hasList: () => false, nulls: () => 0 },
    };
    expect((await read({ '': reply })).ids).toEqual([]);
  });

  test('one that may lack it is known by what it always has', async () => {
    const endpoint = { ...request.endpoint, emptyWith: ['files', 'topic'] };
    const outcomeOf = async (envelope: JsonObject) =>
      (await read({ '': bodyOf(envelope) }, { endpoint })).outcome;
    expect(await outcomeOf({ files: [], topic: '' })).toEqual({ action: 'read', isWhole: true });
    expect(await outcomeOf({ files: [] })).toMatchObject(refusedWith(false, 'holds no list "rows"'));
  });

  test('something else is not taken for an empty listing', async () => {
    const reply: Reply = {
      action: 'success',
      body: { batches: [[]], envelope: { status: 'ok' }, hasList: () => false, nulls: () => 0 },
    };
    const expected = refusedWith(false, 'holds no list "rows" (its fields: status)');
    expect((await read({ '': reply })).outcome).toMatchObject(expected);
  });

  test('a big one that is something else is not taken for an empty listing either', async () => {
    const reply: Reply = {
      action: 'success',
      body: {
        batches: (async function* () {})(),
        envelope: { status: 'ok' },
        hasList: () => false,
        nulls: () => 0,
      },
    };
    const expected = refusedWith(false, 'holds no list "rows" (its fields: status)');
    expect((await read({ '': reply })).outcome).toMatchObject(expected);
  });

  test('rows that are no objects refuse the listing', async () => {
    const reply: Reply = {
      action: 'success',
      body: {
        // biome-ignore lint/correctness/useYield: it fails before its first row.
        batches: (function* () {
          throw new BodyMisshapen('the list "rows" holds something that is no object');
        })(),
        envelope: {},
        hasList: () => true,
        nulls: () => 0,
      },
    };
    expect((await read({ '': reply })).outcome).toMatchObject(refusedWith(false, 'no object'));
  });

  test('the old list is read where the new one gives nothing, and only there', async () => {
    const endpoint = { ...request.endpoint, legacyRecords: { field: 'old', copy: { uuid: 'id' } } };
    const old = { old: [{ id: 7 }] };
    expect((await read({ '': page([], '', old) }, { endpoint })).ids).toEqual([7]);
    expect((await read({ '': page([1], '', old) }, { endpoint })).ids).toEqual([1]);
  });

  test('an endpoint without pages is asked without page_size', async () => {
    const { requests } = await read({ '': page([1]) }, { endpoint: { ...request.endpoint, pageSize: 0 } });
    expect(requests[0]?.query).toEqual({ from: '2026-01-01' });
  });
});
