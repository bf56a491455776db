import type { StreamDeclaration } from '../declaration.ts';

export const usage: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'report_daily',
    path: '/report/daily',
    records: 'dates',
    rateLimit: 'heavy',
    scopes: { granular: [], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    pageSize: 0,
    // Unverified: whether Zoom counts the month in which the six months begin among them.
    window: { maxDays: 31, format: 'month', keptMonths: 6 },
    primaryKey: ['date'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_users',
    path: '/report/users',
    records: 'users',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_users:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    // The inactive ones are everybody else, with zeros.
    query: { type: 'active' },
    window: { maxDays: 1, format: 'date', sumsByDay: 'date', keptMonths: 6 },
    primaryKey: ['date', 'record_hash'],
    recordHash: [['id'], ['email']],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_user_meetings',
    path: '/report/users/{user_id}/meetings',
    records: 'meetings',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:user:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    // The first one lists what the user hosted or joined, except for meetings of one person, which the second one lists.
    values: [{ parameter: 'type', values: ['pastJoined', 'pastOne'], adds: 'list_type' }],
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: which of the times it filters by.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    answers: [{ code: 1001, action: 'skip' }],
    primaryKey: ['user_id', 'list_type', 'record_hash'],
    // Who rejoins has a row for each stay.
    recordHash: [['uuid', 'join_time'], ['uuid']],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_telephone',
    path: '/report/telephone',
    records: 'telephony_usage',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:telephone:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    query: { query_date_type: 'end_time' },
    // Toll-free and call-out, toll, SIP: Zoom lists the first of them unless told otherwise.
    values: [{ parameter: 'type', values: ['1', '2', '3'] }],
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id. What a call costs may be corrected.
    recordHash: [
      ['uuid', 'start_time', 'end_time', 'type', 'phone_number', 'signaled_number', 'call_in_number'],
    ],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_cloud_recording',
    path: '/report/cloud_recording',
    records: 'cloud_recording_storage',
    rateLimit: 'heavy',
    scopes: { granular: [], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    pageSize: 0,
    window: { maxDays: 28, format: 'date', until: 'yesterday', keptMonths: 6 },
    primaryKey: ['date'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
];
