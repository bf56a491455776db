import { createInterface } from 'node:readline';
import { Account, toInstant } from '../emulator/account.ts';
import { createLazyRows, toCollection } from '../emulator/collection.ts';
import { listCollections } from '../emulator/collection-facts.ts';
import type { Row } from '../emulator/endpoint.ts';
import { exampleRow } from '../emulator/example-row.ts';
import type { Plan } from '../emulator/rate-limits.ts';
import { startEmulator } from '../emulator/server.ts';

/* A Zoom of its own process for the benchmark: argv holds a scenario, stdin asks for the request log. */

/** What the benchmark asks of an account. */
export interface Scenario {
  readonly plan?: Plan;
  readonly keepsAnswers?: boolean;
  readonly users?: number;
  readonly meetingsPerUser?: number;
  readonly pastMeetings?: number;
  readonly days?: number;
  /** The app may not list the account's recordings, so that every user is asked. */
  readonly hasRecordingsByUserOnly?: boolean;
  /** Users that are made as they are asked for. */
  readonly lazyUsers?: number;
  /** Everything that there can be below rows of others, one of each: made as it is asked for. */
  readonly isWhole?: boolean;
  /** Calls that are made as they are asked for. */
  readonly lazyCalls?: number;
  /** Past meetings that are made as they are asked for, each with so many participants. */
  readonly lazyMeetings?: number;
  readonly participants?: number;
}

/** What was asked, for each endpoint. */
export interface Asked {
  readonly template: string;
  readonly count: number;
  readonly refused: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

const dayMs = 86_400_000;
const scenario = JSON.parse(process.argv[2] ?? '{}') as Scenario;
const account = createAccount(scenario);
const zoom = await startEmulator({
  account,
  plan: scenario.plan ?? 'unlimited',
  keepsAnswers: scenario.keepsAnswers ?? false,
});
if (scenario.hasRecordingsByUserOnly === true) {
  for (const client of zoom.oauth.clients)
    client.scopes = client.scopes.filter((scope) => !scope.includes('list_account_recordings'));
}
tell({ config: zoom.config() });

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'log') tell(summarise());
}
await zoom.close();

function createAccount({
  users = 3,
  meetingsPerUser = 0,
  pastMeetings = 0,
  days = 150,
  ...lazy
}: Scenario): Account {
  const made = new Account({
    activeUsers: users,
    inactiveUsers: 0,
    pendingUsers: 0,
    meetingsPerUser,
    pastMeetings,
    recordings: 0,
    calls: 0,
    days,
    callArrays: 'new',
  });
  if (lazy.isWhole === true) {
    addOneOfEach(made);
    made.lazy.set('phone_users', createLazyRows(users, '', exampleRow('phone_users'), userAt));
  }
  if (lazy.lazyUsers !== undefined)
    made.lazy.set('users', spread('users', lazy.lazyUsers, days, 'user_created_at', userAt));
  if (lazy.lazyCalls !== undefined)
    made.lazy.set('phone_call_logs', spread('phone_call_logs', lazy.lazyCalls, days, 'end_time', callAt));
  if (lazy.lazyMeetings !== undefined) {
    made.lazy.set(
      'report_history_meetings',
      spread('report_history_meetings', lazy.lazyMeetings, days, 'end_time', meetingAt),
    );
    const example = exampleRow('past_meeting_participants');
    made.lazyParticipants = () =>
      Array.from({ length: lazy.participants ?? 10 }, (_, index) => ({
        ...example,
        user_id: String(16_000_000 + index),
      }));
  }
  return made;
}

function addOneOfEach(account: Account): void {
  for (const name of listCollections(account.fixtures)) {
    const facts = account.generated(name)?.facts;
    if (facts?.below === undefined) continue;
    account.lazy.set(name, { ...toCollection([exampleRow(name)]), sortedBy: facts.time ?? '' });
  }
}

/** Rows over the days before now, made from an example. */
function spread(
  name: string,
  length: number,
  days: number,
  sortedBy: string,
  change: (index: number) => Row,
) {
  const from = Date.now() - days * dayMs;
  return createLazyRows(length, sortedBy, exampleRow(name), (index) => ({
    ...change(index),
    [sortedBy]: toInstant(from + (index * days * dayMs) / length),
  }));
}

function userAt(index: number): Row {
  return {
    id: Buffer.from(String(index).padStart(16, '0')).toString('base64url'),
    email: `user${index}@example.com`,
  };
}

function callAt(index: number): Row {
  return {
    call_history_uuid: `20260101-${String(index).padStart(12, '0')}`,
    call_id: String(7e15 + index),
  };
}

function meetingAt(index: number): Row {
  return {
    meeting_uuid: Buffer.from(`meeting-${String(index).padStart(8, '0')}`).toString('base64'),
    meeting_id: 82_000_000_000 + index,
  };
}

function summarise(): readonly Asked[] {
  const templates = [...new Set(zoom.requests.map(({ template }) => template))];
  return templates.map((template) => {
    const own = zoom.requests.filter((request) => request.template === template);
    const times = own.map(({ startedAt }) => startedAt);
    return {
      template,
      count: own.length,
      refused: own.filter(({ status }) => status === 429).length,
      firstAt: Math.min(...times),
      lastAt: Math.max(...times),
    };
  });
}

function tell(fact: unknown): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}
