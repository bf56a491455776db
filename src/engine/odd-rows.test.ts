import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import type { Listing, StreamDeclaration } from '../streams/declaration.ts';
import { FakeZoom, outageReply } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const window = { maxDays: 28, format: 'date' } as const;
const ofUser = { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } };
const dated = { cursor: 'end_time', lookbackDays: 3 };

const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'], tombstones: true },
  {
    ...list,
    kind: 'snapshot',
    name: 'devices',
    path: '/users/{user_id}/devices',
    parent: ofUser,
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  { ...list, ...dated, kind: 'windowed', name: 'meetings', path: '/meetings', window, primaryKey: ['id'] },
  {
    ...list,
    ...dated,
    kind: 'windowed',
    name: 'recordings',
    path: '/users/{user_id}/recordings',
    window,
    parent: ofUser,
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    kind: 'derived',
    name: 'people',
    path: '/meetings/{meeting_id}/people',
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id', ended: 'end_time' },
    },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'ended',
    lookbackDays: 3,
  },
  {
    kind: 'embedded',
    name: 'files',
    parent: { name: 'meetings', adds: { meeting_id: 'id', ended: 'end_time' } },
    list: 'files',
    primaryKey: ['meeting_id', 'id'],
    cursor: 'ended',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'notes',
    path: '/notes/{note_id}',
    parent: { name: 'note_list', parameters: { note_id: 'id' }, adds: { note_id: 'id' } },
    primaryKey: ['note_id', 'id'],
  },
];
const listings: readonly Listing[] = [
  { ...list, name: 'note_list', path: '/users/{user_id}/notes', parent: ofUser },
];

/** Rows of every third day until April; the one in the middle may lack what names it. */
const count = 30;
const datedRows = (odd: JsonObject, extra: JsonObject = {}) =>
  Array.from({ length: count }, (_, number) => ({
    id: `r${number}`,
    end_time: new Date(at('2028-01-02T10:00:00Z') + number * 3 * 86_400_000).toISOString(),
    ...extra,
    ...(number === 5 ? odd : {}),
  }));
const rows = (odd: unknown) => [{ id: 'a' }, odd, { id: 'c' }];

const cases: readonly {
  readonly stream: string;
  /** Path of the list that holds the odd row, and its rows. */
  readonly path: string;
  with(odd: JsonObject): readonly unknown[];
}[] = [
  { stream: 'users', path: '/users', with: rows },
  { stream: 'devices', path: '/users/u/devices', with: rows },
  { stream: 'meetings', path: '/meetings', with: (odd) => datedRows(odd) },
  { stream: 'recordings', path: '/users/u/recordings', with: (odd) => datedRows(odd) },
  { stream: 'people', path: '/meetings/m/people', with: rows },
  {
    stream: 'files',
    path: '/meetings',
    with: (odd) => datedRows({ files: rows(odd) }, { files: [{ id: 'f' }] }),
  },
];

/** An account in which every list but one is as it should be. */
function createZoom(changed: Record<string, readonly unknown[]>) {
  const lists: Record<string, readonly unknown[]> = {
    '/users': [{ id: 'u' }, { id: 'v' }],
    '/meetings': [{ id: 'm', end_time: '2028-01-10T10:00:00Z' }],
  };
  return new FakeZoom({
    declarations,
    listings,
    rows: (path) => changed[path] ?? lists[path] ?? [{ id: 'x', end_time: '2028-03-01T10:00:00Z' }],
  });
}

const idsOf = (records: readonly JsonObject[]) =>
  records.map(({ user_id, meeting_id, id }) => [user_id, meeting_id, id].filter(Boolean).join(' ')).sort();

describe('a row without its key', () => {
  test.each(cases)(
    'of $stream is named and owed, and what is around it is read',
    async ({ stream, path, with: list }) => {
      const changed = { [path]: list({ id: '' }) };
      const zoom = createZoom(changed);
      const held = new Set<string>();
      const sync = async (day: string, isComplete: boolean) => {
        const done = await zoom.sync(at(day), [stream], { isComplete });
        for (const id of idsOf(done.of(stream))) held.add(id);
        return done;
      };
      const whole = idsOf(
        (await createZoom({ [path]: list({ id: 'healed' }) }).sync(at('2028-04-05'), [stream])).of(stream),
      );
      const around = whole.filter((id) => !id.endsWith('healed'));
      expect(around.length).toBe(whole.length - 1);

      const first = await sync('2028-04-01', false);
      expect(first.errorOf(stream)?.message).toMatch(/1 row without id/);
      expect([...held].sort()).toEqual(around);
      expect((await sync('2028-04-02', false)).errorOf(stream)?.message).toMatch(/1 row without id/);
      const third = await sync('2028-04-03', true);
      expect(third.warnings.join('\n')).toMatch(/is owed \(200, in 3 syncs in a row\)/);
      expect(zoom.states.get(stream)).toHaveProperty('owed');

      changed[path] = list({ id: 'healed' });
      await sync('2028-04-05', true);
      expect([...held].sort()).toEqual(whole);
      expect(zoom.states.get(stream)).not.toHaveProperty('owed');
    },
  );

  test.each(cases.slice(0, 2))('of $stream deletes nothing', async ({ stream, path, with: list }) => {
    const changed = { [path]: list({ id: 'named' }) };
    const zoom = createZoom(changed);
    await zoom.sync(at('2028-04-01'), [stream]);
    changed[path] = list({ id: '' });
    const { of } = await zoom.sync(at('2028-04-02'), [stream], { isComplete: false });
    expect(of(stream).filter((record) => record['_ab_cdc_deleted_at'] ?? null)).toEqual([]);
  });
});

