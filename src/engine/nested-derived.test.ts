import { describe, expect, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom } from './fake-zoom.ts';

const dayMs = 86_400_000;
const now = Date.parse('2028-04-01T10:00:00Z');
const scopes = { granular: ['a:read'], classic: [] };
const adds = { meeting_uuid: 'meeting_uuid', meeting_start_time: 'meeting_start_time' };

const declarations: readonly StreamDeclaration[] = [
  {
    scopes,
    kind: 'windowed',
    name: 'recordings',
    path: '/recordings',
    records: 'rows',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['uuid'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    scopes,
    kind: 'derived',
    name: 'settings',
    path: '/recordings/{uuid}/settings',
    parent: {
      name: 'recordings',
      parameters: { uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'end_time' },
    },
    primaryKey: ['meeting_uuid'],
    cursor: 'meeting_start_time',
    lookbackDays: 7,
  },
  {
    scopes,
    kind: 'derived',
    name: 'registrants',
    path: '/recordings/{uuid}/registrants',
    records: 'rows',
    parent: {
      name: 'settings',
      parameters: { uuid: 'meeting_uuid' },
      adds,
      only: [{ field: 'on_demand', in: [true] }],
    },
    primaryKey: ['meeting_uuid', 'id'],
    cursor: 'meeting_start_time',
    lookbackDays: 28,
  },
];

/** Days before now that a recording was made on: who watches those of odd days has to register. */
const ages = [2, 5, 6, 21, 40, 61];
const recordings = ages.map((age) => ({
  uuid: `r${age}`,
  end_time: new Date(now - age * dayMs).toISOString(),
}));

function createZoom(
  instead: (request: Request) => Reply | undefined = () => undefined,
  rows: readonly JsonObject[] = recordings,
) {
  return new FakeZoom({
    declarations,
    quota: { label: 'light' },
    pageSize: 10,
    rows: (path) => {
      if (path === '/recordings') return rows;
      const [, age] = /r(\d+)/.exec(path) ?? [];
      return path.endsWith('settings') ? [{ on_demand: Number(age) % 2 === 1 }] : [{ id: `of r${age}` }];
    },
    instead,
  });
}

const uuidsOf = (records: readonly JsonObject[]) => records.map(({ meeting_uuid }) => meeting_uuid).sort();
const settingsAsked = ({ asked }: FakeZoom) => asked.filter((path) => path.endsWith('settings'));
const refuse = (uuid: string) => (request: Request) =>
  request.path === `/recordings/${uuid}/settings`
    ? errorReply(request, { status: 500, message: 'Internal Server Error' })
    : undefined;

describe('a stream derived from a derived one', () => {
  test.each<{ selected: readonly string[] }>([
    { selected: ['registrants'] },
    { selected: ['settings', 'registrants'] },
    { selected: ['recordings', 'settings', 'registrants'] },
  ])('with $selected, reads all above it once', async ({ selected }) => {
    const zoom = createZoom();
    const { of, messages } = await zoom.sync(now, selected);
    expect(uuidsOf(of('registrants'))).toEqual(['r21', 'r5', 'r61']);
    expect(of('registrants')[0]).toMatchObject({ meeting_start_time: recordings.at(-1)?.end_time });
    const all = recordings.map(({ uuid }) => uuid).sort();
    expect(uuidsOf(of('settings'))).toEqual(selected.includes('settings') ? all : []);
    expect(settingsAsked(zoom).length).toBe(recordings.length);
    expect(zoom.asked.filter((path) => path.endsWith('registrants')).length).toBe(3);
    expect(messages.filter(({ record }) => record?.stream === 'settings').length).toBe(
      selected.includes('settings') ? recordings.length : 0,
    );
  });

  test('has its parents listed as far back as it needs them, and each emits its own range', async () => {
    const zoom = createZoom();
    const streams = ['recordings', 'settings', 'registrants'];
    await zoom.sync(now, streams);
    zoom.asked.length = 0;
    const { of } = await zoom.sync(now + 25 * 3_600_000, streams);
    expect(of('recordings').map(({ uuid }) => uuid)).toEqual(['r2']);
    expect(uuidsOf(of('settings'))).toEqual(['r2', 'r5', 'r6']);
    expect(uuidsOf(of('registrants'))).toEqual(['r21', 'r5']);
    expect(settingsAsked(zoom).length).toBe(4);
  });

  test('comes in later: what its parent has read before is read for it, and does not leave again', async () => {
    const zoom = createZoom();
    await zoom.sync(now, ['settings']);
    const { of } = await zoom.sync(now + 3_600_000, ['settings', 'registrants']);
    expect(uuidsOf(of('settings'))).toEqual(['r2']);
    expect(uuidsOf(of('registrants'))).toEqual(['r21', 'r5', 'r61']);
  });

  test.each<{ selected: readonly string[] }>([
    { selected: ['registrants'] },
    { selected: ['settings', 'registrants'] },
  ])('with $selected, is owed what lies below a row that Zoom refuses', async ({ selected }) => {
    let refused = 'r61';
    const zoom = createZoom((request) => refuse(refused)(request));
    const first = await zoom.sync(now, selected, { isComplete: false });
    expect(uuidsOf(first.of('registrants'))).toEqual(['r21', 'r5']);
    expect(first.errorOf('registrants')?.failure_type).toBe('transient_error');
    refused = 'nobody';
    const second = await zoom.sync(now + 3_600_000, selected);
    expect(uuidsOf(second.of('registrants'))).toContain('r61');
    if (selected.includes('settings')) expect(uuidsOf(second.of('settings'))).toEqual(['r2', 'r61']);
    expect(zoom.states.get('registrants')).not.toHaveProperty('owed');
  });

  test('a row that its parent is owed leaves, though it is met where only the child reads', async () => {
    let refused = 'r21';
    const zoom = createZoom((request) => refuse(refused)(request));
    await zoom.sync(now, ['settings'], { isComplete: false });
    refused = 'nobody';
    zoom.asked.length = 0;
    const { of } = await zoom.sync(now + 3_600_000, ['settings', 'registrants']);
    expect(uuidsOf(of('settings'))).toEqual(['r2', 'r21']);
    expect(zoom.states.get('settings')).not.toHaveProperty('owed');
    expect(settingsAsked(zoom).filter((path) => path.includes('r21')).length).toBe(1);
  });

  test('a parent’s row that is refused where only the child reads it is owed to the child alone', async () => {
    let refused = 'nobody';
    const zoom = createZoom((request) => refuse(refused)(request));
    await zoom.sync(now, ['settings']);
    refused = 'r61';
    const { errorOf } = await zoom.sync(now + 3_600_000, ['settings', 'registrants'], { isComplete: false });
    expect(errorOf('settings')).toBeUndefined();
    expect(errorOf('registrants')?.failure_type).toBe('transient_error');
    expect(zoom.states.get('settings')).not.toHaveProperty('owed');
  });

  test('asks once below each row of a parent whose listing begins again', async () => {
    const files: StreamDeclaration = {
      ...(declarations[1] as Extract<StreamDeclaration, { kind: 'derived' }>),
      name: 'files',
      path: '/recordings/{uuid}/files',
      records: 'rows',
      primaryKey: ['meeting_uuid', 'id'],
    };
    const views: StreamDeclaration = {
      ...files,
      name: 'views',
      path: '/files/{id}/views',
      parent: { name: 'files', parameters: { id: 'id' }, adds },
    };
    let isExpired = false;
    const zoom = new FakeZoom({
      declarations: [...declarations, files, views],
      pageSize: 2,
      rows: (path) => (path === '/recordings' ? recordings.slice(0, 1) : [{ id: 1 }, { id: 2 }, { id: 3 }]),
      instead: ({ path, query }) => {
        if (isExpired || !path.endsWith('/files') || query['next_page_token'] === undefined) return undefined;
        isExpired = true;
        const refusal = { message: 'expired', isTransient: false, missingScopes: [], detail: '' };
        return { action: 'expired_page_token', refusal };
      },
    });
    await zoom.sync(now, ['views']);
    const below = zoom.asked.filter((path) => path.endsWith('/views'));
    // Each has two pages.
    expect([isExpired, below.length, new Set(below).size]).toEqual([true, 6, 3]);
  });

  test('fails with its parent, whoever is read', async () => {
    const zoom = createZoom((request) =>
      request.path.endsWith('settings')
        ? errorReply(request, {
            status: 400,
            code: 4711,
            message: 'Invalid access token, does not contain scopes:[a:read].',
          })
        : undefined,
    );
    const { messages, errorOf } = await zoom.sync(now, ['recordings', 'settings', 'registrants'], {
      isComplete: false,
    });
    expect([errorOf('settings')?.failure_type, errorOf('registrants')?.failure_type]).toEqual([
      'config_error',
      'config_error',
    ]);
    expect(errorOf('registrants')?.message).toMatch('registrants cannot be read without settings');
    expect(errorOf('recordings')).toBeUndefined();
    expect(messages.filter(({ record }) => record?.stream === 'recordings').length).toBe(recordings.length);
    const alone = await zoom.sync(now, ['registrants'], { isComplete: false });
    expect(alone.errorOf('registrants')?.failure_type).toBe('config_error');
  });

  test('goes on from its last state as if it had not been interrupted', async () => {
    const zoom = createZoom();
    const streams = ['settings', 'registrants'];
    const { messages } = await zoom.sync(now, streams);
    const all = ['r21', 'r5', 'r61'];
    for (let cut = 1; cut < messages.length; cut += 1) {
      const resumed = createZoom();
      resumed.keepStates(messages.slice(0, cut));
      const { of } = await resumed.sync(now, streams);
      const before = messages.slice(0, cut).flatMap(({ record }) => record ?? []);
      const given = (name: string) =>
        new Set(
          [...before.flatMap(({ stream, data }) => (stream === name ? [data] : [])), ...of(name)].map(
            ({ meeting_uuid }) => meeting_uuid,
          ),
        );
      expect([...given('registrants')].sort()).toEqual(all);
      expect(given('settings').size).toBe(recordings.length);
    }
  });
});

describe('a window that is counted from the time of the parent', () => {
  const views: StreamDeclaration = {
    scopes,
    kind: 'derived',
    name: 'views',
    path: '/recordings/{uuid}/views',
    records: 'rows',
    window: { maxDays: 10, format: 'date' },
    parent: {
      name: 'recordings',
      parameters: { uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'end_time' },
    },
    primaryKey: ['meeting_uuid', 'date'],
    cursor: 'meeting_start_time',
    lookbackDays: 28,
  };

  /** Somebody looks at each recording every day. */
  const create = (lookbackDays?: number) => {
    const ranges: Record<string, string[]> = {};
    const zoom = new FakeZoom({
      declarations: [...declarations, views],
      rows: () => recordings,
      ...(lookbackDays === undefined ? {} : { lookbackDays }),
      instead: ({ path, query }) => {
        if (!path.endsWith('views')) return undefined;
        const [uuid = ''] = /r\d+/.exec(path) ?? [];
        const [from, to] = [String(query['from']), String(query['to'])];
        ranges[uuid] = [...(ranges[uuid] ?? []), `${from} ${to}`];
        const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
        const dates = Array.from({ length: days }, (_, index) =>
          new Date(Date.parse(from) + index * dayMs).toISOString().slice(0, 10),
        );
        return bodyReply(
          dates.map((date) => ({ date })),
          {},
        );
      },
    });
    return { zoom, ranges };
  };

  test('is asked for from its day on, for as long as the lookback, up to now, and no row leaves twice', async () => {
    const { zoom, ranges } = create();
    const { of } = await zoom.sync(now, ['views']);
    expect(ranges['r61']).toEqual([
      '2028-01-31 2028-02-10',
      '2028-02-10 2028-02-20',
      '2028-02-20 2028-02-28',
    ]);
    expect(ranges['r5']).toEqual(['2028-03-27 2028-04-02']);
    const keys = of('views').map(({ meeting_uuid, date }) => `${meeting_uuid} ${date}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => key.startsWith('r61 ')).length).toBe(29);
  });

  test('is no shorter where a shorter lookback is configured', async () => {
    const { zoom, ranges } = create(3);
    await zoom.sync(now, ['views']);
    expect(ranges['r61']?.at(-1)).toBe('2028-02-20 2028-02-28');
    for (const uuid of Object.keys(ranges)) delete ranges[uuid];
    await zoom.sync(now + 3_600_000, ['views']);
    expect(Object.keys(ranges)).toEqual(['r2']);
  });
});
