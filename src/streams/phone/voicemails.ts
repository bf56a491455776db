import type { StreamDeclaration } from '../declaration.ts';

export const voicemails: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'phone_voicemails',
    path: '/phone/voice_mails',
    records: 'voice_mails',
    rateLimit: 'heavy',
    scopes: {
      granular: ['phone:read:list_voicemails:admin'],
      classic: ['phone:read:admin', 'phone_voicemail:read:admin'],
    },
    needs: ['Business or Enterprise', 'Zoom Phone licence'],
    // Zoom hides the trash unless it is asked for. What is thrown away meanwhile is in the second listing.
    values: [{ parameter: 'trashed', values: ['false', 'true'] }],
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date-time', keptMonths: 6 },
    fallback: {
      path: '/phone/users/{user_id}/voice_mails',
      records: 'voice_mails',
      rateLimit: 'medium',
      scopes: {
        granular: ['phone:read:list_voicemails:admin', 'phone:read:list_voicemails'],
        classic: ['phone:read:admin', 'phone_voicemail:read:admin', 'phone:read', 'phone_voicemail:read'],
      },
      // The same parameter by another name.
      values: [{ parameter: 'trash', values: ['false', 'true'] }],
      window: { maxDays: 28, format: 'date-time', keptMonths: 6 },
      parent: { name: 'users', parameters: { user_id: 'id' } },
    },
    primaryKey: ['id'],
    cursor: 'date_time',
    lookbackDays: 1,
  },
  {
    kind: 'derived',
    name: 'phone_voicemail_details',
    path: '/phone/voice_mails/{voicemail_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['phone:read:voicemail:admin', 'phone:read:voicemail'],
      classic: ['phone:read:admin', 'phone_voicemail:read:admin', 'phone:read', 'phone_voicemail:read'],
    },
    needs: ['Zoom Phone licence'],
    parent: {
      name: 'phone_voicemails',
      parameters: { voicemail_id: 'id' },
      adds: { voicemail_date_time: 'date_time' },
    },
    // The voicemail is no more. Zoom has the same code for values that it cannot read.
    answers: [{ code: 300, says: 'Voice mail does not exist', action: 'skip' }],
    primaryKey: ['id'],
    cursor: 'voicemail_date_time',
    lookbackDays: 1,
  },
];
