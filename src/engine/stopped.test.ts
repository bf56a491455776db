import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createManualClock } from '../manual-clock.ts';
import { createWriter } from '../protocol/writer.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { type FakeMessage, FakeZoom, outageReply, recordsIn } from './fake-zoom.ts';
import { SyncRun } from './sync-run.ts';

const now = Date.parse('2028-01-10T12:00:00Z');
const scopes = { granular: ['a:read'], classic: [] };
const users: StreamDeclaration = {
  kind: 'snapshot',
  name: 'users',
  path: '/users',
  records: 'rows',
  scopes,
  primaryKey: ['id'],
};
const groups: StreamDeclaration = { ...users, name: 'groups', path: '/groups' };
const members: StreamDeclaration = {
  ...users,
  name: 'members',
  path: '/groups/{id}/members',
  parent: { name: 'groups', parameters: { id: 'id' }, adds: { group_id: 'id' } },
  primaryKey: ['group_id', 'id'],
};
const meetings: StreamDeclaration = {
  kind: 'windowed',
  name: 'meetings',
  path: '/meetings',
  records: 'rows',
  scopes,
  window: { maxDays: 30, format: 'date' },
  primaryKey: ['id'],
  cursor: 'end_time',
  lookbackDays: 3,
};
const participants: StreamDeclaration = {
  kind: 'derived',
  name: 'participants',
  path: '/meetings/{id}/participants',
  records: 'rows',
  scopes,
  rateLimit: 'heavy',
  parent: { name: 'meetings', parameters: { id: 'id' }, adds: { meeting_id: 'id', meeting_end: 'end_time' } },
  primaryKey: ['meeting_id', 'id'],
  cursor: 'meeting_end',
  lookbackDays: 3,
};
const ids = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({ id: `${name}${index}`, note: 'x'.repeat(200) }));
const rowsOf = (path: string) => {
  if (path === '/users') return ids(60, 'u');
  if (path === '/groups') return ids(12, 'g');
  if (path === '/meetings')
    return ids(20, 'm').map((row, index) => ({ ...row, end_time: `2028-01-09T10:00:${10 + index}Z` }));
  return ids(7, 'p');
};

const everything = (stream: string) => {
  const rows = { users: rowsOf('/users'), members: rowsOf('/groups'), participants: rowsOf('/meetings') }[
    stream
  ];
  if (stream === 'users') return new Set(rows?.map(({ id }) => id));
  return new Set(rows?.flatMap(({ id }) => rowsOf('').map((child) => `${id} ${child.id}`)));
};
const keysIn = (messages: readonly FakeMessage[], stream: string) =>
  recordsIn(messages, stream).map(({ id, group_id, meeting_id }) =>
    stream === 'users' ? String(id) : `${group_id ?? meeting_id} ${id}`,
  );

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Reads with somebody who takes a line now and then, and stops the sync when so many were taken. */
async function readSlowly(zoom: FakeZoom, streams: readonly string[], stopAfter = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  let stopped: Promise<void> | undefined;
  const output = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      if (lines.length === stopAfter) stopped = syncRun.stop();
      void turns(20).then(() => done());
    },
  });
  const writer = createWriter(output, (said) => said);
  const syncRun = new SyncRun(zoom.context(now, createManualClock(now)), writer);
  const configured = streams.map((name) => ({ name, syncMode: 'incremental' }) as const);
  const input = { byStream: new Map(zoom.states), warnings: [] };
  // What is under way when it is stopped finds the output sealed.
  const isRead = await syncRun.run(configured, input).catch(() => false);
  await stopped;
  await writer.flushed();
  const messages: FakeMessage[] = lines
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  zoom.keepStates(messages);
  return { isRead, isStopped: stopped !== undefined, messages };
}

const declarations = [users, groups, members, meetings, participants];

describe.each([
  { stream: 'users', lines: [4, 5, 7, 9, 12] },
  { stream: 'members', lines: [4, 6, 9, 15, 22] },
  { stream: 'participants', lines: [4, 6, 9, 15, 22] },
])('of $stream, with a reader that is slow', ({ stream, lines }) => {
  test.each(lines)('a stop after %d lines leaves no row out of the next sync', async (stopAfter) => {
    const zoom = new FakeZoom({ declarations, rows: rowsOf });
    const first = await readSlowly(zoom, [stream], stopAfter);
    expect(first).toMatchObject({ isRead: false, isStopped: true });
    const written = keysIn(first.messages, stream);
    expect(written.length).toBeLessThan(everything(stream).size);
    const second = await zoom.sync(now + 1000, [stream]);
    expect(new Set([...written, ...keysIn(second.messages, stream)])).toEqual(everything(stream));
  });
});

test('a parent that fails while its children are read leaves no row out of the next sync', async () => {
  let isInTrouble = true;
  const zoom = new FakeZoom({
    declarations,
    rows: rowsOf,
    instead: ({ path, query }) =>
      isInTrouble && path === '/groups' && query['next_page_token'] === '9' ? outageReply() : undefined,
  });
  const first = await readSlowly(zoom, ['members']);
  expect(first.isRead).toBe(false);
  isInTrouble = false;
  const second = await zoom.sync(now + 1000, ['members']);
  const keys = [...keysIn(first.messages, 'members'), ...keysIn(second.messages, 'members')];
  expect(new Set(keys)).toEqual(everything('members'));
});
