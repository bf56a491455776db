import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Account } from '../emulator/account.ts';
import { type Trouble, troubles } from '../emulator/faults.ts';
import { startEmulator } from '../emulator/server.ts';
import { lastStates, type Message } from '../harness/messages.ts';
import {
  bystander,
  expectHealed,
  expectOutcome,
  expectUnion,
  expectWhole,
  inMidListing,
  kinds,
  readThrough,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

/** Far off, and a whole second. */
const until = new Date(Math.ceil(Date.now() / 1000 + 200 * 86_400) * 1000).toISOString();
/** Who was said to wait for a limit, and until when. */
const waitsOf = (messages: readonly Message[]) =>
  messages.flatMap(({ trace }) =>
    (trace?.stream_status?.reasons ?? []).map(({ rate_limited }) => ({
      stream: trace?.stream_status?.stream_descriptor.name,
      until: rate_limited.quota_reset,
    })),
  );

/** What Zoom has been seen to write, and what a proxy may. */
const refusals: readonly { name: string; trouble: Trouble }[] = [
  { name: 'with Retry-After in seconds', trouble: troubles.retryAfter('0') },
  {
    name: 'with Retry-After as a date in the past',
    trouble: troubles.retryAfter('Wed, 21 Oct 2015 07:28:00 GMT'),
  },
  { name: 'with Retry-After in ISO-8601', trouble: troubles.retryAfter('2026-01-01T00:00:00Z') },
  {
    name: 'in an answer of status 200',
    trouble: {
      kind: 'respond',
      status: 200,
      body: { code: 429, message: 'Too many' },
      headers: { 'retry-after': '0' },
    },
  },
];

describe.each(kinds)('$kind: $stream from $template', (kind) => {
  const { stream } = kind;

  // How it is written makes no difference to the kind of stream.
  test.each(stream === 'users' ? refusals : refusals.slice(0, 1))(
    'a 429 $name is waited for',
    async ({ trouble }) => {
      zoom().faults.add({ ...inMidListing(kind), times: 1, trouble });
      const result = await readThrough(zoom(), `${stream},${bystander}`);
      expectOutcome(result, stream, zoom(), { outcome: 'retried' });
      expectWhole(result.messages, stream, zoom());
      expect(triesOfTroubled(zoom())).toEqual([2]);
    },
  );

  test.each([
    { name: 'the limit of a day', trouble: troubles.dailyLimit(until), says: new RegExp(until) },
    {
      name: 'a wait of more than an hour',
      trouble: troubles.retryAfter(until),
      says: new RegExp(until),
    },
  ])(
    '$name ends the stream in mid-listing, says when it goes on, and the next sync goes on there',
    async ({ trouble, says }) => {
      zoom().faults.add({ ...inMidListing(kind), trouble });
      const result = await readThrough(zoom(), `${stream},${bystander}`, { changes: { concurrency: 1 } });
      expectOutcome(result, stream, zoom(), { outcome: 'failed', failure: 'transient_error', says });
      expect(triesOfTroubled(zoom())).toEqual([1]);
      expect(waitsOf(result.messages)).toEqual([]);
      await expectHealed(zoom(), stream, result);
    },
  );
});

test('what was read before a day was used up is not asked for again', async () => {
  const stream = 'past_meeting_participants';
  const template = '/past_meetings/{meetingId}/participants';
  zoom().faults.add({ template, after: 6, trouble: troubles.dailyLimit(until) });
  const first = await readThrough(zoom(), stream, { changes: { concurrency: 1 } });
  const done = zoom()
    .requests.filter((request) => request.template === template && request.status === 200)
    .map(({ path }) => path);
  zoom().faults.clear();
  zoom().clearLog();
  const second = await readThrough(zoom(), stream, { state: lastStates(first.messages) });
  expect(second.exitCode).toBe(0);
  // Of the last one, the second page was still to come.
  expect(
    new Set(zoom().requests.flatMap(({ path }) => (done.includes(path) ? [path] : []))).size,
  ).toBeLessThanOrEqual(1);
  expectUnion([first, second], stream, zoom());
});

describe('a 429', () => {
  test('is announced with its end to all who wait for it, once, and taken back when it is over', async () => {
    for (let count = 0; count < 20; count += 1) zoom().account.addUser({ status: 'active' });
    const template = '/past_meetings/{meetingId}/participants';
    zoom().faults.add({ template, after: 2, times: 1, trouble: troubles.retryAfter('3') });
    const streams = ['past_meeting_participants', 'meetings', bystander];
    const startedAt = Date.now();
    const { messages, exitCode } = await readThrough(zoom(), streams.join(','), {
      changes: { concurrency: 1 },
    });
    const waits = waitsOf(messages);
    // Both wait for calls of medium weight, the one for its own and the other for lists of meetings.
    expect(waits.map(({ stream }) => stream).sort()).toEqual(['meetings', 'past_meeting_participants']);
    for (const wait of waits) expect(wait.until).toBeGreaterThanOrEqual(startedAt + 3000);
    for (const stream of streams) expectWhole(messages, stream, zoom());
    expect(exitCode).toBe(0);
  });

  test('without Retry-After is waited for, whatever count_max says', async () => {
    zoom().faults.add({ template: '/users', times: 1, trouble: troubles.perSecondLimit });
    const { messages, exitCode } = await readThrough(zoom(), 'users', {
      changes: { retry: { count_max: 0 } },
    });
    expectWhole(messages, 'users', zoom());
    expect(exitCode).toBe(0);
  });

  test.each([{ mode: 'None' }, { mode: 'RetryWhenStatusCodeMatch', status_code_list: '500-599' }])(
    'is not waited for with %j',
    async (retry) => {
      zoom().faults.add({ template: '/users', times: 1, trouble: troubles.perSecondLimit });
      const result = await readThrough(zoom(), `users,${bystander}`, { changes: { retry } });
      expectOutcome(result, 'users', zoom(), { outcome: 'failed', failure: 'transient_error', says: /429/ });
      expect(triesOfTroubled(zoom())).toEqual([1]);
    },
  );
});

test('nothing is retried with the mode None', async () => {
  zoom().faults.add({ template: '/users', times: 1, trouble: { kind: 'reset', when: 'before_headers' } });
  const result = await readThrough(zoom(), `users,${bystander}`, { changes: { retry: { mode: 'None' } } });
  expectOutcome(result, 'users', zoom(), {
    outcome: 'failed',
    failure: 'transient_error',
    says: /hang up|reset/i,
  });
  expect(triesOfTroubled(zoom())).toEqual([1]);
});

test('no second has more calls of a label than Zoom allows, by the labels that its answers name', async () => {
  const account = new Account({ activeUsers: 20, meetingsPerUser: 2, pastMeetings: 30, days: 40 });
  const pro = await startEmulator({ account });
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-limits-'));
  const file = join(folder, 'sent.json');
  // When requests leave: when they arrive depends on how busy the machine is.
  const stamp = `
    import { subscribe } from 'node:diagnostics_channel';
    import { writeFileSync } from 'node:fs';
    const sent = [];
    subscribe('http.client.request.start', ({ request }) => {
      sent.push({ path: request.path.split('?')[0], at: Date.now() });
    });
    process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(sent)));
  `;
  const streams =
    'users,meetings,recordings,report_history_meetings,past_meeting_participants,phone_call_logs';
  const { messages, exitCode } = await readThrough(pro, streams, {
    changes: { zoom_plan: 'pro' },
    nodeFlags: ['--import', `data:text/javascript,${encodeURIComponent(stamp)}`],
  });
  await pro.close();
  const sent = JSON.parse(readFileSync(file, 'utf8')) as readonly { path: string; at: number }[];
  rmSync(folder, { recursive: true });
  const labels = new Map(pro.requests.map(({ path, label }) => [path, label]));
  const timesOf = (isOfPool: (path: string) => boolean, label: string) =>
    sent.flatMap(({ path, at }) => (isOfPool(path) && labels.get(path) === label ? [at] : []));
  const isPhone = (path: string) => path.startsWith('/v2/phone/');
  const isMain = (path: string) => !isPhone(path);
  expect(mostInASecond(timesOf(isMain, 'LIGHT'))).toBeLessThanOrEqual(30);
  expect(mostInASecond(timesOf(isMain, 'MEDIUM'))).toBeLessThanOrEqual(20);
  expect(mostInASecond(timesOf(isMain, 'HEAVY'))).toBeLessThanOrEqual(10);
  expect(mostInASecond(timesOf(isPhone, 'HEAVY'))).toBeLessThanOrEqual(5);
  expect(timesOf(isMain, 'LIGHT').length).toBeGreaterThan(30);
  expect(timesOf(isMain, 'MEDIUM').length).toBeGreaterThan(20);
  expectWhole(messages, 'meetings', pro);
  expect(exitCode).toBe(0);
});

function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}
