import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Account, toInstant } from './emulator/account.ts';
import { createLazyRows } from './emulator/collection.ts';
import { exampleRow } from './emulator/example-row.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { configuredCatalog } from './harness/catalog.ts';
import { expectedRows, sorted } from './harness/expected.ts';
import { difference, noDifference, warehouse } from './harness/judge.ts';
import {
  lastStates,
  type Message,
  parseLine,
  type Row,
  recordsOf,
  statesOf,
  statusesOf,
} from './harness/messages.ts';
import { promisedStream } from './harness/promised.ts';
import { collect, connector, runConnector, runRaw } from './harness/run.ts';
import { until, untilStill } from './harness/until.ts';

/** `SOURCE_ZOOM_KILLS=1000 npm test -- resume` kills more often. */
const rounds = Number(process.env['SOURCE_ZOOM_KILLS'] ?? 40);
const streams = [
  'users',
  'pending_users',
  'meetings',
  'report_history_meetings',
  'past_meeting_participants',
  'recordings',
  'recording_files',
  'phone_call_logs',
  'phone_voicemails',
  'report_operation_logs',
  'group_members',
  'webinar_registrants',
];
/** Streams that are found in other ways: in their parent's windows, below derived ones, by day, by value, without a parent. */
const others = [
  'phone_sms_messages',
  'report_chat_messages',
  'chat_messages',
  'recording_registrants',
  'recording_analytics_summary',
  'report_daily',
  'report_users',
  'metrics_zoomroom',
  'workspaces',
  'room_settings',
  'phone_routing_rules',
  'past_meeting_qa',
];

let emulator: Emulator;
let config: Row;
let outputBytes: number;

beforeAll(async () => {
  emulator = await startEmulator({
    account: new Account({
      activeUsers: 5,
      inactiveUsers: 1,
      pendingUsers: 2,
      pastMeetings: 24,
      recordings: 16,
      calls: 40,
      licensedUsers: 3,
      rows: { groups: 2, webinars: 1, phone_voicemails: 6, report_operation_logs: 12 },
      days: 100,
    }),
  });
  config = emulator.config();
  outputBytes = (await runRaw(['read'], { config, catalog: configuredCatalog(streams) })).stdout.length;
});
afterAll(() => emulator.close());

/** Messages of the complete lines, as a platform takes them from a killed source. */
function messagesOf(stdout: string): readonly Message[] {
  const lines = stdout.split('\n');
  lines.pop();
  return lines.map(parseLine);
}

/** Recent calls that are made as they are asked for. */
function accountOfCalls(count: number): Account {
  const account = new Account({ calls: 0, callArrays: 'new' });
  const from = Date.now() - 20 * 86_400_000;
  const change = (index: number) => ({
    call_history_uuid: `call-${index}`,
    end_time: toInstant(from + index * 60_000),
  });
  const calls = createLazyRows(count, 'end_time', exampleRow('phone_call_logs'), change);
  account.lazy.set('phone_call_logs', calls);
  return account;
}

/** The largest resident set so far, as Linux keeps it; undefined elsewhere and after the end. */
function peakMibOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** The rows that a warehouse holds, by key, when the messages of several runs are loaded one after the other. */
function isWholeAfter(messages: readonly Message[], killed = '', names: readonly string[] = streams): void {
  for (const stream of names) {
    const rows = new Set(sorted(recordsOf(messages, stream), stream));
    const missing = sorted(expectedRows(emulator.account, stream), stream).filter((row) => !rows.has(row));
    expect([stream, missing, killed]).toEqual([stream, [], killed]);
  }
}

