import { describe, expect, test } from '@jest/globals';
import type { StreamDeclaration } from '../src/streams/declaration.ts';
import { families, listings, streams } from '../src/streams/index.ts';
import { type AnyEndpoint, problemsOfEndpoint, routeOf } from './double-entry/endpoint.ts';
import { problemsOfParent } from './double-entry/parent.ts';
import { problemsOfStream } from './double-entry/stream.ts';
import { fixtureOf, readFixtures } from './emulator/endpoint.ts';
import { promisedStream, promisedStreams } from './harness/promised.ts';

/* Declarations and fixtures are written from Zoom's documents, each without the other. Here they meet. */

const fixtures = readFixtures();

interface Asked {
  readonly name: string;
  readonly endpoint: AnyEndpoint;
  /** Codes that mean that a row of the parent's is no more. */
  readonly gone: readonly number[];
}

/** Every endpoint that is declared: streams' and listings' own, and what is read instead. */
const asked: readonly Asked[] = [...streams, ...listings].flatMap((declaration) => {
  if (!('path' in declaration)) return [];
  const { name, fallback } = declaration;
  return [
    { name, endpoint: declaration, gone: goneOf(declaration) },
    ...(fallback === undefined
      ? []
      : [{ name: `${name}, fallback`, endpoint: fallback, gone: goneOf(fallback) }]),
  ];
});

function goneOf({ parent }: AnyEndpoint): readonly number[] {
  const above = [...streams, ...listings].find(({ name }) => name === parent?.name);
  if (above === undefined || !('path' in above)) return [];
  return [...(above.gone ?? []), ...goneOf(above)];
}

/** The collection whose rows a stream or a listing gives. */
function collectionOf(name: string): string {
  const declaration = [...streams, ...listings].find((other) => other.name === name);
  if (declaration === undefined || !('path' in declaration)) throw new Error(`nothing lists ${name}`);
  const route = routeOf(fixtures, declaration.path);
  return route.endpoint.rows ?? route.name;
}

function problemsOf({ endpoint, gone }: Pick<Asked, 'endpoint' | 'gone'>): readonly string[] {
  const route = routeOf(fixtures, endpoint.path);
  const answers = [...(endpoint.answers ?? []), ...gone.map((code) => ({ code, action: 'skip' as const }))];
  return [
    ...problemsOfEndpoint({ ...endpoint, answers }, route),
    ...problemsOfParent(endpoint, route, fixtures, collectionOf),
  ];
}

test.each(asked)('$name is asked for as Zoom documents it', (declared) => {
  expect(problemsOf(declared)).toEqual([]);
});

test.each(streams)('$name is what was promised', (stream) => {
  const { fixture, endpoint } = promisedStream(stream.name);
  expect(problemsOfStream(stream, endpoint)).toEqual([]);
  if ('path' in stream) expect(routeOf(fixtures, stream.path).name).toBe(fixture);
  else expect(promisedStream(stream.parent.name).fixture).toBe(fixture);
});

test('what is promised is declared, and every fixture is asked for', () => {
  expect(
    promisedStreams()
      .map(({ promise }) => promise.name)
      .sort(),
  ).toEqual(streams.map(({ name }) => name).sort());
  const used = new Set(asked.map(({ endpoint }) => routeOf(fixtures, endpoint.path).name));
  expect(Object.keys(fixtures).filter((name) => !used.has(name))).toEqual([]);
});

test('every stream is of one family', () => {
  expect(Object.values(families).flat()).toEqual(streams);
});

