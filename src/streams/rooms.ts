import type { StreamDeclaration } from './declaration.ts';

export const rooms: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'rooms',
    path: '/rooms',
    records: 'rooms',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_rooms:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    // Rooms that nobody was assigned to are hidden unless they are asked for.
    values: [{ parameter: 'unassigned_rooms', values: ['false', 'true'] }],
    // `room_id` is another id, which the dashboards know rooms by.
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'room_details',
    path: '/rooms/{zoom_room_id}',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:room:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    // Without `regenerate_activation_code`: a call with it would change the room.
    parent: { name: 'rooms', parameters: { zoom_room_id: 'id' }, adds: { zoom_room_id: 'id' } },
    // The room is no more.
    answers: [{ code: 1012, action: 'skip' }],
    primaryKey: ['zoom_room_id'],
    tombstones: true,
    // Links that expire.
    volatile: [
      'setup.background_image_info[].download_url',
      'setup.background_image_info[].download_url_ttl',
    ],
  },
  {
    kind: 'snapshot',
    name: 'room_settings',
    path: '/rooms/{zoom_room_id}/settings',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:room_settings:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    values: [
      {
        parameter: 'setting_type',
        values: ['meeting', 'alert', 'signage', 'scheduling_display'],
        adds: 'setting_type',
      },
    ],
    parent: { name: 'rooms', parameters: { zoom_room_id: 'id' }, adds: { zoom_room_id: 'id' } },
    // The room is no more.
    answers: [{ code: 1012, action: 'skip' }],
    primaryKey: ['zoom_room_id', 'setting_type'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'room_devices',
    path: '/rooms/{zoom_room_id}/devices',
    records: 'devices',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_devices:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    pageSize: 0,
    parent: { name: 'rooms', parameters: { zoom_room_id: 'id' }, adds: { zoom_room_id: 'id' } },
    // The room is no more.
    answers: [{ code: 1012, action: 'skip' }],
    primaryKey: ['zoom_room_id', 'id'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'room_sensor_data',
    path: '/rooms/{zoom_room_id}/sensor_data',
    records: 'sensor_data',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:sensor_data:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    // Unverified: the longest range that Zoom answers, and for how long it keeps readings.
    window: { maxDays: 28, format: 'date-time' },
    parent: { name: 'rooms', parameters: { zoom_room_id: 'id' }, adds: { zoom_room_id: 'id' } },
    // The room is no more.
    answers: [{ code: 1012, action: 'skip' }],
    primaryKey: ['zoom_room_id', 'record_hash'],
    recordHash: [['device_id', 'sensor_type', 'date_time']],
    cursor: 'date_time',
    lookbackDays: 1,
  },
  {
    kind: 'snapshot',
    name: 'room_locations',
    path: '/rooms/locations',
    records: 'locations',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_locations:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'room_tags',
    path: '/rooms/tags',
    records: 'tags',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_tags:admin'], classic: ['room:read:admin'] },
    needs: ['Zoom Rooms licence'],
    // Zoom calls `next_page_token` required, which the first call has none of.
    primaryKey: ['id'],
    tombstones: true,
  },
];
