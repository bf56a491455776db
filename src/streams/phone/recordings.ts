import type { StreamDeclaration } from '../declaration.ts';

export const recordings: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_recordings',
    path: '/phone/recordings',
    records: 'recordings',
    rateLimit: 'medium',
    scopes: {
      granular: ['phone:read:list_call_recordings:admin'],
      classic: ['phone:read:admin', 'phone_recording:read:admin'],
    },
    needs: ['Zoom Phone licence', 'owner or administrator'],
    // What is read user by user has no end.
    query: { query_date_type: 'start_time' },
    // Whole days, since Zoom writes the instants of this endpoint as no other one's. One month at most, the margin counted in.
    window: { maxDays: 26, marginDays: 1, format: 'date' },
    fallback: {
      path: '/phone/users/{user_id}/recordings',
      records: 'recordings',
      rateLimit: 'medium',
      scopes: {
        granular: ['phone:read:list_recordings:admin', 'phone:read:list_recordings'],
        classic: ['phone:read:admin', 'phone_recording:read:admin', 'phone:read', 'phone_recording:read'],
      },
      window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
      parent: { name: 'users', parameters: { user_id: 'id' } },
    },
    primaryKey: ['id'],
    cursor: 'date_time',
    lookbackDays: 1,
  },
];
