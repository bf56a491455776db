import type { StreamDeclaration } from '../declaration.ts';

/** Meetings that have ended. */
export const past: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'past_meeting_instances',
    path: '/past_meetings/{meeting_id}/instances',
    records: 'meetings',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_past_instances:admin', 'meeting:read:list_past_instances'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    pageSize: 0,
    // Without from and to one answer has all of the 15 months that Zoom keeps; older ones expire, which is no deletion.
    parent: { name: 'scheduled_meetings', parameters: { meeting_id: 'id' }, adds: { meeting_id: 'id' } },
    primaryKey: ['uuid'],
  },
  {
    kind: 'derived',
    name: 'meeting_poll_results',
    path: '/past_meetings/{meeting_uuid}/polls',
    records: 'questions',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_poll_results:admin', 'meeting:read:list_poll_results'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      only: [
        { field: 'type', notIn: ['Webinar'] },
        { field: 'feature_used.poll', in: [true] },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'past_meeting_qa',
    path: '/past_meetings/{meeting_uuid}/qa',
    records: 'questions',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:past_qa:admin', 'meeting:read:past_qa'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Q&A enabled'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      only: [{ field: 'type', notIn: ['Webinar'] }],
      // No field of a row tells of Q&A: `feature_used.meeting_questions` is another feature.
      query: { report_type: 'qa' },
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended too long ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // What was asked is no identity: a question that comes late would make a second row. Anonymous people have no e-mail.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'past_meetings',
    path: '/past_meetings/{meeting_uuid}',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:past_meeting:admin', 'meeting:read:past_meeting'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Paid account'],
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_end_time: 'end_time' },
      only: [{ field: 'type', notIn: ['Webinar'] }],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['uuid'],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'past_meeting_participants',
    path: '/past_meetings/{meeting_uuid}/participants',
    records: 'participants',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_past_participants:admin', 'meeting:read:list_past_participants'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      // Webinars have participants elsewhere: /past_webinars/{id}/participants.
      only: [{ field: 'type', notIn: ['Webinar'] }],
    },
    answers: [
      // Zoom has one code for a report that is still being made and for a meeting that it shows to nobody, such as one
      // with a single participant.
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
];
