import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { troubles } from './emulator/faults.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { runAtTerminal, whyNoTerminal } from './harness/at-terminal.ts';
import { parseLine } from './harness/messages.ts';
import { runRaw } from './harness/run.ts';

const reason = whyNoTerminal();
if (reason !== undefined) process.stderr.write(`terminal.test.ts: skipped, since ${reason}\n`);
const describeAtTerminal = reason === undefined ? describe : describe.skip;

const esc = '\u001b';
const interrupt = '\u0003';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

const config = (changes: Record<string, unknown> = {}) => ({ ...emulator.config(), ...changes });
const redirected = { isRedirected: true };
const typesIn = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => parseLine(line).type);

/** Answers while the app lacks the scopes that begin so. */
async function withoutScopes<T>(start: string, work: () => Promise<T>): Promise<T> {
  const client = emulator.oauth.clients.find(({ clientId }) => clientId === 's2s-app');
  const before = client?.scopes ?? [];
  if (client !== undefined) client.scopes = before.filter((scope) => !scope.startsWith(start));
  try {
    return await work();
  } finally {
    if (client !== undefined) client.scopes = before;
  }
}

describeAtTerminal('check at a terminal', () => {
  test('shows by family what can be read, and the scopes to add on lines of their own', async () => {
    const { screen, stdout, exitCode } = await withoutScopes('phone:', () =>
      runAtTerminal(['check'], { config: config(), ...redirected }),
    );
    expect(exitCode).toBe(0);
    expect(typesIn(stdout).at(-1)).toBe('CONNECTION_STATUS');
    const { lines, text } = screen;
    expect(text).toMatch(/The config works: \d+ of \d+ streams can be read\./);
    expect(text).toMatch(/^phone +0 of (\d+) {2}\1 need scopes$/m);
    expect(text).toMatch(/^rooms +(\d+) of \1$/m);
    expect(lines).toContain('phone:read:list_call_logs:admin');
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  test('a config that is wrong is said in words, and so is a file that is not there', async () => {
    const wrong = await runAtTerminal(['check'], { config: config({ start_date: 'soon' }), ...redirected });
    expect(wrong.screen.text).toMatch(/^Error: .*start_date/);
    const gone = await runAtTerminal(['read', '--streams', 'users', '--state', 'gone.json'], {
      config: config(),
      ...redirected,
    });
    expect([gone.exitCode, gone.screen.text]).toEqual([1, expect.stringMatching(/^Error: .*gone\.json/s)]);
  });

  test('where stdout is the same terminal the words come after the messages', async () => {
    const { screen } = await runAtTerminal(['check'], { config: config(), columns: 400 });
    const { lines } = screen;
    const status = lines.findIndex((line) => line.includes('CONNECTION_STATUS'));
    expect(status).toBeGreaterThan(0);
    expect(lines.findIndex((line) => line.startsWith('The config works'))).toBeGreaterThan(status);
  });
});

describeAtTerminal('read at a terminal', () => {
  test('shows the streams by family while they are read, and ends with a table of what became of them', async () => {
    emulator.faults.add({
      template: '/users/{userId}/settings',
      trouble: troubles.error(404, 1001, 'User does not exist.'),
    });
    emulator.faults.add({ template: '/groups', trouble: troubles.error(403, 4700, 'Not "now".') });
    const views: string[] = [];
    const { screen, sent, stdout, exitCode } = await runAtTerminal(
      ['read', '--streams', 'users,user_settings,groups,meetings'],
      {
        config: config(),
        ...redirected,
        onOutput: ({ text }) => void views.push(text),
      },
    );
    expect(exitCode).toBe(1);
    expect(typesIn(stdout)).toContain('RECORD');
    expect(views.find((view) => /^FAMILY +STREAMS +RECORDS +REQUESTS +NOW$/m.test(view))).toMatch(
      /^Reading 4 streams.*: \d+ s$/m,
    );
    expect(sent).toContain(`${esc}[?25l`);
    expect([screen.isCursorHidden, screen.text.includes('NOW')]).toEqual([false, false]);
    expect(screen.text).toMatch(/^users +15 +\d+ +read$/m);
    expect(screen.text).toMatch(/^user_settings +0 +15 +15 +read$/m);
    expect(screen.text).toMatch(/^user_settings +15 {2}404\/1001 "User does not exist\."$/m);
    expect(screen.text).toMatch(/^groups +0 +\d+ +failed$/m);
    expect(screen.text).toMatch(/^Failed:\n {2}groups: /m);
    expect(screen.text).toMatch(
      /^1 of 4 streams failed, the others are read: \d+ records in \d+ requests, /m,
    );
    expect(screen.lines.every((line) => line.length <= 80)).toBe(true);
  });

  test('says what is waited for and until when, and stops where it stands at Ctrl-C', async () => {
    for (const template of ['/users', '/groups', '/roles'])
      emulator.faults.add({ template, trouble: troubles.retryAfter('600') });
    let isStopped = false;
    const { screen, stdout, exitCode } = await runAtTerminal(['read', '--streams', 'users,groups,roles'], {
      config: config(),
      ...redirected,
      onOutput({ text }) {
        if (isStopped || !/^users +0\/2 .* rate limit, until \d\d:\d\d:\d\d UTC$/m.test(text))
          return undefined;
        isStopped = true;
        return interrupt;
      },
    });
    expect(isStopped).toBe(true);
    expect(screen.text).toMatch(/^Stopped: 3 of 3 streams not read to the end/m);
    expect(screen.text).not.toContain('Failed');
    expect(stdout).not.toContain('"ERROR"');
    expect(stdout.match(/INCOMPLETE/g)).toHaveLength(3);
    expect([exitCode, screen.isCursorHidden]).toEqual([130, false]);
  });

  test('what the day allows of heavy calls is shown', async () => {
    const views: string[] = [];
    await runAtTerminal(['read', '--streams', 'report_history_meetings'], {
      config: config({ zoom_plan: 'pro' }),
      ...redirected,
      onOutput: ({ text }) => void views.push(text),
    });
    expect(views.join('\n')).toMatch(/^Today's heavy calls: [\d,]+ of 24,000 left$/m);
  });

  test('nothing that Zoom says moves the cursor', async () => {
    const trouble = troubles.error(400, 300, `${esc}[2J${esc}]0;title\u0007gone`);
    emulator.faults.add({ template: '/users', trouble });
    const { sent, screen } = await runAtTerminal(['read', '--streams', 'users'], {
      config: config(),
      ...redirected,
    });
    expect(sent).not.toContain(`${esc}[2J`);
    expect(screen.text).toContain('[2J');
  });

  test('where stdout is the same terminal nothing is drawn, and the words come last', async () => {
    const { screen, sent } = await runAtTerminal(['read', '--streams', 'users'], { config: config() });
    expect(sent).not.toContain(`${esc}[?25l`);
    expect(screen.text).not.toContain('FAMILY');
    expect(screen.lines.at(-1)).toMatch(
      /^Read 1 stream to the end: 15 records in \d+ requests?, [\d.]+ s\.$/,
    );
  });

  test('a report hears of the same sync', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-report-'));
    const path = join(folder, 'sync.html');
    try {
      const args = ['read', '--streams', 'users', '--report', path];
      const { screen } = await runAtTerminal(args, { config: config(), ...redirected });
      expect(screen.text).toMatch(/^users +15 +\d+ +read$/m);
      expect(readFileSync(path, 'utf8')).toMatch(/15\srecords\s·/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a report that cannot be written in the end is said in words', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'source-zoom-report-'));
    const args = ['read', '--streams', 'users,user_settings', '--report', join(folder, 'sync.html')];
    const { screen, exitCode } = await runAtTerminal(args, {
      config: config(),
      columns: 400,
      onOutput({ text }) {
        if (text.includes('Syncing 2 streams')) rmSync(folder, { recursive: true, force: true });
        return undefined;
      },
    });
    const last = screen.text.slice(screen.text.indexOf('Read 2 streams to the end'));
    expect([exitCode, last]).toEqual([0, expect.stringMatching(/^Error: The file of --report cannot/m)]);
  });

  test.each<{ env: Record<string, string>; isDrawn: boolean; hasColor: boolean }>([
    { env: {}, isDrawn: true, hasColor: true },
    { env: { NO_COLOR: '1' }, isDrawn: true, hasColor: false },
    { env: { CI: 'true' }, isDrawn: false, hasColor: true },
    { env: { TERM: 'dumb' }, isDrawn: false, hasColor: false },
  ])('with $env the view is drawn: $isDrawn, in colour: $hasColor', async ({ env, isDrawn, hasColor }) => {
    const { sent } = await runAtTerminal(['read', '--streams', 'users'], {
      config: config(),
      ...redirected,
      env,
    });
    expect(sent).toContain('Read 1 stream to the end');
    const green = `${esc}[32m`;
    expect([sent.includes(`${esc}[?25l`), sent.includes(green)]).toEqual([isDrawn, hasColor]);
  });
});

test.each(['check', 'read'])('%s says nothing on stderr where that is no terminal', async (command) => {
  const args = command === 'read' ? [command, '--streams', 'users'] : [command];
  const { stderr, exitCode } = await runRaw(args, { config: config() });
  expect([stderr, exitCode]).toEqual(['', 0]);
});
