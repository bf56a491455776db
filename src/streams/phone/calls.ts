import type { StreamDeclaration } from '../declaration.ts';

export const calls: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_call_logs',
    path: '/phone/call_history',
    records: 'call_history',
    // Zoom sends the same calls under their old name too, until November 2026 (developers.zoom.us/docs/phone/migrate).
    legacyRecords: { field: 'call_logs', copy: { call_history_uuid: 'id' } },
    rateLimit: 'heavy',
    scopes: {
      granular: ['phone:read:list_call_logs:admin'],
      classic: ['phone:read:admin', 'phone_call_log:read:admin'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    query: { time_type: 'end_time' },
    // Zoom documents `recorded` as the default, so both are asked for. A call that gains a recording meanwhile is in
    // the second listing, where the other order would miss it.
    values: [{ parameter: 'recording_status', values: ['non_recorded', 'recorded'] }],
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date-time', keptMonths: 6 },
    primaryKey: ['call_history_uuid'],
    cursor: 'end_time',
    lookbackDays: 1,
  },
  {
    kind: 'derived',
    name: 'phone_call_path',
    path: '/phone/call_history/{call_history_uuid}',
    // The body around them is the call, as phone_call_logs has it.
    records: 'call_elements',
    legacyRecords: { field: 'call_path', copy: { call_element_id: 'id' } },
    rateLimit: 'light',
    scopes: {
      granular: ['phone:read:call_log:admin'],
      classic: ['phone:read:admin', 'phone_call_log:read:admin'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    pageSize: 0,
    parent: {
      name: 'phone_call_logs',
      parameters: { call_history_uuid: 'call_history_uuid' },
      adds: { call_history_uuid: 'call_history_uuid', call_end_time: 'end_time' },
    },
    // Zoom documents no code: users of its API report this one for calls that it has deleted.
    answers: [{ code: 404, action: 'skip' }],
    primaryKey: ['call_element_id'],
    cursor: 'call_end_time',
    lookbackDays: 1,
  },
  {
    kind: 'windowed',
    name: 'phone_user_call_history',
    path: '/phone/users/{user_id}/call_history',
    records: 'call_elements',
    legacyRecords: { field: 'call_logs', copy: { call_element_id: 'id' } },
    rateLimit: 'medium',
    scopes: {
      granular: ['phone:read:list_call_logs:admin', 'phone:read:list_call_logs'],
      classic: ['phone:read:admin', 'phone_call_log:read'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    query: { time_type: 'end_time' },
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date-time', keptMonths: 6 },
    parent: {
      name: 'phone_users',
      parameters: { user_id: 'id' },
      adds: { user_id: 'id' },
      only: [{ field: 'status', notIn: ['pending'] }],
    },
    // The user is no more. Zoom has the same code for values that it cannot read.
    answers: [{ code: 300, says: 'User does not exist', action: 'skip' }],
    // A step between two users is in the history of both.
    primaryKey: ['user_id', 'call_element_id'],
    cursor: 'end_time',
    lookbackDays: 1,
  },
];
