import type { StreamDeclaration } from './declaration.ts';

export const workspaces: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'workspaces',
    path: '/workspaces',
    records: 'workspaces',
    rateLimit: 'medium',
    scopes: {
      granular: ['workspace:read:list_workspaces:admin', 'workspace:read:list_workspaces'],
      classic: ['workspace:read:admin', 'workspace:read'],
    },
    needs: 'Workspace Reservation',
    // Zoom documents no maximum.
    pageSize: 100,
    // Without a type Zoom lists desks and rooms only.
    values: [{ parameter: 'workspace_type', values: ['', 'commonWorkspace'] }],
    // A location may list the workspaces of those inside it, too.
    parent: { name: 'room_locations', parameters: { location_id: 'id' } },
    primaryKey: ['id'],
    tombstones: true,
  },
];
