import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import type { Row } from './endpoint.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet, type Get, getAll } from './test-client.ts';

const noon = Date.UTC(2026, 9, 15, 12);

let account: Account;
let emulator: Emulator;
let get: Get;
beforeEach(async () => {
  account = new Account({ now: noon, pastMeetings: 60 });
  emulator = await startEmulator({ account, now: () => noon });
  get = createGet(emulator);
});
afterEach(() => emulator.close());

const encodeTwice = (id: string) => encodeURIComponent(encodeURIComponent(id));
const encodeAsNeeded = (id: string) => (id.includes('/') ? encodeTwice(id) : encodeURIComponent(id));
const participants = (id: unknown, encode: (id: string) => string = encodeAsNeeded) =>
  get(`/past_meetings/${encode(String(id))}/participants`, { page_size: '300' });
const pastMeeting = (isWanted: (uuid: string) => boolean, type = 'Meeting'): Row => {
  const found = account
    .rows('report_history_meetings')
    .find(
      (row) => row['type'] === type && row['participants'] !== 1 && isWanted(String(row['meeting_uuid'])),
    );
  if (found === undefined) throw new Error('the account has no such meeting');
  return found;
};

test('is the same for the same seed, and another for another one', () => {
  const usersOf = (seed: number) => new Account({ seed, now: noon }).rows('users');
  expect(usersOf(1)).toEqual(usersOf(1));
  expect(usersOf(1)).not.toEqual(usersOf(2));
});

test('a clone keeps what later changes do not reach', () => {
  const before = account.clone();
  const names = [
    'users',
    'pending_users',
    'meetings',
    'report_history_meetings',
    'recordings',
    'phone_call_logs',
  ];
  for (const name of names) expect(before.rows(name)).toEqual(account.rows(name));
  const [user] = before.rows('users');
  account.changeUser(String(user?.['email']), { dept: 'Moved' });
  account.addCall();
  expect(before.rows('users')[0]).toEqual(user);
  expect(before.rows('phone_call_logs').length).toBe(account.rows('phone_call_logs').length - 1);
});

describe('UUIDs in paths', () => {
  test.each([
    { what: 'begins with a slash', isSuch: (uuid: string) => uuid.startsWith('/') },
    { what: 'holds two slashes in a row', isSuch: (uuid: string) => uuid.includes('//') },
  ])('one that $what has to be encoded twice', async ({ isSuch }) => {
    const uuid = pastMeeting(isSuch)['meeting_uuid'];
    expect((await participants(uuid)).status).toBe(200);
    expect((await participants(uuid, encodeURIComponent)).body['code']).toBe(2300);
    expect((await participants(uuid, (id) => id)).body['code']).toBe(2300);
  });

  test('one with a single slash may be encoded once or twice, one without once', async () => {
    const slash = pastMeeting((uuid) => /^[^/]+\/[^/]+$/.test(uuid))['meeting_uuid'];
    expect((await participants(slash, encodeURIComponent)).status).toBe(200);
    expect((await participants(slash, encodeTwice)).status).toBe(200);
    const plus = pastMeeting((uuid) => uuid.includes('+') && !uuid.includes('/'))['meeting_uuid'];
    expect((await participants(plus, encodeURIComponent)).status).toBe(200);
    expect((await participants(plus, encodeTwice)).status).toBe(404);
  });

  test('one that is not encoded properly is not recognised', async () => {
    expect((await get('/past_meetings/%E0%A4%A/participants')).body['code']).toBe(2300);
  });
});

describe('past meetings', () => {
  test('a number means its latest instance', async () => {
    const [number, rows] = [82_000_000_001, account.rows('report_history_meetings')];
    const instances = rows.filter(({ meeting_id }) => meeting_id === number);
    expect(instances.length).toBeGreaterThan(2);
    account.addPastMeeting({ meeting_id: number, end_time: '2026-10-15T11:00:00Z' }, 3);
    const latest = account.addPastMeeting({ meeting_id: number, end_time: '2026-10-15T11:30:00Z' }, 5);
    expect((await participants(number)).body['participants']).toEqual(
      account.participantsOf(String(latest['meeting_uuid'])),
    );
  });

  test('those of one person, webinars and unknown ones show no participants', async () => {
    const alone = account.addPastMeeting({}, 1);
    for (const uuid of [
      alone['meeting_uuid'],
      pastMeeting(() => true, 'Webinar')['meeting_uuid'],
      'nothing==',
    ])
      expect(await participants(uuid)).toMatchObject({ status: 404, body: { code: 3001 } });
  });

  test('webinars show theirs by a path of their own, those of one person too', async () => {
    const attendees = async (row: Row) =>
      (await get(`/past_webinars/${encodeAsNeeded(String(row['meeting_uuid']))}/participants`)).body;
    for (const count of [1, 7]) {
      const webinar = account.addPastMeeting({ type: 'Webinar' }, count);
      expect(await attendees(webinar)).toMatchObject({ total_records: count });
    }
    expect(await attendees(pastMeeting(() => true))).toMatchObject({ code: 3001 });
  });

  test('guests have no id, who comes back keeps a user_id, and a row may be there twice', () => {
    const { meeting_uuid } = account.addPastMeeting({}, 7);
    const rows = account.participantsOf(String(meeting_uuid)) ?? [];
    expect(rows.filter(({ id }) => id === '').length).toBeGreaterThan(1);
    expect(rows.at(-1)).toMatchObject({ user_id: rows[0]?.['user_id'] });
    expect(rows.at(-1)?.['join_time']).not.toBe(rows[0]?.['join_time']);
    expect(rows[5]).toEqual(rows[1]);
    expect(rows[5]).not.toBe(rows[1]);
  });

  test('participants that are added later are there', async () => {
    const { meeting_uuid } = account.addPastMeeting({}, 2);
    account.addParticipant(meeting_uuid, { name: 'Late' });
    expect((await participants(meeting_uuid)).body['participants']).toMatchObject([{}, {}, { name: 'Late' }]);
  });
});

