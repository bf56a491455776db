import type { StreamDeclaration } from '../declaration.ts';

export const devices: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'phone_devices',
    path: '/phone/devices',
    records: 'devices',
    rateLimit: 'medium',
    scopes: { granular: ['phone:read:list_devices:admin'], classic: ['phone:read:admin'] },
    needs: ['Zoom Phone licence', 'owner or administrator'],
    values: [{ parameter: 'type', values: ['assigned', 'unassigned'] }],
    primaryKey: ['id'],
    tombstones: true,
  },
];
