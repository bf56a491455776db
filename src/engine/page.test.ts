import { expect, test } from '@jest/globals';
import { readBody } from '../http/body.ts';
import type { JsonObject } from '../json.ts';
import { deliverPage, wholePage } from './page.ts';

const endpoint = {
  path: '/x' as const,
  records: 'rows',
  scopes: { granular: [], classic: [] },
  envelope: ['title'],
  legacyRecords: { field: 'old', copy: { uuid: 'id' } },
};

/** The page of a response body, in one go or handed on while it arrives. */
async function read(text: string, how: 'whole' | 'arriving') {
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  const parsed = await readBody(chunks, { records: 'rows' });
  if (parsed.kind !== 'json') throw new Error(parsed.kind);
  const batches: JsonObject[][] = [];
  for await (const batch of parsed.body.batches) batches.push([...batch]);
  if (how === 'whole') return wholePage(batches.flat(), parsed.body, endpoint);
  const delivered: JsonObject[] = [];
  const arriving = (async function* () {
    yield* batches;
  })();
  const page = await deliverPage(
    arriving,
    parsed.body,
    endpoint,
    async (rows) => void delivered.push(...rows),
  );
  return { ...page, rows: delivered };
}

test.each(['whole', 'arriving'] as const)(
  'rows of the old list are mended, and nulls among them counted (%s)',
  async (how) => {
    const page = await read(String.raw`{"rows":[],"old":[{"id":"a\u0000","\ud800":"\udc00b"},null]}`, how);
    expect(page.rows).toEqual([{ id: 'a\ufffd', uuid: 'a\ufffd', '\ufffd': '\ufffdb' }]);
    expect([page.count(), page.nulls()]).toEqual([1, 1]);
  },
);

test('what is added from beside the list is mended, and the page token is given back as it came', async () => {
  const page = await read(
    String.raw`{"rows":[{"id":1}],"title":["How\u0000?",{"\ud83d":1}],"next_page_token":"a\u0000"}`,
    'whole',
  );
  expect(page.rows).toEqual([{ id: 1, title: ['How\ufffd?', { '\ufffd': 1 }] }]);
  expect(page.nextToken()).toBe('a\0');
});
