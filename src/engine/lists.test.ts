import { describe, expect, test } from '@jest/globals';
import { readBody } from '../http/body.ts';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const changes: StreamDeclaration = {
  kind: 'windowed',
  name: 'changes',
  path: '/changes',
  records: 'messages',
  lists: {
    adds: 'list',
    of: {
      messages: { recordHash: [['id']], cursor: 'date_time' },
      edited: { recordHash: [['id', 'action']], cursor: 'action' },
      deleted: { recordHash: [['id', 'action']], cursor: 'action' },
    },
  },
  scopes: { granular: ['a:read'], classic: [] },
  window: { maxDays: 28, format: 'date' },
  primaryKey: ['list', 'record_hash'],
  cursor: 'changed_time',
  lookbackDays: 3,
};

const day = '2028-01-10';
const sent = (id: number) => ({ id, date_time: `${day}T10:00:0${id}Z` });
const acted = (id: number, second: number) => ({
  ...sent(id),
  action: at(`${day}T11:00:00Z`) + second * 1000,
});
const messages = [0, 1, 2, 3, 4].map(sent);
const edited = [acted(0, 0), acted(0, 1), acted(1, 0), acted(1, 0)];
const deleted = [acted(2, 0), acted(1, 0)];

/** A listing of two rows a page, the other lists on each of them. */
async function answer({ query, records, lists }: Request, wholeBytes?: number): Promise<Reply> {
  const offset = Number(query['next_page_token'] ?? 0);
  const next = offset + 2 < messages.length ? String(offset + 2) : '';
  const isInside = String(query['from']) <= day && String(query['to']) >= day;
  const body = isInside
    ? { messages: messages.slice(offset, offset + 2), edited, deleted }
    : { messages: [] };
  const text = JSON.stringify({
    ...body,
    next_page_token: isInside ? next : '',
    total_records: isInside ? 5 : 0,
  });
  const chunks = (async function* () {
    for (let start = 0; start < text.length; start += 50) yield Buffer.from(text.slice(start, start + 50));
  })();
  const parsed = await readBody(chunks, { records, lists }, wholeBytes);
  if (parsed.kind !== 'json') throw new Error(parsed.kind);
  return { action: 'success', body: parsed.body };
}

const namesOf = (records: readonly JsonObject[]) =>
  records.map(({ list, id, changed_time }) => `${list} ${id} ${String(changed_time).slice(11)}`).sort();
const expected = [
  'deleted 1 11:00:00Z',
  'deleted 2 11:00:00Z',
  'edited 0 11:00:00Z',
  'edited 0 11:00:01Z',
  'edited 1 11:00:00Z',
  'edited 1 11:00:00Z',
  ...[0, 1, 2, 3, 4].map((id) => `messages ${id} 10:00:0${id}Z`),
];

describe.each([
  { how: 'in one go', wholeBytes: undefined },
  { how: 'while it arrives', wholeBytes: 100 },
])('several lists of one answer, read $how', ({ wholeBytes }) => {
  test('leave whole and once, each row with its list, its own time and a key of its own', async () => {
    const zoom = new FakeZoom({
      declarations: [changes],
      rows: () => [],
      instead: (request) => answer(request, wholeBytes),
    });
    const { of, warnings } = await zoom.sync(at('2028-02-15'), ['changes']);
    expect(namesOf(of('changes'))).toEqual(expected);
    const keys = of('changes').map(({ list, record_hash }) => `${list} ${record_hash}`);
    expect(new Set(keys).size).toBe(expected.length);
    // The same edit has the same hash in both lists: it is the list that tells them apart.
    expect(keys.filter((key) => /-\d$/.test(key)).map((key) => key.split(' ')[0])).toEqual(['edited']);
    expect(warnings.filter((warning) => warning.includes('announced'))).toEqual([]);
  });
});

test('a row whose time cannot be read leaves once, with null for it', async () => {
  const zoom = new FakeZoom({
    declarations: [changes],
    rows: () => [],
    instead: async ({ records, lists }) => {
      const chunks = (async function* () {
        yield Buffer.from('{"messages":[],"edited":[{"id":1,"action":"soon"}],"next_page_token":""}');
      })();
      const parsed = await readBody(chunks, { records, lists });
      return parsed.kind === 'json' ? { action: 'success', body: parsed.body } : undefined;
    },
  });
  const { of } = await zoom.sync(at('2028-03-15'), ['changes']);
  expect(of('changes')).toMatchObject([{ list: 'edited', id: 1, changed_time: null }]);
});

test('rows of the other lists make up for none that Zoom announced of its pages', async () => {
  const zoom = new FakeZoom({
    declarations: [changes],
    rows: () => [],
    instead: async ({ records, lists }) => {
      const chunks = (async function* () {
        yield Buffer.from('{"messages":[],"edited":[{"id":1,"action":1830000000000}],"total_records":1}');
      })();
      const parsed = await readBody(chunks, { records, lists });
      return parsed.kind === 'json' ? { action: 'success', body: parsed.body } : undefined;
    },
  });
  const { warnings } = await zoom.sync(at('2028-01-15'), ['changes']);
  expect(warnings.join('\n')).toMatch(/changes: Zoom announced 1 rows more than it gave/);
});
