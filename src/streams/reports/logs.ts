import type { StreamDeclaration } from '../declaration.ts';

export const logs: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'report_activities',
    path: '/report/activities',
    records: 'activity_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:user_activities:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id, so the whole row is its identity.
    recordHash: [['time', 'email', 'type', 'client_type', 'ip_address', 'version']],
    cursor: 'time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_operation_logs',
    path: '/report/operationlogs',
    records: 'operation_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:operation_logs:admin'], classic: ['report:read:admin'] },
    needs: ['Pro or higher'],
    query: { category_type: 'all' },
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id, so the whole row is its identity.
    recordHash: [['time', 'operator', 'category_type', 'action', 'operation_detail']],
    cursor: 'time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_meeting_activities',
    path: '/report/meeting_activities',
    records: 'meeting_activity_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:meeting_activity_log:admin'], classic: ['report:read:admin'] },
    needs: ['Meeting audit trail', 'enabled by Zoom Support'],
    query: { activity_type: 'All Activities' },
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id, so the whole row is its identity.
    recordHash: [
      [
        'meeting_number',
        'activity_time',
        'operator',
        'operator_email',
        'activity_category',
        'activity_detail',
      ],
    ],
    cursor: 'activity_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_remote_support',
    path: '/report/remote_support',
    records: 'remote_support_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:remote_support:admin'], classic: ['report:read:admin'] },
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id, and guests have no e-mail.
    recordHash: [
      [
        'meeting_uuid',
        'request_time',
        'supportee_email',
        'supportee_name',
        'supporter_email',
        'supporter_name',
      ],
    ],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_disclaimer',
    path: '/report/disclaimer',
    records: 'disclaimer_records',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:disclaimer:admin'], classic: ['report:read:admin'] },
    query: { disclaimer_type: 'all' },
    // Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['record_hash'],
    // Zoom gives no id, and guests have neither e-mail nor client type.
    recordHash: [
      [
        'time',
        'user_email',
        'display_name',
        'disclaimer_type',
        'meeting_id',
        'meeting_number',
        'client_type',
        'disclaimer_status',
      ],
    ],
    cursor: 'time',
    lookbackDays: 3,
  },
];
