import type { StreamDeclaration } from './declaration.ts';

const reportScopes = ['report_chat:read:admin', 'imchat:read:admin'];
// Zoom answers one month at most, the margin counted in, in a time zone that it does not name.
const reportWindow = { maxDays: 26, marginDays: 1, format: 'date', keptMonths: 6 } as const;
// What becomes of a message again and again is told by when it was done.
const modification = { recordHash: [['id', 'action_timestamp']], cursor: 'action_timestamp' } as const;

export const chatConversations: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'report_chat_sessions',
    path: '/report/chat/sessions',
    records: 'sessions',
    rateLimit: 'medium',
    scopes: { granular: ['report:read:list_chat_sessions:admin'], classic: reportScopes },
    needs: ['Pro or higher', 'role with Report Chat permission'],
    window: reportWindow,
    primaryKey: ['id'],
    cursor: 'last_message_sent_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'report_chat_messages',
    path: '/report/chat/sessions/{session_id}',
    records: 'messages',
    lists: {
      adds: 'list',
      of: {
        messages: { recordHash: [['id']], cursor: 'date_time' },
        edited_messages: modification,
        deleted_messages: modification,
      },
    },
    rateLimit: 'medium',
    scopes: { granular: ['report:read:chat_session:admin'], classic: reportScopes },
    needs: ['Pro or higher', 'role with Report Chat permission'],
    pageSize: 100,
    query: {
      include_fields: 'edited_messages,deleted_messages',
      include_bot_message: true,
      include_reactions: true,
      // Edits and deletions by when they were made: otherwise those of older messages were never met.
      query_all_modifications: true,
    },
    window: reportWindow,
    parent: {
      name: 'report_chat_sessions',
      parameters: { session_id: 'id' },
      adds: { session_id: 'id' },
      sameWindow: true,
    },
    primaryKey: ['session_id', 'list', 'record_hash'],
    cursor: 'changed_time',
    lookbackDays: 3,
  },
  {
    kind: 'windowed',
    name: 'chat_messages',
    path: '/chat/users/{user_id}/messages',
    records: 'messages',
    rateLimit: 'medium',
    scopes: {
      granular: ['team_chat:read:list_user_messages:admin', 'team_chat:read:list_user_messages'],
      classic: ['chat_message:read:admin', 'chat_message:read'],
    },
    needs: ['Role with Edit permission for Chat Messages'],
    pageSize: 50,
    // Zoom leaves both out unless it is told otherwise.
    query: { include_deleted_and_edited_message: true },
    // Unverified: how long a range may be.
    window: { maxDays: 28, format: 'date-time', keptMonths: 6 },
    parent: {
      name: 'chat_user_sessions',
      parameters: {
        user_id: 'user_id',
        to_channel: 'channel_id',
        to_contact: ['peer_contact_member_id', 'peer_contact_user_id', 'peer_contact_email'],
      },
      // All members of a channel list it, and have the same messages there.
      partition: [
        ['channel_id'],
        ['user_id', 'peer_contact_member_id'],
        ['user_id', 'peer_contact_user_id'],
        ['user_id', 'peer_contact_email'],
      ],
      adds: {
        channel_id: 'channel_id',
        user_id: 'user_id',
        peer_contact_member_id: 'peer_contact_member_id',
      },
    },
    answers: [
      { code: 1001, action: 'skip' },
      { code: 1010, action: 'skip' },
      { code: 1120, action: 'skip' },
      { code: 4130, action: 'skip' },
    ],
    primaryKey: ['id'],
    cursor: 'date_time',
    lookbackDays: 3,
  },
];
