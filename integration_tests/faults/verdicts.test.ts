import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { expectedRows, sorted } from '../harness/expected.ts';
import { errorsOf, logsOf, type Row, recordsOf, statesOf, statusesOf } from '../harness/messages.ts';
import { streamsOfAccount } from '../harness/promised.ts';
import { runConnector } from '../harness/run.ts';
import { configOf, expectNoSecret, expectWhole, readThrough } from './trial.ts';

const userCount = 40;

let zoom: Emulator;
beforeEach(async () => {
  const account = new Account({
    activeUsers: userCount - 4,
    inactiveUsers: 4,
    meetingsPerUser: 1,
    pastMeetings: 12,
    recordings: 40,
    calls: 4,
    rows: { groups: 4, group_members: 3, report_operation_logs: 6 },
    days: 40,
  });
  zoom = await startEmulator({ account });
});
afterEach(() => zoom.close());

const apps = ['s2s-app', 'oauth-app', 'user-level-app'] as const;
const invalidToken: Trouble = {
  kind: 'respond',
  status: 401,
  body: { code: 124, message: 'Invalid access token.' },
};
const late = (trouble: Trouble, ms: number): Trouble => ({ ...trouble, ms }) as Trouble;

/** How long the path that is refused takes to answer, the others, and what stands for the whole of Zoom. */
const latencies = [
  { refused: 0, others: 0, me: 0 },
  { refused: 0, others: 60, me: 0 },
  { refused: 20, others: 0, me: 120 },
];

/** Everything is as late as these say; what is refused stays so. */
function delay({ others, me }: (typeof latencies)[number]): void {
  const isOfMe = ({ path }: LoggedRequest) => path === '/v2/users/me';
  if (me > 0) zoom.faults.add({ matches: isOfMe, trouble: { kind: 'slow', ms: me } });
  const isOther = ({ path }: LoggedRequest) => path.startsWith('/v2/');
  if (others > 0) zoom.faults.add({ matches: isOther, trouble: { kind: 'slow', ms: others } });
}

const tokenRequests = () => zoom.requests.filter(({ path }) => path === '/oauth/token').length;

describe.each(apps)('one path that refuses every token of %s', (clientId) => {
  const template = '/accounts/me/recordings';

  test.each(latencies)(
    'is read user by user, and no other stream hears of it ($refused, $others, $me ms)',
    async (latency) => {
      zoom.faults.add({ template, trouble: late(invalidToken, latency.refused) });
      delay(latency);
      const names = ['users', 'recordings', 'phone_call_logs', 'groups', 'report_operation_logs'];
      // An app that sees its authoriser alone has no groups and no reports.
      const streams = clientId === 'user-level-app' ? names.slice(0, 2) : names;
      const result = await readThrough(zoom, streams.join(','), { clientId });
      expect([errorsOf(result.messages), result.exitCode]).toEqual([[], 0]);
      for (const stream of streams) {
        expect(statusesOf(result.messages, stream).at(-1)).toBe('COMPLETE');
        if (clientId !== 'user-level-app') expectWhole(result.messages, stream, zoom);
      }
      const asked = zoom.requests.filter((request) => request.template === '/users/{userId}/recordings');
      expect(asked.length).toBeGreaterThan(0);
      expect(tokenRequests()).toBeLessThanOrEqual(3);
      expect(zoom.requests.filter((request) => request.template === template).length).toBeLessThanOrEqual(3);
    },
  );

  test.each(latencies)('does not fail check ($refused, $others, $me ms)', async (latency) => {
    zoom.faults.add({ template, trouble: late(invalidToken, latency.refused) });
    delay(latency);
    const result = await runConnector(['check'], {
      config: configOf(zoom, {}, clientId),
      env: { LOG_LEVEL: 'debug' },
    });
    expectNoSecret(zoom, result);
    const { status, message = '' } = result.messages.at(-1)?.connectionStatus ?? {};
    expect(status).toBe('SUCCEEDED');
    expect(message).toMatch(/recordings (all )?[1-9]/);
    expect(logsOf(result.messages, 'INFO')).toContain('recordings: can be read');
  });

  test.each(latencies)('is no lonely one where all do ($refused, $others, $me ms)', async (latency) => {
    const isData = ({ path }: LoggedRequest) => path.startsWith('/v2/');
    zoom.faults.add({ template, trouble: late(invalidToken, latency.refused) });
    zoom.faults.add({
      matches: ({ path }) => path === '/v2/users/me',
      trouble: late(invalidToken, latency.me),
    });
    zoom.faults.add({ matches: isData, trouble: late(invalidToken, latency.others) });
    const streams = ['users', 'recordings', 'phone_call_logs', 'groups'];
    const result = await readThrough(zoom, streams.join(','), { clientId });
    const failures = errorsOf(result.messages);
    expect(failures.length).toBe(streams.length);
    for (const { failure_type, message } of failures)
      expect([failure_type, message]).toEqual([
        'config_error',
        expect.stringMatching(/removed, deactivated/),
      ]);
    expect([result.exitCode, tokenRequests()]).toEqual([1, 2]);
    expect(zoom.requests.filter(isData).length).toBeLessThanOrEqual(2 * streams.length + 2);
  });
});

