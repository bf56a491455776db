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
    needs: 'Business or Enterprise, Zoom Phone licence',
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
];
