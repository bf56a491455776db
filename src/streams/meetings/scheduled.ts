import type { Listing, StreamDeclaration } from '../declaration.ts';

export const meetingListings: readonly Listing[] = [
  {
    name: 'scheduled_meetings',
    path: '/users/{user_id}/meetings',
    records: 'meetings',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_meetings:admin', 'meeting:read:list_meetings'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    query: { type: 'scheduled' },
    parent: { name: 'users', parameters: { user_id: 'id' } },
    // This user has no licence to host meetings.
    answers: [{ code: 3161, action: 'skip' }],
    gone: [3001],
  },
];

/** Meetings to come, and what is set up for them. */
export const scheduled: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'meetings',
    path: '/meetings/{meeting_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:meeting:admin', 'meeting:read:meeting'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    // Without it the past occurrences of a recurring meeting vanish from its body one by one.
    query: { show_previous_occurrences: true },
    parent: { name: 'scheduled_meetings', parameters: { meeting_id: 'id' } },
    answers: [
      { code: 3000, action: 'skip' },
      { code: 3161, action: 'skip' },
    ],
    primaryKey: ['id'],
    // The host's start link holds a credential that is minted for each call.
    volatile: ['start_url'],
  },
  {
    kind: 'snapshot',
    name: 'meeting_registrants',
    path: '/meetings/{meeting_id}/registrants',
    records: 'registrants',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_registrants:admin', 'meeting:read:list_registrants'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    // Zoom lists one status a call, approved ones unless told otherwise. Pending is where people move from.
    values: [{ parameter: 'status', values: ['pending', 'approved', 'denied'] }],
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [{ code: 3161, action: 'skip' }],
    primaryKey: ['meeting_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'meeting_registration_questions',
    path: '/meetings/{meeting_id}/registrants/questions',
    rateLimit: 'light',
    scopes: {
      granular: [
        'meeting:read:list_registration_questions:admin',
        'meeting:read:list_registration_questions',
      ],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    parent: {
      name: 'meetings',
      parameters: { meeting_id: 'id' },
      adds: { meeting_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [{ code: 3161, action: 'skip' }],
    primaryKey: ['meeting_id'],
  },
  {
    kind: 'snapshot',
    name: 'meeting_polls',
    path: '/meetings/{meeting_id}/polls',
    records: 'polls',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:list_polls:admin', 'meeting:read:list_polls'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    pageSize: 0,
    parent: { name: 'scheduled_meetings', parameters: { meeting_id: 'id' }, adds: { meeting_id: 'id' } },
    answers: [
      { code: 3161, action: 'skip' },
      // Polls are turned off for this host.
      { code: 4400, action: 'skip' },
      // This meeting has no polls.
      { code: 404, action: 'skip' },
    ],
    primaryKey: ['meeting_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'meeting_survey',
    path: '/meetings/{meeting_id}/survey',
    rateLimit: 'light',
    scopes: {
      granular: ['meeting:read:survey:admin', 'meeting:read:survey'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Pro or higher'],
    parent: { name: 'scheduled_meetings', parameters: { meeting_id: 'id' }, adds: { meeting_id: 'id' } },
    answers: [
      // Surveys are turned off for this host.
      { code: 3000, action: 'skip' },
      { code: 3161, action: 'skip' },
      // Zoom's other way of saying 3001; the code alone may blame a parameter.
      { code: 300, says: 'does not exist', action: 'skip' },
    ],
    primaryKey: ['meeting_id'],
  },
  {
    kind: 'snapshot',
    name: 'upcoming_meetings',
    path: '/users/{user_id}/upcoming_meetings',
    records: 'meetings',
    rateLimit: 'medium',
    scopes: {
      granular: ['meeting:read:list_upcoming_meetings:admin', 'meeting:read:list_upcoming_meetings'],
      classic: ['meeting:read:admin', 'meeting:read'],
    },
    needs: ['Calendar integration for invitations from elsewhere'],
    pageSize: 0,
    parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
    // Here it is the user who does not exist.
    answers: [{ code: 3001, action: 'skip' }],
    primaryKey: ['user_id', 'record_hash'],
    // Occurrences share an id, which an invitation from another calendar may lack. Meetings become past, which is no deletion.
    recordHash: [['id', 'start_time'], ['topic', 'start_time'], ['id']],
  },
];