describe('a declaration that says something else is noticed', () => {
  const find = (name: string) =>
    streams.find((stream) => stream.name === name) as StreamDeclaration & AnyEndpoint;
  const sessionsOfUser = find('chat_messages').parent ?? { name: '', parameters: {} };
  const today = { at: 'now', format: 'date' } as const;
  const endpoints: readonly (readonly [string, Partial<AnyEndpoint>, string])[] = [
    ['users', { rateLimit: 'light' }, 'label: "light" is declared, "medium" documented'],
    [
      'users',
      { scopes: { granular: ['user:read:users:admin'], classic: [] } },
      'scope user:read:users:admin',
    ],
    [
      'users',
      { scopes: { granular: [], classic: ['user:read:admin'] } },
      'none of user:read:list_users:admin',
    ],
    ['users', { records: 'people' }, 'records: "people" is declared, "users" documented'],
    ['users', { pageSize: 2001 }, 'page size 2001 of 2000'],
    ['users', { pageSize: 0 }, 'page size 0 of 2000'],
    ['meetings', { pageSize: 300 }, 'page size 300, without pages'],
    ['users', { query: { include: 'host_key' } }, 'parameter include'],
    ['users', { query: { include_fields: 'custom' } }, 'include_fields=custom'],
    ['users', { values: [{ parameter: 'status', values: ['all'] }] }, 'value all'],
    ['users', { values: [{ parameter: 'state', values: ['active'] }] }, 'parameter state'],
    ['report_history_meetings', { query: {} }, 'filters by start_time, not by end_time'],
    [
      'report_history_meetings',
      { window: { maxDays: 28, marginDays: 1, format: 'date', keptMonths: 6 } },
      'a window of 30 days, where 28 are documented',
    ],
    [
      'report_history_meetings',
      { window: { maxDays: 26, format: 'date-time', keptMonths: 6 } },
      'instants, where days are documented',
    ],
    [
      'report_history_meetings',
      { window: { maxDays: 26, format: 'date' } },
      'keptMonths: undefined is declared, 6 documented',
    ],
    ['users', { window: { maxDays: 26, format: 'date' } }, 'a window'],
    [
      'phone_sms_sessions',
      { query: { session_type: 'all' } },
      'rows whose own time lies outside, without filter_type=sent_received_message_time',
    ],
    [
      'phone_sms_messages',
      { parent: { name: 'phone_sms_sessions', parameters: { session_id: 'session_id' } } },
      'sameWindow: false is declared, true documented',
    ],
    [
      'archive_files',
      { window: { maxDays: 8, format: 'date-time' } },
      'a window of 8 days, where 7 are documented',
    ],
    ['archive_files', { window: { maxDays: 7, format: 'date' } }, 'days, where instants are documented'],
    ['archive_files', { query: {} }, 'filters by start_time, not by complete_time'],
    [
      'report_daily',
      { window: { maxDays: 28, format: 'date', keptMonths: 6 } },
      'days, where months are documented',
    ],
    [
      'report_cloud_recording',
      { window: { maxDays: 28, format: 'month' } },
      'months, where days are documented',
    ],
    [
      'report_cloud_recording',
      { window: { maxDays: 28, format: 'date', keptMonths: 6 } },
      'until: undefined is declared, "yesterday" documented',
    ],
    [
      'report_users',
      { window: { maxDays: 28, format: 'date', keptMonths: 6 } },
      'sums: false is declared, true documented',
    ],
    [
      'report_cloud_recording',
      { window: { maxDays: 1, format: 'date', sumsByDay: 'date' } },
      'sums: true is declared, false documented',
    ],
    [
      'survey_answers',
      { window: { maxDays: 365, format: 'date-time' } },
      'window.parameters: ["from","to"] is declared, ["submit_time_start","submit_time_end"] documented',
    ],
    [
      'metrics_meeting_participants',
      { parent: { name: 'metrics_meetings', parameters: { meeting_uuid: 'uuid' } } },
      'parent.parameters.type: undefined is declared, "type" documented',
    ],
    [
      'recording_registrants',
      { parent: { name: 'recordings', parameters: { meeting_uuid: 'uuid' } } },
      'parent: "recordings" is declared, "recording_settings" documented',
    ],
    [
      'phone_call_logs',
      { legacyRecords: { field: 'logs', copy: {} } },
      'legacyRecords: {"field":"logs","copy":{}} is declared, {"field":"call_logs","copy":{"call_history_uuid":"id"}} documented',
    ],
    [
      'chat_messages',
      { parent: { ...sessionsOfUser, parameters: { user_id: 'user_id', to_channel: 'channel_id' } } },
      'parent.parameters.to_contact: [] is declared, ["peer_contact_member_id","peer_contact_user_id","peer_contact_email"] documented',
    ],
    [
      'chat_messages',
      { parent: { ...sessionsOfUser, partition: [['channel_id']] } },
      'partition: [["channel_id"]] is declared, [["channel_id"],["user_id","peer_contact_member_id"],["user_id","peer_contact_user_id"],["user_id","peer_contact_email"]] documented',
    ],
    [
      'report_chat_messages',
      { query: { include_fields: 'edited_messages', query_all_modifications: true } },
      'list deleted_messages is not asked for',
    ],
    [
      'report_chat_messages',
      { query: { include_fields: 'edited_messages,deleted_messages' } },
      'lists are not filtered by action_timestamp,action_timestamp',
    ],
    [
      'report_chat_messages',
      { lists: { adds: 'list', of: {} } },
      'lists: [] is declared, ["\\"deleted_messages\\"","\\"edited_messages\\"","\\"messages\\""] documented',
    ],
    ['past_meeting_participants', { answers: [] }, 'no answer for 3001'],
    [
      'contact_group_members',
      { answers: [{ code: 300, says: 'is invalid', action: 'skip' }] },
      'no answer for 300',
    ],
    [
      'phone_user_call_history',
      { answers: [{ code: 300, says: 'Invalid', action: 'skip' }] },
      'no answer for 300',
    ],
    [
      'past_meeting_participants',
      { parent: { name: 'users', parameters: { meeting_uuid: 'meeting_uuid' } } },
      'parent: "users" is declared, "report_history_meetings" documented',
    ],
    [
      'past_meeting_participants',
      { parent: { name: 'report_history_meetings', parameters: { meeting_uuid: 'meeting_id' } } },
      'parent.parameters give meetingId no meeting_uuid',
    ],
    ['recording_participant_audio_files', { emptyWith: [] }, 'emptyWith: false is declared, true documented'],
    ['recording_participant_audio_files', { emptyWith: ['files'] }, 'emptyWith files'],
    ['users', { emptyWith: ['page_size'] }, 'emptyWith: true is declared, false documented'],
    [
      'phone_user_profile',
      { parent: { name: 'phone_users', parameters: { user_id: 'id' } } },
      'only: [] is declared, ["{\\"field\\":\\"status\\",\\"notIn\\":[\\"pending\\"]}"] documented',
    ],
    [
      'phone_user_profile',
      { parent: { name: 'phone_users', parameters: { user_id: 'phone_user_id' } } },
      'parent.parameters',
    ],
    ['trusted_domains', { strings: 'name' }, 'strings: "name" is declared, "domain" documented'],
    [
      'metrics_zoomroom',
      { records: 'meetings' },
      'records: "meetings" is declared, "past_meetings.meetings" documented',
    ],
    [
      'room_settings',
      { values: [{ parameter: 'setting_type', values: ['meeting', 'alert'], adds: 'setting_type' }] },
      'value "signage" is not asked for',
    ],
    [
      'phone_user_policies',
      { values: [{ parameter: 'policy_type', values: ['calls'], adds: 'policy_type' }] },
      'value calls',
    ],
    [
      'phone_user_policies',
      { values: [{ parameter: 'policy', values: ['allow_emergency_calls'], adds: 'policy_type' }] },
      'values.parameter in the path: false is declared, true documented',
    ],
    ['report_upcoming_events', { query: { type: 'all' } }, 'from is required'],
    [
      'report_upcoming_events',
      { query: { from: today, to: { ...today, plusDays: 40 } } },
      'a range of 40 days, where 28 are documented',
    ],
    [
      'report_upcoming_events',
      { query: { from: { ...today, at: 'start' }, to: today } },
      'a range of Infinity days, where 28 are documented',
    ],
    [
      'report_upcoming_events',
      { query: { from: { ...today, format: 'date-time' }, to: today } },
      'a range by date-time, where date is documented',
    ],
    ['chat_user_sessions', { query: {} }, 'no range'],
    [
      'chat_user_sessions',
      { query: { from: { at: 'start', format: 'date-time' }, to: today } },
      'keptMonths: undefined is declared, 6 documented',
    ],
    ['users', { query: { from: today, to: today } }, 'a range'],
    [
      'phone_billing_accounts',
      { parent: { name: 'phone_sites', parameters: { site_id: 'id' }, without: 'also' } },
      'without: "also" is declared, "instead" documented',
    ],
    [
      'phone_setting_templates',
      { parent: { name: 'phone_sites', parameters: { site_id: 'id' } } },
      'without: undefined is declared, "also" documented',
    ],
    [
      'phone_auto_receptionist_ivr',
      { answers: [{ code: 400, says: 'was deleted', action: 'skip' }] },
      'no answer for 400',
    ],
    [
      'workspaces',
      { parent: { name: 'room_locations', parameters: { location: 'id' } } },
      'location_id is required',
    ],
    [
      'workspaces',
      { parent: { name: 'room_locations', parameters: { location_id: 'parent_location_id' } } },
      'parent.parameters give location_id no id',
    ],
    [
      'past_meeting_qa',
      { parent: { name: 'report_history_meetings', parameters: { meeting_uuid: 'meeting_uuid' } } },
      'parent.query: {} is declared, {"report_type":"qa"} documented',
    ],
  ];
  test.each(endpoints)('%s with %j', (name, change, problem) => {
    expect(problemsOf({ endpoint: { ...find(name), ...change } as AnyEndpoint, gone: [] })).toContain(
      problem,
    );
  });

  test('a parent whose rows all have children, where some have none', () => {
    const { only: _, ...parent } = find('past_meeting_participants').parent ?? { name: '', parameters: {} };
    const endpoint = { ...find('past_meeting_participants'), parent } as AnyEndpoint;
    expect(problemsOf({ endpoint, gone: [] }).join()).toMatch(/only: \[\] is declared/);
  });

  test('rows that are asked for by the time of their parent, where the declaration has no window', () => {
    const { window: _, ...endpoint } = find('recording_analytics_summary');
    expect(problemsOf({ endpoint, gone: [] })).toContain('anchored: false is declared, true documented');
  });

  const promises: readonly (readonly [string, object, string])[] = [
    ['users', { kind: 'windowed' }, 'kind'],
    ['users', { primaryKey: ['email'] }, 'key'],
    ['users', { recordHash: [['id']] }, 'record_hash'],
    ['report_history_meetings', { cursor: 'start_time' }, 'cursor'],
    ['report_history_meetings', { lookbackDays: 1 }, 'lookback'],
    ['users', { tombstones: false }, 'tombstones'],
    ['meetings', { volatile: [] }, 'volatile'],
    ['room_details', { volatile: ['setup.background_image_info[].download_url'] }, 'volatile'],
    ['meetings', { sensitive: ['agenda'] }, 'sensitive'],
    ['past_meeting_participants', { parent: { name: '', parameters: {}, adds: {} } }, 'adds'],
    ['recording_files', { list: 'files' }, 'list'],
    ['report_chat_messages', { lists: { adds: 'kind', of: {} } }, 'lists.adds'],
    ['report_chat_messages', { lists: { adds: 'list', of: {} } }, 'lists.cursor'],
    ['report_users', { window: { maxDays: 1, format: 'date', sumsByDay: 'day' } }, 'sumsByDay'],
    ['users', { values: [{ parameter: 'status', values: [], adds: 'status', unset: 'x' }] }, 'values.adds'],
    ['users', { values: [{ parameter: 'status', values: [], adds: 'status', unset: 'x' }] }, 'values.unset'],
    ['report_billing', { envelope: [] }, 'envelope'],
  ];
  test.each(promises)('%s with %j', (name, change, what) => {
    const stream = { ...find(name), ...change } as StreamDeclaration;
    const problems = problemsOfStream(stream, fixtureOf(fixtures, promisedStream(name).fixture));
    expect(problems.map((problem) => problem.split(':')[0])).toContain(what);
  });
});
