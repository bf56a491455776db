import type { StreamDeclaration } from './declaration.ts';

export const rooms: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'rooms',
    path: '/rooms',
    records: 'rooms',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_rooms:admin'], classic: ['room:read:admin'] },
    // Rooms that nobody was assigned to are hidden unless they are asked for.
    values: [{ parameter: 'unassigned_rooms', values: ['false', 'true'] }],
    // `room_id` is another id, which the dashboards know rooms by.
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'room_locations',
    path: '/rooms/locations',
    records: 'locations',
    rateLimit: 'medium',
    scopes: { granular: ['zoom_rooms:read:list_locations:admin'], classic: ['room:read:admin'] },
    primaryKey: ['id'],
    tombstones: true,
  },
];
