import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import { createLazyRows } from './collection.ts';
import type { Row } from './endpoint.ts';
import { exampleRow } from './example-row.ts';
import { toInstant } from './instant.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from './server.ts';
import type { Entry } from './store.ts';
import { createGet, type Get, getAll } from './test-client.ts';

const noon = Date.UTC(2026, 9, 15, 12);
const badToken = { status: 400, body: { code: 300, message: 'The next page token is invalid or expired.' } };

let clock: number;
let emulator: Emulator;
let get: Get;
async function start(options: EmulatorOptions = {}): Promise<void> {
  clock = noon;
  emulator = await startEmulator({ account: new Account({ now: noon }), now: () => clock, ...options });
  get = createGet(emulator);
}
beforeEach(() => start());
afterEach(() => emulator.close());

describe('pages', () => {
  test('go on until the token is empty, and say what Zoom documents beside the rows', async () => {
    const first = await get('/users', { page_size: '5' });
    expect(first.body).toMatchObject({ page_count: 3, page_number: 1, page_size: 5, total_records: 12 });
    expect(first.body['next_page_token']).toMatch(/.{20}/);
    const rows = await getAll(get, '/users', 'users', { page_size: '5' });
    expect(rows.map(({ id }) => id)).toEqual(
      emulator.account.rows('users').flatMap(({ id, status }) => (status === 'active' ? [id] : [])),
    );
  });

  test.each([
    { asked: '300', path: '/users', expected: 300 },
    { asked: '999999', path: '/users', expected: 2000 },
    { asked: '999999', path: '/accounts/me/recordings', expected: 300 },
    { asked: '0', path: '/users', expected: 30 },
    { asked: '-5', path: '/users', expected: 30 },
    { asked: 'abc', path: '/users', expected: 30 },
  ])('have $expected rows on $path when $asked are asked for', async ({ asked, path, expected }) => {
    expect((await get(path, { page_size: asked })).body['page_size']).toBe(expected);
  });

  test('are told apart by number, too, where Zoom still takes it', async () => {
    const page = (number: string) => get('/users', { page_size: '5', page_number: number });
    const [second, third] = [await page('2'), await page('3')];
    expect([second.body['page_number'], (third.body['users'] as Row[]).length]).toEqual([2, 2]);
    expect(second.body['users']).not.toEqual(third.body['users']);
  });

  test('announce no totals where Zoom documents none', async () => {
    const { body } = await get('/report/history_meetings', { from: '2026-10-01', to: '2026-10-15' });
    expect(Object.keys(body).sort()).toEqual(['history_meetings', 'next_page_token', 'page_size']);
  });

  test('are continued by the very parameters that they began with', async () => {
    const query = { page_size: '5', status: 'active' };
    const next_page_token = String((await get('/users', query)).body['next_page_token']);
    expect(await get('/users', { ...query, page_size: '6', next_page_token })).toMatchObject(badToken);
    expect(await get('/users', { page_size: '5', next_page_token })).toMatchObject(badToken);
    expect((await get('/users', { next_page_token, status: 'active', page_size: '5' })).status).toBe(200);
    expect(await get('/users', { ...query, next_page_token: 'invented' })).toMatchObject(badToken);
  });

  test('are lost after 15 minutes', async () => {
    const query = { page_size: '5' };
    const next_page_token = String((await get('/users', query)).body['next_page_token']);
    clock += 15 * 60_000 - 1;
    expect((await get('/users', { ...query, next_page_token })).status).toBe(200);
    clock += 1;
    expect(await get('/users', { ...query, next_page_token })).toMatchObject(badToken);
  });
});

