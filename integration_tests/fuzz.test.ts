import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pLimit from 'p-limit';
import { Account } from './emulator/account.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { configuredCatalog } from './harness/catalog.ts';
import { problemOfMessage } from './harness/clear-message.ts';
import {
  goodCatalogs,
  goodConfigs,
  goodStates,
  junk,
  nearly,
  type StreamFacts,
  seed,
  someOf,
  toText,
} from './harness/junk.ts';
import { checkStream, errorsOf, logsOf, statusesOf } from './harness/messages.ts';
import { type RunResult, runConnector } from './harness/run.ts';

const runs = 200;
const runsAtOnce = 3;
const longestRunMs = 120_000;
/** Whatever a config says, nothing but this machine is asked: everybody else is asked through a proxy that is not there. */
const env = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };

let emulator: Emulator;
beforeAll(async () => {
  const sizes = { activeUsers: 2, inactiveUsers: 1, pendingUsers: 1, meetingsPerUser: 1 };
  const account = new Account({ now: Date.now(), ...sizes, pastMeetings: 4, recordings: 3, calls: 4 });
  emulator = await startEmulator({ account });
});
afterAll(() => emulator.close());

interface Files {
  readonly command: 'check' | 'discover' | 'read';
  readonly config: string | Buffer;
  readonly catalog: string | Buffer;
  readonly state: string | Buffer;
}

test('whatever its files hold, the connector answers in the protocol, clearly, in time, and with the right exit code', async () => {
  const inputs = fc.sample(files(await listStreams()), { seed, numRuns: runs });
  const limit = pLimit(runsAtOnce);
  const failures = await Promise.all(
    inputs.map((input, index) =>
      limit(async () => {
        const problems = await findProblems(input);
        return problems.length === 0 ? [] : { seed, index, problems, input: describeInput(input) };
      }),
    ),
  );
  expect(failures.flat()).toEqual([]);
}, 1_200_000);

async function listStreams(): Promise<readonly StreamFacts[]> {
  const { messages } = await runConnector(['discover'], { config: emulator.config() });
  return someOf(messages[0]?.catalog?.streams ?? []).map(({ name, default_cursor_field }) => ({
    name,
    cursorField: String(default_cursor_field[0]),
  }));
}

function files(streams: readonly StreamFacts[]): fc.Arbitrary<Files> {
  const { accessToken, refreshToken } = emulator.oauth.issuePair('oauth-app');
  const user = emulator.config('oauth-app')['credentials'] as Record<string, string>;
  const configs = goodConfigs({
    api_url: emulator.apiUrl,
    serverToServer: emulator.config()['credentials'] as Record<string, string>,
    user: { ...user, access_token: accessToken, refresh_token: refreshToken },
  });
  const good = {
    command: fc.constantFrom<Files['command']>('check', 'discover', 'read', 'read', 'read', 'read'),
    config: configs.map(withoutWaits).map(toText),
    catalog: goodCatalogs(streams).map(toText),
    state: goodStates(streams).map(toText),
  };
  const whole = fc.constantFrom('incremental' as const, 'full_refresh' as const).map((mode) =>
    toText(
      configuredCatalog(
        streams.map(({ name }) => name),
        mode,
      ),
    ),
  );
  const read = fc.constant<Files['command']>('read');
  // A file that is wrong hides what is wrong with those that are read after it.
  return fc.oneof(
    { arbitrary: fc.record({ ...good, config: content(nearly(configs).map(withoutWaits)) }), weight: 3 },
    {
      arbitrary: fc.record({ ...good, command: read, catalog: content(nearly(goodCatalogs(streams))) }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        ...good,
        command: read,
        catalog: whole,
        state: content(nearly(goodStates(streams))),
      }),
      weight: 4,
    },
  );
}

/** Mostly JSON. */
function content(value: fc.Arbitrary<unknown>): fc.Arbitrary<string | Buffer> {
  const text = value.map(toText);
  const cut = fc.tuple(text, fc.nat({ max: 300 })).map(([whole, length]) => whole.slice(0, length));
  const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
  return fc.oneof(
    { arbitrary: text, weight: 16 },
    { arbitrary: junk.map(toText), weight: 2 },
    { arbitrary: cut, weight: 1 },
    { arbitrary: bytes, weight: 1 },
    { arbitrary: text.map((whole) => `\uFEFF${whole}`), weight: 1 },
    { arbitrary: text.map((whole) => Buffer.from(whole, 'utf16le')), weight: 1 },
    { arbitrary: fc.constantFrom('', ' \n', '\uFEFF', 'null', '{}', '[]', '{"a":1}x', "{'a':1}"), weight: 1 },
  );
}

/** Configs may ask for waits of minutes; what is tested here is not patience. */
function withoutWaits(config: unknown): unknown {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  const { retry = {}, zoom_plan = 'unlimited' } = config as Record<string, unknown>;
  const isObject = typeof retry === 'object' && !Array.isArray(retry);
  return {
    ...config,
    retry: isObject ? { ...retry, count_max: 1, wait_time_ms: 0 } : retry,
    zoom_plan: ['pro', 'business', 'free', null].includes(zoom_plan as string) ? 'unlimited' : zoom_plan,
  };
}

