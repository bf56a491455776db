import type { Listing, StreamDeclaration } from './declaration.ts';

export const meetingListings: readonly Listing[] = [
  {
    name: 'scheduled_meetings',
    path: '/users/{user_id}/meetings',
    records: 'meetings',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_meetings:admin', 'meeting:read:list_meetings'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    query: { type: 'scheduled' },
    parent: { name: 'users', fields: { user_id: 'id' } },
    answers: [
      { code: 1001, action: 'skip' },
      { code: 1010, action: 'skip' },
      { code: 1120, action: 'skip' },
      // This user has no licence to host meetings.
      { code: 3161, action: 'skip' },
    ],
  },
];

export const meetings: readonly StreamDeclaration[] = [
  {
    name: 'meetings',
    path: '/meetings/{meeting_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:meeting:admin', 'meeting:read:meeting'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    pageSize: 0,
    // Without it the past occurrences of a recurring meeting vanish from its body one by one.
    query: { show_previous_occurrences: true },
    parent: { name: 'scheduled_meetings', fields: { meeting_id: 'id' } },
    answers: [
      { code: 3000, action: 'skip' },
      { code: 3001, action: 'skip' },
      { code: 3161, action: 'skip' },
    ],
    primaryKey: ['id'],
    // The host's start link holds a credential that is minted for each call.
    incremental: { kind: 'snapshot', volatile: ['start_url'] },
  },
  {
    name: 'past_meeting_participants',
    path: '/past_meetings/{meeting_uuid}/participants',
    records: 'participants',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_past_participants:admin', 'meeting:read:list_past_participants'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    parent: {
      name: 'report_history_meetings',
      fields: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      // Webinars have participants elsewhere: /past_webinars/{id}/participants.
      except: { field: 'type', values: ['Webinar'] },
    },
    answers: [
      // Zoom has one code for a report that is still being made and for a meeting that it shows to nobody, such as one
      // with a single participant.
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    incremental: { kind: 'derived', cursor: 'meeting_end_time', lookbackDays: 3 },
    inject: ['meeting_uuid', 'meeting_id', 'meeting_end_time'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
  },
];
