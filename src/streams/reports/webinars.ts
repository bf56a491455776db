import type { StreamDeclaration } from '../declaration.ts';

export const webinars: readonly StreamDeclaration[] = [
  {
    kind: 'derived',
    name: 'report_webinars',
    path: '/report/webinars/{webinar_uuid}',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:webinar:admin'], classic: ['report:read:admin'] },
    needs: ['Webinar add-on'],
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_end_time: 'end_time' },
      only: [{ field: 'type', in: ['Webinar'] }],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid'],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_webinar_participants',
    path: '/report/webinars/{webinar_uuid}/participants',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_webinar_participants:admin'], classic: ['report:read:admin'] },
    needs: ['Webinar add-on'],
    query: { include_fields: 'registrant_id' },
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [
        { field: 'type', in: ['Webinar'] },
        { field: 'participants', above: 0 },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['participant_user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_webinar_polls',
    path: '/report/webinars/{webinar_uuid}/polls',
    records: 'questions',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_webinar_polls:admin'], classic: ['report:read:admin'] },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [
        { field: 'type', in: ['Webinar'] },
        { field: 'feature_used.poll', in: [true] },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail, and share a name.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_webinar_qa',
    path: '/report/webinars/{webinar_uuid}/qa',
    records: 'questions',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:webinar_qna:admin'], classic: ['report:read:admin'] },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [{ field: 'type', in: ['Webinar'] }],
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
    primaryKey: ['webinar_uuid', 'record_hash'],
    // What was asked is no identity: a question that comes late would make a second row. People of other accounts have neither
    // id nor e-mail.
    recordHash: [['user_id'], ['email', 'name'], ['name']],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_webinar_survey',
    path: '/report/webinars/{webinar_uuid}/survey',
    records: 'survey_answers',
    envelope: ['survey_id', 'survey_name'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:webinar_survey:admin'], classic: ['report:read:admin'] },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [{ field: 'type', in: ['Webinar'] }],
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
    primaryKey: ['webinar_uuid', 'record_hash'],
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail, and share a name.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
];
