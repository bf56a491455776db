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
    needs: 'Business or higher, Dashboard',
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
    needs: 'Business or higher, Dashboard',
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
    kind: 'snapshot',
    name: 'metrics_zoomrooms',
    path: '/metrics/zoomrooms',
    records: 'zoom_rooms',
    rateLimit: 'resource_intensive',
    scopes: {
      granular: ['dashboard:read:list_zoomrooms:admin'],
      classic: ['dashboard_zr:read:admin', 'dashboard:read:admin'],
    },
    needs: 'Business or higher, Dashboard, Zoom Rooms',
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
    needs: 'Business or higher, Dashboard, Zoom Rooms',
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    parent: { name: 'metrics_zoomrooms', parameters: { zoomroom_id: 'id' }, adds: { zoomroom_id: 'id' } },
    primaryKey: ['zoomroom_id', 'uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
];
