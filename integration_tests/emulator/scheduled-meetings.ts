import type { Row } from './endpoint.ts';
import { dayMs, toInstant } from './instant.ts';
import { listMeeting } from './row-makers.ts';

/** Zoom's type of a recurring meeting at fixed times: listed once for each occurrence. */
const recurringType = 8;
const occurrences = 3;

/** Meetings to come, and whose lists they are in. */
export class ScheduledMeetings {
  readonly #bodies = new Map<string, Row>();
  readonly #lists = new Map<string, Row[]>();

  /** Those that somebody lists. */
  all(): readonly Row[] {
    const listed = this.#listedIds();
    return [...this.#bodies.values()].filter(({ id }) => listed.has(String(id)));
  }

  get(id: string): Row | undefined {
    return this.#bodies.get(id);
  }

  listedBy(userId: string): readonly Row[] {
    return this.#lists.get(userId) ?? [];
  }

  add(meeting: Row): void {
    this.#bodies.set(String(meeting['id']), meeting);
    this.list(meeting, String(meeting['host_id']));
  }

  list(meeting: Row, userId: string): void {
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
    const listed = this.#listedIds();
    for (const [id, { host_id }] of this.#bodies) {
      if (host_id === userId && !listed.has(id)) this.#bodies.delete(id);
    }
  }

  copyTo(other: ScheduledMeetings): void {
    for (const [id, meeting] of this.#bodies) other.#bodies.set(id, structuredClone(meeting));
    for (const [userId, list] of this.#lists) other.#lists.set(userId, structuredClone(list));
  }

  #listedIds(): ReadonlySet<string> {
    return new Set([...this.#lists.values()].flat().map(({ id }) => String(id)));
  }
}
