import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { troubles } from './emulator/faults.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { errorsOf, logsOf, type Row, recordsOf } from './harness/messages.ts';
import { runConnector } from './harness/run.ts';

let emulator: Emulator;
let folder: string;
let path: string;
beforeEach(async () => {
  emulator = await startEmulator();
  folder = mkdtempSync(join(tmpdir(), 'source-zoom-report-'));
  path = join(folder, 'sync.html');
});
afterEach(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const read = (streams: string, options: Parameters<typeof runConnector>[1] = {}, report = path) =>
  runConnector(['read', '--streams', streams, '--report', report], { config: emulator.config(), ...options });
const report = () => readFileSync(path, 'utf8');
const titleOf = (page: string) => /<h1>.*<\/span>(.*)<\/h1>/.exec(page)?.[1];

/** Nothing that was left beside it, and no secret in it. */
const expectClean = () => {
  expect(readdirSync(folder)).toEqual(['sync.html']);
  expect(report()).not.toContain('canary');
  expect([...emulator.oauth.secrets].filter((secret) => report().includes(secret))).toEqual([]);
};

test('says of a sync what was read', async () => {
  const { messages, exitCode } = await read('users,recordings');
  expect(exitCode).toBe(0);
  expect(titleOf(report())).toBe('All 2 streams were read to the end');
  const count = recordsOf(messages, 'users').length + recordsOf(messages, 'recordings').length;
  expect(report()).toContain(`<dt>Records</dt><dd>${count}</dd>`);
  const requests = emulator.requests.filter(({ template }) => !template.startsWith('/oauth')).length;
  expect(report()).toContain(`<dt>Requests</dt><dd>${requests}</dd>`);
  expectClean();
});

test('says what was skipped, owed, waited for and refused, and none of it is markup', async () => {
  const uuid = String(
    emulator.account.rows('report_history_meetings').find(({ type }) => type === 'Meeting')?.['meeting_uuid'],
  );
  emulator.faults.add({
    template: '/past_meetings/{meetingId}/participants',
    matches: ({ path: asked }) => decodeURIComponent(decodeURIComponent(asked)).includes(uuid),
    trouble: troubles.error(404, 3001, 'Gone: <script>alert(1)</script>'),
  });
  emulator.faults.add({
    template: '/rooms',
    trouble: troubles.error(400, 200, 'Only available for Paid account: <b>x</b>.'),
  });
  emulator.faults.add({ template: '/users', times: 1, trouble: troubles.retryAfter('3') });
  emulator.faults.add({ template: '/groups', times: 2, trouble: troubles.error(503, 0, 'Busy <i>') });
  const { exitCode } = await read('users,groups,rooms,past_meeting_participants', {
    config: { ...emulator.config(), retry: { wait_time_ms: 1 } },
  });
  expect(exitCode).toBe(1);
  const page = report();
  expect(titleOf(page)).toBe('3 of 4 streams were read to the end');
  expect(page).toMatch(
    /past_meeting_participants: skipped \d as final \(404\/3001 &quot;(Gone: &lt;script&gt;alert\(1\)&lt;\/script&gt;|Meeting does not exist)/,
  );
  expect(page).toMatch(
    />rooms<\/h3>.*needs a change.*Zoom refused \/rooms: Only available for Paid account: &lt;b&gt;x&lt;\/b&gt;\./,
  );
  expect(page).toMatch(/<p>Zoom’s rate limit: (\w+, )*users/);
  expect(page).toMatch(/>groups<\/h3><span class="sums">asked again 2 times/);
  expect(page).toContain('1 refused as too many');
  expect(page).not.toMatch(/<script|<b>|<i>/);
  expectClean();
});

test('is there when the sync is stopped, as far as it has come', async () => {
  writeFileSync(path, 'the report of the sync before');
  const { signal } = await read('users,past_meeting_participants', {
    onLine: (line) => (line.includes('"RECORD"') && line.includes('past_meeting') ? 'SIGTERM' : undefined),
  });
  expect(signal).toBe('SIGTERM');
  expect(titleOf(report())).toMatch(/^The sync was stopped when \d of 2 streams (was|were) read$/);
  expect(report()).toMatch(/past_meeting_participants<\/h3><span class="sums">was being read/);
  expectClean();
});

test('is there when the credentials are refused', async () => {
  const config = emulator.config();
  const credentials = { ...(config['credentials'] as Row), client_secret: 'canary-wrong-secret' };
  const { exitCode } = await read('users', { config: { ...config, credentials } });
  expect(exitCode).toBe(1);
  expect(titleOf(report())).toBe('The sync could not begin');
  expectClean();
});

test('is asked for before anything is read where it cannot be written', async () => {
  const { messages, exitCode } = await read('users', {}, join(folder, 'no', 'such.html'));
  expect(exitCode).toBe(1);
  expect(errorsOf(messages)).toMatchObject([
    {
      failure_type: 'config_error',
      message: expect.stringMatching(
        /^The file of --report cannot be written: .*such\.html \(ENOENT\)\. Name one in a folder/,
      ),
    },
  ]);
  expect(emulator.requests).toEqual([]);
});

test('costs the sync nothing where it cannot be written in the end', async () => {
  const inner = join(folder, 'inner');
  mkdirSync(inner);
  const { messages, exitCode } = await read(
    'users',
    {
      onLine(line) {
        if (line.includes('"RECORD"')) rmSync(inner, { recursive: true, force: true });
        return undefined;
      },
    },
    join(inner, 'sync.html'),
  );
  expect([recordsOf(messages, 'users').length, exitCode]).toEqual([emulator.account.rows('users').length, 0]);
  expect(logsOf(messages, 'WARN').join()).toMatch(/The file of --report cannot be written/);
});
