import type { StreamDeclaration } from './declaration.ts';

export const recordings: readonly StreamDeclaration[] = [
  {
    name: 'recordings',
    path: '/accounts/me/recordings',
    records: 'meetings',
    scopes: {
      granular: ['cloud_recording:read:list_account_recordings:admin'],
      classic: ['recording:read:admin'],
    },
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date' },
    fallback: {
      path: '/users/{user_id}/recordings',
      records: 'meetings',
      rateLimit: 'medium',
      scopes: {
        granular: [
          'cloud_recording:read:list_user_recordings:admin',
          'cloud_recording:read:list_user_recordings',
        ],
        classic: ['recording:read:admin', 'recording:read'],
      },
      window: { maxDays: 28, format: 'date' },
      parent: { name: 'users', fields: { user_id: 'id' } },
      answers: [
        { code: 1001, action: 'skip' },
        { code: 1010, action: 'skip' },
        { code: 3301, action: 'skip' },
      ],
    },
    primaryKey: ['uuid'],
    incremental: { kind: 'windowed', cursor: 'start_time', lookbackDays: 3 },
  },
  {
    name: 'recording_files',
    path: '/accounts/me/recordings',
    scopes: {
      granular: ['cloud_recording:read:list_account_recordings:admin'],
      classic: ['recording:read:admin'],
    },
    parent: { name: 'recordings', fields: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' } },
    embedded: 'recording_files',
    primaryKey: ['meeting_uuid', 'record_hash'],
    incremental: { kind: 'windowed', cursor: 'meeting_start_time', lookbackDays: 3 },
    inject: ['meeting_uuid', 'meeting_start_time'],
    // Timelines and closed captions have no id.
    recordHash: [['id'], ['file_type', 'recording_start']],
  },
];
