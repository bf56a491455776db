import type { StreamDeclaration } from './declaration.ts';

export const dashboards: readonly StreamDeclaration[] = [
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
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    parent: { name: 'metrics_zoomrooms', parameters: { zoomroom_id: 'id' }, adds: { zoomroom_id: 'id' } },
    primaryKey: ['zoomroom_id', 'uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
];