async function findProblems({ command, ...input }: Files): Promise<readonly string[]> {
  const { catalog, state, ...config } = input;
  const given =
    command === 'read' ? { ...config, catalog, ...(state === undefined ? {} : { state }) } : config;
  try {
    const result = await runConnector([command], { ...given, env, timeoutMs: longestRunMs });
    if (result.signal !== null) return [`no end: ${result.stdout.slice(-1_000)}`];
    return [...problemsOfAny(result), ...problemsOfCommand[command](result, given)];
  } catch (error) {
    return [String(error)];
  }
}

function problemsOfAny({ messages, rest, stderr, stdout }: RunResult): readonly string[] {
  const said = [
    ...errorsOf(messages).map(({ message }) => message),
    ...messages.flatMap(({ connectionStatus }) => connectionStatus?.message ?? []),
  ];
  const problems = said.flatMap((message) => problemOfMessage(message) || []);
  if (stderr !== '' || rest !== '') problems.push(`stderr or an unfinished line: ${stderr}${rest}`);
  if (logsOf(messages, 'FATAL').length > 0) problems.push(`fatal: ${logsOf(messages, 'FATAL')[0]}`);
  const spoken = stdout.split('\n').filter((line) => !line.startsWith('{"type":"CONTROL"'));
  for (const secret of emulator.oauth.secrets)
    if (spoken.some((line) => line.includes(secret))) problems.push(`the secret ${secret}`);
  for (const { failure_type, message } of errorsOf(messages))
    if (failure_type === 'system_error') problems.push(`system_error: ${message}`);
  return problems;
}

type Given = Pick<Files, 'config'> & Partial<Files>;

const problemsOfCommand: Record<Files['command'], (result: RunResult, given: Given) => readonly string[]> = {
  check: (result, { config }) =>
    isJson(config) ? expectOutcome(result, 'CONNECTION_STATUS', 0) : expectOutcome(result, 'TRACE', 1),
  discover: (result) => {
    const hasFailed = errorsOf(result.messages).length > 0;
    return hasFailed ? expectOutcome(result, 'TRACE', 1) : expectOutcome(result, 'CATALOG', 0);
  },
  read: (result, given) => {
    const { config, catalog = '', state = '[]' } = given;
    // A platform without a state may pass an empty file.
    const isStateJson = withoutMark(state).trim() === '' || isJson(state);
    if (!isJson(config) || !isJson(catalog) || !isStateJson) return expectOutcome(result, 'TRACE', 1);
    return problemsOfRead(result, JSON.parse(withoutMark(catalog)));
  },
};

/** One message, apart from what is logged. */
function expectOutcome({ messages, exitCode }: RunResult, type: string, code: number): readonly string[] {
  const types = messages.flatMap((message) => (message.type === 'LOG' ? [] : message.type));
  const failures = errorsOf(messages).map(({ failure_type }) => failure_type);
  const isRight =
    types.join() === type && exitCode === code && failures.every((word) => word === 'config_error');
  return isRight
    ? []
    : [`${types.join()} ${failures.join()} and exit code ${exitCode}, not ${type} and ${code}`];
}

function problemsOfRead(result: RunResult, catalog: unknown): readonly string[] {
  const { messages, exitCode } = result;
  const named = messages.flatMap(({ trace }) => trace?.stream_status?.stream_descriptor.name ?? []);
  const names = [...new Set(named)];
  if (names.length === 0 && !isEmptyCatalog(catalog)) {
    const failures = errorsOf(messages);
    return failures.length === 1 && exitCode === 1
      ? []
      : [`no stream, ${failures.length} errors, ${exitCode}`];
  }
  const ends = names.map((name) => statusesOf(messages, name).at(-1));
  const hasFailed = ends.some((word) => word !== 'COMPLETE') || errorsOf(messages).length > 0;
  const problems = names.flatMap((name) => problemsOfStream(result, name));
  return exitCode === Number(hasFailed) ? problems : [...problems, `exit code ${exitCode} after ${ends}`];
}

function problemsOfStream({ messages }: RunResult, name: string): readonly string[] {
  const words = statusesOf(messages, name);
  const errors = errorsOf(messages).filter(({ stream_descriptor }) => stream_descriptor?.name === name);
  const isRefused = words.join() === 'INCOMPLETE';
  if (errors.length !== (words.at(-1) === 'INCOMPLETE' ? 1 : 0)) return [`${name}: ${errors.length} errors`];
  try {
    if (!isRefused) checkStream(messages, name);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

function isEmptyCatalog(catalog: unknown): boolean {
  return JSON.stringify((catalog as { streams?: unknown } | null)?.streams) === '[]';
}

/** Nested deeper than any platform writes counts as none. */
function isJson(text: string | Buffer): boolean {
  try {
    JSON.parse(withoutMark(text));
    return !/(\[|\{"a":){500}/.test(textOf(text));
  } catch {
    return false;
  }
}

/** What a file says, whose first character is ASCII where it is JSON: a zero behind it is UTF-16. */
function textOf(content: string | Buffer): string {
  const isUtf16 = Buffer.isBuffer(content) && content[0] !== 0 && content[1] === 0;
  return isUtf16 ? content.toString('utf16le') : String(content);
}

function withoutMark(content: string | Buffer): string {
  return textOf(content).replace(/^\uFEFF/, '');
}

function describeInput({ command, config, catalog, state }: Files): string {
  return [command, config, catalog, state].map((part) => String(part).slice(0, 600)).join('\n');
}
