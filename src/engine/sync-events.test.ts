import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, type FakeZoomOptions } from './fake-zoom.ts';
import { Feed } from './feed.ts';
import { ListingShare } from './listing-share.ts';
import { wholeAccount } from './partition.ts';
import type { StreamEnd, StreamFigures } from './sync-events.ts';
import { SyncRun } from './sync-run.ts';

const now = Date.parse('2028-02-01T00:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'] },
  {
    ...list,
    kind: 'snapshot',
    name: 'groups',
    path: '/users/{user_id}/groups',
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    kind: 'windowed',
    name: 'calls',
    path: '/calls',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
];

/** What somebody hears of a sync, and what the figures of each stream were when it ended. */
async function listen(instead: FakeZoomOptions['instead'], streams: readonly string[]) {
  const zoom = new FakeZoom({
    declarations,
    rows: (path) =>
      path === '/users'
        ? [{ id: 'u1' }, { id: 'u2' }, { id: 'u3' }]
        : [{ id: path, end_time: '2028-01-10T10:00:00Z' }],
    instead: (request) => instead?.(request),
  });
  const opened = new Map<string, StreamFigures>();
  const ended = new Map<string, StreamEnd>();
  const figures = new Map<string, StreamFigures>();
  const events = {
    opened: (name: string, own: StreamFigures) => void opened.set(name, own),
    ended(name: string, end: StreamEnd) {
      ended.set(name, end);
      figures.set(name, { records: opened.get(name)?.records ?? 0, share: opened.get(name)?.share });
    },
  };
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const context = { ...zoom.context(now, createManualClock(now)), events };
  const configured = streams.map((name) => ({ name, syncMode: 'incremental' }));
  const input = { byStream: new Map(), warnings: [] };
  await new SyncRun(
    context,
    createWriter(output, (text) => text),
  ).run(configured, input);
  return { opened, ended, figures };
}

describe('who looks on', () => {
  test('hears how many records each stream has, how much of it is read, and that it ended', async () => {
    const { ended, figures } = await listen(undefined, ['users', 'groups', 'calls']);
    expect(Object.fromEntries(figures)).toEqual({
      users: { records: 3, share: undefined },
      groups: { records: 3, share: 1 },
      calls: { records: 1, share: 1 },
    });
    expect([...ended.values()]).toEqual(Array(3).fill({ skipped: [], owed: [] }));
  });

  test('hears what was skipped and what is owed, by reason, and why a stream failed', async () => {
    const { ended } = await listen(
      (request) => {
        if (request.path === '/users/u1/groups')
          return errorReply(request, { status: 404, code: 1001, message: 'Gone.' });
        if (request.path === '/users/u2/groups')
          return errorReply(request, { status: 400, code: 300, message: 'Odd.' });
        return undefined;
      },
      ['groups', 'nothing'],
    );
    expect(ended.get('groups')).toMatchObject({
      error: { failureType: 'system_error' },
      skipped: [{ reason: '404/1001 "Gone."', count: 1 }],
      owed: [{ reason: '400/300', count: 1 }],
    });
    expect(ended.get('nothing')).toMatchObject({ error: { failureType: 'config_error' } });
  });
});

test('how much of a listing is read is known when its rows are all there, and others do not count', () => {
  const row = {
    kind: 'row',
    row: { fields: {}, inPaths: {}, digest: undefined, from: wholeAccount },
  } as const;
  const share = new ListingShare();
  const feed = new Feed();
  const take = share.begin(feed);
  feed.add([row, row, row, row]);
  take();
  expect(share.value).toBeUndefined();
  feed.end(true);
  share.begin(new Feed())();
  expect(share.value).toBe(0.25);
});
