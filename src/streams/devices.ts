import type { StreamDeclaration } from './declaration.ts';

export const devices: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'devices',
    path: '/devices',
    records: 'devices',
    rateLimit: 'heavy',
    scopes: { granular: [], classic: ['device:read:admin'] },
    values: [
      // Zoom hides what is not enrolled unless it is asked for; what is enrolled meanwhile is in the second listing.
      { parameter: 'is_enrolled_in_zdm', values: ['false', 'true'] },
      // -1 is every device of Zoom Rooms, which phone appliances are none of.
      { parameter: 'device_type', values: ['-1', '5'] },
    ],
    primaryKey: ['device_id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'h323_devices',
    path: '/h323/devices',
    records: 'devices',
    rateLimit: 'medium',
    scopes: { granular: ['h323_device:read:list_devices:admin'], classic: ['h323:read:admin'] },
    needs: ['Room Connector'],
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'sip_phones',
    path: '/sip_phones/phones',
    records: 'phones',
    rateLimit: 'medium',
    scopes: { granular: ['sip_phone:read:list_sip_phones:admin'], classic: ['sip_phone:read:admin'] },
    needs: ['SIP Phone integration'],
    // A user may have several, one for each platform.
    primaryKey: ['phone_id'],
    tombstones: true,
  },
];
