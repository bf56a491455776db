import { afterEach, beforeEach, expect } from '@jest/globals';
import { Account, toInstant } from '../emulator/account.ts';
import type { FaultRule, Trouble } from '../emulator/faults.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator/server.ts';
import { expectedRows, sorted } from '../harness/expected.ts';
import { keyOf } from '../harness/judge.ts';
import {
  checkStream,
  errorsOf,
  lastStates,
  logsOf,
  type Row,
  recordsOf,
  statesOf,
  statusesOf,
} from '../harness/messages.ts';
import { promisedStream } from '../harness/promised.ts';
import { type RunOptions, type RunResult, runConnector } from '../harness/run.ts';

/** A stream that is put to the test, and where its rows come from. */
export interface Kind {
  readonly kind: string;
  readonly stream: string;
  readonly template: string;
  /**
   * Field of the answer that lists the rows; dots go into objects, where the page token is then, too. Empty where the body
   * itself is the list, absent where the answer is one row, which has no pages.
   */
  readonly collection?: string;
  /** The list has no pages. */
  readonly isUnpaged?: boolean;
  /** The list holds strings. */
  readonly isOfStrings?: boolean;
  /** As many windows are asked for before the first of them is answered; default: one is what is left. */
  readonly windowsAtOnce?: number;
  /** Most rows of the parent that name one partition; default: one. */
  readonly rowsOfOne?: number;
  /** How many answers it takes, two requests at a time, until something is read to its end; default: two. */
  readonly answersFirst?: number;
  /** One request in all: nothing comes before what goes wrong with it. */
  readonly isAskedOnce?: boolean;
  /** Asked for each row of a parent: what one of them is refused is owed, and the others are read. */
  readonly isPartitioned: boolean;
  /** Lists what the stream's partitions are made from, and none of its own rows. */
  readonly isParent?: boolean;
  /** Zoom says how many rows there are; without that a missing one cannot be told. */
  readonly isCounted?: boolean;
  /** Asked in place of the template where Zoom refuses that. */
  readonly fallback?: string;
}

/** A stream of each kind of incremental sync, and the listing that gives one of them its partitions. */
export const kinds = [
  {
    kind: 'snapshot',
    stream: 'users',
    template: '/users',
    collection: 'users',
    isPartitioned: false,
    isCounted: true,
  },
  {
    kind: 'snapshot of partitions',
    stream: 'meetings',
    template: '/meetings/{meetingId}',
    isPartitioned: true,
  },
  {
    kind: "listing of a snapshot's partitions",
    stream: 'meetings',
    template: '/users/{userId}/meetings',
    collection: 'meetings',
    isPartitioned: true,
    isParent: true,
    isCounted: true,
    answersFirst: 8,
  },
  {
    kind: 'windowed',
    stream: 'recordings',
    template: '/accounts/me/recordings',
    collection: 'meetings',
    isPartitioned: false,
    isCounted: true,
    fallback: '/users/{userId}/recordings',
  },
  {
    kind: 'derived',
    stream: 'past_meeting_participants',
    template: '/past_meetings/{meetingId}/participants',
    collection: 'participants',
    isPartitioned: true,
    isCounted: true,
  },
  {
    kind: 'parent of a derived',
    stream: 'past_meeting_participants',
    template: '/report/history_meetings',
    collection: 'history_meetings',
    isPartitioned: false,
    isParent: true,
  },
  {
    kind: 'snapshot whose key names its partition',
    stream: 'group_members',
    template: '/groups/{groupId}/members',
    collection: 'members',
    isPartitioned: true,
    isCounted: true,
  },
  {
    kind: 'windowed without a key of its own',
    stream: 'report_operation_logs',
    template: '/report/operationlogs',
    collection: 'operation_logs',
    isPartitioned: false,
  },
  {
    kind: "windowed that shares its parent's windows",
    stream: 'phone_sms_messages',
    template: '/phone/sms/sessions/{sessionId}',
    collection: 'sms_histories',
    isPartitioned: true,
  },
  {
    kind: 'several lists in one answer',
    stream: 'report_chat_messages',
    template: '/report/chat/sessions/{sessionId}',
    collection: 'messages',
    isPartitioned: true,
  },
  {
    kind: 'windowed of partitions that are named by alternatives',
    stream: 'chat_messages',
    template: '/chat/users/{userId}/messages',
    collection: 'messages',
    isPartitioned: true,
    // A channel of everybody, and five users.
    rowsOfOne: 5,
  },
  {
    kind: 'snapshot asked once per value below a parent',
    stream: 'room_settings',
    template: '/rooms/{id}/settings',
    isPartitioned: true,
    answersFirst: 8,
  },
  {
    kind: 'bare array below a parent and without it',
    stream: 'phone_routing_rules',
    template: '/phone/routing_rules',
    collection: '',
    isUnpaged: true,
    isPartitioned: true,
  },
  {
    kind: 'list of strings',
    stream: 'trusted_domains',
    template: '/accounts/{accountId}/trusted_domains',
    collection: 'trusted_domains',
    isUnpaged: true,
    isOfStrings: true,
    isAskedOnce: true,
    isPartitioned: false,
  },
  {
    kind: 'list inside an object',
    stream: 'metrics_zoomroom',
    template: '/metrics/zoomrooms/{zoomroomId}',
    collection: 'past_meetings.meetings',
    isPartitioned: true,
    isCounted: true,
  },
  {
    kind: 'months',
    stream: 'report_daily',
    template: '/report/daily',
    collection: 'dates',
    isUnpaged: true,
    isPartitioned: false,
    answersFirst: 1,
  },
  {
    kind: 'sums by day',
    stream: 'report_users',
    template: '/report/users',
    collection: 'users',
    isPartitioned: false,
    isCounted: true,
    // Its first rows are a month later than what the config wants.
    answersFirst: 38,
    windowsAtOnce: 4,
  },
  {
    kind: 'derived from a derived',
    stream: 'recording_registrants',
    template: '/meetings/{meetingId}/recordings/registrants',
    collection: 'registrants',
    isPartitioned: true,
    isCounted: true,
    answersFirst: 12,
  },
  {
    kind: 'derived from a windowed parent listed with a query',
    stream: 'past_meeting_qa',
    template: '/past_meetings/{meetingId}/qa',
    collection: 'questions',
    isUnpaged: true,
    isPartitioned: true,
  },
] as const satisfies readonly Kind[];

