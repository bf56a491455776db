import type { StreamDeclaration } from '../declaration.ts';

/** Meetings by telephone: personal audio conferences, and other providers than Zoom. */
export const audio: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'pac_accounts',
    path: '/users/{user_id}/pac',
    records: 'pac_accounts',
    rateLimit: 'light',
    scopes: {
      granular: ['pac:read:list_pac_accounts:admin', 'pac:read:list_pac_accounts'],
      classic: ['pac:read:admin', 'pac:read'],
    },
    needs: ['Audio Conferencing'],
    pageSize: 0,
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    // Turned off for this user.
    answers: [{ code: 2024, action: 'unlicensed' }],
    primaryKey: ['user_id', 'conference_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'tsp_account',
    path: '/tsp',
    rateLimit: 'light',
    scopes: { granular: ['tsp:read:tsp:admin'], classic: ['tsp:read:admin'] },
    needs: ['Pro or higher with TSP'],
    primaryKey: ['record_hash'],
    // One row an account: nothing in it says whose.
    recordHash: [[]],
  },
  {
    kind: 'snapshot',
    name: 'tsp_user_accounts',
    path: '/users/{user_id}/tsp',
    records: 'tsp_accounts',
    rateLimit: 'medium',
    scopes: {
      granular: ['tsp:read:list_tsp_accounts:admin', 'tsp:read:list_tsp_accounts'],
      classic: ['tsp:read:admin', 'tsp:read'],
    },
    needs: ['Pro or higher with TSP'],
    pageSize: 0,
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    // Zoom's words blame the account: nobody has any.
    answers: [{ code: 2024, says: 'Account has not enabled', action: 'unavailable' }],
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
];
