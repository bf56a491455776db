import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Account, toInstant } from '../emulator/account.ts';
import { emptyAccount } from '../emulator/account-options.ts';
import { type Emulator, startEmulator } from '../emulator/server.ts';
import { kinds } from '../faults/trial.ts';
import { fillNewParents } from '../harness/change.ts';
import { expectedRecords, expectedRows } from '../harness/expected.ts';
import type { Row } from '../harness/messages.ts';
import { promisedStream, promisedStreams } from '../harness/promised.ts';
import { connector } from '../harness/run.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const environment = fileURLToPath(new URL('../.build/pyairbyte', import.meta.url));
const installMs = 20 * 60_000;
const syncMs = 20 * 60_000;

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  makeEnvironment();
  emulator = await startEmulator();
  // Somebody without meetings, who can leave without leaving any behind.
  emulator.account.addUser({ status: 'active', email: 'leaver@example.com' });
  folder = mkdtempSync(join(tmpdir(), 'source-zoom-client-'));
}, installMs);

afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

test(
  'PyAirbyte checks, discovers and reads into DuckDB, and an incremental sync makes the cache equal the account',
  async () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify(emulator.config()));
    const before = emulator.account.clone();
    // One of each way to read: a client knows nothing of the others that it does not know of these.
    const streams = [...new Set(kinds.map(({ stream }) => stream))];
    const args = ['pyairbyte.py', config, folder, streams.join()];
    const { told } = await drive(args, () => change(emulator.account));

    expect(told.get('discover')?.['streams']).toHaveLength(promisedStreams().length);
    const total = streams.reduce((sum, stream) => sum + expectedRows(before, stream).length, 0);
    expect(told.get('first')?.['processed']).toBe(total);
    expect(Number(told.get('second')?.['processed'])).toBeGreaterThan(0);
    expect(Number(told.get('second')?.['processed'])).toBeLessThan(total);

    const rows = told.get('rows')?.['rows'] as Record<string, Row[]>;
    const held = streams.map((stream) => {
      const alive = (rows[stream] ?? []).filter((row) => row['_ab_cdc_deleted_at'] == null);
      return [stream, identify(stream, alive)];
    });
    const expected = streams.map((stream) => [
      stream,
      identify(stream, heldRows(before, emulator.account, stream)),
    ]);
    expect(held).toEqual(expected);
    const deleted = (rows['users'] ?? []).filter((row) => row['_ab_cdc_deleted_at'] != null);
    expect(deleted.length).toBe(1);
  },
  syncMs,
);

test(
  'PyAirbyte takes a few records and closes the stream: the connector ends at once, by the signal',
  async () => {
    const crowded = await startEmulator({ account: new Account({ ...emptyAccount, activeUsers: 3_000 }) });
    try {
      const config = join(folder, 'crowded.json');
      writeFileSync(config, JSON.stringify(crowded.config()));
      const { told, stderr } = await drive(['early_close.py', config, 'users', '5']);
      expect(told.get('closed')).toEqual({ step: 'closed', taken: 5, running: true, left: 0, exit: -15 });
      expect(stderr).not.toContain('Traceback');
    } finally {
      await crowded.close();
    }
  },
  syncMs,
);

/** A virtual environment with the client, made once for each list of requirements. */
function makeEnvironment(): void {
  const mark = join(environment, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  rmSync(environment, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'ignore' });
  execFileSync(join(environment, 'bin', 'pip'), ['install', '--quiet', '-r', requirements], {
    stdio: 'inherit',
  });
  writeFileSync(mark, wanted);
}

/**
 * Runs a script of this folder with the connector and some arguments; calls `betweenSyncs` when the first sync is done.
 * @returns what it told, and the end of its stderr.
 */
async function drive([script = '', ...args]: readonly string[], betweenSyncs = () => {}) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(join(environment, 'bin', 'python'), [path, connector, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      AIRBYTE_OFFLINE_MODE: '1',
      DO_NOT_TRACK: '1',
      AIRBYTE_PROJECT_DIR: folder,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-20_000);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), syncMs - 5_000);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const told = new Map<string, Row>();
  for await (const line of createInterface({ input: child.stdout })) {
    const fact = JSON.parse(line) as Row;
    told.set(String(fact['step']), fact);
    if (fact['step'] !== 'first') continue;
    betweenSyncs();
    child.stdin.write('go on\n');
  }
  clearTimeout(timer);
  if ((await closed) !== 0) throw new Error(`the client failed:\n${stderr}`);
  return { told, stderr };
}

function change(account: Account): void {
  const recent = toInstant(Date.now() - 3_600_000);
  const users = account.rows('users');
  account.addUser({ status: 'active' });
  account.changeUser(String(users[1]?.['email']), { dept: 'Moved', status: 'inactive' });
  account.removeUser('leaver@example.com');
  account.addPastMeeting({ end_time: recent });
  account.addRecording({ start_time: recent });
  account.addCall({ end_time: recent });
  const meeting = account.rows('meetings')[0];
  account.changeMeeting(meeting?.['id'], { topic: 'Renamed' });
  fillNewParents(account);
}

/** What tells a row and its version apart, in any order; else the key. */
const identity: Readonly<Record<string, readonly string[]>> = {
  users: ['id', 'email', 'dept', 'status'],
  pending_users: ['email'],
  meetings: ['id', 'topic'],
  report_history_meetings: ['meeting_uuid', 'topic', 'duration'],
  past_meeting_participants: ['meeting_uuid', 'user_id', 'name', 'duration'],
  recordings: ['uuid', 'topic', 'recording_count'],
  recording_files: ['meeting_uuid', 'file_type', 'download_url'],
  phone_call_logs: ['call_history_uuid', 'duration', 'recording_status'],
};

/** A data frame has no days, but instants. */
function toDay(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/T00:00:00\.000$/, '') : value;
}

function identify(stream: string, rows: readonly Row[]): readonly string[] {
  const fields =
    identity[stream] ?? promisedStream(stream).promise.key.filter((field) => field !== 'record_hash');
  return rows.map((row) => JSON.stringify(fields.map((field) => toDay(row[field])))).sort();
}

/** What a cache holds after two syncs: rows that Zoom lets expire stay. */
function heldRows(before: Account, after: Account, stream: string): readonly Row[] {
  const now = expectedRecords(after, stream);
  const ids = new Set(now.map(({ id }) => id));
  const lost = expectedRecords(before, stream).filter(({ id }) => !ids.has(id));
  const kept = promisedStream(stream).promise.tombstones === true ? [] : lost;
  return [...now, ...kept].map(({ data }) => data);
}
