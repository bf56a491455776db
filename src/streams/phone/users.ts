import type { StreamDeclaration } from '../declaration.ts';

export const users: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'phone_users',
    path: '/phone/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_users:admin'], classic: ['phone:read:admin'] },
    pageSize: 100,
    // Zoom does not say whom it lists without a status. Who is activated or deactivated meanwhile is met, in one or the other.
    values: [{ parameter: 'status', values: ['activate', 'deactivate', 'pending'] }],
    fallback: {
      path: '/phone/users/me',
      rateLimit: 'light',
      scopes: {
        granular: ['phone:read:user:admin', 'phone:read:user'],
        classic: ['phone:read:admin', 'phone:read'],
      },
      authoriser: { id: 'me' },
    },
    primaryKey: ['id'],
    tombstones: true,
  },
];
