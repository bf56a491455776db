import type { Account } from '../emulator/account.ts';
import { factsOf, listCollections } from '../emulator/collection-facts.ts';
import type { GeneratedStore } from '../emulator/generated-store.ts';
import { toInstant } from '../emulator/instant.ts';
import type { Entry } from '../emulator/store.ts';

const recently = () => Date.now() - 3_600_000;

/**
 * Something happens in every collection. One that is listed whole gains a row, loses one, and another one changes; one that
 * is listed by time gains a recent row. What is below a row that is lost goes with it, and a new parent brings rows of its own. A
 * row that no parent's name tells apart moves from one parent to another.
 */
export function changeEverything(account: Account): void {
  changeUsers(account);
  changeMeetings(account);
  addRecent(account);
  const stores = listCollections(account.fixtures).flatMap((name) => account.generated(name) ?? []);
  for (const store of stores.toSorted((a, b) => depthOf(account, a) - depthOf(account, b))) {
    changeRows(store, firstParent(account, store));
    moveRow(account, store);
    if (store.facts.below?.without === 'also') changeList(store, rowsOfNobody(store));
  }
}

/** What came anew brings recent rows alone, where rows are listed by time: older ones would lie before every lookback. */
export function fillNewParents(account: Account): void {
  const depthOf = (name: string): number => {
    const above = account.fixtures[name]?.below?.collection;
    return above === undefined ? 0 : 1 + depthOf(above);
  };
  // Rows below others come after these, or the others would be made for their sake, and be of any time.
  const names = [...listCollections(account.fixtures)].sort((a, b) => depthOf(a) - depthOf(b));
  for (const name of names) {
    const store = account.generated(name);
    if (store?.facts.time !== undefined) store.fillNew(recently());
  }
}

function changeUsers(account: Account): void {
  const [, other] = account.users;
  const gone = account.users.at(-1);
  account.addUser({ status: 'active' });
  account.changeUser(String(other?.['email']), { dept: 'Moved', status: 'inactive' });
  account.removeUser(String(gone?.['email']));
  const [pending] = account.rows('pending_users');
  account.changeUser(String(pending?.['email']), { status: 'active', id: 'accepted-invitation-id' });
}

function changeMeetings(account: Account): void {
  const [host] = account.users;
  const [first] = account.rows('meetings');
  if (host !== undefined) account.addMeeting(host);
  account.changeMeeting(first?.['id'], { topic: 'Renamed' });
}

function addRecent(account: Account): void {
  const at = toInstant(recently());
  account.addPastMeeting({ end_time: at });
  const recording = account.addRecording({ start_time: at });
  account.addRecordingFile(recording, { file_type: 'TRANSCRIPT', status: 'processing' });
  account.addCall({ end_time: at });
  account.addChatMessage(recently());
}

function changeRows(store: GeneratedStore, parent: Entry | undefined): void {
  const { below, time } = store.facts;
  if (below !== undefined && parent === undefined) return;
  const rows = parent === undefined ? store.entries() : store.below(parent);
  if (time !== undefined) {
    store.fillNew(recently());
    store.add(parent, recently());
    return;
  }
  changeList(store, rows, parent);
}

/** The first row changes, the last one is lost, and one comes. */
function changeList(store: GeneratedStore, rows: readonly Entry[], parent?: Entry): void {
  const { isSingle, owner } = store.facts;
  const [first] = rows;
  const isDerived = store.facts.views.some(({ streams = [] }) =>
    streams.some(({ kind }) => kind === 'derived'),
  );
  if (first === undefined || isDerived) return;
  if (owner.changes !== undefined) store.change(first.id, owner.changes, otherValue);
  if (isSingle) return;
  const last = rows.at(-1);
  store.add(parent);
  if (last !== undefined && rows.length > 2) store.remove(last.id);
}

function rowsOfNobody({ entries }: GeneratedStore): readonly Entry[] {
  return entries().filter(({ above }) => above.length === 0);
}

/** From the second parent to the first: the last one is lost with its rows. */
function moveRow(account: Account, store: GeneratedStore): void {
  const { views, isSingle, time } = store.facts;
  const promises = views.flatMap(({ streams = [] }) => streams);
  const isOfParent = promises.some(
    ({ adds = {}, kind }) => kind !== 'snapshot' || Object.keys(adds).length > 0,
  );
  if (isSingle || isOfParent || promises.length === 0 || time !== undefined) return;
  const [to, from] = parentsOf(account, store).filter((parent) => store.below(parent).length > 0);
  const [moved] = from === undefined ? [] : store.below(from);
  if (moved !== undefined && to !== undefined) store.move(moved.id, to);
}

/** Children of the first one are changed: the last parent is lost. */
function firstParent(account: Account, store: GeneratedStore): Entry | undefined {
  return parentsOf(account, store).find((parent) => store.below(parent).length > 0);
}

function parentsOf(account: Account, { facts }: GeneratedStore): readonly Entry[] {
  return facts.below === undefined ? [] : account.store(facts.below.collection).entries();
}

function depthOf(account: Account, { facts }: GeneratedStore): number {
  let depth = 0;
  let { below } = facts;
  for (; below !== undefined; depth += 1) below = factsOf(account.fixtures, below.collection).below;
  return depth;
}

function otherValue(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (Array.isArray(value)) return value.slice(0, -1);
  const text = String(value ?? '');
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? toInstant(Date.parse(text) + 60_000) : `${text} changed`;
}
