import type { StreamDeclaration } from './declaration.ts';

export const rooms: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'rooms',
    path: '/rooms',
    records: 'rooms',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_rooms:admin'], classic: ['room:read:admin'] },
    needs: 'Zoom Rooms licence',
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
    needs: 'Zoom Rooms licence',
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
    needs: 'Zoom Rooms licence',
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
    name: 'room_locations',
    path: '/rooms/locations',
    records: 'locations',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_locations:admin'], classic: ['room:read:admin'] },
    needs: 'Zoom Rooms licence',
    primaryKey: ['id'],
    tombstones: true,
  },
];
