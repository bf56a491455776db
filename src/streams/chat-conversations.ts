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
];