describe.each(['incremental', 'full_refresh'] as const)(
  'killed anywhere and resumed from the last STATE: %s',
  (mode) => {
    test(`loses nothing, in ${rounds / 2} rounds`, async () => {
      for (let round = 0; round < rounds / 2; round += 1) {
        // Anywhere, and everywhere.
        const killAfterBytes = Math.floor((outputBytes * (round + Math.random())) / (rounds / 2));
        const killed = await runRaw(['read'], {
          config,
          catalog: configuredCatalog(streams, mode),
          killAfterBytes,
        });
        const before = messagesOf(killed.stdout);
        const state = lastStates(before);
        const resumed = await runConnector(['read'], {
          config,
          catalog: configuredCatalog(streams, mode),
          state,
        });
        expect(resumed.exitCode).toBe(0);
        isWholeAfter([...before, ...resumed.messages], `killed after ${killAfterBytes} bytes`);
      }
    }, 600_000);

    test('loses nothing when it is killed at each STATE', async () => {
      const stateCount = (
        await runConnector(['read'], { config, catalog: configuredCatalog(streams, mode) })
      ).messages.filter(({ type }) => type === 'STATE').length;
      for (let target = 1; target <= stateCount; target += 8) {
        let seen = 0;
        const onLine = (line: string) =>
          line.startsWith('{"type":"STATE"') && ++seen === target ? ('SIGKILL' as const) : undefined;
        const killed = await runRaw(['read'], { config, catalog: configuredCatalog(streams, mode), onLine });
        const before = messagesOf(killed.stdout);
        const resumed = await runConnector(['read'], {
          config,
          catalog: configuredCatalog(streams, mode),
          state: lastStates(before),
        });
        isWholeAfter([...before, ...resumed.messages], `killed at STATE ${target}`);
      }
    }, 600_000);
  },
);

test.each(['incremental', 'full_refresh'] as const)(
  `streams that are found in other ways lose nothing in ${Math.ceil(rounds / 8)} rounds: %s`,
  async (mode) => {
    const catalog = configuredCatalog(others, mode);
    const { stdout } = await runRaw(['read'], { config, catalog });
    const killRounds = Math.ceil(rounds / 8);
    for (let round = 0; round < killRounds; round += 1) {
      const killAfterBytes = Math.floor((stdout.length * (round + Math.random())) / killRounds);
      const killed = await runRaw(['read'], { config, catalog, killAfterBytes });
      const before = messagesOf(killed.stdout);
      const resumed = await runConnector(['read'], { config, catalog, state: lastStates(before) });
      expect(resumed.exitCode).toBe(0);
      isWholeAfter([...before, ...resumed.messages], `killed after ${killAfterBytes} bytes`, others);
    }
  },
  600_000,
);

describe('a sync of snapshots whose rows are gone, killed anywhere and resumed', () => {
  const tombstoned = ['groups', 'group_members', 'chat_user_channels', 'user_permissions'];
  const killRounds = Math.ceil(rounds / 5);
  let zoom: Emulator;
  afterEach(() => zoom.close());

  /** Whole partitions go, and single rows of others; some change, and one comes. */
  const change = (account: Account) => {
    const groups = account.generated('groups');
    const members = account.generated('group_members');
    const [first, second] = groups?.entries() ?? [];
    const [one, other, ...rest] = first === undefined ? [] : (members?.below(first) ?? []);
    groups?.remove(String(second?.id));
    for (const gone of [one, rest.at(-1)]) members?.remove(String(gone?.id));
    members?.change(String(other?.id), 'first_name', () => 'Renamed');
    members?.add(first);
    for (const user of account.users.slice(-2)) account.removeUser(String(user['email']));
    const [channel] = account.generated('chat_user_channels')?.entries() ?? [];
    account.generated('chat_user_channels')?.remove(String(channel?.id));
  };

  test(`leaves a warehouse that equals the account, in ${killRounds} rounds`, async () => {
    const account = new Account({
      activeUsers: 8,
      inactiveUsers: 1,
      meetingsPerUser: 0,
      pastMeetings: 0,
      recordings: 0,
      calls: 0,
      rows: { groups: 5, group_members: 7 },
    });
    zoom = await startEmulator({ account, largestPage: 3 });
    const input = { config: zoom.config(), catalog: configuredCatalog(tombstoned) };
    const first = await runConnector(['read'], input);
    change(account);
    const state = lastStates(first.messages);
    const { stdout } = await runRaw(['read'], { ...input, state });
    for (let round = 0; round < killRounds; round += 1) {
      const killAfterBytes = Math.floor((stdout.length * (round + Math.random())) / killRounds);
      const killed = await runRaw(['read'], { ...input, state, killAfterBytes });
      const before = [...first.messages, ...messagesOf(killed.stdout)];
      const resumed = await runConnector(['read'], { ...input, state: lastStates(before) });
      expect(resumed.exitCode).toBe(0);
      const all = [...before, ...resumed.messages];
      for (const stream of tombstoned) {
        const loaded = warehouse(promisedStream(stream), all);
        const expected = sorted(expectedRows(account, stream), stream);
        expect([stream, difference(loaded, expected), killAfterBytes]).toEqual([
          stream,
          noDifference,
          killAfterBytes,
        ]);
        const cursors = recordsOf(all, stream).map((row) => String(row['_ab_cdc_updated_at']));
        expect(cursors).toEqual([...cursors].sort());
      }
    }
  }, 600_000);
});