describe('users', () => {
  test('pending ones have no id, until they accept', async () => {
    const [pending] = await getAll(get, '/users', 'users', { status: 'pending' });
    expect(pending).not.toHaveProperty('id');
    account.changeUser(String(pending?.['email']), { status: 'active', id: 'accepted' });
    expect((await get('/users/accepted')).body).toMatchObject({ email: pending?.['email'] });
  });

  test('a pending one asked for by e-mail was created just now, every time', async () => {
    const [pending] = account.rows('pending_users');
    const { body } = await get(`/users/${pending?.['email']}`);
    expect([body['created_at'], body['id']]).toEqual(['2026-10-15T12:00:00Z', undefined]);
  });

  test('a removed one vanishes, with the meetings that nobody else lists', async () => {
    const [user] = account.rows('users');
    const own = account.listedBy(String(user?.['id']));
    account.removeUser(String(user?.['email']));
    expect(await get(`/users/${user?.['id']}`)).toMatchObject({ status: 404, body: { code: 1001 } });
    expect(await get(`/users/${user?.['id']}/meetings`)).toMatchObject({ status: 404, body: { code: 1001 } });
    const statuses = await Promise.all(own.map(async ({ id }) => (await get(`/meetings/${id}`)).status));
    // The first one is in another user's list, too.
    expect([statuses[0], new Set(statuses.slice(1))]).toEqual([200, new Set([404])]);
  });

  test('changes of what is not there are mistakes of the test', () => {
    expect(() => account.removeUser('nobody@example.com')).toThrow('no user nobody@example.com');
    expect(() => account.changeUser('nobody@example.com', {})).toThrow('no user');
    expect(() => account.changeMeeting(1, {})).toThrow('no meeting 1');
    expect(() => account.removeMeeting(1)).toThrow('no meeting 1');
    expect(() => account.addParticipant('x')).toThrow('no past meeting x');
    expect(() => account.changeCall('x', {})).toThrow('no call x');
  });
});

describe('meetings', () => {
  test('of inactive users are listed; recurring ones once for each occurrence; shared ones by both', async () => {
    const inactive = account.rows('users').find(({ status }) => status === 'inactive');
    const listed = await getAll(get, `/users/${inactive?.['id']}/meetings`, 'meetings');
    expect(listed.map(({ type }) => type)).toEqual([2, 8, 8, 8]);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
    const [first, second] = account.rows('users');
    const idsOf = (user: Row | undefined) => account.listedBy(String(user?.['id'])).map(({ id }) => id);
    expect(idsOf(second)).toContain(idsOf(first)[0]);
  });

  test('have a start link of their own for every call', async () => {
    const path = `/meetings/${account.rows('meetings')[0]?.['id']}`;
    const links = [(await get(path)).body['start_url'], (await get(path)).body['start_url']];
    expect(links[0]).toMatch(/zak=canary-/);
    expect(links[0]).not.toBe(links[1]);
  });

  test('change in lists and details, and vanish from both', async () => {
    const [user] = account.rows('users');
    const meeting = account.addMeeting(user ?? {}, { agenda: 'a'.repeat(300) });
    account.changeMeeting(meeting['id'], { topic: 'Renamed' });
    const listed = async () =>
      (await getAll(get, `/users/${user?.['id']}/meetings`, 'meetings')).filter(
        ({ id }) => id === meeting['id'],
      );
    expect(await listed()).toMatchObject([{ topic: 'Renamed', agenda: 'a'.repeat(250) }]);
    expect((await get(`/meetings/${meeting['id']}`)).body['topic']).toBe('Renamed');
    account.removeMeeting(meeting['id']);
    expect([await listed(), (await get(`/meetings/${meeting['id']}`)).body['code']]).toEqual([[], 3001]);
  });
});

describe('recordings and calls', () => {
  test('time lines and captions have no id; some files are not processed; files are added later', () => {
    const files = account.rows('recordings').flatMap((row) => row['recording_files'] as Row[]);
    expect(files.filter((file) => !('id' in file)).map(({ file_type }) => file_type)).toEqual(
      expect.arrayContaining(['TIMELINE', 'CC']),
    );
    expect(files.some(({ status }) => status === 'processing')).toBe(true);
    const [recording] = account.rows('recordings');
    account.addRecordingFile(recording ?? {}, { file_type: 'TRANSCRIPT' });
    expect(recording?.['recording_count']).toBe(5);
  });

  test('late ones are where their time puts them', async () => {
    const late = account.addRecording({ start_time: '2026-10-10T10:00:00Z' });
    const window = { from: '2026-10-10', to: '2026-10-10' };
    const rows = await getAll(get, '/accounts/me/recordings', 'meetings', window);
    expect(rows).toContainEqual(late);
    expect(await getAll(get, `/users/${late['host_id']}/recordings`, 'meetings', window)).toContainEqual(
      late,
    );
  });

  test('a call may turn out to be recorded, and move in time', async () => {
    const call = account.addCall({ recording_status: 'non_recorded', end_time: '2026-10-10T10:00:00Z' });
    account.changeCall(call['call_history_uuid'], {
      recording_status: 'recorded',
      end_time: '2026-10-12T10:00:00Z',
    });
    const window = { from: '2026-10-12', to: '2026-10-12', time_type: 'end_time' };
    expect(await getAll(get, '/phone/call_history', 'call_history', window)).toContainEqual(call);
  });
});
