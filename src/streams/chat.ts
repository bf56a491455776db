import type { StreamDeclaration } from './declaration.ts';

export const chat: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'chat_user_channels',
    path: '/chat/users/{user_id}/channels',
    records: 'channels',
    rateLimit: 'medium',
    scopes: {
      granular: ['team_chat:read:list_user_channels:admin', 'team_chat:read:list_user_channels'],
      classic: ['chat_channel:read:admin', 'chat_channel:read'],
    },
    pageSize: 1000,
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
];
