import type { StreamDeclaration } from './declaration.ts';

const classic = ['number_management_numbers:read:admin'];
const products = ['ZOOM_PHONE', 'ZOOM_CONTACT_CENTER'];

export const numbers: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'nm_numbers',
    path: '/number_management/numbers',
    records: 'numbers',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_numbers:admin'], classic },
    needs: 'Number Management',
    pageSize: 200,
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_number_details',
    path: '/number_management/numbers/{phone_number_id}',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:numbers:admin'], classic },
    needs: 'Number Management',
    // Zoom documents no code for a number that is no more: it stays owed until the list of numbers lacks it.
    parent: { name: 'nm_numbers', parameters: { phone_number_id: 'id' } },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_plans',
    path: '/number_management/plan',
    records: 'plans',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:numbers_plan:admin'], classic },
    needs: 'Number Management',
    pageSize: 200,
    values: [{ parameter: 'product', values: products, adds: 'product' }],
    primaryKey: ['product', 'name'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_ported_orders',
    path: '/number_management/ported_numbers/orders',
    records: 'ported_numbers',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_ported_numbers:admin'], classic },
    needs: 'Number Management',
    // Zoom documents no maximum; of the deprecated path that this one replaces it is 100.
    pageSize: 100,
    // Without deletions: Zoom does not say how long it keeps an order.
    primaryKey: ['order_id'],
  },
  {
    kind: 'snapshot',
    name: 'nm_peering_numbers',
    path: '/number_management/peering_numbers',
    records: 'numbers',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_peering_numbers:admin'], classic },
    needs: 'Provider Exchange partner',
    // Without `carrier_code`: the client of an OAuth token tells the carrier.
    primaryKey: ['phone_number'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_sip_groups',
    path: '/number_management/sip_groups',
    records: 'sip_groups',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_sip_groups:admin'], classic },
    needs: 'Number Management',
    values: [{ parameter: 'allocated_product', values: products, adds: 'allocated_product' }],
    // A group whose `source_system` is COMMON may be listed for both products.
    primaryKey: ['allocated_product', 'sip_group_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_sip_trunks',
    path: '/number_management/sip_trunks',
    records: 'byoc_sip_trunk',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_sip_trunks:admin'], classic },
    needs: 'Number Management',
    // Zoom says so of `total_records`, where it describes a page.
    pageSize: 100,
    values: [{ parameter: 'allocated_product', values: products, adds: 'allocated_product' }],
    // A trunk whose `source_system` is COMMON may be listed for both products.
    primaryKey: ['allocated_product', 'sip_trunk_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_sms_campaigns',
    path: '/number_management/sms_campaigns',
    records: 'sms_campaigns',
    rateLimit: 'light',
    scopes: { granular: ['number_management:read:list_sms_campaigns:admin'], classic },
    needs: 'Number Management',
    primaryKey: ['sms_campaign_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'nm_sms_consent',
    path: '/number_management/sms_consent',
    records: 'sms_consent',
    rateLimit: 'medium',
    scopes: { granular: ['number_management:read:sms_consent:admin'], classic },
    needs: 'Number Management',
    primaryKey: ['consent_id'],
    tombstones: true,
  },
];
