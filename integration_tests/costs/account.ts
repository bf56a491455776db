import { Account, toInstant } from '../emulator/account.ts';
import { changeField } from '../emulator/fields.ts';
import { dayMs } from '../emulator/instant.ts';
import { changeEverything } from '../harness/change.ts';

/** How large an account is; what else happens in a day is in proportion to its meetings. */
export interface Sizes {
  readonly users: number;
  /** Of the day that goes by, and of each day before. */
  readonly newMeetings: number;
  readonly earlierADay: number;
  readonly participants: number;
}

/** How far back its history goes. */
export const historyDays = 3;

/** An account that ends at `now` (ms since the epoch), in the middle of what happens every day. */
export function makeAccount({ users, earlierADay, participants }: Sizes, now: number): Account {
  const inactive = Math.ceil(users / 20);
  const account = new Account({
    now,
    activeUsers: users - inactive,
    inactiveUsers: inactive,
    pendingUsers: inactive,
    licensedUsers: Math.ceil(users / 10),
    meetingsPerUser: 2,
    pastMeetings: 0,
    participantsPerMeeting: participants,
    recordings: 0,
    calls: 0,
    rows: { phone_users: users, metrics_meetings: Math.ceil(earlierADay / 10) },
    days: historyDays,
  });
  addDays(account, earlierADay, { from: now - historyDays * dayMs, until: now });
  return account;
}

/** A day goes by: everything that happens every day, and in each collection a row comes, one changes, and one goes. */
export function passDay(account: Account, { newMeetings }: Sizes, now: number): void {
  addDays(account, newMeetings, { from: now - dayMs, until: now - 60_000 });
  changeEverything(account);
}

interface Range {
  readonly from: number;
  readonly until: number;
}

function addDays(account: Account, meetingsADay: number, { from, until }: Range): void {
  const meetings = Math.round((meetingsADay * (until - from)) / dayMs);
  const at = (index: number, count: number) =>
    toInstant(from + ((index + 1) * (until - from)) / count - 1000);
  for (let index = 0; index < meetings; index += 1) addMeeting(account, index, at(index, meetings));
  const recordings = Math.ceil(meetings / 10);
  for (let index = 0; index < recordings; index += 1)
    account.addRecording({ start_time: at(index, recordings) });
  for (let index = 0; index < meetings; index += 1) account.addCall({ end_time: at(index, meetings) });
}

/** Every twentieth one is a webinar; a fifth has polls, and a fifth registration. */
function addMeeting(account: Account, index: number, end_time: string): void {
  const meeting = account.addPastMeeting({ end_time, type: index % 20 === 3 ? 'Webinar' : 'Meeting' });
  changeField(meeting, 'feature_used.poll', () => index % 5 === 3);
  changeField(meeting, 'feature_used.registration', () => index % 5 === 3);
}
