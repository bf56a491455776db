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
    name: 'surveys',
    path: '/surveys',
    records: 'surveys',
    rateLimit: 'medium',
    scopes: {
      granular: ['survey_management:read:list_surveys:admin'],
      classic: ['survey:read:admin'],
    },
    // Zoom documents no maximum.
    pageSize: 100,
    gone: [6701],
    primaryKey: ['survey_id'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'survey_answers',
    path: '/surveys/{survey_id}/answers',
    records: 'survey_answers',
    rateLimit: 'medium',
    scopes: {
      granular: ['survey_management:read:list_survey_answers:admin'],
      classic: ['survey:read:admin'],
    },
    pageSize: 100,
    // Zoom documents no longest range.
    window: {
      maxDays: 365,
      format: 'date-time',
      parameters: ['submit_time_start', 'submit_time_end'],
    },
    parent: {
      name: 'surveys',
      parameters: { survey_id: 'survey_id' },
      adds: { survey_id: 'survey_id' },
    },
    primaryKey: ['survey_id', 'record_hash'],
    // An anonymous answer has no name and no e-mail.
    recordHash: [
      ['instance_id', 'submit_time', 'email'],
      ['instance_id', 'submit_time', 'name'],
      ['instance_id', 'submit_time'],
    ],
    cursor: 'submit_time',
    lookbackDays: 3,
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
    name: 'account_lock_settings',
    path: '/accounts/me/lock_settings',
    rateLimit: 'medium',
    scopes: { granular: ['account:read:lock_settings:master'], classic: ['account:read:admin'] },
    values: [{ parameter: 'option', values: ['', 'meeting_security'], adds: 'option', unset: 'general' }],
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
  {
    kind: 'snapshot',
    name: 'managed_domains',
    path: '/accounts/me/managed_domains',
    records: 'domains',
    rateLimit: 'light',
    scopes: { granular: ['account:read:managed_domains:master'], classic: ['account:read:admin'] },
    pageSize: 0,
    primaryKey: ['domain'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'tracking_fields',
    path: '/tracking_fields',
    records: 'tracking_fields',
    rateLimit: 'medium',
    scopes: {
      granular: ['tracking_field:read:list_tracking_fields:admin'],
      classic: ['tracking_fields:read:admin'],
    },
    pageSize: 0,
    primaryKey: ['id'],
    tombstones: true,
  },
];
