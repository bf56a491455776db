import type { StreamDeclaration } from '../declaration.ts';

export const reports: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_call_queue_analytics',
    path: '/phone/call_queue_analytics',
    records: 'call_queues',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_call_queues:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence', 'owner or administrator'],
    // From midnight to midnight: Zoom does not say whether a day that is its own end is a whole one.
    window: { maxDays: 1, format: 'date-time', sumsByDay: 'date', keptMonths: 24 },
    primaryKey: ['date', 'call_queue_id'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'phone_metrics_past_calls',
    path: '/phone/metrics/past_calls',
    records: 'call_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:list_call_logs:admin'], classic: ['phone:read:admin'] },
    needs: ['Business or Education', 'Zoom Phone licence'],
    pageSize: 100,
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date-time' },
    primaryKey: ['call_id', 'record_hash'],
    // A call with several legs may have a row for each.
    recordHash: [['date_time', 'direction']],
    cursor: 'date_time',
    lookbackDays: 1,
  },
  {
    kind: 'windowed',
    name: 'phone_operation_logs',
    path: '/phone/reports/operationlogs',
    records: 'operation_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:operation_logs:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: how far back this report goes.
    window: { maxDays: 26, marginDays: 1, format: 'date' },
    primaryKey: ['record_hash'],
    // Zoom gives no id, so the whole row is its identity.
    recordHash: [['time', 'operator', 'category_type', 'action', 'operation_detail']],
    cursor: 'time',
    lookbackDays: 3,
  },
];
