import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom, type FakeZoomOptions } from './fake-zoom.ts';
import { Feed } from './feed.ts';
import { ListingShare } from './listing-share.ts';
import { wholeAccount } from './partition.ts';
import type { ShareRead, StreamEnd, SyncEvent } from './sync-events.ts';
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

/** How the streams of a sync ended, and how much of each was read by then. */
async function listen(instead: FakeZoomOptions['instead'], streams: readonly string[]) {
  const zoom = new FakeZoom({
    declarations,
    rows: (path) =>
      path === '/users'
        ? [{ id: 'u1' }, { id: 'u2' }, { id: 'u3' }]
        : [{ id: path, end_time: '2028-01-10T10:00:00Z' }],
    instead: (request) => instead?.(request),
  });
  const begun = new Map<string, ShareRead>();
  const ended = new Map<string, { readonly end: StreamEnd; readonly share: number | undefined }>();
  const tell = (event: SyncEvent) => {
    if (event.kind === 'begun') begun.set(event.stream, event.share);
    if (event.kind === 'ended')
      ended.set(event.stream, { end: event.end, share: begun.get(event.stream)?.() });
  };
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const context = { ...zoom.context(now, createManualClock(now)), tell };
  const configured = streams.map((name) => ({ name, syncMode: 'incremental' }));
  const input = { byStream: new Map(), warnings: [] };
  await new SyncRun(
    context,
    createWriter(output, (text) => text),
  ).run(configured, input);
  return Object.fromEntries(ended);
}

describe('who looks on', () => {
  test('hears how much of each stream is read, and that it ended', async () => {
    const read = { skipped: [], owed: [] };
    expect(await listen(undefined, ['users', 'groups', 'calls'])).toEqual({
      users: { end: expect.objectContaining({ ...read, records: 3 }), share: undefined },
      groups: { end: expect.objectContaining({ ...read, records: 3 }), share: 1 },
      calls: { end: expect.objectContaining({ ...read, records: 1 }), share: 1 },
    });
  });

  test('hears what was skipped and what is owed, by reason, and why a stream failed', async () => {
    const { groups, nothing } = await listen(
      (request) => {
        if (request.path === '/users/u1/groups')
          return errorReply(request, { status: 404, code: 1001, message: 'Gone.' });
        if (request.path === '/users/u2/groups')
          return errorReply(request, { status: 400, code: 300, message: 'Odd.' });
        return undefined;
      },
      ['groups', 'nothing'],
    );
    expect(groups?.end).toMatchObject({
      failure: { type: 'system_error' },
      skipped: [{ reason: '404/1001 "Gone."', count: 1 }],
      owed: [{ reason: '400/300 "Odd."', count: 1 }],
    });
    expect(nothing?.end).toMatchObject({ failure: { type: 'config_error' } });
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