/** Kinds that can be in trouble in one run: none of them needs what another one reads. */
export const companies: readonly (readonly (typeof kinds)[number][])[] = [
  [kinds[0], kinds[4], kinds[6], kinds[7], kinds[8], kinds[9], kinds[11], kinds[12]],
  [kinds[1], kinds[3], kinds[5], kinds[10]],
  [kinds[2], kinds[13], kinds[14], kinds[15], kinds[16], kinds[17], kinds[18]],
];

/** What comes as a list. */
export const lists = kinds.filter(
  (kind): kind is Extract<typeof kind, { collection: string }> => 'collection' in kind,
);

/** What comes page by page. */
export const listings = lists.filter((kind) => !('isUnpaged' in kind));

type Change = Extract<Trouble, { kind: 'change' }>;

/** Makes a list, and what stands beside it, something else. */
export function changeList(collection: string, change: (holder: Row, field: string) => unknown): Change {
  const [first = '', ...rest] = collection.split('.');
  const into = (holder: Row, field: string, [next, ...others]: readonly string[]): unknown =>
    next === undefined
      ? change(holder, field)
      : { ...holder, [field]: into(holder[field] as Row, next, others) };
  return { kind: 'change', change: (body) => into(body, first, rest) };
}

/** The same for its rows alone. */
export const changeRows = (collection: string, change: (rows: readonly unknown[]) => readonly unknown[]) =>
  changeList(collection, (holder, field) =>
    Array.isArray(holder)
      ? change(holder)
      : { ...holder, [field]: change(holder[field] as readonly unknown[]) },
  );

/** Read beside every stream that is in trouble; must not suffer. */
export const bystander = 'phone_call_logs';

export const allStreams = [...new Set(kinds.map(({ stream }) => stream)), bystander];

export const retries = 2;
const days = 40;
const dayMs = 86_400_000;

export type Outcome =
  /** Asked again until it is well; nothing is owed, skipped or said. */
  | { readonly outcome: 'retried' }
  /** Final: counted under Zoom's code. */
  | { readonly outcome: 'skipped'; readonly code: string }
  /** Named in the state and asked again in the next sync; fails the stream where a failure is named. */
  | { readonly outcome: 'owed'; readonly reason: string; readonly failure?: FailureType }
  /** The stream ends here, what it has read is saved. */
  | {
      readonly outcome: 'failed';
      readonly failure: FailureType;
      readonly says: RegExp;
      /** What was skipped before that, in all streams. */
      readonly skips?: readonly Skip[];
    };

interface Skip {
  readonly count: string;
  readonly code: string;
}

export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** Starts a Zoom before each test whose listings all have several pages, and ends it afterwards. */
export function useZoom(options: EmulatorOptions = {}): () => Emulator {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ account: makeAccount(), largestPage: 3, ...options });
  });
  afterEach(() => emulator.close());
  return () => emulator;
}

