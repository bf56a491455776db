import { type Collection, toCollection } from './collection.ts';
import { exampleRow, type Row } from './endpoint.ts';
import { createRandom, type Random } from './random.ts';

export interface AccountOptions {
  readonly seed?: number;
  /** Ms since the epoch: the account's history ends here. */
  readonly now?: number;
  readonly activeUsers?: number;
  readonly inactiveUsers?: number;
  readonly pendingUsers?: number;
  readonly meetingsPerUser?: number;
  readonly pastMeetings?: number;
  readonly participantsPerMeeting?: number;
  readonly recordings?: number;
  readonly calls?: number;
  /** How far back the history goes. */
  readonly days?: number;
  /** Which of Zoom's two arrays call history comes in. */
  readonly callArrays?: 'both' | 'old' | 'new';
}

const dayMs = 86_400_000;
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

/** What a Zoom account holds. Changes show in the next answer. */
export class Account {
  readonly id = 'Hq7yPk2DTsqV9uFkWz3Nmw';
  readonly options: Required<AccountOptions>;
  readonly #random: Random;
  readonly #users: Row[] = [];
  /** What each user sees listed: a meeting may be listed by more than one. */
  readonly #listed = new Map<string, Row[]>();
  readonly #meetings = new Map<string, Row>();
  readonly #past: Row[] = [];
  readonly #participants = new Map<string, Row[]>();
  readonly #recordings: Row[] = [];
  readonly #calls: Row[] = [];
  /** Big collections that are made as they are asked for, in place of the rows above. */
  readonly lazy = new Map<string, Collection & { readonly sortedBy: string }>();
  /** Participants of meetings that exist as lazy rows only. */
  lazyParticipants: ((uuid: string) => readonly Row[]) | undefined;
  #counter = 0;

  constructor(options: AccountOptions = {}) {
    this.options = {
      seed: 1,
      now: Date.now(),
      activeUsers: 12,
      inactiveUsers: 3,
      pendingUsers: 2,
      meetingsPerUser: 2,
      pastMeetings: 40,
      participantsPerMeeting: 4,
      recordings: 24,
      calls: 60,
      days: 150,
      callArrays: 'both',
      ...options,
    };
    this.#random = createRandom(this.options.seed);
    this.#fill();
  }

