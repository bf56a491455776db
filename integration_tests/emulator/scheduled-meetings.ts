import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import { dayMs, toInstant } from './instant.ts';
import { listMeeting } from './row-makers.ts';
import type { Entry, Store } from './store.ts';

/** Zoom's type of a recurring meeting at fixed times: listed once for each occurrence. */
const recurringType = 8;
const occurrences = 3;

/** Meetings to come, and whose lists they are in. */
export class ScheduledMeetings implements Store {
  readonly #bodies = new Map<string, Row>();
  readonly #lists = new Map<string, Row[]>();
  readonly #users: Store;

  constructor(users: Store) {
    this.#users = users;
  }

  /** Those that somebody lists. */
  entries(): readonly Entry[] {
    const hosts = new Map<string, Entry[]>();
    for (const user of this.#users.entries()) {
      for (const { id } of this.listedBy(user.id))
        hosts.set(String(id), [...(hosts.get(String(id)) ?? []), user]);
    }
    return [...this.#bodies].flatMap(([id, row]) => {
      const above = [...new Set(hosts.get(id) ?? [])];
      return above.length === 0 ? [] : { id, row, above };
    });
  }

  below(user: Entry): readonly Entry[] {
    return this.entries().filter(({ above }) => above.some(({ id }) => id === user.id));
  }

  find(_field: string, id: string): Entry | undefined {
    const row = this.#bodies.get(id);
    return row === undefined ? undefined : { id, row, above: [] };
  }

  /** The rows that users' lists have: a meeting may be in more than one, and in each more than once. */
  list(user?: Entry): Collection {
    return toCollection(user === undefined ? [...this.#lists.values()].flat() : this.listedBy(user.id));
  }

  get(id: string): Row | undefined {
    return this.#bodies.get(id);
  }

  listedBy(userId: string): readonly Row[] {
    return this.#lists.get(userId) ?? [];
  }

  add(meeting: Row): void {
    this.#bodies.set(String(meeting['id']), meeting);
    this.share(meeting, String(meeting['host_id']));
  }

  share(meeting: Row, userId: string): void {
    const list = this.#lists.get(userId) ?? [];
    this.#lists.set(userId, list);
    const start = Date.parse(String(meeting['start_time']));
    const count = meeting['type'] === recurringType ? occurrences : 1;
    for (let week = 0; week < count; week += 1) {
      list.push({ ...listMeeting(meeting), start_time: toInstant(start + week * 7 * dayMs) });
    }
  }

  change(id: string, changes: Row): void {
    const meeting = this.#bodies.get(id);
    if (meeting === undefined) throw new Error(`no meeting ${id}`);
    Object.assign(meeting, changes);
    for (const list of this.#lists.values()) {
      for (const row of list) {
        if (String(row['id']) !== id) continue;
        for (const [field, value] of Object.entries(changes)) if (field in row) row[field] = value;
      }
    }
  }

  remove(id: string): void {
    if (!this.#bodies.delete(id)) throw new Error(`no meeting ${id}`);
    for (const [userId, list] of this.#lists) {
      this.#lists.set(
        userId,
        list.filter((row) => String(row['id']) !== id),
      );
    }
  }

  removeListOf(userId: string): void {
    this.#lists.delete(userId);
    const listed = new Set([...this.#lists.values()].flat().map(({ id }) => String(id)));
    for (const [id, { host_id }] of this.#bodies) {
      if (host_id === userId && !listed.has(id)) this.#bodies.delete(id);
    }
  }

  copyTo(other: ScheduledMeetings): void {
    for (const [id, meeting] of this.#bodies) other.#bodies.set(id, structuredClone(meeting));
    for (const [userId, list] of this.#lists) other.#lists.set(userId, structuredClone(list));
  }
}
