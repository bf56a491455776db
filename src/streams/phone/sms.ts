import type { StreamDeclaration } from '../declaration.ts';

// Zoom filters by any message of a conversation, and its row tells the time of the last one alone: whole days, and one more
// on both sides. 26 days are a month in February too, the margin counted in.
const sessionWindow = { maxDays: 26, marginDays: 1, format: 'date' } as const;
// Unless it is told otherwise, Zoom hides the conversations of queues and receptionists, and those that went on later.
const sessionQuery = { session_type: 'all', filter_type: 'sent_received_message_time' };

export const sms: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_sms_sessions',
    path: '/phone/sms/sessions',
    records: 'sms_sessions',
    rateLimit: 'medium',
    scopes: {
      granular: ['phone:read:list_sms_sessions:admin', 'phone:read:list_sms_sessions'],
      classic: ['phone:read:admin', 'phone_sms:read:admin', 'phone_sms:read'],
    },
    needs: ['Zoom Phone licence'],
    pageSize: 100,
    query: sessionQuery,
    window: sessionWindow,
    fallback: {
      path: '/phone/users/{user_id}/sms/sessions',
      records: 'sms_sessions',
      rateLimit: 'medium',
      scopes: {
        granular: ['phone:read:list_sms_sessions:admin', 'phone:read:list_sms_sessions'],
        classic: ['phone:read:admin', 'phone_sms:read:admin', 'phone:read', 'phone_sms:read'],
      },
      pageSize: 100,
      query: sessionQuery,
      window: sessionWindow,
      parent: { name: 'users', parameters: { user_id: 'id' } },
      answers: [{ code: 1001, action: 'skip' }],
    },
    primaryKey: ['session_id'],
    cursor: 'last_access_time',
    lookbackDays: 1,
  },
  {
    kind: 'windowed',
    name: 'phone_sms_messages',
    path: '/phone/sms/sessions/{session_id}',
    records: 'sms_histories',
    rateLimit: 'medium',
    scopes: {
      granular: ['phone:read:sms_session:admin', 'phone:read:sms_session'],
      classic: ['phone:read:admin', 'phone_sms:read:admin', 'phone:read', 'phone_sms:read'],
    },
    needs: ['Zoom Phone licence'],
    pageSize: 100,
    query: { sort: 1 },
    window: { maxDays: 26, format: 'date-time' },
    parent: {
      name: 'phone_sms_sessions',
      parameters: { session_id: 'session_id' },
      adds: { session_id: 'session_id' },
      sameWindow: true,
    },
    // Zoom's word for a conversation that it cannot show.
    answers: [{ code: 7013, action: 'skip' }],
    primaryKey: ['session_id', 'message_id'],
    cursor: 'date_time',
    lookbackDays: 1,
  },
];