/** What is asked for each user or meeting, and whose a row of it is; of what only a listing tells, by the row's id. */
const parts: readonly { stream: string; template: string; whose: string }[] = [
  { stream: 'webinars', template: '/users/{userId}/webinars', whose: 'id' },
  { stream: 'user_settings', template: '/users/{userId}/settings', whose: 'user_id' },
  { stream: 'recordings', template: '/users/{userId}/recordings', whose: 'host_id' },
  {
    stream: 'past_meeting_participants',
    template: '/past_meetings/{meetingId}/participants',
    whose: 'meeting_uuid',
  },
];
const answers = [
  { code: '401/124', trouble: invalidToken },
  { code: '400/4711', trouble: troubles.error(400, 4711, 'does not contain scopes:[some:read:scope].') },
  {
    code: '400/200',
    trouble: troubles.error(400, 200, 'Webinar plan is missing. You must subscribe to it.'),
  },
] as const;
const positions = [
  { position: 'first', at: 0 },
  { position: 'middle', at: 0.5 },
  { position: 'last', at: 1 },
];
const cases = positions.flatMap(({ position, at }, index) =>
  answers.map((answer) => ({ ...answer, position, at, clientId: apps[index % 2] ?? 's2s-app' })),
);

const isOf = (id: string, { path }: LoggedRequest) =>
  decodeURIComponent(decodeURIComponent(path)).includes(`/${id}/`);

/** What the emulator lists of a user, once nothing is refused any more. */
async function webinarsOf(id: string): Promise<readonly unknown[]> {
  zoom.faults.clear();
  const { token = '' } = zoom.requests.at(-1) ?? {};
  const answer = await fetch(`${zoom.apiUrl}/users/${encodeURIComponent(id)}/webinars?type=scheduled`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { webinars } = (await answer.json()) as { webinars: readonly Row[] };
  return webinars.map((webinar) => webinar['id']);
}
const pickAt = (rows: readonly Row[], at: number, field: string) =>
  String(rows[Math.round((rows.length - 1) * at)]?.[field]);

test.each(cases)(
  'the $position of many, refused by $code, costs the others nothing ($clientId)',
  async ({ trouble, code, at, clientId }) => {
    const one = pickAt(zoom.account.rows('users'), at, 'id');
    // Not every past meeting is asked for participants.
    const meeting = pickAt(expectedRows(zoom.account, 'past_meeting_participants'), at, 'meeting_uuid');
    zoom.faults.add({
      template: '/accounts/me/recordings',
      trouble: troubles.error(400, 4711, 'does not contain scopes:[x:y].'),
    });
    zoom.faults.add({
      matches: (request) =>
        parts.some(({ template }) => template === request.template) &&
        (isOf(one, request) || isOf(meeting, request)),
      trouble,
    });
    const streams = parts.map(({ stream }) => stream);
    const result = await readThrough(zoom, streams.join(','), { clientId });
    const own = [one, meeting, ...(await webinarsOf(one))];
    for (const { stream, whose } of parts) {
      const ofOthers = (row: Row) => !own.includes(row[whose]);
      const expected = expectedRows(zoom.account, stream).filter(ofOthers);
      expect(expected.length).toBeGreaterThan(0);
      expect(sorted(recordsOf(result.messages, stream), stream)).toEqual(sorted(expected, stream));
      const isSkipped = code === '400/200' && stream === 'webinars';
      expect(statusesOf(result.messages, stream).at(-1)).toBe(isSkipped ? 'COMPLETE' : 'INCOMPLETE');
      const owed = statesOf(result.messages, stream).at(-1)?.['owed'];
      if (isSkipped) expect(owed).toBeUndefined();
      else expect(Object.values(owed as Row)).toMatchObject([{ reason: code }]);
    }
    if (code === '400/200')
      expect(logsOf(result.messages, 'INFO').join('\n')).toContain('webinars: skipped 1 as final (400/200');
    expect(tokenRequests()).toBeLessThanOrEqual(3);
  },
);

test.each(answers)(
  'check of an account whose first user is refused by $code finds all readable',
  async ({ trouble }) => {
    const one = pickAt(zoom.account.rows('users'), 0, 'id');
    zoom.faults.add({ matches: (request) => isOf(one, request), trouble });
    const { messages } = await runConnector(['check'], { config: configOf(zoom) });
    expect(messages.at(-1)?.connectionStatus?.status).toBe('SUCCEEDED');
    const readable = logsOf(messages, 'INFO').flatMap((line) => /^(\w+): can be read$/.exec(line)?.[1] ?? []);
    expect(readable.sort()).toEqual([...streamsOfAccount()].sort());
  },
);