describe('windows', () => {
  const history = '/report/history_meetings';
  const calls = '/phone/call_history';

  test.each([
    { what: 'a month', path: history, from: '2026-09-15', to: '2026-10-15', status: 200 },
    { what: 'a month of 31 days', path: history, from: '2026-08-15', to: '2026-09-15', status: 200 },
    { what: 'a month and a day', path: history, from: '2026-09-14', to: '2026-10-15', status: 400 },
    { what: 'February', path: '/accounts/me/recordings', from: '2026-02-01', to: '2026-03-01', status: 200 },
    {
      what: 'the end before the beginning',
      path: history,
      from: '2026-10-02',
      to: '2026-10-01',
      status: 400,
    },
    { what: 'six months ago', path: history, from: '2026-04-15', to: '2026-04-20', status: 200 },
    { what: 'seven months ago', path: history, from: '2026-03-15', to: '2026-03-20', status: 400 },
    {
      what: 'years ago, where Zoom keeps all',
      path: '/accounts/me/recordings',
      from: '2020-01-01',
      to: '2020-01-31',
      status: 200,
    },
    { what: 'another format', path: history, from: '10/01/2026', to: '2026-10-15', status: 400 },
    {
      what: 'a time where days are asked for',
      path: history,
      from: '2026-10-01T00:00:00Z',
      to: '2026-10-15',
      status: 400,
    },
    {
      what: 'a day that there is not',
      path: '/accounts/me/recordings',
      from: '2026-02-30',
      to: '2026-03-15',
      status: 400,
    },
    { what: 'seconds', path: calls, from: '2026-10-01T00:00:00Z', to: '2026-10-15T00:00:00Z', status: 200 },
    { what: 'ends in two formats', path: calls, from: '2026-10-01', to: '2026-10-15T00:00:00Z', status: 400 },
  ])('$what: $status', async ({ path, from, to, status }) => {
    expect((await get(path, { from, to })).status).toBe(status);
  });

  test.each([
    { toIsExclusive: false, expected: ['2026-10-02T00:00:00Z', '2026-10-03T23:59:59Z'] },
    { toIsExclusive: true, expected: ['2026-10-02T00:00:00Z'] },
  ])(
    'cover whole days, the last one too unless told otherwise: $toIsExclusive',
    async ({ toIsExclusive, expected }) => {
      await emulator.close();
      const account = new Account({ now: noon, recordings: 0 });
      const ends = [
        '2026-10-01T23:59:59Z',
        '2026-10-02T00:00:00Z',
        '2026-10-03T23:59:59Z',
        '2026-10-04T00:00:00Z',
      ];
      for (const start_time of ends) account.addRecording({ start_time });
      await start({ account, toIsExclusive });
      const rows = await getAll(get, '/accounts/me/recordings', 'meetings', {
        from: '2026-10-02',
        to: '2026-10-03',
      });
      expect(rows.map(({ start_time }) => start_time)).toEqual(expected);
    },
  );

  test('go by the time that the query names', async () => {
    const meeting = emulator.account.addPastMeeting({
      start_time: '2026-10-01T23:30:00Z',
      end_time: '2026-10-02T00:30:00Z',
    });
    const uuids = async (date_type: string, day: string) =>
      (await getAll(get, history, 'history_meetings', { from: day, to: day, date_type })).map(
        ({ meeting_uuid }) => meeting_uuid,
      );
    expect(await uuids('start_time', '2026-10-01')).toContain(meeting['meeting_uuid']);
    expect(await uuids('end_time', '2026-10-01')).not.toContain(meeting['meeting_uuid']);
    expect(await uuids('end_time', '2026-10-02')).toContain(meeting['meeting_uuid']);
  });

  test('Phone does not filter by dates that it cannot read', async () => {
    const all = emulator.account
      .rows('phone_call_logs')
      .filter(({ recording_status }) => recording_status === 'recorded');
    expect((await get(calls, { from: 'NOT-A-DATE' })).body['total_records']).toBe(all.length);
  });

  test('hold little more than a day when they are left out', async () => {
    const recent = emulator.account.addRecording({ start_time: toInstant(noon - 3_600_000) });
    emulator.account.addRecording({ start_time: toInstant(noon - 5 * 86_400_000) });
    const { body } = await get('/accounts/me/recordings');
    expect(body).toMatchObject({ from: '2026-10-14', to: '2026-10-15' });
    expect((body['meetings'] as Row[]).map(({ uuid }) => uuid)).toContain(recent['uuid']);
    expect(emulator.account.rows('recordings').length).toBeGreaterThan((body['meetings'] as Row[]).length);
  });
});

