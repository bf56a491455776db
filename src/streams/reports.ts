import type { StreamDeclaration } from './declaration.ts';

export const reports: readonly StreamDeclaration[] = [
  {
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
    incremental: { kind: 'windowed', cursor: 'end_time', lookbackDays: 3 },
  },
];
