import type { StreamDeclaration, Window } from '../declaration.ts';

// Zoom answers one month at most: 28 days are one in February too.
const window: Window = { maxDays: 28, format: 'date-time' };

export const faxes: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_fax_logs',
    path: '/phone/fax/logs',
    records: 'fax_logs',
    rateLimit: 'heavy',
    scopes: { granular: ['phone:read:list_fax_log:admin'], classic: ['phone:read:admin'] },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    window,
    fallback: {
      path: '/phone/extension/{extension_id}/fax/logs',
      records: 'fax_logs',
      rateLimit: 'medium',
      scopes: {
        granular: ['phone:read:list_fax_log:admin', 'phone:read:list_fax_log'],
        classic: ['phone:read:admin', 'phone:read'],
      },
      window,
      parent: { name: 'phone_users', parameters: { extension_id: 'extension_id' } },
    },
    primaryKey: ['fax_log_id'],
    cursor: 'create_time',
    lookbackDays: 1,
  },
];
