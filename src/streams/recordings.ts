import type { Answer, StreamDeclaration } from './declaration.ts';

/** Unverified: which of these Zoom answers where the host was deleted. */
const hostIsGone: readonly Answer[] = [
  { code: 1001, action: 'skip' },
  { code: 1010, action: 'skip' },
];

/** Unverified: which of these Zoom answers below a recording that was deleted, or whose host was. */
const recordingIsGone: readonly Answer[] = [...hostIsGone, { code: 3301, action: 'skip' }];

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
    needs: ['Cloud Recording', 'Pro or higher'],
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
  {
    kind: 'derived',
    name: 'recording_participant_audio_files',
    path: '/meetings/{meeting_uuid}/recordings',
    records: 'participant_audio_files',
    // Without a separate file for each participant Zoom leaves the list out.
    emptyWith: ['recording_files'],
    rateLimit: 'light',
    scopes: {
      granular: [
        'cloud_recording:read:list_recording_files:admin',
        'cloud_recording:read:list_recording_files',
      ],
      // The first one is what Zoom documents, odd as it is.
      classic: ['phone_recording:read:admin', 'recording:read'],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    pageSize: 0,
    parent: {
      name: 'recordings',
      parameters: { meeting_uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
    },
    answers: recordingIsGone,
    primaryKey: ['meeting_uuid', 'record_hash'],
    recordHash: [['id'], ['file_name', 'recording_start']],
    cursor: 'meeting_start_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'meeting_transcript',
    path: '/meetings/{meeting_uuid}/transcript',
    rateLimit: 'medium',
    scopes: {
      granular: ['cloud_recording:read:meeting_transcript:admin', 'cloud_recording:read:meeting_transcript'],
      classic: ['recording:read:admin', 'recording:read'],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    // Nothing tells which meetings and webinars have one: AI Companion makes it without a recording, too.
    parent: {
      name: 'report_history_meetings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_end_time: 'end_time' },
    },
    answers: [
      // There is none, or none yet.
      { code: 3322, action: 'not_ready', forDays: 3 },
      ...hostIsGone,
    ],
    primaryKey: ['meeting_uuid'],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'recording_analytics_summary',
    path: '/meetings/{meeting_uuid}/recordings/analytics_summary',
    records: 'analytics_summary',
    scopes: {
      granular: [
        'cloud_recording:read:recording_analytics_summary:admin',
        'cloud_recording:read:recording_analytics_summary',
      ],
      classic: [],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    pageSize: 0,
    window: { maxDays: 28, format: 'date' },
    parent: {
      name: 'recordings',
      parameters: { meeting_uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
    },
    answers: recordingIsGone,
    primaryKey: ['meeting_uuid', 'date'],
    cursor: 'meeting_start_time',
    // Recordings are watched for weeks.
    lookbackDays: 28,
  },
  {
    kind: 'derived',
    name: 'recording_analytics_details',
    path: '/meetings/{meeting_uuid}/recordings/analytics_details',
    records: 'analytics_details',
    scopes: {
      granular: [
        'cloud_recording:read:recording_analytics_details:admin',
        'cloud_recording:read:recording_analytics_details',
      ],
      classic: [],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    values: [{ parameter: 'type', values: ['by_view', 'by_download'], adds: 'type' }],
    // Zoom answers one month at most: 28 days are one in February too.
    window: { maxDays: 28, format: 'date' },
    parent: {
      name: 'recordings',
      parameters: { meeting_uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
    },
    answers: recordingIsGone,
    primaryKey: ['meeting_uuid', 'type', 'record_hash'],
    // Who is not signed in has no e-mail, and perhaps no name.
    recordHash: [['date_time', 'email', 'name'], ['date_time', 'name'], ['date_time']],
    cursor: 'meeting_start_time',
    // Recordings are watched for weeks.
    lookbackDays: 28,
  },
  {
    kind: 'derived',
    name: 'recording_settings',
    path: '/meetings/{meeting_uuid}/recordings/settings',
    rateLimit: 'light',
    scopes: {
      granular: ['cloud_recording:read:recording_settings:admin', 'cloud_recording:read:recording_settings'],
      classic: ['recording:read:admin', 'recording:read'],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    parent: {
      name: 'recordings',
      parameters: { meeting_uuid: 'uuid' },
      adds: { meeting_uuid: 'uuid', meeting_start_time: 'start_time' },
    },
    answers: recordingIsGone,
    primaryKey: ['meeting_uuid'],
    cursor: 'meeting_start_time',
    lookbackDays: 28,
  },
  {
    kind: 'derived',
    name: 'recording_registrants',
    // Unverified: documented for the number of a meeting, which would mean its latest instance; its siblings take the UUID.
    path: '/meetings/{meeting_uuid}/recordings/registrants',
    records: 'registrants',
    rateLimit: 'medium',
    scopes: {
      granular: [
        'cloud_recording:read:list_recording_registrants:admin',
        'cloud_recording:read:list_recording_registrants',
      ],
      classic: ['recording:read:admin', 'recording:read'],
    },
    needs: ['Cloud Recording', 'Pro or higher'],
    values: [{ parameter: 'status', values: ['pending', 'approved', 'denied'] }],
    parent: {
      name: 'recording_settings',
      parameters: { meeting_uuid: 'meeting_uuid' },
      adds: { meeting_uuid: 'meeting_uuid', meeting_start_time: 'meeting_start_time' },
      only: [{ field: 'on_demand', in: [true] }],
    },
    answers: recordingIsGone,
    primaryKey: ['meeting_uuid', 'id'],
    cursor: 'meeting_start_time',
    // People register for weeks.
    lookbackDays: 28,
  },
  {
    kind: 'windowed',
    name: 'archive_files',
    path: '/archive_files',
    records: 'meetings',
    rateLimit: 'medium',
    scopes: { granular: ['archiving:read:list_archived_files:admin'], classic: ['recording:read:admin'] },
    needs: ['Meeting and Webinar Archiving'],
    query: { query_date_type: 'archive_complete_time' },
    window: { maxDays: 7, format: 'date-time' },
    primaryKey: ['uuid'],
    cursor: 'complete_time',
    lookbackDays: 3,
  },
];
