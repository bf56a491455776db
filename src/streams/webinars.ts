import type { Listing, StreamDeclaration } from './declaration.ts';

/*
 * Zoom's code 200 has two meanings here: this host has no webinar plan, or the role or the account may not see webinars at
 * all ("No permission."). The words tell them apart.
 */

export const webinarListings: readonly Listing[] = [
  {
    name: 'scheduled_webinars',
    path: '/users/{user_id}/webinars',
    records: 'webinars',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_webinars:admin', 'webinar:read:list_webinars'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    // Zoom documents the page token in the answer only, and takes it.
    query: { type: 'scheduled' },
    parent: { name: 'users', parameters: { user_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    gone: [3001],
  },
];

export const webinars: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'webinars',
    path: '/webinars/{webinar_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['webinar:read:webinar:admin', 'webinar:read:webinar'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    // Without it the past occurrences of a recurring webinar vanish from its body one by one.
    query: { show_previous_occurrences: true },
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['id'],
    // The host's start link holds a credential that is minted for each call.
    volatile: ['start_url'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_panelists',
    path: '/webinars/{webinar_id}/panelists',
    records: 'panelists',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_panelists:admin', 'webinar:read:list_panelists'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_registrants',
    path: '/webinars/{webinar_id}/registrants',
    records: 'registrants',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_registrants:admin', 'webinar:read:list_registrants'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    // Zoom lists one status a call, approved ones unless told otherwise. Pending is where people move from.
    values: [{ parameter: 'status', values: ['pending', 'approved', 'denied'] }],
    parent: {
      name: 'webinars',
      parameters: { webinar_id: 'id' },
      adds: { webinar_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_registration_questions',
    path: '/webinars/{webinar_id}/registrants/questions',
    rateLimit: 'light',
    scopes: {
      granular: [
        'webinar:read:list_registration_questions:admin',
        'webinar:read:list_registration_questions',
      ],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    parent: {
      name: 'webinars',
      parameters: { webinar_id: 'id' },
      adds: { webinar_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [
      // Registration was turned off meanwhile.
      { code: 3000, action: 'skip' },
      { code: 200, says: 'Webinar plan is missing', action: 'unlicensed' },
    ],
    primaryKey: ['webinar_id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_tracking_sources',
    path: '/webinars/{webinar_id}/tracking_sources',
    records: 'tracking_sources',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_tracking_sources:admin', 'webinar:read:list_tracking_sources'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: {
      name: 'webinars',
      parameters: { webinar_id: 'id' },
      adds: { webinar_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_polls',
    path: '/webinars/{webinar_id}/polls',
    records: 'polls',
    rateLimit: 'light',
    scopes: {
      granular: ['webinar:read:list_polls:admin', 'webinar:read:list_polls'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    answers: [
      // Polls are turned off for this host.
      { code: 4400, action: 'skip' },
      { code: 200, says: 'Webinar plan is missing', action: 'unlicensed' },
    ],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_survey',
    path: '/webinars/{webinar_id}/survey',
    rateLimit: 'light',
    scopes: {
      granular: ['webinar:read:survey:admin', 'webinar:read:survey'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    answers: [
      // Surveys are turned off for this host.
      { code: 3000, action: 'skip' },
      { code: 200, says: 'Webinar plan is missing', action: 'unlicensed' },
    ],
    primaryKey: ['webinar_id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_templates',
    path: '/users/{user_id}/webinar_templates',
    records: 'templates',
    scopes: {
      granular: ['webinar:read:list_templates:admin', 'webinar:read:list_templates'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'past_webinar_instances',
    path: '/past_webinars/{webinar_id}/instances',
    records: 'webinars',
    rateLimit: 'light',
    scopes: {
      granular: ['webinar:read:list_past_instances:admin', 'webinar:read:list_past_instances'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    // No tombstones: instances age out.
    primaryKey: ['uuid'],
  },
  {
    kind: 'derived',
    name: 'webinar_absentees',
    path: '/past_webinars/{webinar_uuid}/absentees',
    records: 'registrants',
    rateLimit: 'heavy',
    scopes: {
      granular: ['webinar:read:list_absentees:admin', 'webinar:read:list_absentees'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [
        { field: 'type', in: ['Webinar'] },
        { field: 'feature_used.registration', in: [true] },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended too long ago.
      { code: 12702, action: 'skip' },
      // Nobody had to register.
      { code: 3000, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'id'],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'past_webinar_participants',
    path: '/past_webinars/{webinar_uuid}/participants',
    records: 'participants',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_past_participants:admin', 'webinar:read:list_past_participants'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [{ field: 'type', in: ['Webinar'] }],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended too long ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'webinar_poll_results',
    path: '/past_webinars/{webinar_uuid}/polls',
    records: 'questions',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_past_polls:admin', 'webinar:read:list_past_polls'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
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
      // Ended too long ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    // Answers are no identity: one that comes late would make a second row. Anonymous people have no e-mail.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'webinar_qna_results',
    path: '/past_webinars/{webinar_uuid}/qa',
    records: 'questions',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:past_qa:admin', 'webinar:read:past_qa'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: ['Webinar add-on'],
    pageSize: 0,
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [{ field: 'type', in: ['Webinar'] }],
      // No field of a row tells of Q&A.
      query: { report_type: 'qa' },
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended too long ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    // What was asked is no identity: a question that comes late would make a second row. Anonymous people have no e-mail.
    recordHash: [['email', 'name'], ['name']],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
];
