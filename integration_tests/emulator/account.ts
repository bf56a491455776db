import { type AccountOptions, emptyAccount, usualAccount } from './account-options.ts';
import type { Collection } from './collection.ts';
import { factsOf, listCollections, promisesOf } from './collection-facts.ts';
import { meets } from './conditions.ts';
import { type Fixtures, type Row, readFixtures } from './endpoint.ts';
import { fillAccount } from './fill-account.ts';
import { createGeneratedStore, type GeneratedStore } from './generated-store.ts';
import { collectionOf, makeParticipant, makeParticipants } from './participants.ts';
import { createRandom } from './random.ts';
import * as make from './row-makers.ts';
import { SpecialStores } from './special-stores.ts';
import type { Store, World } from './store.ts';

export { toInstant } from './instant.ts';

/** What a Zoom account holds: the same for the same options. Changes show in the next answer. */
export class Account implements World {
  readonly id = 'Hq7yPk2DTsqV9uFkWz3Nmw';
  readonly options: Required<AccountOptions>;
  /** Big collections that are made as they are asked for, in place of the rows below. */
  readonly lazy = new Map<string, Collection & { readonly sortedBy: string }>();
  readonly #maker: make.Maker;
  readonly #special: SpecialStores;
  readonly #generated = new Map<string, GeneratedStore>();
  /** Ids of users without licences: chosen once, so that who joins or leaves changes nobody else's. */
  readonly #unlicensed: ReadonlySet<unknown>;
  #counter = 0;
  #version = 0;

  constructor(options: AccountOptions = {}, unlicensed?: ReadonlySet<unknown>) {
    this.options = { ...usualAccount, fixtures: readFixtures(), now: Date.now(), ...options };
    const { seed, now, days } = this.options;
    this.#special = new SpecialStores(this.options);
    this.#maker = { random: createRandom(seed), now, days, count: () => ++this.#counter };
    fillAccount(this);
    this.#unlicensed = unlicensed ?? this.#chooseUnlicensed();
  }

  /** The account as it is now, which later changes do not reach. */
  clone(): Account {
    const copy = new Account({ ...this.options, ...emptyAccount }, this.#unlicensed);
    this.#special.copyTo(copy.#special);
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

  get version(): number {
    return this.#version;
  }

  touch(): void {
    this.#version += 1;
  }

  isLicensed(user: Row): boolean {
    return !this.#unlicensed.has(user['id']);
  }

  // What there is.

  /** @throws Error for a collection that no fixture shows. */
  store(name: string): Store {
    return this.#special.byName.get(name) ?? this.#make(name);
  }

  /** The same, to be changed; undefined for collections that have methods of their own below. */
  generated(name: string): GeneratedStore | undefined {
    return this.#special.byName.has(name) ? undefined : this.#make(name);
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
    return this.#special.users.accepted;
  }

  /** By id, or by e-mail as Zoom allows, too. */
  user(idOrEmail: string): Row | undefined {
    return this.#special.users.get(idOrEmail);
  }

  /** What a user sees listed: a meeting may be listed by more than one, and more than once. */
  listedBy(userId: string): readonly Row[] {
    return this.#special.meetings.listedBy(userId);
  }

  recordingsOf(userId: string): readonly Row[] {
    return this.#special.recordings.all.filter(({ host_id }) => host_id === userId);
  }

  /** `undefined` where Zoom shows no list: webinars have theirs elsewhere, and one-person meetings are hidden. */
  participantsOf(uuid: string): readonly Row[] | undefined {
    return this.#special.participants.past_meeting_participants.of(uuid);
  }

  /** Participants of meetings that exist as lazy rows only. */
  set lazyParticipants(make: (uuid: string) => readonly Row[]) {
    this.#special.past.acceptsAll = true;
    this.#special.participants.past_meeting_participants.lazy = make;
  }

  // What can change. All of these refuse what is not there.

  addUser(changes: Row = {}): Row {
    this.touch();
    const user: Row = { ...make.makeUser(this.#maker), ...changes };
    if (user['status'] === 'pending') delete user['id'];
    return this.#special.users.add(user);
  }

  /** A deleted user vanishes from all listings, and so do the meetings that nobody else lists. */
  removeUser(email: string): void {
    this.touch();
    this.#special.meetings.removeListOf(String(this.#special.users.remove(email)['id']));
  }

  /** Also accepts an invitation: a pending user gets an `id`. */
  changeUser(email: string, changes: Row): void {
    this.touch();
    this.#special.users.change(email, changes);
  }

  addMeeting(host: Row, changes: Row = {}): Row {
    this.touch();
    const meeting = { ...make.makeMeeting(this.#maker, host), ...changes };
    this.#special.meetings.add(meeting);
    return meeting;
  }

  /** Another user who sees the meeting among theirs. */
  shareMeeting(meeting: Row, user: Row): void {
    this.touch();
    this.#special.meetings.share(meeting, String(user['id']));
  }

  changeMeeting(id: unknown, changes: Row): void {
    this.touch();
    this.#special.meetings.change(String(id), changes);
  }

  removeMeeting(id: unknown): void {
    this.touch();
    this.#special.meetings.remove(String(id));
  }

  addPastMeeting(changes: Row = {}, participants = this.options.participantsPerMeeting): Row {
    this.touch();
    const host = this.#hostOf(this.#special.past.all.length);
    const meeting = make.makePastMeeting(this.#maker, host, { participants, ...changes });
    const rows = makeParticipants(meeting, participants, this.users);
    this.#special.participants[collectionOf(meeting)].add(String(meeting['meeting_uuid']), rows);
    return this.#special.past.add(meeting);
  }

  addParticipant(uuid: unknown, changes: Row = {}): Row {
    this.touch();
    const meeting = this.#special.past.get(String(uuid));
    if (meeting === undefined) throw new Error(`no past meeting ${uuid}`);
    const row = makeParticipant(meeting, this.#maker.count(), changes);
    this.#special.participants[collectionOf(meeting)].add(String(uuid), [row]);
    return row;
  }

  /** With the usual files unless `changes` brings some. */
  addRecording(changes: Row = {}): Row {
    this.touch();
    const host = this.#hostOf(this.#special.recordings.all.length);
    const recording = make.makeRecording(this.#maker, host, this.id, changes);
    this.#special.recordings.add(recording);
    if (changes['recording_files'] === undefined) {
      for (const file of make.usualFiles) this.addRecordingFile(recording, file);
    }
    return recording;
  }

  addRecordingFile(recording: Row, changes: Row = {}): Row {
    this.touch();
    const file = make.makeRecordingFile(this.#maker, recording, changes);
    const files = recording['recording_files'] as Row[];
    files.push(file);
    recording['recording_count'] = files.length;
    return file;
  }

  /** In the first conversation, at `at` (ms). */
  addChatMessage(at: number): void {
    this.touch();
    this.#special.conversations.add(at);
  }

  addCall(changes: Row = {}): Row {
    this.touch();
    const call = make.makeCall(this.#maker, changes);
    this.#special.calls.add(call);
    return call;
  }

  /** So does a call that turns from `non_recorded` to `recorded`. */
  changeCall(uuid: unknown, changes: Row): void {
    this.touch();
    const call = this.#special.calls.all.find(({ call_history_uuid }) => call_history_uuid === uuid);
    if (call === undefined) throw new Error(`no call ${uuid}`);
    this.#special.calls.change(call, changes);
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
