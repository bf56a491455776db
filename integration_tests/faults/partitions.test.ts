import { describe, expect, test } from '@jest/globals';
import { toInstant } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import type { Emulator } from '../emulator/server.ts';
import { expectedRows, sorted } from '../harness/expected.ts';
import { lastStates, logsOf, type Row, recordsOf, statesOf, statusesOf } from '../harness/messages.ts';
import {
  bystander,
  expectHealed,
  expectOutcome,
  expectUnion,
  type FailureType,
  isLaterPage,
  readThrough,
  repeatedPage,
  retries,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

const isOf = (id: string, { path }: LoggedRequest) =>
  decodeURIComponent(decodeURIComponent(path)).includes(id);
const noAccountListing = troubles.error(
  400,
  4711,
  'Invalid access token, does not contain scopes:[x:y:admin].',
);
const first = (emulator: Emulator, rows: string, field: string) =>
  String(emulator.account.rows(rows)[0]?.[field]);

/** One row of a parent, how its own rows are asked for, which rows these are, and what Zoom says when it is gone. */
const parts = [
  {
    part: "one user's meetings",
    stream: 'meetings',
    template: '/users/{userId}/meetings',
    hasPages: true,
    idIn: (emulator: Emulator) => first(emulator, 'users', 'id'),
    // The first meeting is in the list of the second user too.
    isOwn: (id: string, row: Row, emulator: Emulator) =>
      row['host_id'] === id && row['id'] !== emulator.account.rows('meetings')[0]?.['id'],
    gone: { trouble: troubles.error(404, 1001, 'User does not exist.'), code: '404/1001' },
    prepare: () => undefined,
  },
  {
    part: 'one meeting of a snapshot',
    stream: 'meetings',
    template: '/meetings/{meetingId}',
    hasPages: false,
    idIn: (emulator: Emulator) => first(emulator, 'meetings', 'id'),
    isOwn: (id: string, row: Row) => String(row['id']) === id,
    gone: { trouble: troubles.error(404, 3001, 'Meeting does not exist.'), code: '404/3001' },
    prepare: () => undefined,
  },
  {
    part: "one user's recordings, read user by user",
    stream: 'recordings',
    template: '/users/{userId}/recordings',
    hasPages: true,
    idIn: (emulator: Emulator) => first(emulator, 'recordings', 'host_id'),
    isOwn: (id: string, row: Row) => row['host_id'] === id,
    gone: { trouble: troubles.error(404, 1001, 'User does not exist.'), code: '404/1001' },
    prepare: (emulator: Emulator, host_id: string) => {
      emulator.faults.add({ template: '/accounts/me/recordings', trouble: noAccountListing });
      for (let day = 5; day < 9; day += 1)
        emulator.account.addRecording({ host_id, start_time: toInstant(Date.now() - day * 86_400_000) });
    },
  },
  {
    part: 'one meeting of a derived stream',
    stream: 'past_meeting_participants',
    template: '/past_meetings/{meetingId}/participants',
    hasPages: true,
    idIn: (emulator: Emulator) => first(emulator, 'report_history_meetings', 'meeting_uuid'),
    isOwn: (id: string, row: Row) => row['meeting_uuid'] === id,
    gone: { trouble: troubles.error(400, 12702, 'Can not access a meeting a year ago.'), code: '400/12702' },
    prepare: () => undefined,
  },
  {
    part: 'one group of a snapshot whose key names it',
    stream: 'group_members',
    template: '/groups/{groupId}/members',
    hasPages: true,
    idIn: (emulator: Emulator) => first(emulator, 'groups', 'id'),
    isOwn: (id: string, row: Row) => row['group_id'] === id,
    gone: {
      trouble: troubles.error(404, 4130, 'A group with this id does not exist.'),
      code: '404/4130',
    },
    prepare: () => undefined,
  },
] as const;

const unusable = (body: unknown): Trouble => ({ kind: 'respond', status: 200, body });

/** What one of many is refused with: what the state says of it, how it fails the stream, whether it was retried. */
const refusals = [
  {
    name: "a firewall's HTML page",
    trouble: troubles.firewall,
    reason: '403',
    failure: 'config_error',
    tries: 1,
  },
  {
    name: 'an unknown code of Zoom',
    trouble: troubles.error(400, 9999, 'Nobody knows.'),
    reason: '400/9999',
    failure: 'system_error',
    tries: 1,
  },
  {
    name: 'an unknown error with status 200',
    trouble: unusable({ code: 9999, message: 'Nobody knows.' }),
    reason: '200/9999',
    failure: 'system_error',
    tries: 1,
  },
  {
    name: 'a 404 without a code',
    trouble: { kind: 'respond', status: 404, body: 'not here' },
    reason: '404',
    failure: 'system_error',
    tries: 1,
  },
  {
    name: 'a 500',
    trouble: troubles.error(500, 500, 'Internal error'),
    reason: '500/500',
    failure: 'transient_error',
    tries: retries + 1,
  },
  {
    name: 'a reset',
    trouble: { kind: 'reset', when: 'before_headers' },
    reason: 'no answer',
    failure: 'transient_error',
    tries: retries + 1,
  },
  {
    name: 'a malformed body',
    trouble: { kind: 'malform' },
    reason: '200',
    failure: 'transient_error',
    tries: retries + 1,
  },
  {
    name: 'a 503 that asks for two hours',
    trouble: {
      kind: 'respond',
      status: 503,
      body: { code: 503, message: 'Busy' },
      headers: { 'retry-after': '7200' },
    },
    reason: '503/503',
    failure: 'transient_error',
    tries: 1,
  },
] as const;

describe.each(parts)('$part', ({ stream, template, hasPages, idIn, isOwn, gone, prepare }) => {
  /** What is wrong with the one, for as long as the rules are not cleared. */
  const trouble = (fault: Trouble): string => {
    const id = idIn(zoom());
    prepare(zoom(), id);
    zoom().faults.add({ template, matches: (request) => isOf(id, request), trouble: fault });
    return id;
  };
  const ofOthers = (id: string) => (row: Row) => !isOwn(id, row, zoom());

  test.each(refusals)(
    'refused by $name is owed, and all others are read',
    async ({ trouble: fault, reason, failure, tries }) => {
      const id = trouble(fault);
      const result = await readThrough(zoom(), `${stream},${bystander}`);
      expectOutcome(result, stream, zoom(), { outcome: 'owed', reason, failure });
      expectUnion([result], stream, zoom(), ofOthers(id));
      expect(
        zoom().requests.filter((request) => request.template === template && isOf(id, request)).length,
      ).toBe(tries);
      await expectHealed(zoom(), stream, result);
    },
  );

  test('that is gone is skipped and counted, and all others are read', async () => {
    const id = trouble(gone.trouble);
    const result = await readThrough(zoom(), `${stream},${bystander}`);
    expectOutcome(result, stream, zoom(), { outcome: 'skipped', code: gone.code });
    expectUnion([result], stream, zoom(), ofOthers(id));
  });

  if (!hasPages) return;

  const repeated = repeatedPage();
  test.each<{ name: string; first?: Trouble; later?: Trouble; reason: string; failure: FailureType }>([
    {
      name: 'a page token that is repeated over new rows',
      ...repeated,
      reason: '200',
      failure: 'system_error',
    },
    {
      name: 'page tokens that always expire',
      later: troubles.expiredPageToken,
      reason: 'no answer',
      failure: 'transient_error',
    },
    {
      name: 'a list with something that is no row',
      first: { kind: 'change', change: (body) => withStranger(body) },
      reason: '200',
      failure: 'system_error',
    },
    {
      name: 'an answer without its list',
      first: unusable({ status: 'fine' }),
      reason: '200',
      failure: 'system_error',
    },
  ])('with $name is owed, and all others are read', async ({ first: onFirst, later, reason, failure }) => {
    const id = idIn(zoom());
    prepare(zoom(), id);
    const rule = (isLater: boolean, fault: Trouble) =>
      zoom().faults.add({
        template,
        matches: (request) => isOf(id, request) && isLaterPage(request) === isLater,
        trouble: fault,
      });
    if (onFirst !== undefined) rule(false, onFirst);
    if (later !== undefined) rule(true, later);
    const result = await readThrough(zoom(), `${stream},${bystander}`);
    expectOutcome(result, stream, zoom(), { outcome: 'owed', reason, failure });
    const others = sorted(recordsOf(result.messages, stream).filter(ofOthers(id)), stream);
    expect(others).toEqual(sorted(expectedRows(zoom().account, stream).filter(ofOthers(id)), stream));
    await expectHealed(zoom(), stream, result);
  });
});

function withStranger(body: Row): Row {
  const [name = '', rows] = Object.entries(body).find(([, value]) => Array.isArray(value)) ?? [];
  return { ...body, [name]: [...(rows as Row[]), 'a stranger'] };
}

test('a firewall before one meeting fails two syncs, and the third passes with a WARN', async () => {
  const stream = 'past_meeting_participants';
  const uuid = first(zoom(), 'report_history_meetings', 'meeting_uuid');
  zoom().faults.add({ matches: (request) => isOf(uuid, request), trouble: troubles.firewall });
  let state: readonly Row[] | undefined;
  for (const expected of [
    { exitCode: 1, end: 'INCOMPLETE' },
    { exitCode: 1, end: 'INCOMPLETE' },
    { exitCode: 0, end: 'COMPLETE' },
  ]) {
    const result = await readThrough(zoom(), stream, state === undefined ? {} : { state });
    expect([result.exitCode, statusesOf(result.messages, stream).at(-1)]).toEqual([
      expected.exitCode,
      expected.end,
    ]);
    expect(statesOf(result.messages, stream).at(-1)).toHaveProperty(['owed', uuid]);
    expect(logsOf(result.messages, 'WARN').join()).toContain(uuid);
    state = lastStates(result.messages);
  }
  zoom().faults.clear();
  const healed = await readThrough(zoom(), stream, { state: state ?? [] });
  expectUnion([healed], stream, zoom(), ({ meeting_uuid }) => meeting_uuid === uuid);
  expect(statesOf(healed.messages, stream).at(-1)).not.toHaveProperty('owed');
});

test('a report that is not ready is owed without failing, and read when it is', async () => {
  const stream = 'past_meeting_participants';
  const recent = zoom().account.addPastMeeting({ end_time: toInstant(Date.now() - 600_000) });
  const uuid = String(recent['meeting_uuid']);
  zoom().faults.add({
    matches: (request) => isOf(uuid, request),
    trouble: troubles.error(404, 3001, 'Meeting does not exist.'),
  });
  const result = await readThrough(zoom(), `${stream},${bystander}`);
  expectOutcome(result, stream, zoom(), { outcome: 'owed', reason: 'not_ready' });
  expectUnion([result], stream, zoom(), ({ meeting_uuid }) => meeting_uuid !== uuid);
  expect(triesOfTroubled(zoom())).toEqual([1]);
  await expectHealed(zoom(), stream, result, { changes: { lookback_window_days: 0 } });
});

test('one webinar or meeting whose plan does not allow it, among others that are answered, is owed', async () => {
  const stream = 'past_meeting_participants';
  const meetings = zoom().account.rows('report_history_meetings');
  const uuid = String(meetings.findLast(({ type }) => type === 'Meeting')?.['meeting_uuid']);
  zoom().faults.add({
    matches: (request) => isOf(uuid, request),
    trouble: troubles.error(400, 200, 'Webinar plan is missing.'),
  });
  const result = await readThrough(zoom(), `${stream},${bystander}`);
  expectOutcome(result, stream, zoom(), { outcome: 'owed', reason: '400/200', failure: 'system_error' });
  expectUnion([result], stream, zoom(), ({ meeting_uuid }) => meeting_uuid !== uuid);
  expect(triesOfTroubled(zoom())).toEqual([1]);
  await expectHealed(zoom(), stream, result);
});

test('ten meetings in a row that nobody answers for are an outage: the rest is not asked for', async () => {
  const template = '/past_meetings/{meetingId}/participants';
  for (let count = 0; count < 20; count += 1) zoom().account.addPastMeeting();
  zoom().faults.add({ template, trouble: troubles.error(500, 500, 'Internal error') });
  const changes = { concurrency: 1 };
  const result = await readThrough(zoom(), `past_meeting_participants,${bystander}`, { changes });
  expectOutcome(result, 'past_meeting_participants', zoom(), {
    outcome: 'failed',
    failure: 'transient_error',
    says: /10 requests in a row failed.*500/,
  });
  expect(triesOfTroubled(zoom())).toEqual(Array(10).fill(retries + 1));
  await expectHealed(zoom(), 'past_meeting_participants', result);
});
