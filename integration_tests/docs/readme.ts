import { families, streams } from '../../src/streams/index.ts';
import { classic, granular, neededScopes } from './needed-scopes.ts';
import { asBlock, asCode } from './sections.ts';
import { describeRow } from './stream-reference.ts';

/** What each family holds, for somebody who looks for something. */
const familyTitles: Readonly<Record<string, string>> = {
  accounts: 'settings of the account, roles, surveys, domains',
  users: 'users, their settings and permissions, groups, divisions, contact groups',
  meetings: 'scheduled and ended meetings, participants, registrants, polls, Q&A, surveys, AI summaries',
  webinars: 'scheduled and ended webinars, panelists, registrants, absentees, polls, Q&A, surveys',
  recordings: 'cloud recordings and their files, who saw them, transcripts, archives',
  reports:
    "Zoom's reports: ended meetings and webinars, participants, operations, sign-ins, telephony, bills",
  dashboards: 'quality of meetings, webinars, rooms and clients, stay by stay',
  phone: 'calls, recordings, voicemails, SMS, faxes, charges; users, queues, receptionists, devices, sites',
  chat: 'channels, members, conversations and messages of Team Chat',
  rooms: 'Zoom Rooms, their devices, settings, sensors and locations',
  devices: 'room devices, H.323 and SIP devices, SIP phones',
  workspaces: 'desks and rooms that can be booked, and their reservations',
  numbers: 'phone numbers, plans, porting, SIP trunks, SMS campaigns',
};

const mostWanted = [
  'users',
  'meetings',
  'report_history_meetings',
  'past_meeting_participants',
  'meeting_registrants',
  'webinars',
  'recordings',
  'recording_files',
  'phone_call_logs',
  'report_operation_logs',
];

/** What many people set the connector up for, and the streams that it takes. */
const needs: Readonly<Record<string, readonly string[]>> = {
  'Meetings and who came': [
    'users',
    'meetings',
    'meeting_registrants',
    'report_history_meetings',
    'past_meeting_participants',
  ],
  'Webinars and who came': [
    'users',
    'webinars',
    'webinar_registrants',
    'webinar_absentees',
    'report_history_meetings',
  ],
  'Cloud recordings': ['users', 'recordings', 'recording_files'],
  'Phone calls': ['phone_users', 'phone_call_logs', 'phone_voicemails'],
  'Users, groups and roles': ['users', 'pending_users', 'groups', 'group_members', 'roles', 'role_members'],
};

/** A row a family, and one for each of the streams that most people want. */
export function writeFamilies(): string {
  const rows = Object.entries(families).map(
    ([family, members]) =>
      `| [${family}](docs/streams.md#family-${family}) | ${members.length} | ${familyTitles[family] ?? fail(family)} |`,
  );
  const wanted = mostWanted.map(
    (name) => `| [\`${name}\`](docs/streams.md#${name}) | ${withoutStop(describeRow(name))} |`,
  );
  return [
    `${streams.length} streams in ${rows.length} families; [docs/streams.md](docs/streams.md) has each with its key, cursor, cost and scopes.`,
    ['| Family | Streams | What |', '|---|---|---|', ...rows].join('\n'),
    'Those that most people want:',
    ['| Stream | A row is |', '|---|---|', ...wanted].join('\n'),
  ].join('\n\n');
}

/** The scopes of everything, and of what many people set the connector up for. */
export function writeUsualScopes(): string {
  const usual = Object.entries(needs).map(([need, names]) => {
    const members = names.map((name) => streams.find((stream) => stream.name === name) ?? fail(name));
    return `**${need}** (\`--streams ${names.join(',')}\`)\n\n${asBlock(neededScopes(members, granular))}`;
  });
  const all = neededScopes(streams, granular);
  return [
    ...usual,
    `<details><summary><b>Everything</b> (${all.length} scopes; an app that was made with classic scopes: ${neededScopes(streams, classic).length})</summary>`,
    asBlock(all),
    `Classic: ${neededScopes(streams, classic).map(asCode).join(' ')}`,
    '</details>',
  ].join('\n\n');
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

function fail(name: string): never {
  throw new Error(`nothing is said of ${name}`);
}
