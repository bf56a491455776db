import type { StreamDeclaration } from '../declaration.ts';

export const sites: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'phone_sites',
    path: '/phone/sites',
    records: 'sites',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_sites:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence', 'multiple sites'],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_billing_accounts',
    path: '/phone/billing_accounts',
    records: 'billing_accounts',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_billing_accounts:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence'],
    pageSize: 0,
    // Zoom wants a site where the account has several.
    parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'instead' },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_emergency_locations',
    path: '/phone/locations',
    records: 'locations',
    rateLimit: 'light',
    scopes: { granular: ['phone:read:list_emergency_locations:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence', 'owner or administrator'],
    // Zoom wants a site where the account has several.
    parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'instead' },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_setting_templates',
    path: '/phone/setting_templates',
    records: 'templates',
    rateLimit: 'light',
    scopes: { granular: ['phone:read:list_setting_templates:admin'], classic: ['phone:read:admin'] },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    // Without a site Zoom lists the templates of the account.
    parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'also' },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'phone_routing_rules',
    path: '/phone/routing_rules',
    records: '',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_routing_rules:admin'], classic: ['phone:read:admin'] },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    pageSize: 0,
    // Zoom does not say whether it lists the rules of all sites without one.
    parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'also' },
    primaryKey: ['routing_rule_id'],
    tombstones: true,
  },
];
