import type { Label } from '../emulator/endpoint.ts';
import {
  always,
  details,
  eachDay,
  type Formula,
  hints,
  list,
  listOnce,
  onceEach,
  recent,
  settling,
  sum,
  together,
  windows,
  windowsOf,
} from './formula.ts';

type Bounds = Readonly<
  Record<string, Readonly<Partial<Record<Label, Readonly<Record<`/${string}`, Formula>>>>>>
>;

/** The most that each endpoint may cost, by family and label: written from what Zoom documents and the contract wants. */
export const bounds: Bounds = {
  accounts: {
    LIGHT: {
      '/accounts/{accountId}/managed_domains': list('managed_domains'),
      '/accounts/{accountId}/trusted_domains': list('trusted_domains'),
    },
    MEDIUM: {
      '/roles': list('roles', { times: 2 }),
      '/roles/{roleId}/members': details('roles'),
      '/surveys': list('surveys', { size: 100 }),
      '/surveys/{surveyId}/answers': windowsOf('surveys'),
      '/accounts/{accountId}/settings': always(5),
      '/accounts/{accountId}/lock_settings': always(2),
      '/tracking_fields': list('tracking_fields'),
    },
  },
  users: {
    LIGHT: {
      '/users/{userId}': details('users'),
      '/users/{userId}/permissions': details('users'),
      '/divisions': list('divisions', { size: 300 }),
      '/divisions/{divisionId}/users': details('divisions'),
    },
    MEDIUM: {
      // Active, inactive and pending.
      '/users': list('users and invited', { size: 2000, times: 3 }),
      '/users/summary': always(1),
      // In four parts.
      '/users/{userId}/settings': details('users', 4),
      '/users/{userId}/assistants': details('users'),
      '/users/{userId}/schedulers': details('users'),
      '/users/{userId}/meeting_templates': details('users'),
      '/groups': list('groups', { size: 300 }),
      '/groups/{groupId}/members': details('groups'),
      '/groups/{groupId}/admins': details('groups'),
      '/groups/{groupId}/settings': details('groups', 4),
      '/contacts/groups': list('contact_groups', { size: 50 }),
      '/contacts/groups/{groupId}/members': details('contact_groups'),
    },
  },
  meetings: {
    LIGHT: {
      // Registrants and their questions are asked by what they say.
      '/meetings/{meetingId}': hints('meetings'),
      '/meetings/{meetingId}/polls': details('meetings'),
      '/meetings/{meetingId}/survey': details('meetings'),
      '/meetings/{meetingId}/registrants/questions': details('meetings with registration'),
      '/meetings/{meetingId}/meeting_summary': recent('meeting_summaries', 3),
      '/past_meetings/{meetingId}': recent('past meetings', 3),
      '/users/{userId}/pac': details('users'),
      '/tsp': always(1),
    },
    MEDIUM: {
      '/users/{userId}/meetings': hints('users'),
      '/users/{userId}/upcoming_meetings': details('users'),
      '/users/{userId}/tsp': details('users'),
      // Pending, approved, denied.
      '/meetings/{meetingId}/registrants': details('meetings with registration', 3),
      '/meetings/meeting_summaries': windows('meeting_summaries', { size: 300, lookback: 3 }),
      '/past_meetings/{meetingId}/instances': details('meetings'),
      '/past_meetings/{meetingId}/participants': recent('past meetings', 3),
      '/past_meetings/{meetingId}/polls': recent('past meetings with polls', 3),
      '/past_meetings/{meetingId}/qa': recent('past meetings with Q&A', 3),
    },
  },
  webinars: {
    LIGHT: {
      '/webinars/{webinarId}': hints('webinars'),
      '/webinars/{webinarId}/polls': details('webinars'),
      '/webinars/{webinarId}/survey': details('webinars'),
      '/webinars/{webinarId}/registrants/questions': details('webinars with registration'),
      '/past_webinars/{webinarId}/instances': details('webinars'),
    },
    MEDIUM: {
      '/users/{userId}/webinars': sum(hints('users'), details('users with a webinar plan')),
      '/webinars/{webinarId}/panelists': details('webinars'),
      '/webinars/{webinarId}/registrants': details('webinars with registration', 3),
      '/webinars/{webinarId}/tracking_sources': details('webinars with registration'),
      '/past_webinars/{webinarId}/participants': recent('past webinars', 3),
      '/past_webinars/{webinarId}/polls': recent('past webinars with polls', 3),
      '/past_webinars/{webinarId}/qa': recent('past webinars with Q&A', 3),
    },
    HEAVY: { '/past_webinars/{webinarId}/absentees': onceEach('past webinars with registration') },
  },
  recordings: {
    LIGHT: {
      '/meetings/{meetingId}/recordings': recent('recordings', 3),
      '/meetings/{meetingId}/recordings/settings': settling('recordings', 28),
    },
    MEDIUM: {
      '/accounts/me/recordings': windows('recordings', { size: 300, lookback: 28, windows: 2 }),
      '/archive_files': windows('archive_files', { size: 300, lookback: 3 }),
      '/meetings/{meetingId}/transcript': recent('report_history_meetings', 3),
      '/meetings/{meetingId}/recordings/analytics_summary': settling('recordings', 28),
      '/meetings/{meetingId}/recordings/analytics_details': settling('recordings', 28, 2),
      '/meetings/{meetingId}/recordings/registrants': settling('recordings on demand', 28, 3),
    },
  },
  reports: {
    HEAVY: {
      // Once for all, and once each for those with Q&A and those with a survey.
      '/report/history_meetings': windows('report_history_meetings', {
        size: 300,
        times: 3,
        lookback: 3,
        margin: 1,
      }),
      '/report/meetings/{meetingId}': onceEach('past meetings'),
      '/report/meetings/{meetingId}/participants': onceEach('past meetings of several'),
      '/report/meetings/{meetingId}/polls': onceEach('past meetings with polls'),
      '/report/meetings/{meetingId}/qa': onceEach('past meetings with Q&A'),
      '/report/meetings/{meetingId}/survey': onceEach('past meetings with a survey'),
      '/report/webinars/{webinarId}': onceEach('past webinars'),
      '/report/webinars/{webinarId}/participants': onceEach('past webinars'),
      '/report/webinars/{webinarId}/polls': onceEach('past webinars with polls'),
      '/report/webinars/{webinarId}/qa': onceEach('past webinars with Q&A'),
      '/report/webinars/{webinarId}/survey': onceEach('past webinars with a survey'),
      // A month at a time: two where one has just begun.
      '/report/daily': always(2),
      '/report/users': eachDay(3),
      '/report/users/{userId}/meetings': windowsOf('users', 2),
      '/report/telephone': windows('report_telephone', { size: 300, times: 3, lookback: 3, margin: 1 }),
      '/report/cloud_recording': always(1),
      '/report/activities': windows('report_activities', { size: 300, lookback: 3, margin: 1 }),
      '/report/operationlogs': windows('report_operation_logs', { size: 300, lookback: 3, margin: 1 }),
      '/report/meeting_activities': windows('report_meeting_activities', {
        size: 300,
        lookback: 3,
        margin: 1,
      }),
      '/report/remote_support': windows('report_remote_support', { size: 300, lookback: 3, margin: 1 }),
      '/report/disclaimer': windows('report_disclaimer', { size: 300, lookback: 3, margin: 1 }),
      '/report/upcoming_events': listOnce('report_upcoming_events', { size: 300 }),
      '/report/billing': always(1),
      '/report/billing/invoices': details('report_billing'),
    },
  },
  dashboards: {
    HEAVY: {
      '/metrics/meetings/{meetingId}/participants': onceEach('metrics_meetings'),
      // Pages of ten people.
      '/metrics/meetings/{meetingId}/participants/qos': onceEach('metrics_meetings'),
      '/metrics/webinars/{webinarId}/participants': onceEach('metrics_webinars'),
      '/metrics/zoomrooms/{zoomroomId}': windowsOf('metrics_zoomrooms'),
      '/metrics/issues/zoomrooms': eachDay(3),
      '/metrics/quality': eachDay(3, 2),
      '/metrics/client/feedback': eachDay(3),
      '/metrics/client/satisfaction': always(1),
      '/metrics/client_versions': list('metrics_client_versions'),
      '/metrics/crc': always(1),
    },
    'RESOURCE-INTENSIVE': {
      // Of several people, and of one.
      '/metrics/meetings': windows('metrics_meetings', { size: 300, times: 2, lookback: 3, margin: 1 }),
      '/metrics/webinars': windows('metrics_webinars', { size: 300, lookback: 3, margin: 1 }),
      '/metrics/zoomrooms': list('metrics_zoomrooms', { size: 300 }),
      '/metrics/chat': eachDay(3),
    },
  },
  phone: {
    LIGHT: {
      '/phone/account_settings': always(1),
      '/phone/auto_receptionists/{autoReceptionistId}/ivr': details('phone_auto_receptionists', 2),
      '/phone/call_history/{callHistoryUuid}': recent('phone_call_logs', 1),
      '/phone/external_contacts': list('phone_external_contacts', { size: 300 }),
      '/phone/locations': together('phone_sites'),
      '/phone/setting_templates': together('phone_sites', 1, 1),
      '/phone/users/{userId}': details('phone_users'),
      '/phone/users/{userId}/settings': details('phone_users'),
      '/phone/voice_mails/{voicemailId}': recent('phone_voicemails', 1),
    },
    MEDIUM: {
      // Activated, deactivated, pending.
      '/phone/users': list('phone_users', { size: 100, times: 3 }),
      '/phone/users/{userId}/policies/{policyType}': details('phone_users'),
      '/phone/users/{userId}/call_history': windowsOf('phone_users'),
      '/phone/alert_settings': list('phone_alert_settings', { size: 100 }),
      '/phone/auto_receptionists': list('phone_auto_receptionists', { size: 100 }),
      '/phone/billing_accounts': together('phone_sites'),
      '/phone/blocked_list': list('phone_blocked_list', { size: 100 }),
      '/phone/call_queue_analytics': eachDay(3),
      '/phone/call_queues': list('phone_call_queues', { size: 100 }),
      '/phone/call_queues/{callQueueId}/members': details('phone_call_queues'),
      '/phone/calling_plans': always(1),
      '/phone/common_areas': list('phone_common_areas', { size: 100 }),
      '/phone/devices': list('phone_devices', { size: 300, times: 2 }),
      '/phone/emergency_addresses': list('phone_emergency_addresses', { size: 300 }),
      '/phone/group_call_pickup': list('phone_group_call_pickup', { size: 300 }),
      '/phone/monitoring_groups': list('phone_monitoring_groups', { size: 100 }),
      '/phone/private_directory/members': together('phone_sites'),
      '/phone/provision_templates': list('phone_provision_templates', { size: 300 }),
      '/phone/recordings': windows('phone_recordings', { size: 300, lookback: 1, margin: 1 }),
      '/phone/roles': list('phone_roles'),
      '/phone/rooms': list('phone_rooms', { size: 100 }),
      '/phone/routing_rules': together('phone_sites', 1, 1),
      '/phone/shared_line_groups': list('phone_shared_line_groups', { size: 300 }),
      '/phone/sites': list('phone_sites', { size: 300 }),
      '/phone/sms/sessions': windows('phone_sms_sessions', { size: 100, lookback: 1, windows: 2, margin: 1 }),
      '/phone/sms/sessions/{sessionId}': windowsOf('phone_sms_sessions'),
    },
    HEAVY: {
      // Not recorded, recorded.
      '/phone/call_history': windows('phone_call_logs', { size: 300, times: 2, lookback: 1 }),
      '/phone/voice_mails': windows('phone_voicemails', { size: 300, times: 2, lookback: 1 }),
      '/phone/fax/logs': windows('phone_fax_logs', { size: 300, lookback: 1 }),
      '/phone/metrics/past_calls': windows('phone_metrics_past_calls', { size: 100, lookback: 1 }),
      '/phone/reports/call_charges': windows('phone_call_charges', { size: 300, lookback: 3, margin: 1 }),
      '/phone/reports/sms_charges': windows('phone_sms_charges', { size: 300, lookback: 3, margin: 1 }),
      // More days than a window has.
      '/phone/reports/fax_charges': windows('phone_fax_charges', {
        size: 300,
        lookback: 34,
        windows: 2,
        margin: 1,
      }),
      '/phone/reports/operationlogs': windows('phone_operation_logs', { size: 300, lookback: 3, margin: 1 }),
    },
  },
  numbers: {
    LIGHT: {
      '/number_management/numbers': list('nm_numbers', { size: 200 }),
      '/number_management/numbers/{phoneNumberId}': details('nm_numbers'),
      '/number_management/peering_numbers': list('nm_peering_numbers', { size: 300 }),
      '/number_management/plan': list('nm_plans', { size: 200, times: 2 }),
      '/number_management/ported_numbers/orders': listOnce('nm_ported_orders', { size: 100 }),
      '/number_management/sip_groups': list('nm_sip_groups', { size: 300, times: 2 }),
      '/number_management/sip_trunks': list('nm_sip_trunks', { size: 100, times: 2 }),
      '/number_management/sms_campaigns': list('nm_sms_campaigns', { size: 300 }),
    },
    MEDIUM: { '/number_management/sms_consent': list('nm_sms_consent', { size: 300 }) },
  },
  chat: {
    // The day, and those before and after it, fifteen rows a page.
    LIGHT: { '/chat/activities/channels': eachDay(1, 3) },
    MEDIUM: {
      // A channel that nobody lists any more is proven gone by a second look at everybody's, and one that a user lost at theirs.
      '/chat/users/{userId}/channels': sum(together('users'), always(1)),
      '/chat/users/{userId}/sessions': hints('users'),
      '/chat/channels': list('chat_channels', { size: 20 }),
      '/chat/channels/{channelId}/members': details('chat_channels'),
      '/chat/users/{userId}/channels/{channelId}/members': details('channels of users'),
      '/chat/spaces': list('chat_spaces', { size: 50 }),
      '/im/groups': list('im_groups'),
      '/im/groups/{groupId}/members': details('im_groups'),
      '/report/chat/sessions': windows('report_chat_sessions', { size: 300, lookback: 3, margin: 1 }),
      '/report/chat/sessions/{sessionId}': windowsOf('report_chat_sessions'),
      '/chat/users/{userId}/messages': windowsOf('conversations'),
    },
  },
  rooms: {
    MEDIUM: {
      // Assigned, and not.
      '/rooms': list('rooms', { size: 300, times: 2 }),
      '/rooms/{roomId}': details('rooms'),
      '/rooms/{id}/settings': details('rooms', 4),
      '/rooms/{roomId}/devices': details('rooms'),
      '/rooms/{roomId}/sensor_data': windowsOf('rooms'),
      '/rooms/locations': list('room_locations', { size: 300 }),
      '/rooms/tags': list('room_tags', { size: 300 }),
    },
  },
  devices: {
    MEDIUM: {
      '/h323/devices': list('h323_devices', { size: 300 }),
      '/sip_phones/phones': list('sip_phones', { size: 300 }),
    },
    // Enrolled or not, of rooms or of phones.
    HEAVY: { '/devices': list('devices', { size: 300, times: 4 }) },
  },
  workspaces: {
    MEDIUM: {
      '/workspaces': together('room_locations', 2),
      '/workspaces/{workspaceId}/reservations': windowsOf('workspaces'),
    },
  },
};

/** Endpoints whose calls count with those of another one: who has no plan for webinars is asked by one of both, whichever comes first. */
const countedWith: Readonly<Record<string, string>> = {
  // Zoom publishes no label; the emulator answers that of the other.
  '/users/{userId}/webinar_templates': '/users/{userId}/webinars',
};

/** What one endpoint may cost, whatever its family; undefined for one that has no bound. */
export function boundOf(asked: string, label: string) {
  const template = countedWith[asked] ?? asked;
  for (const [family, byLabel] of Object.entries(bounds)) {
    const formula = (byLabel as Record<string, Record<string, Formula> | undefined>)[label]?.[template];
    if (formula !== undefined) return { family, template, formula };
  }
  return undefined;
}