test.each(cases)(
  'nulls in a list of $stream are no rows, and are counted',
  async ({ stream, path, with: list }) => {
    const zoom = createZoom({ [path]: [null, ...list({ id: 'b' }), null] });
    const whole = idsOf(
      (await createZoom({ [path]: list({ id: 'b' }) }).sync(at('2028-04-01'), [stream])).of(stream),
    );
    const { of, warnings } = await zoom.sync(at('2028-04-01'), [stream]);
    expect(idsOf(of(stream))).toEqual(whole);
    expect(warnings.filter((warning) => warning.includes('null'))).toEqual([
      expect.stringMatching(/: \d+ entries in lists of Zoom's were null/),
    ]);
  },
);

test.each([
  { odd: null, says: "files: 2 entries in lists of Zoom's were null, which is no row", isComplete: true },
  { odd: 'text', says: 'Zoom sent something in files that is no object', isComplete: false },
])(
  'what is $odd in a list inside a row is told of, and what is around it is read',
  async ({ odd, says, isComplete }) => {
    const files = [odd, { id: 'f' }, odd];
    const zoom = createZoom({ '/meetings': [{ id: 'm', end_time: '2028-01-10T10:00:00Z', files }] });
    const { of, warnings, errorOf } = await zoom.sync(at('2028-04-01'), ['files'], { isComplete });
    expect(idsOf(of('files'))).toEqual(['m f']);
    expect([...warnings, errorOf('files')?.message].join('\n')).toContain(says);
  },
);

test('a row without its key inside a row is owed from its own window, whichever window is read first', async () => {
  const meetings = (id: string) => [
    ...Array.from({ length: 12 }, (_, number) => ({
      id: number,
      end_time: `2028-03-${String(number + 10)}T10:00:00Z`,
      files: [{ id: number === 0 ? id : 'f' }],
    })),
    { id: 'late', end_time: '2028-04-10T10:00:00Z', files: [{ id: 'f' }] },
  ];
  const changed = { '/meetings': meetings('') };
  const zoom = createZoom(changed);
  await zoom.sync(at('2028-04-20'), ['files'], { isComplete: false });
  changed['/meetings'] = meetings('healed');
  const { of } = await zoom.sync(at('2028-04-21'), ['files']);
  expect(idsOf(of('files'))).toContain('healed');
});

describe('a parent’s row that cannot name its children', () => {
  const end_time = '2028-01-20T10:00:00Z';
  test.each([
    { selected: ['devices'], path: '/users', all: ['u x', 'v x', 'w x'] },
    { selected: ['users', 'devices'], path: '/users', all: ['u x', 'v x', 'w x'] },
    { selected: ['recordings'], path: '/users', all: ['u x', 'v x', 'w x'] },
    { selected: ['notes'], path: '/users/u/notes', all: ['x', 'x', 'x', 'x'] },
    { selected: ['people'], path: '/meetings', all: ['u x', 'v x', 'w x'] },
    { selected: ['meetings', 'people'], path: '/meetings', all: ['u x', 'v x', 'w x'] },
  ])('is owed by $selected, and all others are read', async ({ selected, path, all }) => {
    const stream = selected.at(-1) as string;
    const parents = (id: string) => ['u', id, 'v'].map((name) => ({ id: name, end_time }));
    const changed = { [path]: parents('') };
    const zoom = createZoom(changed);
    const first = await zoom.sync(at('2028-04-01'), selected, { isComplete: false });
    expect(first.of(stream).length).toBe(all.length - 1);
    expect(first.errorOf(stream)?.message).toMatch(/without id/);
    expect(zoom.states.get(stream)).toHaveProperty('owed');
    changed[path] = parents('w');
    const second = await zoom.sync(at('2028-04-05'), selected);
    const held = new Set([...idsOf(first.of(stream)), ...idsOf(second.of(stream))]);
    expect([...held]).toEqual(expect.arrayContaining(all));
    expect(first.of(stream).length + second.of(stream).length).toBeGreaterThanOrEqual(all.length);
    expect(zoom.states.get(stream)).not.toHaveProperty('owed');
  });
});

test('children of what was refused in a window are read when it is not', async () => {
  const meetings = (user: string) => [{ id: `m${user}`, end_time: '2028-01-20T10:00:00Z' }];
  let refused = '/users/u/recordings';
  const zoom = new FakeZoom({
    declarations: [
      ...declarations,
      {
        ...list,
        kind: 'derived',
        name: 'transcripts',
        path: '/recordings/{id}/transcripts',
        parent: {
          name: 'recordings',
          parameters: { id: 'id' },
          adds: { meeting_id: 'id', ended: 'end_time' },
        },
        primaryKey: ['meeting_id', 'id'],
        cursor: 'ended',
        lookbackDays: 3,
      },
    ],
    rows: (path) =>
      path === '/users'
        ? [{ id: 'u' }, { id: 'v' }]
        : path.startsWith('/users')
          ? meetings(String(path.split('/')[2]))
          : [{ id: 't' }],
    instead: ({ path }) => (path === refused ? outageReply() : undefined),
  });
  const found = new Set<string>();
  const sync = async (day: string, selected: readonly string[], isComplete: boolean) => {
    const { of } = await zoom.sync(at(day), selected, { isComplete });
    for (const id of idsOf(of('transcripts'))) found.add(id);
  };
  await sync('2028-04-01', ['transcripts'], false);
  expect([...found]).toEqual(['mv t']);
  refused = '';
  await sync('2028-04-05', ['recordings', 'transcripts'], true);
  expect([...found].sort()).toEqual(['mu t', 'mv t']);
  expect(zoom.states.get('transcripts')).not.toHaveProperty('owed');
});
