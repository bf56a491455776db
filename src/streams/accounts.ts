import type { StreamDeclaration } from './declaration.ts';

export const accounts: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'roles',
    path: '/roles',
    records: 'roles',
    rateLimit: 'medium',
    scopes: {
      granular: ['role:read:list_roles:admin', 'role:read:list_roles'],
      classic: ['role:read:admin'],
    },
    pageSize: 0,
    // The default, `common`, hides the roles of Zoom IQ.
    values: [{ parameter: 'type', values: ['common', 'iq'] }],
    gone: [1034],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'role_members',
    path: '/roles/{role_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: {
      granular: ['role:read:list_members:admin', 'role:read:list_members'],
      classic: ['role:read:admin'],
    },
    parent: { name: 'roles', parameters: { role_id: 'id' }, adds: { role_id: 'id' } },
    primaryKey: ['role_id', 'record_hash'],
    // Who was invited and has not come yet has no id.
    recordHash: [['id'], ['email']],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'account_settings',
    path: '/accounts/me/settings',
    rateLimit: 'medium',
    scopes: { granular: ['account:read:settings:admin'], classic: ['account:read:admin'] },
    // Each option is an answer of its own, and none of them is part of the answer without one.
    values: [
      {
        parameter: 'option',
        values: ['', 'meeting_security', 'security', 'meeting_authentication', 'recording_authentication'],
        adds: 'option',
        unset: 'general',
      },
    ],
    primaryKey: ['option'],
  },
  {
    kind: 'snapshot',
    name: 'trusted_domains',
    path: '/accounts/me/trusted_domains',
    records: 'trusted_domains',
    strings: 'domain',
    rateLimit: 'light',
    scopes: { granular: ['account:read:trusted_domains:master'], classic: ['account:read:admin'] },
    pageSize: 0,
    primaryKey: ['domain'],
    tombstones: true,
  },
];
