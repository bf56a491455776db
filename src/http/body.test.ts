import { describe, expect, test } from '@jest/globals';
import { BodyInterrupted, BodyMisshapen, readBody } from './body.ts';

async function* inChunks(text: string, size = text.length || 1): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function readAll(text: string, records: string | undefined, wholeBytes?: number, size?: number) {
  return readAllOf(text, { records }, wholeBytes, size);
}

async function readAllOf(
  text: string,
  wanted: Parameters<typeof readBody>[1],
  wholeBytes?: number,
  size?: number,
) {
  const parsed = await readBody(inChunks(text, size), wanted, wholeBytes);
  if (parsed.kind !== 'json') return parsed;
  const rows: unknown[] = [];
  for await (const batch of parsed.body.batches) rows.push(...batch);
  return { kind: 'json', rows, envelope: parsed.body.envelope, hasList: parsed.body.hasList() };
}

const listing = {
  next_page_token: 'abc',
  users: Array.from({ length: 250 }, (_, id) => ({ id, name: `Zoë ${id} 😀`, list: [{ deep: [id] }] })),
  total: { n: 1 },
};

describe.each([
  { name: 'in one go', wholeBytes: undefined, size: 1000 },
  { name: 'while it arrives', wholeBytes: 100, size: 7 },
  { name: 'while it arrives in big chunks', wholeBytes: 100, size: 5000 },
])('a body read $name', ({ wholeBytes, size }) => {
  test('gives the rows and the rest', async () => {
    const { users, ...envelope } = listing;
    expect(await readAll(JSON.stringify(listing), 'users', wholeBytes, size)).toEqual({
      kind: 'json',
      rows: users,
      envelope,
      hasList: true,
    });
  });

  test('gives the rows of several lists with the names of theirs, whatever lies between them', async () => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, id) => ({ id, users: [{ id: 'inside' }] }));
    const body = { edited: ids(130), a: 1, users: ids(250), b: { users: [1] }, deleted: ids(101), empty: [] };
    const lists = { adds: 'list', names: ['users', 'edited', 'deleted', 'empty', 'none'] };
    const chunks = inChunks(JSON.stringify(body), size);
    const parsed = await readBody(chunks, { records: 'users', lists }, wholeBytes);
    if (parsed.kind !== 'json') throw new Error(parsed.kind);
    const rows: Record<string, unknown>[] = [];
    for await (const batch of parsed.body.batches) rows.push(...batch);
    const named = (list: 'users' | 'edited' | 'deleted') => body[list].map((row) => ({ ...row, list }));
    for (const list of ['users', 'edited', 'deleted'] as const)
      expect(rows.filter((row) => row['list'] === list)).toEqual(named(list));
    expect(rows.length).toBe(481);
    expect(parsed.body.envelope).toEqual({ a: 1, b: { users: [1] } });
    expect(parsed.body.hasList()).toBe(true);
  });

  test('tells an empty list from none', async () => {
    const padding = 'x'.repeat(200);
    expect(await readAll(JSON.stringify({ padding, users: [] }), 'users', wholeBytes, size)).toMatchObject({
      rows: [],
      hasList: true,
    });
    expect(await readAll(JSON.stringify({ padding }), 'users', wholeBytes, size)).toMatchObject({
      rows: [],
      hasList: false,
    });
  });

  const rows = Array.from({ length: 250 }, (_, id) => ({ id, meetings: [{ id: id + 1000 }] }));

  test('gives a list inside an object, with what is beside it and around it', async () => {
    const past = { before: 1, meetings: rows, next_page_token: 'inner' };
    const body = { id: 'r1', meetings: ['another'], past, live: { past: { meetings: listing.users } } };
    const { past: _, ...around } = body;
    expect(await readAll(JSON.stringify(body), 'past.meetings', wholeBytes, size)).toEqual({
      kind: 'json',
      rows,
      envelope: { ...around, before: 1, next_page_token: 'inner' },
      hasList: true,
    });
  });

  test.each([
    '{"id":"r1","past":{"page_size":30}}',
    '{"id":"r1","page_size":30}',
    '{"page_size":30,"past":7}',
  ])('gives no list where %s has none inside', async (text) => {
    expect(await readAll(text.padEnd(200), 'past.meetings', wholeBytes, size)).toMatchObject({
      rows: [],
      envelope: { page_size: 30 },
      hasList: false,
    });
  });

  test.each(['', 'rules'])('gives a bare list, asked for as "%s"', async (records) => {
    expect(await readAll(JSON.stringify(rows), records, wholeBytes, size)).toEqual({
      kind: 'json',
      rows,
      envelope: {},
      hasList: true,
    });
  });

  test('gives a row for each string of a list, without the nulls', async () => {
    const domains = rows.map(({ id }) => `${id}.example.com`);
    const text = JSON.stringify({ total: 1, domains: [null, ...domains] });
    const wanted = { records: 'domains', strings: 'domain' };
    expect(await readAllOf(text, wanted, wholeBytes, size)).toEqual({
      kind: 'json',
      rows: domains.map((domain) => ({ domain })),
      envelope: { total: 1 },
      hasList: true,
    });
  });
});