  /** The account as it is now, which later changes do not reach. */
  clone(): Account {
    const copy = new Account({
      ...this.options,
      activeUsers: 0,
      inactiveUsers: 0,
      pendingUsers: 0,
      pastMeetings: 0,
      recordings: 0,
      calls: 0,
    });
    copy.#users.push(...structuredClone(this.#users));
    copy.#past.push(...structuredClone(this.#past));
    copy.#recordings.push(...structuredClone(this.#recordings));
    copy.#calls.push(...structuredClone(this.#calls));
    for (const [key, rows] of this.#listed) copy.#listed.set(key, structuredClone(rows));
    for (const [key, row] of this.#meetings) copy.#meetings.set(key, structuredClone(row));
    for (const [key, rows] of this.#participants) copy.#participants.set(key, structuredClone(rows));
    return copy;
  }

  // What there is.

  /** All rows of a collection, as a perfect reader would have them. */
  rows(name: string): readonly Row[] {
    switch (name) {
      case 'users':
        return this.#users.filter(({ status }) => status !== 'pending');
      case 'pending_users':
        return this.#users.filter(({ status }) => status === 'pending');
      case 'all_users':
        return this.#users;
      case 'meetings': {
        const listed = new Set([...this.#listed.values()].flat().map(({ id }) => String(id)));
        return [...this.#meetings.values()].filter(({ id }) => listed.has(String(id)));
      }
      case 'report_history_meetings':
        return this.#past;
      case 'recordings':
        return this.#recordings;
      case 'phone_call_logs':
        return this.#calls;
      default:
        throw new Error(`no collection ${name}`);
    }
  }

  collection(name: string): Collection & { readonly sortedBy?: string } {
    return this.lazy.get(name) ?? toCollection(name === 'users' ? this.#users : this.rows(name));
  }

  user(id: string): Row | undefined {
    return this.#users.find((user) => user['id'] === id);
  }

  listedBy(userId: string): readonly Row[] {
    return this.#listed.get(userId) ?? [];
  }

  meeting(id: string): Row | undefined {
    return this.#meetings.get(id);
  }

  recordingsOf(userId: string): readonly Row[] {
    return this.#recordings.filter(({ host_id }) => host_id === userId);
  }

  /** An instance by its UUID, or the latest one of a meeting by its number. */
  instance(idOrUuid: string): Row | undefined {
    const byUuid = this.#past.find(({ meeting_uuid }) => meeting_uuid === idOrUuid);
    return byUuid ?? this.#past.findLast(({ meeting_id }) => String(meeting_id) === idOrUuid);
  }

  /** `undefined` where Zoom shows no list: webinars have theirs elsewhere, and one-person meetings are hidden. */
  participantsOf(uuid: string): readonly Row[] | undefined {
    if (this.lazyParticipants !== undefined) return this.lazyParticipants(uuid);
    const rows = this.#participants.get(uuid);
    const isWebinar = this.instance(uuid)?.['type'] === 'Webinar';
    return rows === undefined || isWebinar || rows.length < 2 ? undefined : rows;
  }

  // What can change.

  addUser(overrides: Row = {}): Row {
    const number = ++this.#counter;
    const name = people[number % people.length] ?? 'Somebody';
    const [first, last] = name.split(' ');
    const row: Row = {
      ...exampleRow('users'),
      id: this.#random.bytes(16).toString('base64url'),
      email: `user${number}@example.com`,
      first_name: first,
      last_name: last,
      display_name: name,
      created_at: this.#instantBefore(400),
      user_created_at: this.#instantBefore(500),
      last_login_time: this.#instantBefore(5),
      pmi: 5_550_000_000 + number,
      ...overrides,
    };
    if (row['status'] === 'pending') delete row['id'];
    this.#users.push(row);
    return row;
  }

  /** A deleted user vanishes from all listings. */
  removeUser(email: string): void {
    const index = this.#users.findIndex((user) => user['email'] === email);
    const [user] = this.#users.splice(index, 1);
    this.#listed.delete(String(user?.['id']));
  }

  changeUser(email: string, changes: Row): void {
    Object.assign(this.#users.find((user) => user['email'] === email) ?? {}, changes);
  }

  addMeeting(host: Row, overrides: Row = {}): Row {
    const number = ++this.#counter;
    const id = 81_000_000_000 + number;
    const shared = {
      id,
      uuid: this.newUuid(),
      host_id: host['id'],
      topic: topics[number % topics.length],
      created_at: this.#instantBefore(60),
      start_time: this.#instantBefore(-10),
      join_url: `https://example.com/j/${id}?pwd=canary-join-pwd-${id}`,
      ...overrides,
    };
    const body: Row = { ...exampleRow('meetings'), ...shared, host_email: host['email'] };
    body['registration_url'] = `https://example.com/meeting/register/${id}?tk=canary-registration-tk-${id}`;
    this.#meetings.set(String(id), body);
    const listRow = { ...exampleRow('scheduled_meetings'), ...shared };
    // A recurring meeting is listed once for each occurrence.
    const occurrences = shared['type' as keyof typeof shared] === 8 ? 3 : 1;
    this.#list(
      String(host['id']),
      Array.from({ length: occurrences }, () => ({ ...listRow })),
    );
    return body;
  }

  /** Another user who sees the meeting among theirs. */
  shareMeeting(meeting: Row, user: Row): void {
    const { id, uuid, topic, host_id } = meeting;
    this.#list(String(user['id']), [{ ...exampleRow('scheduled_meetings'), id, uuid, topic, host_id }]);
  }

  changeMeeting(id: unknown, changes: Row): void {
    Object.assign(this.#meetings.get(String(id)) ?? {}, changes);
  }

  addPastMeeting(overrides: Row = {}, participants = this.options.participantsPerMeeting): Row {
    const end = Date.parse(
      String(overrides['end_time'] ?? this.#instantBefore(this.#random.next() * this.options.days)),
    );
    const minutes = this.#random.integer(10, 90);
    const host = this.#users[this.#past.length % Math.max(1, this.#users.length)];
    const row: Row = {
      ...exampleRow('report_history_meetings'),
      meeting_uuid: this.newUuid(),
      meeting_id: 82_000_000_000 + ++this.#counter,
      host_email: host?.['email'] ?? 'host@example.com',
      topic: topics[this.#counter % topics.length],
      start_time: toInstant(end - minutes * 60_000),
      end_time: toInstant(end),
      create_time: toInstant(end - dayMs),
      duration: minutes,
      participants,
      ...overrides,
    };
    insertSorted(this.#past, row, 'end_time');
    this.#participants.set(String(row['meeting_uuid']), this.#makeParticipants(row, participants));
    return row;
  }

  addParticipant(uuid: unknown, overrides: Row = {}): Row {
    const meeting = this.instance(String(uuid)) ?? {};
    const row = {
      ...exampleRow('past_meeting_participants'),
      user_id: String(16_000_000 + ++this.#counter),
      join_time: meeting['start_time'],
      leave_time: meeting['end_time'],
      ...overrides,
    };
    const rows = this.#participants.get(String(uuid)) ?? [];
    rows.push(row);
    this.#participants.set(String(uuid), rows);
    return row;
  }

  addRecording(overrides: Row = {}): Row {
    const users = this.rows('users');
    const host = users[this.#recordings.length % Math.max(1, users.length)];
    const start = String(
      overrides['start_time'] ?? this.#instantBefore(this.#random.next() * this.options.days),
    );
    const row: Row = {
      ...exampleRow('recordings'),
      uuid: this.newUuid(),
      id: 83_000_000_000 + ++this.#counter,
      account_id: this.id,
      host_id: host?.['id'],
      topic: topics[this.#counter % topics.length],
      start_time: start,
      recording_files: [],
      ...overrides,
    };
    if ((row['recording_files'] as Row[]).length === 0) this.#addUsualFiles(row);
    insertSorted(this.#recordings, row, 'start_time');
    return row;
  }

  addRecordingFile(recording: Row, overrides: Row = {}): Row {
    const [example] = exampleRow('recordings')['recording_files'] as Row[];
    const file: Row = {
      ...example,
      id: `file-${++this.#counter}`,
      meeting_id: recording['uuid'],
      recording_start: recording['start_time'],
      download_url: `https://example.com/rec/download/${this.#counter}`,
      ...overrides,
    };
    if (file['id'] === undefined) delete file['id'];
    (recording['recording_files'] as Row[]).push(file);
    recording['recording_count'] = (recording['recording_files'] as Row[]).length;
    return file;
  }

  addCall(overrides: Row = {}): Row {
    const end = Date.parse(
      String(overrides['end_time'] ?? this.#instantBefore(this.#random.next() * this.options.days)),
    );
    const seconds = this.#random.integer(5, 1800);
    const row: Row = {
      ...exampleRow('phone_call_logs'),
      call_history_uuid: `20261001-${this.#random.bytes(12).toString('hex')}`,
      call_id: String(7_400_000_000_000_000_000n + BigInt(++this.#counter)),
      start_time: toInstant(end - seconds * 1000),
      answer_time: toInstant(end - seconds * 1000 + 4000),
      end_time: toInstant(end),
      duration: seconds,
      recording_status: this.#counter % 3 === 0 ? 'recorded' : 'non_recorded',
      ...overrides,
    };
    insertSorted(this.#calls, row, 'end_time');
    return row;
  }

  /** 16 bytes in base64; every fourth begins with a slash, has two of them or a plus, as Zoom's do now and then. */
  newUuid(): string {
    const uuid = this.#random.bytes(16).toString('base64');
    switch (this.#random.integer(0, 7)) {
      case 0:
        return `/${uuid.slice(1)}`;
      case 1:
        return `${uuid.slice(0, 5)}//${uuid.slice(7)}`;
      case 2:
        return `${uuid.slice(0, 5)}+/${uuid.slice(7)}`;
      default:
        return uuid;
    }
  }

  #fill(): void {
    const { activeUsers, inactiveUsers, pendingUsers, pastMeetings, recordings, calls } = this.options;
    repeat(activeUsers, () => this.addUser({ status: 'active' }));
    repeat(inactiveUsers, () => this.addUser({ status: 'inactive' }));
    repeat(pendingUsers, () => this.addUser({ status: 'pending' }));
    this.#fillMeetings();
    repeat(pastMeetings, (index) => this.#addUsualPastMeeting(index));
    repeat(recordings, () => this.addRecording());
    repeat(calls, () => this.addCall());
  }

  #fillMeetings(): void {
    const hosts = this.rows('users');
    for (const host of hosts) {
      repeat(this.options.meetingsPerUser, (index) =>
        this.addMeeting(host, { type: index % 2 === 0 ? 2 : 8 }),
      );
    }
    const [shared] = this.rows('meetings');
    if (shared !== undefined && hosts[1] !== undefined) this.shareMeeting(shared, hosts[1]);
  }

  /** Several instances of one number, some webinars, and meetings of one person. */
  #addUsualPastMeeting(index: number): void {
    const special = index % 7 === 0 ? { type: 'Webinar' } : {};
    const overrides = index % 5 === 0 ? { meeting_id: 82_000_000_001 } : special;
    this.addPastMeeting(overrides, index % 11 === 0 ? 1 : this.options.participantsPerMeeting);
  }

  #makeParticipants(meeting: Row, count: number): Row[] {
    const start = Date.parse(String(meeting['start_time']));
    return Array.from({ length: count }, (_, index) => {
      const isGuest = index % 2 === 1;
      // The last one is the first one again, who left and came back.
      const who = index === count - 1 && count > 2 ? 0 : index;
      return {
        ...exampleRow('past_meeting_participants'),
        id: isGuest ? '' : String(this.#users[who % Math.max(1, this.#users.length)]?.['id'] ?? ''),
        user_id: String(16_000_000 + who),
        name: people[who % people.length],
        user_email: isGuest ? '' : `user${who}@example.com`,
        join_time: toInstant(start + index * 61_000),
        leave_time: meeting['end_time'],
        internal_user: !isGuest,
      };
    });
  }

  #addUsualFiles(recording: Row): void {
    this.addRecordingFile(recording, { file_type: 'MP4' });
    this.addRecordingFile(recording, {
      file_type: 'M4A',
      file_extension: 'M4A',
      recording_type: 'audio_only',
    });
    this.addRecordingFile(recording, {
      id: undefined,
      file_type: 'TIMELINE',
      file_extension: 'JSON',
      recording_type: 'timeline',
    });
    this.addRecordingFile(recording, {
      id: undefined,
      file_type: 'CC',
      file_extension: 'VTT',
      recording_type: 'closed_caption',
    });
  }

  #list(userId: string, rows: readonly Row[]): void {
    this.#listed.set(userId, [...this.listedBy(userId), ...rows]);
  }

  #instantBefore(daysAgo: number): string {
    return toInstant(this.options.now - daysAgo * dayMs - 60_000);
  }
}

/** To the second, as Zoom writes instants. */
export function toInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function insertSorted(rows: Row[], row: Row, field: string): void {
  const at = rows.findLastIndex((other) => String(other[field]) <= String(row[field]));
  rows.splice(at + 1, 0, row);
}

function repeat(count: number, work: (index: number) => void): void {
  for (let index = 0; index < count; index += 1) work(index);
}
