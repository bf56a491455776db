import type { AccountOptions } from './account-options.ts';
import type { Row } from './endpoint.ts';
import { changeField } from './fields.ts';

/** What is filled. */
interface Fillable {
  readonly options: Required<AccountOptions>;
  readonly users: readonly Row[];
  addUser(changes: Row): Row;
  addMeeting(host: Row, changes: Row): Row;
  shareMeeting(meeting: Row, user: Row): void;
  addPastMeeting(changes: Row, participants: number): Row;
  addRecording(): Row;
  addRecordingFile(recording: Row, changes: Row): Row;
  addCall(): Row;
}

/** A number that many past meetings share, as recurring ones do. */
const recurringNumber = 82_000_000_001;

/** Zoom's `approval_type` of a meeting without registration. */
const noRegistration = 2;

/** Fills an empty account with what its options ask for, and with what is odd in every account of Zoom's. */
export function fillAccount(account: Fillable): void {
  const { activeUsers, inactiveUsers, pendingUsers, pastMeetings, recordings, calls } = account.options;
  repeat(activeUsers, () => account.addUser({ status: 'active' }));
  repeat(inactiveUsers, () => account.addUser({ status: 'inactive' }));
  repeat(pendingUsers, () => account.addUser({ status: 'pending' }));
  addMeetings(account);
  repeat(pastMeetings, (index) => addPastMeeting(account, index));
  repeat(recordings, (index) => addRecording(account, index));
  repeat(calls, () => account.addCall());
}

/** Inactive users keep their meetings; one meeting is in two users' lists. */
function addMeetings(account: Fillable): void {
  const hosts = account.users;
  const meetings = hosts.flatMap((host) =>
    Array.from({ length: account.options.meetingsPerUser }, (_, index) =>
      addMeeting(account, host, index % 2 === 0),
    ),
  );
  const [shared] = meetings;
  if (shared !== undefined && hosts[1] !== undefined) account.shareMeeting(shared, hosts[1]);
}

/** Every other one is recurring, and nobody has to register for it. */
function addMeeting(account: Fillable, host: Row, isSingle: boolean): Row {
  const meeting = account.addMeeting(host, { type: isSingle ? 2 : 8 });
  if (!isSingle) changeField(meeting, 'settings.approval_type', () => noRegistration);
  return meeting;
}

/** Several instances of one number, some webinars, meetings of one person or without polls, and rows that are there twice. */
function addPastMeeting(account: Fillable, index: number): void {
  const { participantsPerMeeting } = account.options;
  const webinar = index % 7 === 0 ? { type: 'Webinar' } : {};
  const changes = index % 5 === 0 ? { meeting_id: recurringNumber } : webinar;
  const isLarge = (index % 13 === 2 || 'type' in changes) && participantsPerMeeting > 2;
  const participants = index % 11 === 0 ? 1 : participantsPerMeeting;
  const meeting = account.addPastMeeting(changes, isLarge ? participantsPerMeeting + 4 : participants);
  for (const feature of index % 3 === 1 ? ['poll', 'registration'] : [])
    changeField(meeting, `feature_used.${feature}`, () => false);
}

/** Every sixth one is not processed to its end. */
function addRecording(account: Fillable, index: number): void {
  const recording = account.addRecording();
  if (index % 6 === 5) account.addRecordingFile(recording, { status: 'processing', file_size: 0 });
}

function repeat(count: number, work: (index: number) => void): void {
  for (let index = 0; index < count; index += 1) work(index);
}
