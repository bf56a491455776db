import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { SnapshotStream } from '../streams/declaration.ts';
import { FakeZoom, jsonReply } from './fake-zoom.ts';

/* What declarations say of where an answer's rows are, and of how it is asked for. */

const at = (text: string) => Date.parse(text);
const now = at('2028-02-01T09:30:15.500Z');
const base = {
  kind: 'snapshot',
  name: 'rows',
  path: '/rows',
  scopes: { granular: ['a:read'], classic: [] },
  primaryKey: ['id'],
} as const;

/** Reads a stream whose requests are answered with these bodies. */
async function read(
  declaration: Partial<SnapshotStream>,
  answer: (request: Request) => unknown,
  { isLong = false, isComplete = true, zoomNow = now } = {},
) {
  const requests: Request[] = [];
  const zoom = new FakeZoom({
    declarations: [{ ...base, ...declaration }],
    rows: () => [],
    instead: (request) => {
      requests.push(request);
      return jsonReply(request, answer(request), { isLong });
    },
  });
  const sync = await zoom.sync(zoomNow, ['rows'], { isComplete });
  const rows = sync.of('rows').map(({ _ab_cdc_updated_at: _, _ab_cdc_deleted_at: __, ...row }) => row);
  return { rows, zoom, requests, error: sync.errorOf('rows')?.message };
}

const many = Array.from({ length: 250 }, (_, id) => ({ id }));

describe.each([
  { how: 'in one go', isLong: false },
  { how: 'while it arrives', isLong: true },
])('an answer read $how', ({ isLong }) => {
  test('has its list and its page token inside an object', async () => {
    const { rows, requests } = await read(
      { records: 'past.meetings' },
      ({ query }) =>
        query['next_page_token'] === undefined
          ? { id: 'r', past: { next_page_token: 't1', total_records: 251, meetings: many } }
          : { id: 'r', past: { meetings: [{ id: 250 }], next_page_token: '', total_records: 251 } },
      { isLong },
    );
    expect(rows).toEqual([...many, { id: 250 }]);
    expect(requests.map(({ query }) => query['next_page_token'])).toEqual([undefined, 't1']);
  });

  test('is a bare list', async () => {
    const { rows, requests } = await read({ records: '', pageSize: 0 }, () => many, { isLong });
    expect([rows, requests[0]?.query]).toEqual([many, {}]);
  });

  test('lists strings', async () => {
    const domains = many.map(({ id }) => `${id}.example.com`);
    const declaration = { records: 'domains', strings: 'domain', primaryKey: ['domain'] } as const;
    const { rows } = await read(declaration, () => ({ domains }), { isLong });
    expect(rows).toEqual(domains.map((domain) => ({ domain })));
  });

  test('has fields beside its list that are added to each row, though they come after it', async () => {
    const { rows } = await read(
      { records: 'rows', envelope: ['currency', 'period', 'other'] },
      () => ({ period: 'May', rows: [...many, { id: 250, currency: 'EUR' }], currency: 'USD', rest: 1 }),
      { isLong },
    );
    const added = { period: 'May', currency: 'USD' };
    expect(rows).toEqual([
      ...many.map((row) => ({ ...added, ...row })),
      { id: 250, period: 'May', currency: 'EUR' },
    ]);
  });
});

test.each([
  { records: 'past.meetings', body: { id: 'r', past: {} }, message: 'holds no list "past.meetings"' },
  { records: '', body: { page_size: 30, rules: [] }, message: 'the answer is no list' },
])('$body is no listing of "$records"', async ({ records, body, message }) => {
  expect((await read({ records }, () => body, { isComplete: false })).error).toContain(message);
});

test('an empty bare list proves that what was there is gone', async () => {
  let rules = [{ id: 'r1' }];
  const { zoom } = await read({ records: '', pageSize: 0, tombstones: true }, () => rules);
  rules = [];
  const { of } = await zoom.sync(at('2028-02-02'), ['rows']);
  expect(of('rows')).toMatchObject([{ id: 'r1', _ab_cdc_deleted_at: expect.any(String) }]);
});

test('a path and a query are filled with values, and records say with which', async () => {
  const { rows, requests } = await read(
    {
      path: '/rows/{policy}/of',
      primaryKey: ['policy', 'hours'],
      values: [
        { parameter: 'policy', values: ['calls', 'a/b'], adds: 'policy' },
        { parameter: 'hours', values: ['', 'closed'], adds: 'hours', unset: 'open' },
      ],
    },
    () => ({ enabled: true }),
  );
  expect(requests.map(({ path, query }) => [path, query])).toEqual([
    ['/rows/calls/of', {}],
    ['/rows/calls/of', { hours: 'closed' }],
    ['/rows/a%252Fb/of', {}],
    ['/rows/a%252Fb/of', { hours: 'closed' }],
  ]);
  expect(rows.map(({ policy, hours }) => [policy, hours])).toEqual([
    ['calls', 'open'],
    ['calls', 'closed'],
    ['a/b', 'open'],
    ['a/b', 'closed'],
  ]);
});

test('the one row of an account has one key, whatever it holds', async () => {
  let body = { users: 5 };
  const { rows, zoom } = await read({ primaryKey: ['record_hash'], recordHash: [[]] }, () => body);
  body = { users: 6 };
  const { of } = await zoom.sync(at('2028-02-02'), ['rows']);
  const [first] = rows;
  expect(first?.['record_hash']).toMatch(/^[0-9a-f]{32}$/);
  expect(of('rows')).toMatchObject([{ users: 6, record_hash: first?.['record_hash'] }]);
});

describe('an instant that is known when the sync begins', () => {
  const asked = async (query: SnapshotStream['query'], zoomNow = now) =>
    (await read({ records: 'rows', ...(query && { query }) }, () => ({ rows: [] }), { zoomNow })).requests[0]
      ?.query;

  test('is passed as a day or to the second', async () => {
    expect(
      await asked({
        type: 'all',
        from: { at: 'now', format: 'date' },
        to: { at: 'now', format: 'date', plusDays: 28 },
        since: { at: 'start', format: 'date' },
        until: { at: 'now', format: 'date-time' },
      }),
    ).toEqual({
      type: 'all',
      from: '2028-02-01',
      to: '2028-02-29',
      since: '2028-01-01',
      until: '2028-02-01T09:30:15Z',
      page_size: 300,
    });
  });

  test('is no earlier than what Zoom keeps, with a day to spare', async () => {
    const from = { at: 'start', format: 'date-time', keptMonths: 6 } as const;
    expect(await asked({ from })).toMatchObject({ from: '2028-01-01T00:00:00Z' });
    expect(await asked({ from }, at('2028-09-10T07:00:00Z'))).toMatchObject({ from: '2028-03-11T07:00:00Z' });
  });

  test('is no later than the sync, wherever the config starts', async () => {
    expect(await asked({ from: { at: 'start', format: 'date' } }, at('2027-12-01'))).toMatchObject({
      from: '2027-12-01',
    });
  });
});
