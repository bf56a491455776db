import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Reply, Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import { createManualClock } from '../manual-clock.ts';
import { noState } from '../protocol/state.ts';
import { createWriter } from '../protocol/writer.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { listings, streams } from '../streams/index.ts';
import { createAccountPlan } from './account-plan.ts';
import { FakeZoom } from './fake-zoom.ts';
import { createLicences } from './licences.ts';
import { askedNamed, type SyncContext } from './sync-context.ts';
import { SyncRun } from './sync-run.ts';

const minute = 60_000;
const pageOf = (rows: readonly JsonObject[], token = ''): Reply => ({
  action: 'success',
  body: {
    batches: [rows],
    envelope: { page_size: 300, next_page_token: token },
    hasList: () => true,
    nulls: () => 0,
  },
});

beforeEach(() => {
  jest.useFakeTimers({
    doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'setTimeout', 'performance', 'Date'],
  });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A sync of these streams that Zoom leaves waiting until it is let go. */
function startSync(names: readonly string[]) {
  const clock = createManualClock();
  const output = new PassThrough();
  const waiting: { request: Request; resolve: (reply: Reply) => void }[] = [];
  const sync: SyncContext = {
    client: {
      get: (request) => new Promise((resolve) => void waiting.push({ request, resolve })),
      quota: () => ({ label: 'heavy' }),
    },
    clock,
    options: {
      startDate: clock.now() - 10 * 24 * 60 * minute,
      endDate: undefined,
      lookbackDays: undefined,
      detailRefreshDays: 0,
      concurrency: 4,
      includeSensitiveFields: false,
      mayBeUserLevel: false,
    },
    startedAt: clock.now(),
    streams: new Map(streams.map((declaration) => [declaration.name, declaration])),
    listings: new Map(listings.map((listing) => [listing.name, listing])),
    schemaOf: () => ({}),
    replaced: new Map(),
    accountPlan: createAccountPlan(),
    licences: createLicences(),
    nulls: new Map(),
    requests: new Map(),
    tell: () => undefined,
    log: () => undefined,
  };
  const syncRun = new SyncRun(
    sync,
    createWriter(output, (text) => text),
  );
  const configured = names.map((name) => ({ name, syncMode: 'incremental' }));
  const done = syncRun.run(configured, noState());
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    syncRun,
    sync,
    done,
    waiting,
    settle,
    async pass(minutes: number) {
      for (let passed = 0; passed < minutes; passed += 1) {
        clock.advance(minute);
        jest.advanceTimersByTime(minute);
        await settle();
      }
    },
    /** What was written since it was last asked for, a word for each message. */
    written(): string[] {
      const lines = String(output.read() ?? '').split('\n');
      return lines.filter((line) => line !== '').map(describeLine);
    },
  };
}

function describeLine(line: string): string {
  const { type, state, trace, record } = JSON.parse(line);
  if (type === 'STATE')
    return `STATE ${state.stream.stream_descriptor.name} ${state.sourceStats.recordCount} ${Object.keys(state.stream.stream_state)}`;
  if (type === 'RECORD') return `RECORD ${record.stream}`;
  const { stream_descriptor, status, reasons } = trace.stream_status;
  const [reason] = reasons ?? [];
  return `${status} ${stream_descriptor.name}${reason === undefined ? '' : ' until '}${reason?.rate_limited.quota_reset ?? ''}`;
}

describe('a stream that is silent for long', () => {
  test('repeats its last STATE every ten minutes, which claims nothing new', async () => {
    const { pass, written, waiting, settle, done } = startSync(['recordings']);
    await settle();
    expect(written()).toEqual(['STARTED recordings']);
    await pass(9);
    expect(written()).toEqual([]);
    await pass(1);
    expect(written()).toEqual(['STATE recordings 0 version,start_time,read_from,read_until,reread_from']);
    await pass(9);
    expect(written()).toEqual([]);
    await pass(1);
    expect(written()).toEqual(['STATE recordings 0 version,start_time,read_from,read_until,reread_from']);
    for (const { resolve } of waiting) resolve(pageOf([]));
    expect(await done).toBe(true);
    expect(written().at(-1)).toBe('COMPLETE recordings');
    await pass(20);
    expect(written()).toEqual([]);
  });

  test('stays silent while another one speaks for itself', async () => {
    const { pass, written, waiting, settle, done } = startSync(['recordings', 'users']);
    await settle();
    written();
    await pass(5);
    const users = waiting.find(({ request }) => request.stream === 'users');
    users?.resolve(pageOf([{ id: 'u1' }], 'more'));
    await settle();
    expect(written()).toEqual([
      'RUNNING users',
      'RECORD users',
      'STATE users 1 version,_ab_cdc_updated_at,digests',
    ]);
    await pass(5);
    expect(written()).toEqual(['STATE recordings 0 version,start_time,read_from,read_until,reread_from']);
    await pass(5);
    expect(written()).toEqual(['STATE users 0 version,_ab_cdc_updated_at,digests']);
    for (let asked = waiting.length; asked > 0; asked = waiting.length) {
      for (const { resolve } of waiting.splice(0)) resolve(pageOf([]));
      await settle();
    }
    expect(await done).toBe(true);
  });
});