test('killed again and again, it still comes to its end', async () => {
  let all: readonly Message[] = [];
  let state: readonly Row[] = [];
  for (let round = 0; round < 6; round += 1) {
    const killed = await runRaw(['read'], {
      config,
      catalog: configuredCatalog(streams),
      state,
      killAfterBytes: Math.floor(outputBytes / 4),
    });
    all = [...all, ...messagesOf(killed.stdout)];
    state = lastStates(all);
  }
  const last = await runConnector(['read'], { config, catalog: configuredCatalog(streams), state });
  expect(last.exitCode).toBe(0);
  isWholeAfter([...all, ...last.messages]);
});

test('SIGTERM: the last line is complete, the durable state is written, and the signal is the cause of death', async () => {
  emulator.faults.add({
    template: '/past_meetings/{meetingId}/participants',
    after: 6,
    trouble: { kind: 'hang' },
  });
  const onLine = (line: string) =>
    line.includes('past_meeting_participants') && line.includes('RECORD') ? ('SIGTERM' as const) : undefined;
  const stopped = await runConnector(['read', '--streams', 'past_meeting_participants'], {
    config: { ...config, concurrency: 1 },
    onLine,
  });
  emulator.faults.clear();
  expect(stopped.signal).toBe('SIGTERM');
  expect([stopped.rest, stopped.stderr]).toEqual(['', '']);
  expect(statusesOf(stopped.messages, 'past_meeting_participants').at(-1)).toBe('INCOMPLETE');
  expect(statesOf(stopped.messages, 'past_meeting_participants').length).toBeGreaterThan(0);
  const resumed = await runConnector(['read', '--streams', 'past_meeting_participants'], {
    config,
    state: lastStates(stopped.messages),
  });
  const union = new Set(
    sorted(
      [
        ...recordsOf(stopped.messages, 'past_meeting_participants'),
        ...recordsOf(resumed.messages, 'past_meeting_participants'),
      ],
      'past_meeting_participants',
    ),
  );
  const expected = sorted(
    expectedRows(emulator.account, 'past_meeting_participants'),
    'past_meeting_participants',
  );
  expect(expected.filter((row) => !union.has(row))).toEqual([]);
});

