import type { StreamDeclaration, Window } from '../declaration.ts';

// Zoom answers one month at most, the margin counted in, and says neither by which time nor in which time zone it filters.
const window: Window = { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 13 };

export const charges: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_call_charges',
    path: '/phone/reports/call_charges',
    records: 'call_charges',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:call_charges:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    window,
    primaryKey: ['charge_id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'phone_sms_charges',
    path: '/phone/reports/sms_charges',
    records: 'sms_charges',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:sms_charges:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    window,
    primaryKey: ['message_id', 'record_hash'],
    // A message to several people has a row for each.
    recordHash: [['to_number', 'from_number']],
    cursor: 'sent_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'phone_fax_charges',
    path: '/phone/reports/fax_charges',
    records: 'fax_charges',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:fax_charges:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    window,
    primaryKey: ['fax_id', 'record_hash'],
    // A fax may be charged more than once.
    recordHash: [['sender_number', 'receiver_number', 'end_time']],
    cursor: 'end_time',
    // What a fax costs is pending until the billing cycle ends (`charge_status`): a month, and three days for the report.
    lookbackDays: 34,
  },
];
