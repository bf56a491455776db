export interface AccountOptions {
  readonly seed?: number;
  /** Ms since the epoch: the account's history ends here. */
  readonly now?: number;
  readonly activeUsers?: number;
  readonly inactiveUsers?: number;
  readonly pendingUsers?: number;
  readonly meetingsPerUser?: number;
  readonly pastMeetings?: number;
  readonly participantsPerMeeting?: number;
  readonly recordings?: number;
  readonly calls?: number;
  /** How far back the history goes. */
  readonly days?: number;
  /** Which of Zoom's two arrays call history comes in. */
  readonly callArrays?: 'both' | 'old' | 'new';
}

export const usualAccount: Required<AccountOptions> = {
  seed: 1,
  now: 0,
  activeUsers: 12,
  inactiveUsers: 3,
  pendingUsers: 2,
  meetingsPerUser: 2,
  pastMeetings: 40,
  participantsPerMeeting: 4,
  recordings: 24,
  calls: 60,
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