test('SIGTERM while requests are under way: none of them counts as read', async () => {
  const stream = 'past_meeting_participants';
  const template = '/past_meetings/{meetingId}/participants';
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-stopped-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  emulator.faults.add({ template, after: 6, trouble: { kind: 'hang' } });
  const before = emulator.requests.length;
  const asked = () => emulator.requests.slice(before).filter((request) => request.template === template);
  const args = [connector, 'read', '--config', join(folder, 'config.json'), '--streams', stream];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = collect(child);
  await until('two more requests than are answered', () => asked().length >= 8);
  child.kill('SIGTERM');
  const stopped = messagesOf((await ended).stdout);
  emulator.faults.clear();
  rmSync(folder, { recursive: true });
  const resumed = await runConnector(['read', '--streams', stream], { config, state: lastStates(stopped) });
  const union = new Set(
    sorted([...recordsOf(stopped, stream), ...recordsOf(resumed.messages, stream)], stream),
  );
  expect(sorted(expectedRows(emulator.account, stream), stream).filter((row) => !union.has(row))).toEqual([]);
});

describe('the reading side', () => {
  /** Runs through a shell pipeline, as people do; the emulator goes on answering meanwhile. `tell` writes to descriptor 3 of the tail. */
  const pipe = async (
    tail: string,
    args: readonly string[],
    tell: (descriptor: Writable) => Promise<void> = async () => undefined,
  ) => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-pipe-'));
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(config));
    const command = `'${process.execPath}' '${connector}' ${args.join(' ')} --config '${path}' ${tail}`;
    const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    }) as ChildProcessByStdio<null, Readable, Readable>;
    const ended = collect(child);
    await tell((child.stdio as readonly unknown[])[3] as Writable);
    const result = await ended;
    rmSync(folder, { recursive: true });
    return result;
  };

  test('that goes away ends the run quietly, and not with success', async () => {
    const { stdout, stderr, exitCode } = await pipe('| head -n 1', ['read', '--streams', streams.join(',')]);
    expect(stdout.split('\n').length).toBe(2);
    expect([stderr, exitCode === 0]).toEqual(['', false]);
  });

  test('that pauses loses nothing', async () => {
    const args = ['read', '--streams', streams.join(',')];
    const { stdout, exitCode } = await pipe('| (read -r <&3; cat)', args, async (descriptor) => {
      await untilStill('requests', () => emulator.requests.length);
      descriptor.end('go on\n');
    });
    expect(exitCode).toBe(0);
    isWholeAfter(messagesOf(stdout));
  });

  test('that stops until nothing more is asked for, and is slow then, holds the connector up in little memory', async () => {
    const count = 20_000;
    const zoom = await startEmulator({ account: accountOfCalls(count) });
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-slow-'));
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(zoom.config()));
    const args = [connector, 'read', '--config', path, '--streams', 'phone_call_logs'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

    await untilStill('requests', () => zoom.requests.length);
    const askedMeanwhile = zoom.requests.length;
    let peakMib = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer);
      peakMib = peakMibOf(child.pid) ?? peakMib;
      await sleep(1);
    }
    expect(await ended).toBe(0);
    const keys = recordsOf(messagesOf(Buffer.concat(chunks).toString('utf8')), 'phone_call_logs').map(
      ({ call_history_uuid }) => call_history_uuid,
    );
    expect([keys.length, new Set(keys).size]).toEqual([count, count]);
    // Of some seventy pages, those that fit into buffers.
    expect(askedMeanwhile).toBeLessThan(25);
    expect(peakMib).toBeLessThan(200);
    await zoom.close();
    rmSync(folder, { recursive: true });
  });

  describe('that has stopped', () => {
    let zoom: Emulator;
    let folder: string;
    let child: ChildProcessByStdio<null, Readable, null>;
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

    beforeEach(async () => {
      zoom = await startEmulator({ account: accountOfCalls(20_000) });
      folder = mkdtempSync(join(tmpdir(), 'source-zoom-stuck-'));
      const path = join(folder, 'config.json');
      writeFileSync(path, JSON.stringify(zoom.config()));
      const args = [connector, 'read', '--config', path, '--streams', 'phone_call_logs'];
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      await untilStill('requests', () => zoom.requests.length);
    });
    afterEach(async () => {
      child.kill('SIGKILL');
      await zoom.close();
      rmSync(folder, { recursive: true });
    });

    test('does not keep a connector alive that is told to end', async () => {
      child.kill('SIGTERM');
      await until('the connector ends', hasEnded);
      expect([child.exitCode, child.signalCode]).toEqual([null, 'SIGTERM']);
    });

    test('and goes away does neither', async () => {
      child.kill('SIGTERM');
      child.stdout.destroy();
      await until('the connector ends', hasEnded);
      expect([child.exitCode, child.signalCode]).toEqual([null, 'SIGTERM']);
    });

    test('and reads on when the connector is told to end gets its last line whole', async () => {
      child.kill('SIGTERM');
      const chunks: Buffer[] = [];
      for await (const chunk of child.stdout) {
        chunks.push(chunk as Buffer);
        await sleep(1);
      }
      await until('the connector ends', hasEnded);
      const text = Buffer.concat(chunks).toString('utf8');
      expect([text.at(-1), child.signalCode]).toEqual(['\n', 'SIGTERM']);
      expect(statusesOf(messagesOf(text), 'phone_call_logs').at(-1)).toBe('INCOMPLETE');
    });
  });

  test('that is a full disk fails the run', async () => {
    const { exitCode, stderr } = await pipe('> /dev/full', ['read', '--streams', 'users']);
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain('at ');
  });

  test('that is a file with room for a part of what comes last fails the run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-limit-'));
    // The specification is longer than the eight blocks that a file may have here.
    const command = 'ulimit -f 8 && exec "$0" "$1" spec > "$2"';
    const args = ['-c', command, process.execPath, connector, join(folder, 'spec.json')];
    const { exitCode } = await collect(spawn('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    rmSync(folder, { recursive: true });
    expect(exitCode).toBe(1);
  });
});

