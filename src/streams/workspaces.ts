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
    needs: ['Workspace Reservation'],
    // Zoom documents no maximum.
    pageSize: 100,
    // Without a type Zoom lists desks and rooms only.
    values: [{ parameter: 'workspace_type', values: ['', 'commonWorkspace'] }],
    // A location may list the workspaces of those inside it, too.
    parent: { name: 'room_locations', parameters: { location_id: 'id' } },
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    kind: 'windowed',
    name: 'workspace_reservations',
    path: '/workspaces/{workspace_id}/reservations',
    records: 'reservations',
    rateLimit: 'medium',
    scopes: {
      granular: ['workspace:read:list_reservations:admin', 'workspace:read:list_reservations'],
      classic: ['workspace:read:admin', 'workspace:read'],
    },
    needs: ['Workspace Reservation'],
    pageSize: 0,
    // Zoom documents no longest range. What is to come is read when its day has come.
    window: { maxDays: 14, format: 'date-time' },
    parent: { name: 'workspaces', parameters: { workspace_id: 'id' }, adds: { workspace_id: 'id' } },
    // The workspace is no more: documented for the workspace itself.
    answers: [{ code: 8204, action: 'skip' }],
    primaryKey: ['workspace_id', 'id'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
];