test.each([
  { records: '', body: listing.users },
  { records: 'users', body: listing.users },
  { records: 'users', body: listing },
  { records: 'past.users', body: { past: listing } },
])('a list that arrives for "$records" is never there as a whole', async ({ records, body }) => {
  const parsed = await readBody(inChunks(JSON.stringify(body), 500), { records }, 100);
  if (parsed.kind !== 'json') throw new Error('no JSON');
  const sizes: number[] = [];
  for await (const batch of parsed.body.batches) sizes.push(batch.length);
  expect(sizes).toEqual([100, 100, 50]);
});

test('an empty bare list is one where a bare list was asked for, and no other', async () => {
  expect(await readAll('[]', '')).toMatchObject({ rows: [], hasList: true });
  expect(await readAll('[]', 'rules')).toMatchObject({ rows: [], hasList: false });
  expect(await readAll('{"rules":[{"id":1}]}', '')).toMatchObject({ rows: [], hasList: false });
});

test('a list of strings with something else in it is not read with a gap', async () => {
  const reading = readAllOf('{"domains":["a",{"domain":"b"}]}', { records: 'domains', strings: 'domain' });
  await expect(reading).rejects.toThrow('the list "domains" holds something that is no string, at place 2');
});

test('a big body that breaks off says so, after the rows that were whole', async () => {
  const text = JSON.stringify(listing);
  for (const broken of [text.slice(0, -40), `${text.slice(0, -40)}}}}`]) {
    await expect(readAll(broken, 'users', 100, 50)).rejects.toBeInstanceOf(BodyInterrupted);
  }
});

test.each([
  { name: 'a list', text: '{"users":[{"id":1},true,{"id":2}]}', wholeBytes: undefined },
  { name: 'a bare list', text: '[{"id":1},"two"]', wholeBytes: undefined },
  { name: 'a list that is read while it arrives', text: '{"users":[{"id":1},[],{"id":2}]}', wholeBytes: 5 },
  {
    name: 'a long list that is read while it arrives',
    text: JSON.stringify({ users: [{ id: 1 }, 'two', ...Array(150).fill({ id: 3 })] }),
    wholeBytes: 5,
  },
])('$name with something else among its rows is not read with a gap', async ({ text, wholeBytes }) => {
  const reading = readAll(text, 'users', wholeBytes);
  await expect(reading).rejects.toBeInstanceOf(BodyMisshapen);
  await expect(reading).rejects.toThrow(/no object, at place 2/);
});

test.each([
  { name: 'a list', text: '{"users":[{"id":1},null,{"id":2},null]}', wholeBytes: undefined },
  {
    name: 'a list that is read while it arrives',
    text: '{"users":[null,{"id":1},{"id":2},null]}',
    wholeBytes: 5,
  },
])('in $name a null is no row, and is counted', async ({ text, wholeBytes }) => {
  const parsed = await readBody(inChunks(text), { records: 'users' }, wholeBytes);
  if (parsed.kind !== 'json') throw new Error('no JSON');
  const rows: unknown[] = [];
  for await (const batch of parsed.body.batches) rows.push(...batch);
  expect([rows, parsed.body.nulls()]).toEqual([[{ id: 1 }, { id: 2 }], 2]);
});

test.each<{ text: string; records?: string; expected: unknown }>([
  { text: '{"id":1}', expected: { kind: 'json', rows: [{ id: 1 }], envelope: { id: 1 }, hasList: true } },
  {
    text: '[{"id":1},{"id":2}]',
    records: 'rules',
    expected: { kind: 'json', rows: [{ id: 1 }, { id: 2 }], envelope: {}, hasList: true },
  },
  { text: '{"id":', expected: { kind: 'broken', text: '{"id":' } },
  { text: '', expected: { kind: 'text', text: '(an empty answer)' } },
  {
    text: '<html><head><title>Blocked</title></head><body>x</body></html>',
    expected: { kind: 'text', text: 'Blocked' },
  },
  { text: '<p>No  <b>access</b></p><script>evil()</script>', expected: { kind: 'text', text: 'No access' } },
  { text: '"just text"', expected: { kind: 'text', text: '"just text"' } },
])('$text', async ({ text, records, expected }) => {
  expect(await readAll(text, records)).toEqual(expected);
});

const illFormed = String.raw`{"next_page_token":"a\u0000","users":[{"id":"a\u0000b","\uD83D":"c\udc00"},{"n":["\ud83d\ude00\u00e9",{"\u0000":"\\u0000"}]}]}`;

test.each([
  { how: 'in one go', wholeBytes: undefined },
  { how: 'while it arrives', wholeBytes: 5 },
])('NUL and lone surrogates in rows, names of fields included, are U+FFFD ($how)', async ({ wholeBytes }) => {
  expect(await readAll(illFormed, 'users', wholeBytes)).toMatchObject({
    // What Zoom wants to be given back stays as it is.
    envelope: { next_page_token: 'a\0' },
    rows: [{ id: 'a\ufffdb', '\ufffd': 'c\ufffd' }, { n: ['😀é', { '\ufffd': '\\u0000' }] }],
  });
});

test.each([
  { text: '[{"id":"\\u0000"}]', records: 'users' },
  { text: '{"id":"\\u0000"}', records: undefined },
])('also in $text', async ({ text, records }) => {
  expect(await readAll(text, records)).toMatchObject({ rows: [{ id: '\ufffd' }] });
});
