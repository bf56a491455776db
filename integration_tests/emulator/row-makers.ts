import type { Row } from './endpoint.ts';
import { exampleRow } from './example-row.ts';
import { dayMs, toInstant } from './instant.ts';
import type { Random } from './random.ts';
import { makeUuid } from './vary.ts';

/* New rows of a believable account: every documented field of the example, with what tells them apart. */

/** What rows are made from. */
export interface Maker {
  readonly random: Random;
  /** Ms since the epoch: the account's history ends here. */
  readonly now: number;
  /** How far back the history goes. */
  readonly days: number;
  /** A number that no other row has. */
  count(): number;
}

const people = [
  'Mara Lindqvist',
  'Jonas Weber',
  'Aiko Tanabe',
  'Luis Ferreira',
  'Nadia Haddad',
  'Tom Okafor',
  'Ines Moreau',
  'Piotr Zielak',
];
const topics = [
  'Weekly planning',
  'Budget review',
  'Café & crème — tasting',
  'Roadmap',
  'Interview',
  'Support hand-over',
];

export function nameOf(number: number): string {
  return people[number % people.length] ?? '';
}

export function makeUser(maker: Maker): Row {
  const number = maker.count();
  const name = nameOf(number);
  const [first_name, last_name] = name.split(' ');
  return {
    ...exampleRow('users', maker.now),
    id: maker.random.bytes(16).toString('base64url'),
    email: `user${number}@example.com`,
    first_name,
    last_name,
    display_name: name,
    created_at: before(maker, 400),
    user_created_at: before(maker, 500),
    last_login_time: before(maker, 5),
    pmi: 5_550_000_000 + number,
    host_key: `canary-host-key-${number}`,
  };
}

/** The body of a scheduled meeting; `listMeeting` makes the row of it that lists have. */
export function makeMeeting(maker: Maker, host: Row): Row {
  const number = maker.count();
  const id = 81_000_000_000 + number;
  return {
    ...exampleRow('meetings', maker.now),
    id,
    uuid: makeUuid(maker.random),
    host_id: host['id'],
    host_email: host['email'],
    topic: topicOf(number),
    created_at: before(maker, 60),
    start_time: before(maker, -10),
    password: `canary-password-${id}`,
    join_url: `https://example.com/j/${id}?pwd=canary-join-pwd-${id}`,
    registration_url: `https://example.com/meeting/register/${id}?tk=canary-registration-tk-${id}`,
  };
}

/** The meeting as lists have it: the documented fields of a list row alone. */
export function listMeeting(meeting: Row): Row {
  const row = exampleRow('scheduled_meetings');
  for (const field of Object.keys(row)) if (field in meeting) row[field] = meeting[field];
  row['agenda'] = String(row['agenda']).slice(0, 250);
  return row;
}

export function makePastMeeting(maker: Maker, host: Row | undefined, changes: Row): Row {
  const number = maker.count();
  const end = Date.parse(String(changes['end_time'] ?? somewhen(maker)));
  const minutes = maker.random.integer(10, 90);
  return {
    ...exampleRow('report_history_meetings', maker.now),
    meeting_uuid: makeUuid(maker.random),
    meeting_id: 82_000_000_000 + number,
    host_email: host?.['email'] ?? 'host@example.com',
    host_display_name: host?.['display_name'] ?? 'Somebody',
    topic: topicOf(number),
    start_time: toInstant(end - minutes * 60_000),
    end_time: toInstant(end),
    create_time: toInstant(end - dayMs),
    duration: minutes,
    ...changes,
  };
}

export function makeRecording(maker: Maker, host: Row | undefined, accountId: string, changes: Row): Row {
  const number = maker.count();
  return {
    ...exampleRow('recordings', maker.now),
    uuid: makeUuid(maker.random),
    id: 83_000_000_000 + number,
    account_id: accountId,
    host_id: host?.['id'],
    topic: topicOf(number),
    start_time: somewhen(maker),
    recording_count: 0,
    recording_files: [],
    ...changes,
  };
}

/** A file without `id` where `changes` says so: time lines and captions have none. */
export function makeRecordingFile(maker: Maker, recording: Row, changes: Row): Row {
  const number = maker.count();
  const [example] = exampleRow('recordings', maker.now)['recording_files'] as Row[];
  const file: Row = {
    ...example,
    id: `file-${number}`,
    meeting_id: recording['uuid'],
    recording_start: recording['start_time'],
    download_url: `https://example.com/rec/download/${number}`,
    play_url: `https://example.com/rec/play/${number}`,
    ...changes,
  };
  if (file['id'] === undefined) delete file['id'];
  return file;
}

/** What a recording in the cloud consists of when it has been processed; the last two have no `id`. */
export const usualFiles: readonly Row[] = [
  { file_type: 'MP4' },
  { file_type: 'M4A', file_extension: 'M4A', recording_type: 'audio_only' },
  { id: undefined, file_type: 'TIMELINE', file_extension: 'JSON', recording_type: 'timeline' },
  { id: undefined, file_type: 'CC', file_extension: 'VTT', recording_type: 'closed_caption' },
];

export function makeCall(maker: Maker, changes: Row): Row {
  const number = maker.count();
  const end = Date.parse(String(changes['end_time'] ?? somewhen(maker)));
  const seconds = maker.random.integer(5, 1800);
  return {
    ...exampleRow('phone_call_logs', maker.now),
    call_history_uuid: `20261001-${maker.random.bytes(12).toString('hex')}`,
    call_id: String(7_400_000_000_000_000_000n + BigInt(number)),
    start_time: toInstant(end - seconds * 1000),
    answer_time: toInstant(end - seconds * 1000 + 4000),
    end_time: toInstant(end),
    duration: seconds,
    recording_status: number % 3 === 0 ? 'recorded' : 'non_recorded',
    ...changes,
  };
}

function topicOf(number: number): string | undefined {
  return topics[number % topics.length];
}

function somewhen(maker: Maker): string {
  return before(maker, maker.random.next() * maker.days);
}

function before({ now }: Maker, days: number): string {
  return toInstant(now - days * dayMs - 60_000);
}
