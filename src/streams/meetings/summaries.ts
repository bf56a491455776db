import type { StreamDeclaration } from '../declaration.ts';

/** Summaries that AI Companion made of meetings and webinars. */
export const summaries: readonly StreamDeclaration[] = [
  {
    kind: 'windowed',
    name: 'meeting_summaries',
    path: '/meetings/meeting_summaries',
    records: 'summaries',
    rateLimit: 'medium',
    scopes: { granular: ['meeting:read:list_summaries:admin'], classic: ['meeting_summary:read:admin'] },
    needs: ['AI Companion', 'Pro or higher'],
    query: { time_filter_field: 'summary_created_time' },
    // Zoom documents no longest range.
    window: { maxDays: 28, format: 'date-time' },
    answers: [
      // Turned off, kept to e-mail or to some addresses by the account's settings, or no right to host meetings.
      { code: 3000, action: 'unavailable' },
      { code: 2305, action: 'unavailable' },
      { code: 3161, action: 'unavailable' },
    ],
    primaryKey: ['meeting_uuid', 'summary_created_time'],
    // Zoom filters by no time of change: what is edited later is not seen.
    cursor: 'summary_created_time',
    lookbackDays: 3,
  },
  {
    kind: 'derived',
    name: 'meeting_summary',
    path: '/meetings/{meeting_uuid}/meeting_summary',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:summary:admin', 'meeting:read:summary'],
      classic: ['meeting_summary:read:admin', 'meeting_summary:read'],
    },
    needs: ['AI Companion', 'Pro or higher'],
    parent: {
      name: 'meeting_summaries',
      parameters: { meeting_uuid: 'meeting_uuid' },
      // The body has a summary_created_time of its own.
      adds: { listed_summary_created_time: 'summary_created_time' },
    },
    answers: [
      { code: 2305, says: 'moved to Trash', action: 'skip' },
      // The account's settings keep summaries to e-mail or to some addresses.
      { code: 2305, action: 'unavailable' },
      { code: 3001, action: 'skip' },
    ],
    primaryKey: ['meeting_uuid'],
    cursor: 'listed_summary_created_time',
    lookbackDays: 3,
  },
];