test('a wait is announced for all streams that need the answer, through whatever is read in place of what', async () => {
  const { syncRun, sync, written, settle } = startSync([
    'users',
    'meetings',
    'recordings',
    'recording_files',
    'phone_call_logs',
  ]);
  await settle();
  written();
  syncRun.announceWait('users', 1);
  await settle();
  expect(written()).toEqual(['RUNNING users until 1', 'RUNNING meetings until 1']);
  const recordings = askedNamed(sync, 'recordings');
  if (recordings.fallback === undefined) throw new Error('recordings have a fallback');
  sync.replaced.set(recordings, recordings.fallback);
  syncRun.announceWait('users', 2);
  await settle();
  expect(written().sort()).toEqual([
    'RUNNING meetings until 2',
    'RUNNING recording_files until 2',
    'RUNNING recordings until 2',
    'RUNNING users until 2',
  ]);
});

describe('the streams of a sync', () => {
  const list = { records: 'rows', scopes: { granular: [], classic: [] } };
  const below = (name: string, parent: string): StreamDeclaration => ({
    ...list,
    kind: 'snapshot',
    name,
    path: `/${parent}/{id}/${name}`,
    parent: { name: parent, parameters: { id: 'id' }, adds: { above: 'id' } },
    primaryKey: ['above', 'id'],
    tombstones: true,
  });
  const root = (name: string): StreamDeclaration => ({
    ...list,
    kind: 'snapshot',
    name,
    path: `/${name}`,
    primaryKey: ['id'],
    tombstones: true,
  });
  const windowed = (name: string): StreamDeclaration => ({
    ...list,
    kind: 'windowed',
    name,
    path: `/${name}`,
    window: { maxDays: 60, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  });
  const many = (letter: string) => Array.from({ length: 20 }, (_, number) => `${letter}${number}`);

  test('are read a few at once: windows first, and each to its end before there is room for another', async () => {
    const declarations = [...many('r').map(root), ...many('w').map(windowed)];
    const zoom = new FakeZoom({
      declarations,
      rows: () => Array.from({ length: 5 }, (_, id) => ({ id, end_time: '2028-01-20T00:00:00Z' })),
      pageSize: 1,
    });
    await zoom.sync(
      Date.parse('2028-02-01'),
      declarations.map(({ name }) => name),
    );
    expect([...new Set(zoom.asked)]).toEqual([...many('w'), ...many('r')].map((name) => `/${name}`));
    const spans = [...new Set(zoom.asked)].map((path) => [
      zoom.asked.indexOf(path),
      zoom.asked.lastIndexOf(path),
    ]);
    const openAt = zoom.asked.map((_, at) => spans.filter(([from = 0, to = 0]) => from <= at && at <= to));
    expect(Math.max(...openAt.map(({ length }) => length))).toBe(16);
  });

  test('never wait for a parent that has not begun', async () => {
    // More children than are read at once, and a chain above them, all in the wrong order.
    const chain = many('b').map((name, index, names) => below(name, names[index + 1] ?? 'a'));
    const declarations = [...many('c').map((name) => below(name, 'b0')), ...chain];
    let rows = [{ id: 'x' }, { id: 'y' }];
    const zoom = new FakeZoom({
      declarations: [...declarations, root('a')],
      rows: () => rows,
      concurrency: 1,
    });
    const selected = [...declarations.map(({ name }) => name), 'a'];
    const { of } = await zoom.sync(Date.parse('2028-02-01'), selected);
    expect(many('c').map((name) => of(name).length)).toEqual(many('c').map(() => 4));
    // The second listing of all that is above goes through streams that may have ended.
    rows = [{ id: 'x' }];
    const second = await zoom.sync(Date.parse('2028-02-02'), selected);
    expect(many('c').map((name) => second.of(name).length)).toEqual(many('c').map(() => 3));
  });
});