/** Past meetings are old enough that Zoom has made their reports. */
function makeAccount(): Account {
  const account = new Account({
    activeUsers: 4,
    inactiveUsers: 1,
    meetingsPerUser: 4,
    pastMeetings: 0,
    recordings: 10,
    calls: 8,
    rows: {
      groups: 4,
      group_members: 5,
      report_operation_logs: 14,
      phone_sms_sessions: 3,
      phone_sms_messages: 8,
      report_chat_sessions: 3,
      report_chat_messages: 24,
      chat_messages: 8,
      rooms: 3,
      phone_sites: 3,
      phone_routing_rules: 2,
      trusted_domains: 4,
      metrics_zoomrooms: 3,
      metrics_zoomroom: 8,
      report_daily: 6,
      report_users: 8,
      recording_registrants: 12,
      past_meeting_qa: 2,
    },
    days,
  });
  for (let index = 0; index < 12; index += 1) {
    const end_time = toInstant(Date.now() - (5 + index * 2.7) * dayMs);
    account.addPastMeeting({ end_time, type: index === 6 ? 'Webinar' : 'Meeting' });
  }
  makeTwins(account);
  // More people in one day than a page holds.
  for (let index = 0; index < 4; index += 1)
    account.generated('report_users')?.add(undefined, Date.now() - 3 * dayMs);
  return account;
}

/** Two rows of the operation log are the same in all that Zoom says of them. */
function makeTwins(account: Account): void {
  const log = account.generated('report_operation_logs');
  const [first, second] = log?.entries() ?? [];
  for (const [field, value] of Object.entries(first?.row ?? {}))
    log?.change(String(second?.id), field, () => value);
}

interface ReadOptions extends RunOptions {
  /** Changes to the config. */
  readonly changes?: Row;
  readonly clientId?: string;
}

export const configOf = (emulator: Emulator, changes: Row = {}, clientId?: string): Row => ({
  ...emulator.config(clientId),
  start_date: toInstant(Date.now() - (days + 1) * dayMs),
  retry: { wait_time_ms: 1, count_max: retries },
  ...changes,
});

/** Reads with everything logged that can be, and finds no secret in any of it. */
export async function readThrough(
  emulator: Emulator,
  streams: string,
  { changes, clientId, ...options }: ReadOptions = {},
): Promise<RunResult> {
  const result = await runConnector(['read', '--streams', streams], {
    config: configOf(emulator, changes, clientId),
    env: { LOG_LEVEL: 'debug' },
    ...options,
  });
  expectNoSecret(emulator, result);
  return result;
}

/** Tokens leave in CONTROL messages, for the platform to save; nothing else may hold a secret. */
export function expectNoSecret(
  { oauth }: Emulator,
  { stdout, stderr }: Pick<RunResult, 'stdout' | 'stderr'>,
): void {
  const lines = stdout.split('\n').filter((line) => !line.startsWith('{"type":"CONTROL"'));
  const said = [...lines, stderr].join('\n');
  const pairs = oauth.clients.map(({ clientId, clientSecret }) =>
    Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
  );
  const secrets = [...oauth.secrets, ...pairs].flatMap((secret) => [secret, encodeURIComponent(secret)]);
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  expect(said).not.toContain('canary');
}

/** A rule for the second page of a listing, or for the second answer where there are no pages, if there is one. */
export function inMidListing({
  template,
  collection,
  isUnpaged = false,
  isAskedOnce = false,
}: Kind): Pick<FaultRule, 'template' | 'matches' | 'after'> {
  if (isAskedOnce) return { template };
  return collection === undefined || isUnpaged ? { template, after: 1 } : { template, matches: isLaterPage };
}

export const isLaterPage = ({ query }: LoggedRequest) => query['next_page_token'] !== undefined;

/** What a stream is held to in each of its outcomes, and that the bystander has not suffered. */
export function expectOutcome(
  result: RunResult,
  stream: string,
  emulator: Emulator,
  expected: Outcome,
): void {
  expectOutcomes(result, [stream], emulator, expected);
}

/** The same for several streams, all of which end like this. */
export function expectOutcomes(
  result: RunResult,
  streams: readonly string[],
  emulator: Emulator,
  expected: Outcome,
): void {
  const { messages, exitCode } = result;
  const failure = 'failure' in expected ? expected.failure : undefined;
  const failing = failure === undefined ? [] : streams;
  const nameOf = ({ stream_descriptor }: { stream_descriptor?: { name: string } }) => stream_descriptor?.name;
  expect(errorsOf(messages).map(nameOf).sort()).toEqual([...failing].sort());
  for (const { failure_type, message } of errorsOf(messages)) {
    expect(failure_type).toBe(failure);
    if (expected.outcome === 'failed') expect(message).toMatch(expected.says);
  }
  expect(exitCode).toBe(failure === undefined ? 0 : 1);
  for (const stream of streams) {
    expect(statusesOf(messages, stream).at(-1)).toBe(failure === undefined ? 'COMPLETE' : 'INCOMPLETE');
    checkStream(messages, stream);
    expectBooks(result, stream, expected);
  }
  expectBystander(result, emulator);
}

