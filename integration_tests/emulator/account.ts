import { type AccountOptions, emptyAccount, usualAccount } from './account-options.ts';
import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import { fillAccount } from './fill-account.ts';
import { makeParticipant, makeParticipants } from './participants.ts';
import { createPlainRows } from './plain-rows.ts';
import { createRandom } from './random.ts';
import * as make from './row-makers.ts';
import { ScheduledMeetings } from './scheduled-meetings.ts';
import { createSortedRows } from './sorted-rows.ts';

export { toInstant } from './instant.ts';

/** What a Zoom account holds: the same for the same options. Changes show in the next answer. */
export class Account {
  readonly id = 'Hq7yPk2DTsqV9uFkWz3Nmw';
  readonly options: Required<AccountOptions>;
  /** Big collections that are made as they are asked for, in place of the rows below. */
  readonly lazy = new Map<string, Collection & { readonly sortedBy: string }>();
  /** Participants of meetings that exist as lazy rows only. */
  lazyParticipants: ((uuid: string) => readonly Row[]) | undefined;
  readonly #maker: make.Maker;
  /** By e-mail: pending users have no id. */
  readonly #users = new Map<string, Row>();
  readonly #usersById = new Map<string, Row>();
  /** Those who are not pending, until something changes. */
  #accepted: readonly Row[] | undefined;
  readonly #meetings = new ScheduledMeetings();
  readonly #past = createSortedRows('end_time');
  readonly #pastByUuid = new Map<string, Row>();
  readonly #participants = new Map<string, Row[]>();
  readonly #recordings = createSortedRows('start_time');
  readonly #calls = createSortedRows('end_time');
  readonly #plain = createPlainRows();
  #counter = 0;

  constructor(options: AccountOptions = {}) {
    this.options = { ...usualAccount, now: Date.now(), ...options };
    const { seed, now, days } = this.options;
    this.#maker = { random: createRandom(seed), now, days, count: () => ++this.#counter };
    fillAccount(this);
  }

