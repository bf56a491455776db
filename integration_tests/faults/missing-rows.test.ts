import { describe, expect, test } from '@jest/globals';
import { toInstant } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { lastStates, logsOf, type Message, type Row, recordsOf } from '../harness/messages.ts';
import { changeRows, readThrough, useZoom } from './trial.ts';

/* Who misses a row finds out why in the log alone: what is logged at INFO and above, as a platform shows it. */

const zoom = useZoom();

const logOf = (messages: readonly Message[]): readonly string[] =>
  messages.flatMap(({ log }) => (log === undefined || log.level === 'DEBUG' ? [] : log.message));
const linesOf = (messages: readonly Message[], stream: string) =>
  logOf(messages).filter((line) => line.startsWith(`${stream}: `));
const endOf = (messages: readonly Message[], stream: string) =>
  linesOf(messages, stream).find((line) => / read to its end, /.test(line)) ?? '';

const participants = 'past_meeting_participants';
const refuse = (uuid: unknown, trouble: Trouble) =>
  zoom().faults.add({ template: '/past_meetings/{meetingId}/participants', matches: isOf(uuid), trouble });
const isOf =
  (uuid: unknown) =>
  ({ path }: LoggedRequest): boolean =>
    decodeURIComponent(decodeURIComponent(path)).includes(String(uuid));
const lastMeeting = () =>
  zoom()
    .account.rows('report_history_meetings')
    .findLast(({ type }) => type === 'Meeting')?.['meeting_uuid'];

