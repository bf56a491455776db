import type { StreamDeclaration } from './declaration.ts';

export const users: readonly StreamDeclaration[] = [
  {
    name: 'users',
    path: '/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['user:read:list_users:admin'], classic: ['user:read:admin'] },
    pageSize: 2000,
    query: { include_fields: 'custom_attributes' },
    // Zoom lists one status a call and only active users unless told otherwise.
    values: { parameter: 'status', values: ['active', 'inactive'] },
    fallback: {
      path: '/users/me',
      rateLimit: 'light',
      scopes: {
        granular: ['user:read:user', 'user:read:user:admin'],
        classic: ['user:read', 'user:read:admin'],
      },
      pageSize: 0,
      // A user-level app has to say `me`; it may not name the user's id.
      authoriser: { id: 'me' },
    },
    primaryKey: ['id'],
    incremental: { kind: 'snapshot', tombstones: true },
  },
  {
    name: 'pending_users',
    path: '/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['user:read:list_users:admin'], classic: ['user:read:admin'] },
    pageSize: 2000,
    query: { include_fields: 'custom_attributes', status: 'pending' },
    // Zoom gives users who have not accepted their invitation no id.
    primaryKey: ['email'],
    // For a pending user Zoom answers the time of the call as the time of creation.
    incremental: { kind: 'snapshot', tombstones: true, volatile: ['created_at'] },
  },
];