/** What went wrong for each kind has passed: nothing is lost, nothing is said twice, nobody hears of it. */
export function expectAllRetried(result: RunResult, emulator: Emulator): void {
  for (const stream of allStreams) {
    expectOutcome(result, stream, emulator, { outcome: 'retried' });
    expectWhole(result.messages, stream, emulator);
  }
}

/** What was skipped is counted, what is owed is named, and nothing is said of either without a cause. */
function expectBooks({ messages }: RunResult, stream: string, expected: Outcome): void {
  const logs = logsOf(messages, 'INFO').concat(logsOf(messages, 'WARN')).join('\n');
  const skips = [...logs.matchAll(/skipped (\d+) as final \((\S+) /g)].map(([, count, code]) => ({
    count,
    code,
  }));
  const one = expected.outcome === 'skipped' ? [{ count: '1', code: expected.code }] : [];
  expect(skips).toEqual((expected.outcome === 'failed' ? expected.skips : undefined) ?? one);
  const owed = Object.values((statesOf(messages, stream).at(-1)?.['owed'] ?? {}) as Record<string, Row>);
  if (expected.outcome === 'owed') {
    expect(owed).toMatchObject([{ reason: expected.reason }]);
    expect(logs).toMatch(new RegExp(`is owed \\(${expected.reason.replace('/', '\\/')}`));
  } else if (expected.outcome !== 'failed') expect([owed, / is owed /.test(logs)]).toEqual([[], false]);
}

function expectBystander({ messages }: RunResult, emulator: Emulator): void {
  expect(statusesOf(messages, bystander).at(-1)).toBe('COMPLETE');
  expectWhole(messages, bystander, emulator);
  checkStream(messages, bystander);
}

/** Every row, and each of them once. */
export function expectWhole(messages: RunResult['messages'], stream: string, { account }: Emulator): void {
  expect(sorted(recordsOf(messages, stream), stream)).toEqual(sorted(expectedRows(account, stream), stream));
}

/** Every row that `isExpected`, and no other; more than once where a listing was read again. */
export function expectUnion(
  results: readonly RunResult[],
  stream: string,
  { account }: Emulator,
  isExpected: (row: Row) => boolean = () => true,
): void {
  const rows = results.flatMap(({ messages }) => recordsOf(messages, stream));
  const expected = expectedRows(account, stream).filter(isExpected);
  expect([...new Set(sorted(rows, stream))].sort()).toEqual([...new Set(sorted(expected, stream))].sort());
  // A row that is read again keeps its key.
  const promised = promisedStream(stream);
  expect(new Set(rows.map((row) => keyOf(promised, row))).size).toBe(expected.length);
}

/** When Zoom is well again, the next sync gives what the first one could not, and owes nothing. */
export async function expectHealed(
  emulator: Emulator,
  streams: string,
  first: RunResult,
  options: ReadOptions = {},
): Promise<void> {
  emulator.faults.clear();
  const second = await readThrough(emulator, streams, { state: lastStates(first.messages), ...options });
  expect([second.exitCode, errorsOf(second.messages)]).toEqual([0, []]);
  for (const stream of streams.split(',')) {
    expect(statesOf(second.messages, stream).at(-1)).not.toHaveProperty('owed');
    expectUnion([first, second], stream, emulator);
  }
}

/** Requests that a fault had, by what they asked for: how often each was asked for in all. */
export function triesOfTroubled({ requests }: Emulator): readonly number[] {
  const asked = ({ path, query }: LoggedRequest) => JSON.stringify([path, query]);
  const troubled = new Set(requests.filter(({ isInTrouble }) => isInTrouble).map(asked));
  return [...troubled].map((request) => requests.filter((other) => asked(other) === request).length);
}

/** Every later page is the first one again, token and all; `first` has to be in place for the first page. */
export function repeatedPage(collection = ''): { readonly first: Change; readonly later: Trouble } {
  const repeat = changeList(collection, (holder) => ({ ...holder, next_page_token: 'again' }));
  let page: unknown;
  const first: Change = {
    kind: 'change',
    change: (body, request) => {
      page = repeat.change(body, request);
      return page;
    },
  };
  const later: Trouble = {
    kind: 'respond',
    status: 200,
    get body() {
      return page;
    },
  };
  return { first, later };
}
