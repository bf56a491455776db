import type { StreamDeclaration } from './declaration.ts';

export const users: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'users',
    path: '/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['user:read:list_users:admin'], classic: ['user:read:admin'] },
    pageSize: 2000,
    query: { include_fields: 'custom_attributes' },
    // Zoom lists one status a call and only active users unless told otherwise.
    values: [{ parameter: 'status', values: ['active', 'inactive'] }],
    // Nobody, of another account, or invited and not there yet.
    gone: [1001, 1010, 1120],
    fallback: {
      path: '/users/me',
      rateLimit: 'light',
      scopes: {
        granular: ['user:read:user:admin', 'user:read:user'],
        classic: ['user:read:admin', 'user:read', 'user_info:read', 'user_profile'],
      },
      // A user-level app has to say `me`; it may not name the user's id.
      authoriser: { id: 'me' },
    },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'pending_users',
    path: '/users',
    records: 'users',
    rateLimit: 'medium',
    scopes: { granular: ['user:read:list_users:admin'], classic: ['user:read:admin'] },
    pageSize: 2000,
    query: { include_fields: 'custom_attributes', status: 'pending' },
    // Zoom gives users who have not accepted their invitation no id.
    primaryKey: ['email'],
    tombstones: true,
    // For a pending user Zoom answers the time of the call as the time of creation.
    volatile: ['created_at'],
  },
  {
    kind: 'snapshot',
    name: 'user_settings',
    path: '/users/{user_id}/settings',
    rateLimit: 'medium',
    scopes: {
      granular: ['user:read:settings:admin', 'user:read:settings'],
      classic: ['user:read:admin', 'user:read'],
    },
    // Each option is an answer of its own, and none of them is part of the answer without one.
    values: [
      {
        parameter: 'option',
        values: ['', 'meeting_security', 'meeting_authentication', 'recording_authentication'],
        adds: 'option',
        unset: 'general',
      },
    ],
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'option'],
    sensitive: ['schedule_meeting.default_password_for_scheduled_meetings'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'user_permissions',
    path: '/users/{user_id}/permissions',
    rateLimit: 'light',
    scopes: {
      granular: ['user:read:list_permissions:admin', 'user:read:list_permissions'],
      classic: ['user:read:admin', 'user:read', 'user_profile'],
    },
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'groups',
    path: '/groups',
    records: 'groups',
    rateLimit: 'medium',
    scopes: { granular: ['group:read:list_groups:admin'], classic: ['group:read:admin'] },
    needs: 'Pro or higher',
    gone: [4130],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'group_members',
    path: '/groups/{group_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: { granular: ['group:read:list_members:admin'], classic: ['group:read:admin'] },
    needs: 'Pro or higher',
    pageSize: 2000,
    parent: { name: 'groups', parameters: { group_id: 'id' }, adds: { group_id: 'id' } },
    primaryKey: ['group_id', 'record_hash'],
    // Who was invited and has not come yet has no id.
    recordHash: [['id'], ['email']],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'users_summary',
    path: '/users/summary',
    rateLimit: 'medium',
    scopes: { granular: ['user:read:summary:admin'], classic: ['user:read:admin', 'user:read'] },
    primaryKey: ['record_hash'],
    // One row an account: nothing in it says whose.
    recordHash: [[]],
  },
];
