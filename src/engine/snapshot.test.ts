import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const below = { name: 'groups', parameters: { group_id: 'id' } };

const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'groups', path: '/groups', primaryKey: ['id'], tombstones: true },
  {
    ...list,
    kind: 'snapshot',
    name: 'members',
    path: '/groups/{group_id}/members',
    parent: { ...below, adds: { group_id: 'id' } },
    primaryKey: ['group_id', 'id'],
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'devices',
    path: '/groups/{group_id}/devices',
    parent: below,
    primaryKey: ['id'],
  },
];
const account: Record<string, readonly JsonObject[]> = {
  '/groups': [{ id: 1 }, { id: 2 }],
  '/groups/1/members': [{ id: 10 }, { id: 11 }],
  '/groups/2/members': [{ id: 10 }],
  '/groups/1/devices': [{ id: 7 }],
  '/groups/2/devices': [{ id: 9 }],
};
const create = (instead: (request: Request) => Reply | undefined = () => undefined) =>
  new FakeZoom({ declarations, rows: (path) => account[path] ?? [], instead });

describe('a listing that is not whole', () => {
  test.each([
    { name: 'has fewer rows than it announces', reply: () => bodyReply([{ id: 1 }], { total_records: 2 }) },
    { name: 'lacks its list', reply: () => bodyReply([], { next_page_token: '' }, false) },
  ])('deletes nothing: it $name', async ({ reply }) => {
    let isShort = false;
    const zoom = create(() => (isShort ? reply() : undefined));
    await zoom.sync(at('2028-02-01'), ['groups']);
    isShort = true;
    const { of, warnings } = await zoom.sync(at('2028-02-02'), ['groups']);
    expect(of('groups')).toEqual([]);
    expect(warnings.join('\n')).toMatch(/not whole; none is taken for deleted/);
  });

  test('is owed where it counts more pages than it gives, and what is below it too, until it is whole', async () => {
    let isShort = true;
    const short = { page_count: 2, page_number: 1, total_records: 2 };
    const zoom = create(({ path }) =>
      isShort && path === '/groups' ? bodyReply([{ id: 1 }], short) : undefined,
    );
    for (const streams of [['groups'], ['members']]) {
      isShort = true;
      for (const day of ['2028-02-01', '2028-02-02']) {
        const { of, errorOf } = await zoom.sync(at(day), streams, { isComplete: false });
        expect([...of('groups'), ...of('members')].length > 0).toBe(day.endsWith('1'));
        expect(errorOf(String(streams[0]))?.message).toMatch(/1 rows more than it gave.*no page token/);
      }
      const { warnings } = await zoom.sync(at('2028-02-03'), streams);
      expect(warnings.join('\n')).toMatch(/owed .*3 syncs in a row/);
      isShort = false;
      await zoom.sync(at('2028-02-04'), streams);
      expect(zoom.states.get(String(streams[0]))).not.toHaveProperty('owed');
    }
  });

  test('of nothing but empty pages is no end', async () => {
    let number = 0;
    const zoom = create(() => bodyReply([], { next_page_token: `t${++number}` }));
    await zoom.sync(at('2028-02-01'), ['groups'], { isComplete: false });
  });
});

describe('digests in the state', () => {
  test('lie by partition where the key names it, and by key where it does not', async () => {
    const zoom = create();
    await zoom.sync(at('2028-02-01'), ['members', 'devices', 'groups']);
    const digest = expect.stringMatching(/^[\w-]{8}$/);
    expect(zoom.states.get('members')?.['digests']).toEqual({
      1: { 10: digest, 11: digest },
      2: { 10: digest },
    });
    expect(zoom.states.get('devices')?.['digests']).toEqual({ 7: digest, 9: digest });
    expect(zoom.states.get('groups')?.['digests']).toEqual({ 1: digest, 2: digest });
  });

  test.each([
    { stream: 'members', digests: { 10: 'abcd-_12' } },
    { stream: 'members', digests: { 1: { 10: 'abcd-_12' }, 2: 'abcd-_12' } },
    { stream: 'devices', digests: { 1: { 7: 'abcd-_12' } } },
    { stream: 'groups', digests: { 1: { 7: 'abcd-_12' } } },
  ])('of another shape are no state of $stream: $digests', async ({ stream, digests }) => {
    const zoom = create();
    zoom.states.set(stream, { version: 1, _ab_cdc_updated_at: '2028-02-01T00:00:00Z', digests });
    const { of, errorOf } = await zoom.sync(at('2028-02-02'), [stream], { isComplete: false });
    expect(errorOf(stream)).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringContaining('digests'),
    });
    expect(of(stream)).toEqual([]);
  });
});
