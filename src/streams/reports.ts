import type { StreamDeclaration } from './declaration.ts';

export const reports: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'report_history_meetings',
    path: '/report/history_meetings',
    records: 'history_meetings',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_history_meetings:admin'], classic: ['report:read:admin'] },
    query: { date_type: 'end_time', meeting_type: 'all' },
    // Zoom answers one month at most: 28 days are one in February too, the margin counted in.
    // Unverified: whether its days are UTC or the account's.
    // Unverified: how far back this report goes; its neighbours keep six months.
    window: { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 },
    primaryKey: ['meeting_uuid'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'report_meeting_participants',
    path: '/report/meetings/{meeting_uuid}/participants',
    records: 'participants',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:list_meeting_participants:admin'], classic: ['report:read:admin'] },
    query: { include_fields: 'registrant_id' },
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_id: 'meeting_id', meeting_end_time: 'end_time' },
      only: [
        { field: 'type', notIn: ['Webinar'] },
        // Zoom makes this report for two or more.
        { field: 'participants', above: 1 },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended more than a year ago.
      { code: 12702, action: 'skip' },
      // Hosted by somebody of another account.
      { code: 1010, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid', 'record_hash'],
    // A person who is not signed in has an empty id, and one who rejoins may keep the user_id.
    recordHash: [
      ['user_id', 'join_time'],
      ['participant_user_id', 'join_time'],
      ['id', 'join_time'],
    ],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_operation_logs',
    path: '/report/operationlogs',
    records: 'operation_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:operation_logs:admin'], classic: ['report:read:admin'] },
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
    name: 'report_daily',
    path: '/report/daily',
    records: 'dates',
    rateLimit: 'heavy',
    scopes: { granular: [], classic: ['report:read:admin'] },
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
    name: 'report_cloud_recording',
    path: '/report/cloud_recording',
    records: 'cloud_recording_storage',
    rateLimit: 'heavy',
    scopes: { granular: [], classic: ['report:read:admin'] },
    pageSize: 0,
    window: { maxDays: 28, format: 'date', until: 'yesterday', keptMonths: 6 },
    primaryKey: ['date'],
    cursor: 'date',
    precision: 'day',
    lookbackDays: 3,
  },
  {
    kind: 'snapshot',
    name: 'report_billing',
    path: '/report/billing',
    records: 'billing_reports',
    envelope: ['currency'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:billing:admin'], classic: ['report:read:admin'] },
    pageSize: 0,
    primaryKey: ['id'],
  },
  {
    kind: 'snapshot',
    name: 'report_upcoming_events',
    path: '/report/upcoming_events',
    records: 'upcoming_events',
    rateLimit: 'heavy',
    scopes: {
      granular: ['report:read:upcoming_meetings_webinars:admin'],
      classic: ['report:read:admin'],
    },
    // A range in the future is no window of a cursor. Zoom answers one month at most: 28 days are one in February too.
    query: {
      type: 'all',
      from: { at: 'now', format: 'date' },
      to: { at: 'now', format: 'date', plusDays: 28 },
    },
    primaryKey: ['record_hash'],
    // The occurrences of a recurring meeting share an id. Events become past, which is no deletion.
    recordHash: [['id', 'start_time']],
  },
  {
    kind: 'snapshot',
    name: 'report_billing_invoices',
    path: '/report/billing/invoices',
    records: 'invoices',
    envelope: ['currency'],
    rateLimit: 'heavy',
    scopes: { granular: ['report:read:billing_invoice:admin'], classic: ['report:read:admin'] },
    pageSize: 0,
    parent: { name: 'report_billing', parameters: { billing_id: 'id' }, adds: { billing_id: 'id' } },
    answers: [{ code: 5010, action: 'skip' }],
    primaryKey: ['billing_id', 'record_hash'],
    // An invoice has several lines; what they cost may be corrected.
    recordHash: [['invoice_number', 'invoice_charge_name', 'start_date', 'end_date']],
  },
];