describe('why is a row missing?', () => {
  test('Zoom has deleted what it is below', async () => {
    const uuid = lastMeeting();
    refuse(uuid, troubles.error(404, 3001, 'Meeting does not exist: x.'));
    const { messages } = await readThrough(zoom(), participants);
    expect(linesOf(messages, participants)).toContain(
      `${participants}: skipped 1 as final (404/3001 "Meeting does not exist: x."), for example ${uuid}`,
    );
  });

  test('Zoom has not made it yet', async () => {
    const recent = zoom().account.addPastMeeting({ end_time: toInstant(Date.now() - 600_000) });
    const uuid = recent['meeting_uuid'];
    refuse(uuid, troubles.error(404, 3001, 'Meeting does not exist.'));
    const { messages } = await readThrough(zoom(), participants);
    expect(linesOf(messages, participants)).toContain(
      `${participants}: ${uuid} is owed (not_ready) and will be asked again in the next sync`,
    );
  });

  test('Zoom refuses it, for a reason that may pass', async () => {
    const uuid = lastMeeting();
    refuse(uuid, troubles.firewall);
    const { messages } = await readThrough(zoom(), participants);
    expect(linesOf(messages, participants)).toContainEqual(
      expect.stringMatching(
        /is owed \(403\) since "Attention Required! \| Firewall \(no answer of Zoom's: .*\)", and will be asked again in the next sync$/,
      ),
    );
    expect(endOf(messages, participants)).toMatch(/: not read to its end, .*\(config_error\): Zoom refused /);
  });

  test('it has no key', async () => {
    const withoutId = (rows: readonly unknown[]) =>
      rows.map((row, index) => (index === 0 ? { ...(row as Row), id: undefined } : row));
    zoom().faults.add({
      template: '/users',
      times: 1,
      trouble: changeRows('users', withoutId),
    });
    const { messages } = await readThrough(zoom(), 'users');
    expect(linesOf(messages, 'users').join('\n')).toMatch(
      /users: a part of the listing is owed \(200\) since "Zoom sent 1 row without id, which tells its rows apart \(the first has the fields .*email.*\)", and will be asked again/,
    );
  });

  test('it is older than start_date', async () => {
    const { messages } = await readThrough(zoom(), 'recordings', {
      changes: { start_date: '2026-01-02T03:04:05Z', end_date: '2026-02-01T00:00:00Z' },
    });
    expect(endOf(messages, 'recordings')).toMatch(
      /^recordings: read to its end, \d+ records? in \d+ requests?, [\d.]+ s; rows whose start_time lies from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ up to \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|there is nothing to read between start_date and end_date/,
    );
  });

  test('the account may not have it', async () => {
    zoom().faults.add({
      template: '/rooms',
      trouble: troubles.error(400, 200, 'Only available for Paid account: x.'),
    });
    const { messages } = await readThrough(zoom(), 'rooms');
    expect(endOf(messages, 'rooms')).toMatch(
      /^rooms: not read to its end, 0 records in 1 request, [\d.]+ s \(config_error\): Zoom refused \/rooms: Only available for Paid account: x\. The account's plan or licence, or the role/,
    );
  });

  test('the listing breaks off', async () => {
    zoom().faults.add({
      template: '/users',
      matches: ({ query }) => query['next_page_token'] !== undefined,
      trouble: troubles.expiredPageToken,
    });
    const { messages } = await readThrough(zoom(), 'users');
    expect(endOf(messages, 'users')).toMatch(
      /^users: not read to its end, 3 records in \d+ requests, .* \(transient_error\): Zoom did not answer in spite of retries \(no answer "the listing broke off 4 times before its end"\)/,
    );
  });

  test('its parent says that there is none', async () => {
    const { messages } = await readThrough(zoom(), participants);
    expect(endOf(messages, participants)).toMatch(
      /; not asked for 1 row of report_history_meetings, which can have none by type$/,
    );
  });

  test('it left in an earlier sync, and is as it was', async () => {
    const first = await readThrough(zoom(), 'users');
    const second = await readThrough(zoom(), 'users', { state: lastStates(first.messages) });
    expect(endOf(second.messages, 'users')).toMatch(
      /^users: read to its end, 0 records in \d requests, .*; 5 rows as before, which did not leave again$/,
    );
  });

  test('it is asked for once a week', async () => {
    const changes = { detail_refresh_days: 7 };
    const first = await readThrough(zoom(), 'group_members', { changes });
    const second = await readThrough(zoom(), 'group_members', { changes, state: lastStates(first.messages) });
    expect(endOf(second.messages, 'group_members')).toMatch(
      /; not asked again for \d rows? of groups, which were read by an earlier sync and are not due \(detail_refresh_days\)$/,
    );
  });

  test('what opens something is left out of every record', async () => {
    const { messages } = await readThrough(zoom(), 'users');
    expect(logOf(messages)[0]).toMatch(/^Syncing 1 stream; passcodes, .* \(include_sensitive_fields\)$/);
    const all = await readThrough(zoom(), 'users', { changes: { include_sensitive_fields: true } });
    expect(logOf(all.messages)[0]).toBe('Syncing 1 stream');
  });
});

describe('a stream that had rows and gives none', () => {
  const hide = (template: string, collection: string) =>
    zoom().faults.add({ template, trouble: changeRows(collection, () => []) });

  test('is warned of, with what it had', async () => {
    const streams = 'recordings,rooms,phone_call_logs';
    const first = await readThrough(zoom(), streams);
    hide('/accounts/me/recordings', 'meetings');
    hide('/rooms', 'rooms');
    const second = await readThrough(zoom(), streams, {
      state: lastStates(first.messages),
      // As far back as the newest row lies.
      changes: { lookback_window_days: 30 },
    });
    expect(recordsOf(second.messages, 'recordings')).toEqual([]);
    expect(logsOf(second.messages, 'WARN').filter((line) => /had rows/.test(line))).toEqual([
      expect.stringMatching(
        /^Streams that had rows gave none this time: (recordings \(the newest is of \d{4}-.*Z\), rooms \(3 known rows\)|rooms.*recordings.*)\. Look whether Zoom shows any/,
      ),
    ]);
  });

  test('is none where it has its rows, or never had any', async () => {
    const first = await readThrough(zoom(), 'users,devices,report_history_meetings');
    const second = await readThrough(zoom(), 'users,devices,report_history_meetings', {
      state: lastStates(first.messages),
      changes: { lookback_window_days: 30 },
    });
    expect(logsOf(second.messages, 'WARN')).toEqual([]);
  });
});

