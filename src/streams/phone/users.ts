import type { StreamDeclaration } from '../declaration.ts';

export const users: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'phone_users',
    path: '/phone/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_users:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
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
  {
    kind: 'snapshot',
    name: 'phone_user_policies',
    path: '/phone/users/{user_id}/policies/{policy_type}',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:user_policy:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    values: [{ parameter: 'policy_type', values: ['allow_emergency_calls'], adds: 'policy_type' }],
    parent: {
      name: 'phone_users',
      parameters: { user_id: 'id' },
      adds: { user_id: 'id' },
      only: [{ field: 'status', notIn: ['pending'] }],
    },
    // The user is no more.
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['user_id', 'policy_type'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_user_profile',
    path: '/phone/users/{user_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['phone:read:user:admin', 'phone:read:user'],
      classic: ['phone:read:admin', 'phone:read'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    parent: {
      name: 'phone_users',
      parameters: { user_id: 'id' },
      only: [{ field: 'status', notIn: ['pending'] }],
    },
    // The user is no more.
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_user_settings',
    path: '/phone/users/{user_id}/settings',
    rateLimit: 'light',
    scopes: {
      granular: ['phone:read:user_setting:admin', 'phone:read:user_setting'],
      classic: ['phone:read:admin', 'phone:read'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    parent: {
      name: 'phone_users',
      parameters: { user_id: 'id' },
      adds: { user_id: 'id' },
      only: [{ field: 'status', notIn: ['pending'] }],
    },
    // The user is no more.
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['user_id'],
    tombstones: true,
  },
];