describe('filters', () => {
  test('users come by status, active ones unless told otherwise', async () => {
    const statuses = async (query: Record<string, string>) =>
      new Set((await getAll(get, '/users', 'users', query)).map(({ status }) => status));
    expect(await statuses({})).toEqual(new Set(['active']));
    expect(await statuses({ status: 'inactive' })).toEqual(new Set(['inactive']));
    expect(await statuses({ status: 'pending' })).toEqual(new Set(['pending']));
  });

  test('custom attributes and host keys come when they are asked for', async () => {
    const [plain] = await getAll(get, '/users', 'users');
    const [full] = await getAll(get, '/users', 'users', { include_fields: 'custom_attributes' });
    expect([plain?.['custom_attributes'], plain?.['host_key'], full?.['host_key']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(full?.['custom_attributes']).toHaveLength(1);
  });

  test('calls without recordings come only when they are asked for, as documented', async () => {
    const window = { from: '2026-09-15', to: '2026-10-15', page_size: '300' };
    const statuses = async (query: Record<string, string>) =>
      (await getAll(get, '/phone/call_history', 'call_history', { ...window, ...query })).map(
        ({ recording_status }) => recording_status,
      );
    const recorded = await statuses({});
    expect([new Set(recorded), new Set(await statuses({ recording_status: 'non_recorded' }))]).toEqual([
      new Set(['recorded']),
      new Set(['non_recorded']),
    ]);
    expect(await statuses({ recording_status: 'recorded' })).toEqual(recorded);
  });

  test('meetings and webinars come apart or together', async () => {
    const window = { from: '2026-09-15', to: '2026-10-15', page_size: '300' };
    for (const type of ['Meeting', 'Webinar'])
      emulator.account.addPastMeeting({ type, end_time: '2026-10-10T10:00:00Z' });
    const types = async (meeting_type: string) =>
      new Set(
        (await getAll(get, '/report/history_meetings', 'history_meetings', { ...window, meeting_type })).map(
          ({ type }) => type,
        ),
      );
    expect(await types('meeting')).toEqual(new Set(['Meeting']));
    expect(await types('webinar')).toEqual(new Set(['Webinar']));
    expect(await types('all')).toEqual(new Set(['Meeting', 'Webinar']));
  });
});

test.each([
  { callArrays: 'old', expected: ['call_logs'] },
  { callArrays: 'new', expected: ['call_history'] },
  { callArrays: 'both', expected: ['call_history', 'call_logs'] },
] as const)('calls are in Zoom’s $callArrays array(s), under its key', async ({ callArrays, expected }) => {
  await emulator.close();
  await start({ account: new Account({ now: noon, callArrays, days: 1 }) });
  const { body } = await get('/phone/call_history', { from: '2026-10-14', to: '2026-10-15' });
  expect(
    Object.keys(body)
      .filter((name) => name.startsWith('call_'))
      .sort(),
  ).toEqual(expected);
  for (const name of expected) {
    const [row] = body[name] as Row[];
    expect([row?.['id'] !== undefined, row?.['call_history_uuid'] !== undefined]).toEqual(
      name === 'call_logs' ? [true, false] : [false, true],
    );
  }
});

describe('an account of a million calls', () => {
  const [count, span] = [1_000_000, 30 * 86_400_000];
  const example = { ...exampleRow('phone_call_logs'), recording_status: 'recorded' };
  const rows = createLazyRows(count, 'end_time', example, (index) => ({
    call_history_uuid: `call-${index}`,
    end_time: toInstant(noon - span + (index * span) / count),
  }));
  const query = { from: '2026-10-01', to: '2026-10-02', time_type: 'end_time', page_size: '300' };
  const startWith = async (callArrays: 'new' | 'both') => {
    await emulator.close();
    const account = new Account({ now: noon, calls: 0, callArrays });
    account.lazy.set('phone_call_logs', rows);
    await start({ account });
  };

  test('answers page by page, whole windows and nothing else', async () => {
    await startWith('new');
    const { body } = await get('/phone/call_history', query);
    const [first] = body['call_history'] as Row[];
    expect(body).not.toHaveProperty('call_logs');
    expect(body['total_records']).toBeGreaterThan(60_000);
    expect(first).toEqual({
      ...example,
      call_history_uuid: expect.any(String),
      end_time: '2026-10-01T00:00:00Z',
    });
  });

  test('leaves out what has to be asked for', async () => {
    const users = createLazyRows(3, 'created_at', exampleRow('users'), (index) => ({ id: `user-${index}` }));
    emulator.account.lazy.set('users', users);
    const [user] = (await get('/users')).body['users'] as Row[];
    expect([user?.['id'], user?.['email'], user?.['custom_attributes']]).toEqual([
      'user-0',
      'mara.lindqvist@example.com',
      undefined,
    ]);
  });

  test('gives the same rows when they are not kept as text', async () => {
    await startWith('new');
    const fast = await get('/phone/call_history', query);
    await startWith('both');
    const slow = await get('/phone/call_history', query);
    expect(fast.body['call_history']).toEqual(slow.body['call_history']);
    expect(slow.body['call_logs']).toHaveLength(300);
  });
});

describe('conversations', () => {
  const timesOf = (session: Row) =>
    emulator.account
      .store('phone_sms_messages')
      .entries()
      .filter(({ above: [parent] }) => parent?.row === session)
      .map(({ row }) => String(row['date_time']));

  test('are listed by any of their messages where that is asked for, else by their own time', async () => {
    const sessions = emulator.account.rows('phone_sms_sessions');
    const range = { from: '2026-06-15', to: '2026-07-15' };
    const isInside = (time: string) => time >= range.from && time < '2026-07-16';
    const list = async (query: Record<string, string>) => {
      const rows = await getAll(get, '/phone/sms/sessions', 'sms_sessions', {
        ...range,
        session_type: 'all',
        ...query,
      });
      return rows.map(({ session_id }) => session_id);
    };
    const idsOf = (rows: readonly Row[]) => rows.map(({ session_id }) => session_id);
    const byMessages = idsOf(sessions.filter((session) => timesOf(session).some(isInside)));
    const byThemselves = idsOf(sessions.filter((session) => isInside(String(session['last_access_time']))));
    expect(await list({ filter_type: 'sent_received_message_time' })).toEqual(byMessages);
    expect(await list({})).toEqual(byThemselves);
    // Some of those that were written in go on later.
    expect(byMessages.length).toBeGreaterThan(byThemselves.length);
  });

  test('have their latest message at the time that they tell, also when one comes', () => {
    const { account } = emulator;
    const check = () => {
      for (const session of account.rows('phone_sms_sessions'))
        expect(timesOf(session).sort().at(-1)).toBe(session['last_access_time']);
    };
    check();
    const [parent] = account.store('phone_sms_sessions').entries();
    account.generated('phone_sms_messages')?.add(parent, noon - 1000);
    expect(parent?.row['last_access_time']).toBe(toInstant(noon - 1000));
    check();
  });

  test('of everybody are refused to an app of one user, who is shown theirs', async () => {
    const asUser = createGet(emulator, 'user-level-app');
    expect(await asUser('/phone/sms/sessions')).toMatchObject({ status: 400, body: { code: 104 } });
    expect((await asUser('/phone/users/me/sms/sessions')).status).toBe(200);
  });
});

describe('several lists of one answer', () => {
  beforeEach(async () => {
    await emulator.close();
    await start({ account: new Account({ now: noon, days: 25, rows: { report_chat_messages: 12 } }) });
  });
  const edits = ['edited_messages', 'deleted_messages'];
  const read = async (query: Record<string, string>) => {
    const { account } = emulator;
    const [session] = account.store('report_chat_sessions').entries();
    const range = { from: '2026-09-16', to: '2026-10-15', page_size: '1' };
    const { body } = await get(`/report/chat/sessions/${session?.row['id']}`, { ...range, ...query });
    return { body, session: session as Entry };
  };

  test('are there where the parameter names them, whole on each page, without what was not asked for', async () => {
    const { body } = await read({});
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(edits));
    expect(body['messages']).toEqual([expect.not.objectContaining({ bot_message: expect.anything() })]);
    const asked = { include_fields: edits.join(','), include_bot_message: 'true' };
    const first = await read(asked);
    const second = await read({ ...asked, next_page_token: String(first.body['next_page_token']) });
    expect(first.body['messages']).toEqual([expect.objectContaining({ bot_message: expect.anything() })]);
    for (const list of edits) {
      expect((first.body[list] as Row[]).length).toBeGreaterThan(1);
      expect(second.body[list]).toEqual(first.body[list]);
    }
  });

  test('are filtered by when something was done where that is asked for', async () => {
    const { session } = await read({});
    const [edit] = emulator.account
      .store('report_chat_messages')
      .below(session)
      .filter(({ values }) => values?.[0] === 'edited_messages');
    if (edit !== undefined) edit.row['action_timestamp'] = noon;
    const range = { from: '2026-10-15', to: '2026-10-15', include_fields: edits.join(',') };
    expect((await read(range)).body['edited_messages']).toEqual([]);
    const { body } = await read({ ...range, query_all_modifications: 'true' });
    expect(body['edited_messages']).toEqual([expect.objectContaining({ action_timestamp: noon })]);
  });
});
