import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import type { Entry, Store } from './store.ts';

/** Users, and people who have not accepted their invitation: these have no id. */
export class Users implements Store {
  /** By e-mail, since pending users have nothing else. */
  readonly #byEmail = new Map<string, Row>();
  readonly #byId = new Map<string, Row>();
  /** Those who are not pending, until something changes. */
  #accepted: readonly Row[] | undefined;

  entries(): readonly Entry[] {
    return [...this.#byEmail.values()].map(toEntry);
  }

  *each(): Generator<Entry> {
    for (const user of this.#byEmail.values()) yield toEntry(user);
  }

  below(): readonly Entry[] {
    return [];
  }

  /** By id, or by e-mail as Zoom allows, too. */
  find(_field: string, idOrEmail: string): Entry | undefined {
    const user = this.get(idOrEmail);
    return user === undefined ? undefined : toEntry(user);
  }

  list(): Collection {
    return toCollection([...this.#byEmail.values()]);
  }

  get accepted(): readonly Row[] {
    this.#accepted ??= [...this.#byEmail.values()].filter(({ status }) => status !== 'pending');
    return this.#accepted;
  }

  get(idOrEmail: string): Row | undefined {
    return this.#byId.get(idOrEmail) ?? this.#byEmail.get(idOrEmail);
  }

  add(user: Row): Row {
    this.#accepted = undefined;
    this.#byEmail.set(String(user['email']), user);
    if (user['id'] !== undefined) this.#byId.set(String(user['id']), user);
    return user;
  }

  remove(email: string): Row {
    const user = this.#named(email);
    this.#accepted = undefined;
    this.#byEmail.delete(email);
    this.#byId.delete(String(user['id']));
    return user;
  }

  /** Also accepts an invitation: a pending user gets an `id`. */
  change(email: string, changes: Row): void {
    const user = this.#named(email);
    Object.assign(user, changes);
    if (user['email'] !== email) this.#byEmail.delete(email);
    this.add(user);
  }

  copyTo(other: Users): void {
    for (const user of structuredClone([...this.#byEmail.values()])) other.add(user);
  }

  #named(email: string): Row {
    const user = this.#byEmail.get(email);
    if (user === undefined) throw new Error(`no user ${email}`);
    return user;
  }
}

function toEntry(row: Row): Entry {
  return { id: String(row['id'] ?? row['email']), row, above: [] };
}
