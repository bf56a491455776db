import type { StreamDeclaration } from './declaration.ts';

export const recordings: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
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
      parent: { name: 'users', parameters: { user_id: 'id' } },
      // This user has no recordings.
      answers: [{ code: 3301, action: 'skip' }],
    },
    primaryKey: ['uuid'],
    cursor: 'start_time',
    lookbackDays: 3,
  },
  {
    kind: 'embedded',
    name: 'recording_files',
    parent: { name: 'recordings', adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' } },
    list: 'recording_files',
    primaryKey: ['meeting_uuid', 'record_hash'],
    // Timelines and closed captions have no id.
    recordHash: [['id'], ['file_type', 'recording_start']],
    cursor: 'meeting_start_time',
    lookbackDays: 3,
  },
];