test('a read to a file writes every line before it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'source-zoom-file-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const out = openSync(join(folder, 'out.jsonl'), 'w');
  const child = spawn(
    process.execPath,
    [connector, 'read', '--config', join(folder, 'config.json'), '--streams', streams.join(',')],
    { stdio: ['ignore', out, 'ignore'] },
  );
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  closeSync(out);

  isWholeAfter(messagesOf(readFileSync(join(folder, 'out.jsonl'), 'utf8')));
  rmSync(folder, { recursive: true });
  expect(exitCode).toBe(0);
});

test('a state of more than a megabyte is gone on from: what changed leaves, and what is gone', async () => {
  const count = 30_050;
  const example = exampleRow('users');
  const usersOf = (length: number, first_name: string) =>
    createLazyRows(length, 'user_created_at', example, (index) => ({
      id: `user-of-a-large-account-${index}`,
      user_created_at: toInstant(Date.UTC(2020, 0, 1) + index * 60_000),
      first_name: index === 7 ? first_name : 'Ada',
    }));
  const account = new Account({ activeUsers: 0, inactiveUsers: 0, pendingUsers: 0 });
  account.lazy.set('users', usersOf(count, 'Ada'));
  const zoom = await startEmulator({ account });
  const input = { config: zoom.config(), catalog: configuredCatalog(['users']) };
  const first = await runConnector(['read'], input);
  expect(recordsOf(first.messages, 'users')).toHaveLength(count);
  const state = lastStates(first.messages);
  expect(JSON.stringify(state).length).toBeGreaterThan(2 ** 20);

  account.lazy.set('users', usersOf(count - 1, 'Grace'));
  const second = await runConnector(['read'], { ...input, state });
  expect(recordsOf(second.messages, 'users').map(({ id, first_name }) => [id, first_name])).toEqual([
    ['user-of-a-large-account-7', 'Grace'],
    [`user-of-a-large-account-${count - 1}`, undefined],
  ]);
  const third = await runConnector(['read'], { ...input, state: lastStates(second.messages) });
  expect([third.exitCode, recordsOf(third.messages, 'users')]).toEqual([0, []]);
  await zoom.close();
});
