import type { Fixtures } from './endpoint.ts';

export interface AccountOptions {
  /** What the account can hold; default: what the folder of fixtures describes. */
  readonly fixtures?: Fixtures;
  readonly seed?: number;
  /** Ms since the epoch: the account's history ends here. */
  readonly now?: number;
  readonly activeUsers?: number;
  readonly inactiveUsers?: number;
  readonly pendingUsers?: number;
  /** How many users, from the last one on, have the licences that Zoom sells for single users. */
  readonly licensedUsers?: number | 'all';
  readonly meetingsPerUser?: number;
  readonly pastMeetings?: number;
  readonly participantsPerMeeting?: number;
  readonly recordings?: number;
  readonly calls?: number;
  /** Rows of any other collection, below each parent where it has one: `{groups: 4, group_members: 2}`. */
  readonly rows?: Readonly<Record<string, number>>;
  /** How far back the history goes. */
  readonly days?: number;
  /** Which of Zoom's two arrays call history comes in. */
  readonly callArrays?: 'both' | 'old' | 'new';
}

export const usualAccount: Required<Omit<AccountOptions, 'fixtures'>> = {
  seed: 1,
  now: 0,
  activeUsers: 12,
  inactiveUsers: 3,
  pendingUsers: 2,
  licensedUsers: 'all',
  meetingsPerUser: 2,
  pastMeetings: 40,
  participantsPerMeeting: 4,
  recordings: 24,
  calls: 60,
  rows: {},
  days: 150,
  callArrays: 'both',
};

export const emptyAccount: AccountOptions = {
  activeUsers: 0,
  inactiveUsers: 0,
  pendingUsers: 0,
  pastMeetings: 0,
  recordings: 0,
  calls: 0,
};
