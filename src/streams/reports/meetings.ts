import type { StreamDeclaration } from '../declaration.ts';

export const meetings: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'report_history_meetings',
    path: '/report/history_meetings',
    records: 'history_meetings',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_history_meetings:admin'], classic: ['report:read:admin'] },
    query: { date_type: 'end_time', meeting_type: 'all' },
    // Zoom answers one month at most: 28 days are one in February too, the margin counted in.
    // Unverified: whether its days are UTC or the account's.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['meeting_uuid'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meetings',
    path: '/report/meetings/{meeting_uuid}',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:meeting:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
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
      // Its host is no more.
      { code: 1001, action: 'skip' },
    ],
    primaryKey: ['uuid'],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meeting_participants',
    path: '/report/meetings/{meeting_uuid}/participants',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_meeting_participants:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    query: { include_fields: 'registrant_id' },
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      only: [
        { field: 'type', notIn: ['Webinar'] },
        // Zoom makes this report for two or more.
        { field: 'participants', above: 1 },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['participant_user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meeting_polls',
    path: '/report/meetings/{meeting_uuid}/polls',
    records: 'questions',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_meeting_polls:admin'], classic: ['report:read:admin'] },
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
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail, and share a name.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meeting_qa',
    path: '/report/meetings/{meeting_uuid}/qa',
    records: 'questions',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:meeting_qna:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
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
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Its host is no more.
      { code: 1001, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // What was asked is no identity: a question that comes late would make a second row. People of other accounts have neither
    // id nor e-mail.
    recordHash: [['user_id'], ['email', 'name'], ['name']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meeting_survey',
    path: '/report/meetings/{meeting_uuid}/survey',
    records: 'survey_answers',
    envelope: ['survey_id', 'survey_name'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:meeting_survey:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      only: [{ field: 'type', notIn: ['Webinar'] }],
      // No field of a row tells of surveys.
      query: { report_type: 'survey' },
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail, and share a name.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'snapshot',
    name: 'report_upcoming_events',
    path: '/report/upcoming_events',
    records: 'upcoming_events',
    rateLimit: 'heavy',
    scopes: {
      granular: ['report:read:upcoming_meetings_webinars:admin'],
      classic: ['report:read:admin'],
    },
    needs: ['Pro or higher'],
    // A range in the future is no window of a cursor. Zoom answers one month at most: 28 days are one in February too.
    query: {
      type: 'all',
      from: { at: 'now', format: 'date' },
      to: { at: 'now', format: 'date', plusDays: 28 },
    },
    primaryKey: ['record_hash'],
    // The occurrences of a recurring meeting share an id. Events become past, which is no deletion.
    recordHash: [['id', 'start_time']],
  },
];
