import { type AccountOptions, emptyAccount, usualAccount } from './account-options.ts';
import type { Collection } from './collection.ts';
import { factsOf, listCollections, promisesOf } from './collection-facts.ts';
import { meets } from './conditions.ts';
import { createDatedRows } from './dated-rows.ts';
import { type Fixtures, type Row, readFixtures } from './endpoint.ts';
import { fillAccount } from './fill-account.ts';
import { createGeneratedStore, type GeneratedStore } from './generated-store.ts';
import { makeParticipant, makeParticipants } from './participants.ts';
import { Participants, PastMeetings } from './past-meetings.ts';
import { createRandom } from './random.ts';
import * as make from './row-makers.ts';
import { ScheduledMeetings } from './scheduled-meetings.ts';
import type { Store, World } from './store.ts';
import { Users } from './users.ts';

export { toInstant } from './instant.ts';

/** What a Zoom account holds: the same for the same options. Changes show in the next answer. */
export class Account implements World {
  readonly id = 'Hq7yPk2DTsqV9uFkWz3Nmw';
  readonly options: Required<AccountOptions>;
  /** Big collections that are made as they are asked for, in place of the rows below. */
  readonly lazy = new Map<string, Collection & { readonly sortedBy: string }>();
  readonly #maker: make.Maker;
  readonly #users = new Users();
  readonly #meetings = new ScheduledMeetings(this.#users);
  readonly #past = new PastMeetings();
  readonly #participants = new Participants(this.#past);
  readonly #recordings = createDatedRows('start_time', 'uuid', 'host_id', this.#users);
  readonly #calls = createDatedRows('end_time', 'call_history_uuid', 'owner_id', this.#users);
  /** Collections that need code of their own. All others are made from their fixtures. */
  readonly #special: ReadonlyMap<string, Store> = new Map<string, Store>([
    ['users', this.#users],
    ['meetings', this.#meetings],
    ['report_history_meetings', this.#past],
    ['past_meeting_participants', this.#participants],
    ['recordings', this.#recordings],
    ['phone_call_logs', this.#calls],
  ]);
  readonly #generated = new Map<string, GeneratedStore>();
  /** Ids of users without licences: chosen once, so that who joins or leaves changes nobody else's. */
  readonly #unlicensed: ReadonlySet<unknown>;
  #counter = 0;

  constructor(options: AccountOptions = {}, unlicensed?: ReadonlySet<unknown>) {
    this.options = { ...usualAccount, fixtures: readFixtures(), now: Date.now(), ...options };
    const { seed, now, days } = this.options;
    this.#maker = { random: createRandom(seed), now, days, count: () => ++this.#counter };
    fillAccount(this);
    this.#unlicensed = unlicensed ?? this.#chooseUnlicensed();
  }

  /** The account as it is now, which later changes do not reach. */
  clone(): Account {
    const copy = new Account({ ...this.options, ...emptyAccount }, this.#unlicensed);
    this.#users.copyTo(copy.#users);
    this.#meetings.copyTo(copy.#meetings);
    this.#past.copyTo(copy.#past);
    this.#participants.copyTo(copy.#participants);
    this.#recordings.copyTo(copy.#recordings);
    this.#calls.copyTo(copy.#calls);
    for (const name of listCollections(this.fixtures)) {
      const store = this.generated(name);
      if (store !== undefined) copy.#generated.set(name, store.copy(copy));
    }
    return copy;
  }

  // What the stores know of it.

  get fixtures(): Fixtures {
    return this.options.fixtures;
  }

  get seed(): number {
    return this.options.seed;
  }

  get now(): number {
    return this.options.now;
  }

  get days(): number {
    return this.options.days;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.options.rows;
  }

  isLicensed(user: Row): boolean {
    return !this.#unlicensed.has(user['id']);
  }

  // What there is.

  /** @throws Error for a collection that no fixture shows. */
  store(name: string): Store {
    return this.#special.get(name) ?? this.#make(name);
  }

  /** The same, to be changed; undefined for collections that have methods of their own below. */
  generated(name: string): GeneratedStore | undefined {
    return this.#special.has(name) ? undefined : this.#make(name);
  }

  /** All rows of a stream or a collection, as a perfect reader would have them. */
  rows(name: string): readonly Row[] {
    const found = promisesOf(this.fixtures).find(({ promise }) => promise.name === name);
    const collection = found === undefined ? name : (this.fixtures[found.fixture]?.rows ?? found.fixture);
    const rows = this.store(collection)
      .entries()
      .map(({ row }) => row);
    return rows.filter((row) => meets(row, found?.promise.only));
  }

  /** Users who have accepted their invitation. */
  get users(): readonly Row[] {
    return this.#users.accepted;
  }

  /** By id, or by e-mail as Zoom allows, too. */
  user(idOrEmail: string): Row | undefined {
    return this.#users.get(idOrEmail);
  }

  /** What a user sees listed: a meeting may be listed by more than one, and more than once. */
  listedBy(userId: string): readonly Row[] {
    return this.#meetings.listedBy(userId);
  }

  recordingsOf(userId: string): readonly Row[] {
    return this.#recordings.all.filter(({ host_id }) => host_id === userId);
  }

  /** `undefined` where Zoom shows no list: webinars have theirs elsewhere, and one-person meetings are hidden. */
  participantsOf(uuid: string): readonly Row[] | undefined {
    return this.#participants.of(uuid);
  }

  /** Participants of meetings that exist as lazy rows only. */
  set lazyParticipants(make: (uuid: string) => readonly Row[]) {
    this.#past.acceptsAll = true;
    this.#participants.lazy = make;
  }

  // What can change. All of these refuse what is not there.

  addUser(changes: Row = {}): Row {
    const user: Row = { ...make.makeUser(this.#maker), ...changes };
    if (user['status'] === 'pending') delete user['id'];
    return this.#users.add(user);
  }

  /** A deleted user vanishes from all listings, and so do the meetings that nobody else lists. */
  removeUser(email: string): void {
    this.#meetings.removeListOf(String(this.#users.remove(email)['id']));
  }

  /** Also accepts an invitation: a pending user gets an `id`. */
  changeUser(email: string, changes: Row): void {
    this.#users.change(email, changes);
  }

  addMeeting(host: Row, changes: Row = {}): Row {
    const meeting = { ...make.makeMeeting(this.#maker, host), ...changes };
    this.#meetings.add(meeting);
    return meeting;
  }

  /** Another user who sees the meeting among theirs. */
  shareMeeting(meeting: Row, user: Row): void {
    this.#meetings.share(meeting, String(user['id']));
  }

  changeMeeting(id: unknown, changes: Row): void {
    this.#meetings.change(String(id), changes);
  }

  removeMeeting(id: unknown): void {
    this.#meetings.remove(String(id));
  }

  addPastMeeting(changes: Row = {}, participants = this.options.participantsPerMeeting): Row {
    const host = this.#hostOf(this.#past.all.length);
    const meeting = make.makePastMeeting(this.#maker, host, { participants, ...changes });
    const rows = makeParticipants(meeting, participants, this.users);
    this.#participants.add(String(meeting['meeting_uuid']), rows);
    return this.#past.add(meeting);
  }

  addParticipant(uuid: unknown, changes: Row = {}): Row {
    const meeting = this.#past.get(String(uuid));
    if (meeting === undefined) throw new Error(`no past meeting ${uuid}`);
    const row = makeParticipant(meeting, this.#maker.count(), changes);
    this.#participants.add(String(uuid), [row]);
    return row;
  }

  /** With the usual files unless `changes` brings some. */
  addRecording(changes: Row = {}): Row {
    const host = this.#hostOf(this.#recordings.all.length);
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

  #hostOf(index: number): Row | undefined {
    return this.users[index % Math.max(1, this.users.length)];
  }

  #chooseUnlicensed(): ReadonlySet<unknown> {
    const { licensedUsers } = this.options;
    const count = licensedUsers === 'all' ? 0 : Math.max(0, this.users.length - licensedUsers);
    return new Set(this.users.slice(0, count).map(({ id }) => id));
  }

  #make(name: string): GeneratedStore {
    const known = this.#generated.get(name);
    if (known !== undefined) return known;
    const store = createGeneratedStore(factsOf(this.fixtures, name), this);
    this.#generated.set(name, store);
    return store;
  }
}
