import type { StreamDeclaration } from './declaration.ts';

export const dashboards: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'metrics_meetings',
    path: '/metrics/meetings',
    records: 'meetings',
    rateLimit: 'resource_intensive',
    scopes: {
      granular: ['dashboard:read:list_meetings:admin'],
      classic: ['dashboard_meetings:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    query: { include_fields: 'tracking_fields' },
    // The default is what goes on just now. No row tells, and its participants have to be asked for with the same.
    values: [{ parameter: 'type', values: ['past', 'pastOne'], adds: 'type' }],
    // By the time of their end Zoom lists meetings for some accounts only (code 12700).
    // Unverified: in which time zone its days begin.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'metrics_meeting_participants',
    path: '/metrics/meetings/{meeting_uuid}/participants',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:list_meeting_participants:admin'],
      classic: ['dashboard_meetings:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    query: { include_fields: 'registrant_id' },
    parent: {
      name: 'metrics_meetings',
      parameters: { meeting_uuid: 'uuid', type: 'type' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    recordHash: [
      ['participant_uuid', 'join_time'],
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'meeting_start_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'metrics_meeting_participants_qos',
    path: '/metrics/meetings/{meeting_uuid}/participants/qos',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:list_meeting_participants_qos:admin'],
      classic: ['dashboard_meetings:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    // The most expensive stream here: a heavy call for ten people.
    pageSize: 10,
    query: { type: 'past' },
    parent: {
      name: 'metrics_meetings',
      parameters: { meeting_uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
      // Zoom has no `pastOne` here.
      only: [{ field: 'type', in: ['past'] }],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    recordHash: [
      ['participant_uuid', 'join_time'],
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'meeting_start_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_webinars',
    path: '/metrics/webinars',
    records: 'webinars',
    rateLimit: 'resource_intensive',
    scopes: {
      granular: ['dashboard:read:list_webinars:admin'],
      classic: ['dashboard_webinars:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Webinar add-on'],
    // The default is what goes on just now.
    query: { type: 'past' },
    // By start, as with meetings: one that goes on for longer than the lookback would be missed.
    // Unverified: in which time zone its days begin.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'metrics_webinar_participants',
    path: '/metrics/webinars/{webinar_uuid}/participants',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:list_webinar_participants:admin'],
      classic: ['dashboard_webinars:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Webinar add-on'],
    query: { type: 'past', include_fields: 'registrant_id' },
    parent: {
      name: 'metrics_webinars',
      parameters: { webinar_uuid: 'uuid' },
      adds: { webinar_uuid: 'uuid', webinar_start_time: 'start_time' },
      only: [{ field: 'participants', above: 0 }],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'record_hash'],
    recordHash: [
      ['participant_uuid', 'join_time'],
      ['user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'webinar_start_time',
    lookbackDays: 3,
  },
  {
    kind: 'snapshot',
    name: 'metrics_zoomrooms',
    path: '/metrics/zoomrooms',
    records: 'zoom_rooms',
    rateLimit: 'resource_intensive',
    scopes: {
      granular: ['dashboard:read:list_zoomrooms:admin'],
      classic: ['dashboard_zr:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Zoom Rooms'],
    // The `room_id` of rooms.
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'metrics_zoomroom',
    path: '/metrics/zoomrooms/{zoomroom_id}',
    // The body around them is the room.
    records: 'past_meetings.meetings',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:zoomroom:admin'],
      classic: ['dashboard_zr:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Zoom Rooms'],
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    parent: { name: 'metrics_zoomrooms', parameters: { zoomroom_id: 'id' }, adds: { zoomroom_id: 'id' } },
    primaryKey: ['zoomroom_id', 'uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_issues_zoomrooms',
    path: '/metrics/issues/zoomrooms',
    records: 'zoom_rooms',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:list_zoomrooms:admin'],
      classic: ['dashboard_home:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Zoom Rooms'],
    pageSize: 0,
    // The 25 rooms with the most issues of the range.
    window: { maxDays: 1, format: 'date', sumsByDay: 'date', keptMonths: 6 },
    // The `room_id` of rooms.
    primaryKey: ['date', 'id'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_chat',
    path: '/metrics/chat',
    records: 'users',
    rateLimit: 'resource_intensive',
    scopes: {
      granular: ['dashboard:read:chat:admin'],
      classic: ['dashboard_im:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    window: { maxDays: 1, format: 'date', sumsByDay: 'date', keptMonths: 6 },
    primaryKey: ['date', 'record_hash'],
    recordHash: [['user_id'], ['email']],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_quality',
    path: '/metrics/quality',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:meeting_quality_score:admin'],
      classic: ['dashboard_home:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    // The body does not tell.
    values: [{ parameter: 'type', values: ['meeting', 'participants'], adds: 'type' }],
    window: { maxDays: 1, format: 'date', sumsByDay: 'date', keptMonths: 6 },
    primaryKey: ['date', 'type'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_client_feedback',
    path: '/metrics/client/feedback',
    records: 'client_feedbacks',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:list_meetings_feedback:admin'],
      classic: ['dashboard_home:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Feedback to Zoom'],
    pageSize: 0,
    window: { maxDays: 1, format: 'date', sumsByDay: 'date', keptMonths: 6 },
    primaryKey: ['date', 'feedback_id'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'metrics_client_satisfaction',
    path: '/metrics/client/satisfaction',
    records: 'client_satisfaction',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:meeting_survey:admin'],
      classic: ['dashboard_home:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    pageSize: 0,
    window: { maxDays: 28, format: 'date', keptMonths: 6 },
    primaryKey: ['date'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'snapshot',
    name: 'metrics_client_versions',
    path: '/metrics/client_versions',
    records: 'client_versions',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:client_versions:admin'],
      classic: ['dashboard_home:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard'],
    pageSize: 0,
    primaryKey: ['client_version'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'metrics_crc',
    path: '/metrics/crc',
    records: 'crc_ports_usage',
    rateLimit: 'heavy',
    scopes: {
      granular: ['dashboard:read:crc_port_usage:admin'],
      classic: ['dashboard_crc:read:admin', 'dashboard:read:admin'],
    },
    needs: ['Business or higher', 'Dashboard', 'Room Connector'],
    pageSize: 0,
    // Of more than a month Zoom answers the last one, and does not say so.
    window: { maxDays: 28, format: 'date', keptMonths: 6 },
    // A day, whatever its name says: the hours are inside.
    primaryKey: ['date_time'],
    cursor: 'date_time',
    precision: 'day',
    lookbackDays: 3,
  },
];