  /** The account as it is now, which later changes do not reach. */
  clone(): Account {
    const copy = new Account({ ...this.options, ...emptyAccount });
    for (const user of structuredClone([...this.#users.values()])) copy.#indexUser(user);
    for (const meeting of structuredClone(this.#past.all)) copy.#indexPastMeeting(meeting);
    for (const [uuid, rows] of this.#participants) copy.#participants.set(uuid, structuredClone(rows));
    for (const recording of structuredClone(this.#recordings.all)) copy.#recordings.add(recording);
    for (const call of structuredClone(this.#calls.all)) copy.#calls.add(call);
    this.#meetings.copyTo(copy.#meetings);
    this.#plain.copyTo(copy.#plain);
    return copy;
  }

  // What there is.

  /** All rows of a collection, as a perfect reader would have them. */
  rows(name: string, parentId?: string): readonly Row[] {
    switch (name) {
      case 'users':
        this.#accepted ??= [...this.#users.values()].filter(({ status }) => status !== 'pending');
        return this.#accepted;
      case 'pending_users':
        return [...this.#users.values()].filter(({ status }) => status === 'pending');
      case 'meetings':
        return this.#meetings.all();
      case 'report_history_meetings':
        return this.#past.all;
      case 'recordings':
        return this.#recordings.all;
      case 'phone_call_logs':
        return this.#calls.all;
      default:
        return this.#plain.of(name, parentId);
    }
  }

  /** What an endpoint lists, below a parent where it has one; undefined where Zoom shows no list. */
  collection(name: string, parentId?: string): Collection | undefined {
    const lazy = this.lazy.get(name);
    if (lazy !== undefined) return { ...lazy, isUniform: true };
    switch (name) {
      case 'users':
        return toCollection([...this.#users.values()]);
      case 'scheduled_meetings':
        return toCollection(this.listedBy(parentId ?? ''));
      case 'past_meeting_participants': {
        const rows = this.participantsOf(parentId ?? '');
        return rows === undefined ? undefined : toCollection(rows);
      }
      case 'report_history_meetings':
        return toCollection(this.#past.all, this.#past.field);
      case 'recordings':
        return parentId === undefined
          ? toCollection(this.#recordings.all, this.#recordings.field)
          : toCollection(this.recordingsOf(parentId), this.#recordings.field);
      case 'phone_call_logs':
        return toCollection(this.#calls.all, this.#calls.field);
      default:
        return toCollection(this.rows(name, parentId));
    }
  }

  /** By id, or by e-mail as Zoom allows, too. */
  user(idOrEmail: string): Row | undefined {
    return this.#usersById.get(idOrEmail) ?? this.#users.get(idOrEmail);
  }

  /** What a user sees listed: a meeting may be listed by more than one, and more than once. */
  listedBy(userId: string): readonly Row[] {
    return this.#meetings.listedBy(userId);
  }

  meeting(id: string): Row | undefined {
    return this.#meetings.get(id);
  }

  recordingsOf(userId: string): readonly Row[] {
    return this.#recordings.all.filter(({ host_id }) => host_id === userId);
  }

  /** An instance by its UUID, or the latest one of a meeting by its number. */
  instance(idOrUuid: string): Row | undefined {
    return (
      this.#pastByUuid.get(idOrUuid) ??
      this.#past.all.findLast(({ meeting_id }) => String(meeting_id) === idOrUuid)
    );
  }

  /** `undefined` where Zoom shows no list: webinars have theirs elsewhere, and one-person meetings are hidden. */
  participantsOf(uuid: string): readonly Row[] | undefined {
    if (this.lazyParticipants !== undefined) return this.lazyParticipants(uuid);
    const rows = this.#participants.get(uuid) ?? [];
    const isWebinar = this.#pastByUuid.get(uuid)?.['type'] === 'Webinar';
    return isWebinar || rows.length < 2 ? undefined : rows;
  }

  // What can change. All of these refuse what is not there.

  addUser(changes: Row = {}): Row {
    const user: Row = { ...make.makeUser(this.#maker), ...changes };
    if (user['status'] === 'pending') delete user['id'];
    return this.#indexUser(user);
  }

  /** A deleted user vanishes from all listings, and so do the meetings that nobody else lists. */
  removeUser(email: string): void {
    const user = this.#userOf(email);
    this.#accepted = undefined;
    this.#users.delete(email);
    this.#usersById.delete(String(user['id']));
    this.#meetings.removeListOf(String(user['id']));
  }

  /** Also accepts an invitation: a pending user gets an `id`. */
  changeUser(email: string, changes: Row): void {
    const user = this.#userOf(email);
    Object.assign(user, changes);
    if (user['email'] !== email) this.#users.delete(email);
    this.#indexUser(user);
  }

  addMeeting(host: Row, changes: Row = {}): Row {
    const meeting = { ...make.makeMeeting(this.#maker, host), ...changes };
    this.#meetings.add(meeting);
    return meeting;
  }

  /** Another user who sees the meeting among theirs. */
  shareMeeting(meeting: Row, user: Row): void {
    this.#meetings.list(meeting, String(user['id']));
  }

  changeMeeting(id: unknown, changes: Row): void {
    this.#meetings.change(String(id), changes);
  }

  removeMeeting(id: unknown): void {
    this.#meetings.remove(String(id));
  }

  addPastMeeting(changes: Row = {}, participants = this.options.participantsPerMeeting): Row {
    const users = this.rows('users');
    const host = users[this.#past.all.length % Math.max(1, users.length)];
    const meeting = make.makePastMeeting(this.#maker, host, { participants, ...changes });
    this.#participants.set(String(meeting['meeting_uuid']), makeParticipants(meeting, participants, users));
    return this.#indexPastMeeting(meeting);
  }

  addParticipant(uuid: unknown, changes: Row = {}): Row {
    const meeting = this.#pastByUuid.get(String(uuid));
    if (meeting === undefined) throw new Error(`no past meeting ${uuid}`);
    const row = makeParticipant(meeting, this.#maker.count(), changes);
    this.#participants.set(String(uuid), [...(this.#participants.get(String(uuid)) ?? []), row]);
    return row;
  }

  /** With the usual files unless `changes` brings some. */
  addRecording(changes: Row = {}): Row {
    const users = this.rows('users');
    const host = users[this.#recordings.all.length % Math.max(1, users.length)];
    const recording = make.makeRecording(this.#maker, host, this.id, changes);
    this.#recordings.add(recording);
    if (changes['recording_files'] === undefined) {
      for (const file of make.usualFiles) this.addRecordingFile(recording, file);
    }
    return recording;
  }

  addRecordingFile(recording: Row, changes: Row = {}): Row {
    const file = make.makeRecordingFile(this.#maker, recording, changes);
    const files = recording['recording_files'] as Row[];
    files.push(file);
    recording['recording_count'] = files.length;
    return file;
  }

  addCall(changes: Row = {}): Row {
    const call = make.makeCall(this.#maker, changes);
    this.#calls.add(call);
    return call;
  }

  /** So does a call that turns from `non_recorded` to `recorded`. */
  changeCall(uuid: unknown, changes: Row): void {
    const call = this.#calls.all.find(({ call_history_uuid }) => call_history_uuid === uuid);
    if (call === undefined) throw new Error(`no call ${uuid}`);
    this.#calls.change(call, changes);
  }

  /** The rows of a fixture that needs no code, below a parent where it has one. */
  setRows(name: string, rows: readonly Row[], parentId?: string): void {
    this.#plain.set(name, rows, parentId);
  }

  #userOf(email: string): Row {
    const user = this.#users.get(email);
    if (user === undefined) throw new Error(`no user ${email}`);
    return user;
  }

  #indexUser(user: Row): Row {
    this.#accepted = undefined;
    this.#users.set(String(user['email']), user);
    if (user['id'] !== undefined) this.#usersById.set(String(user['id']), user);
    return user;
  }

  #indexPastMeeting(meeting: Row): Row {
    this.#past.add(meeting);
    this.#pastByUuid.set(String(meeting['meeting_uuid']), meeting);
    return meeting;
  }
}