test.each([
  { days: 5, isOdd: false },
  { days: 10, isOdd: true },
])('a stream without a row for $days days is warned of: $isOdd', async ({ days, isOdd }) => {
  const first = await readThrough(zoom(), 'recordings');
  const newest = toInstant(Date.now() - days * 86_400_000);
  const state = lastStates(first.messages).map((each) => {
    const { stream, ...rest } = each as { stream: Row };
    return {
      ...rest,
      stream: { ...stream, stream_state: { ...(stream['stream_state'] as Row), newest_row: newest } },
    };
  });
  zoom().faults.add({ template: '/accounts/me/recordings', trouble: changeRows('meetings', () => []) });
  const { messages } = await readThrough(zoom(), 'recordings', { state });
  expect(endOf(messages, 'recordings')).toContain(`; the newest row is of ${newest.slice(0, 19)}Z`);
  expect(logsOf(messages, 'WARN').filter((line) => /had rows gave none/.test(line)).length).toBe(
    isOdd ? 1 : 0,
  );
});

test('Zoom’s totals leave as estimates', async () => {
  const { messages } = await readThrough(zoom(), 'users,recordings');
  const estimates = messages.flatMap(({ trace }) => trace?.estimate ?? []);
  expect(estimates.filter(({ name }) => name === 'users').map(({ row_estimate }) => row_estimate)).toEqual([
    4, 5,
  ]);
  expect(estimates.filter(({ name }) => name === 'recordings').at(-1)?.row_estimate).toBe(
    recordsOf(messages, 'recordings').length,
  );
  const second = await readThrough(zoom(), 'users', { state: lastStates(messages) });
  expect(second.messages.flatMap(({ trace }) => trace?.estimate ?? [])).toEqual([]);
});

describe('everything at once', () => {
  test('a line a stream, sums by family, and one for all', async () => {
    const { messages } = await readThrough(zoom(), '*', { env: {} });
    const log = logOf(messages);
    expect(logsOf(messages, 'DEBUG')).toEqual([]);
    expect(log.filter((line) => / begins, /.test(line))).toEqual([]);
    const ends = log.flatMap((line) => /^(\w+): (?:not )?read to its end, /.exec(line)?.[1] ?? []);
    expect(new Set(ends).size).toBe(ends.length);
    expect(ends.length).toBeGreaterThan(60);
    expect(log.filter((line) => /^In family /.test(line)).length).toBeGreaterThan(10);
    expect(log.at(-1)).toMatch(
      new RegExp(
        `^In all: ${ends.length} streams, .*records? in .* requests, and \\d+ requests for what only leads to them; it took `,
      ),
    );
    // Beside these there are few.
    expect(log.length).toBeLessThan(ends.length * 1.7);
    expect(Math.max(...log.map((line) => line.length))).toBeLessThan(1_000);
  });

  test('a few say when they begin, too', async () => {
    const { messages } = await readThrough(zoom(), 'users,recordings', { env: {} });
    expect(linesOf(messages, 'users')[0]).toBe('users: begins, everything is listed for the first time');
    expect(linesOf(messages, 'recordings')[0]).toMatch(
      /^recordings: begins, rows whose start_time lies from /,
    );
  });

  test('those who wait for the same limit share a line', async () => {
    zoom().faults.add({ template: '/users', times: 1, trouble: troubles.retryAfter('6') });
    const { messages } = await readThrough(zoom(), 'users,groups,roles,rooms', {
      changes: { concurrency: 1 },
    });
    const waits = logsOf(messages, 'WARN').filter((line) => /rate limit for \S+ calls is reached/.test(line));
    expect(waits.length).toBe(1);
  });
});
