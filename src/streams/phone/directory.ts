import type { StreamDeclaration } from '../declaration.ts';

export const directory: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'phone_blocked_list',
    path: '/phone/blocked_list',
    records: 'blocked_list',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_blocked_lists:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    pageSize: 100,
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_external_contacts',
    path: '/phone/external_contacts',
    records: 'external_contacts',
    rateLimit: 'light',
    scopes: { granular: ['phone:read:list_external_contacts:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence', 'owner or administrator'],
    // `id` is the customer's own, where there is one.
    primaryKey: ['external_contact_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_private_directory',
    path: '/phone/private_directory/members',
    records: 'private_directory_members',
    rateLimit: 'medium',
    scopes: {
      granular: ['phone:read:list_private_directory_members:admin'],
      classic: ['phone:read:admin'],
    },
    needs: ['Zoom Phone licence'],
    // Zoom wants a site where the account has several.
    parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'instead' },
    // The site is no more.
    answers: [{ code: 8001, action: 'skip' }],
    primaryKey: ['record_hash'],
    // An extension may be in the directories of several sites.
    recordHash: [['site_id', 'extension_id'], ['extension_id']],
    tombstones: true,
  },
];
