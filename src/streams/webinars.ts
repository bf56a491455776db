import type { Listing, StreamDeclaration } from './declaration.ts';

/*
 * Zoom's code 200 has two meanings here: this host has no webinar plan, or the role or the account may not see webinars at
 * all ("No permission."). The words tell them apart.
 */

export const webinarListings: readonly Listing[] = [
  {
    name: 'scheduled_webinars',
    path: '/users/{user_id}/webinars',
    records: 'webinars',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_webinars:admin', 'webinar:read:list_webinars'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    // Zoom documents the page token in the answer only, and takes it.
    query: { type: 'scheduled' },
    parent: { name: 'users', parameters: { user_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    gone: [3001],
  },
];

export const webinars: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'webinars',
    path: '/webinars/{webinar_id}',
    rateLimit: 'light',
    scopes: {
      granular: ['webinar:read:webinar:admin', 'webinar:read:webinar'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: 'Webinar add-on',
    // Without it the past occurrences of a recurring webinar vanish from its body one by one.
    query: { show_previous_occurrences: true },
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['id'],
    // The host's start link holds a credential that is minted for each call.
    volatile: ['start_url'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_panelists',
    path: '/webinars/{webinar_id}/panelists',
    records: 'panelists',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_panelists:admin', 'webinar:read:list_panelists'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: 'Webinar add-on',
    pageSize: 0,
    parent: { name: 'scheduled_webinars', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'snapshot',
    name: 'webinar_registrants',
    path: '/webinars/{webinar_id}/registrants',
    records: 'registrants',
    rateLimit: 'medium',
    scopes: {
      granular: ['webinar:read:list_registrants:admin', 'webinar:read:list_registrants'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: 'Webinar add-on',
    // Zoom lists one status a call, approved ones unless told otherwise. Pending is where people move from.
    values: [{ parameter: 'status', values: ['pending', 'approved', 'denied'] }],
    parent: {
      name: 'webinars',
      parameters: { webinar_id: 'id' },
      adds: { webinar_id: 'id' },
      // 2: no registration.
      only: [{ field: 'settings.approval_type', notIn: [2] }],
    },
    answers: [{ code: 200, says: 'Webinar plan is missing', action: 'unlicensed' }],
    primaryKey: ['webinar_id', 'id'],
  },
  {
    kind: 'derived',
    name: 'webinar_absentees',
    path: '/past_webinars/{webinar_uuid}/absentees',
    records: 'registrants',
    rateLimit: 'heavy',
    scopes: {
      granular: ['webinar:read:list_absentees:admin', 'webinar:read:list_absentees'],
      classic: ['webinar:read:admin', 'webinar:read'],
    },
    needs: 'Webinar add-on',
    parent: {
      name: 'report_history_meetings',
      parameters: { webinar_uuid: 'meeting_uuid' },
      adds: { webinar_uuid: 'meeting_uuid', webinar_id: 'meeting_id', webinar_end_time: 'end_time' },
      only: [
        { field: 'type', in: ['Webinar'] },
        { field: 'feature_used.registration', in: [true] },
      ],
    },
    answers: [
      { code: 3001, action: 'not_ready', forDays: 3 },
      // Ended too long ago.
      { code: 12702, action: 'skip' },
      // Nobody had to register.
      { code: 3000, action: 'skip' },
    ],
    primaryKey: ['webinar_uuid', 'id'],
    cursor: 'webinar_end_time',
    lookbackDays: 3,
  },
];
