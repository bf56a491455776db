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
    // No such channel, as the paths below one channel say it.
    gone: [4130, 5306],
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  {
    kind: 'snapshot',
    name: 'chat_user_sessions',
    path: '/chat/users/{user_id}/sessions',
    records: 'sessions',
    rateLimit: 'medium',
    scopes: {
      granular: ['team_chat:read:list_user_sessions:admin', 'team_chat:read:list_user_sessions'],
      classic: ['chat_message:read:admin', 'chat_message:read'],
    },
    needs: ['Role with View or Edit permission for Chat Messages'],
    pageSize: 50,
    // Zoom shows the conversations of today unless it is given a range; a row has no time, so that it is no window of a cursor.
    // Unverified: how far back it answers; other reports of chats keep six months.
    query: {
      from: { at: 'start', format: 'date-time', keptMonths: 6 },
      to: { at: 'now', format: 'date-time' },
    },
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'record_hash'],
    // A channel has its id, a conversation of two the other person's; who is of another account may lack the user id.
    recordHash: [
      ['channel_id'],
      ['peer_contact_member_id'],
      ['peer_contact_user_id'],
      ['peer_contact_email'],
    ],
  },
  {
    kind: 'snapshot',
    name: 'chat_contacts',
    // Zoom has it for apps of single users only.
    path: '/chat/users/me/contacts',
    records: 'contacts',
    rateLimit: 'medium',
    scopes: { granular: ['team_chat:read:list_contacts'], classic: ['chat_contact:read'] },
    pageSize: 50,
    // The default, `company`, hides people of other accounts.
    values: [{ parameter: 'type', values: ['company', 'external'], adds: 'type' }],
    // `id` is empty for people of other accounts.
    primaryKey: ['member_id'],
  },
];
