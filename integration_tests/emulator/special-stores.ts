import { Conversations, type History } from './conversations.ts';
import { createDatedRows } from './dated-rows.ts';
import { Participants, PastMeetings } from './past-meetings.ts';
import { ScheduledMeetings } from './scheduled-meetings.ts';
import type { Store } from './store.ts';
import { Users } from './users.ts';

/** Collections that need code of their own. All others are made from their fixtures. */
export class SpecialStores {
  readonly users = new Users();
  readonly meetings = new ScheduledMeetings(this.users);
  readonly past = new PastMeetings();
  readonly participants = {
    past_meeting_participants: new Participants(this.past, 'past_meeting_participants'),
    past_webinar_participants: new Participants(this.past, 'past_webinar_participants'),
  };
  readonly recordings = createDatedRows('start_time', 'uuid', 'host_id', this.users);
  readonly calls = createDatedRows('end_time', 'call_history_uuid', 'owner_id', this.users);
  readonly conversations: Conversations;
  readonly byName: ReadonlyMap<string, Store>;

  constructor(history: History) {
    this.conversations = new Conversations(this.users, history);
    this.byName = new Map<string, Store>([
      ['users', this.users],
      ['meetings', this.meetings],
      ['report_history_meetings', this.past],
      ...Object.entries(this.participants),
      ['recordings', this.recordings],
      ['phone_call_logs', this.calls],
      ['chat_user_sessions', this.conversations.sessions],
      ['chat_messages', this.conversations.messages],
    ]);
  }

  copyTo(other: SpecialStores): void {
    this.users.copyTo(other.users);
    this.meetings.copyTo(other.meetings);
    this.past.copyTo(other.past);
    this.participants.past_meeting_participants.copyTo(other.participants.past_meeting_participants);
    this.participants.past_webinar_participants.copyTo(other.participants.past_webinar_participants);
    this.recordings.copyTo(other.recordings);
    this.calls.copyTo(other.calls);
    this.conversations.copyTo(other.conversations);
  }
}
