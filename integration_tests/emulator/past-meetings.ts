import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import { collectionOf } from './participants.ts';
import { createSortedRows } from './sorted-rows.ts';
import type { Entry, Store } from './store.ts';

type Collections = ReturnType<typeof collectionOf>;

/** Unverified: whether Zoom hides webinars of one person, too. */
const fewest: Readonly<Record<Collections, number>> = {
  past_meeting_participants: 2,
  past_webinar_participants: 1,
};

/** Instances of meetings and webinars that have ended, in the order in which they did. */
export class PastMeetings implements Store {
  readonly #rows = createSortedRows('end_time');
  /** Made once for as long as no row comes; none ever goes. */
  #entries: readonly Entry[] | undefined;
  readonly #byUuid = new Map<string, Row>();
  /** Set where instances are made as they are asked for: every UUID is one. */
  acceptsAll = false;

  get all(): readonly Row[] {
    return this.#rows.all;
  }

  entries(): readonly Entry[] {
    const { all } = this.#rows;
    if (this.#entries?.length !== all.length) this.#entries = all.map(toEntry);
    return this.#entries;
  }

  below(): readonly Entry[] {
    return [];
  }

  find(_field: string, idOrUuid: string): Entry | undefined {
    if (this.acceptsAll) return { id: idOrUuid, row: { meeting_uuid: idOrUuid }, above: [] };
    const row = this.get(idOrUuid);
    return row === undefined ? undefined : toEntry(row);
  }

  list(): Collection {
    return toCollection(this.#rows.all, this.#rows.field);
  }

  /** An instance by its UUID, or the latest one of a meeting by its number. */
  get(idOrUuid: string): Row | undefined {
    return (
      this.#byUuid.get(idOrUuid) ??
      this.#rows.all.findLast(({ meeting_id }) => String(meeting_id) === idOrUuid)
    );
  }

  add(meeting: Row): Row {
    this.#rows.add(meeting);
    this.#byUuid.set(String(meeting['meeting_uuid']), meeting);
    return meeting;
  }

  copyTo(other: PastMeetings): void {
    for (const meeting of structuredClone(this.#rows.all)) other.add(meeting);
  }
}

/** Who was in the instances: in those of meetings, or in those of webinars. */
export class Participants implements Store {
  readonly #rows = new Map<string, readonly Row[]>();
  readonly #meetings: PastMeetings;
  readonly #collection: Collections;
  /** Those of instances that are made as they are asked for. */
  lazy: ((uuid: string) => readonly Row[]) | undefined;

  constructor(meetings: PastMeetings, collection: Collections) {
    this.#meetings = meetings;
    this.#collection = collection;
  }

  entries(): readonly Entry[] {
    return this.#meetings.entries().flatMap((meeting) => this.below(meeting));
  }

  below(meeting: Entry): readonly Entry[] {
    const rows = this.of(meeting.id) ?? [];
    return rows.map((row, index) => ({ id: JSON.stringify([meeting.id, index]), row, above: [meeting] }));
  }

  find(field: string, value: string): Entry | undefined {
    return this.entries().find(({ row }) => String(row[field]) === value);
  }

  list(meeting?: Entry): Collection | undefined {
    const rows = meeting === undefined ? undefined : this.of(meeting.id);
    return rows === undefined ? undefined : toCollection(rows);
  }

  /** `undefined` where Zoom shows no list: the others have theirs elsewhere, and one-person meetings are hidden. */
  of(uuid: string): readonly Row[] | undefined {
    if (this.lazy !== undefined) return this.lazy(uuid);
    const rows = this.#rows.get(uuid) ?? [];
    const isElsewhere = collectionOf(this.#meetings.get(uuid) ?? {}) !== this.#collection;
    return isElsewhere || rows.length < fewest[this.#collection] ? undefined : rows;
  }

  add(uuid: string, rows: readonly Row[]): void {
    this.#rows.set(uuid, [...(this.#rows.get(uuid) ?? []), ...rows]);
  }

  copyTo(other: Participants): void {
    for (const [uuid, rows] of this.#rows) other.add(uuid, structuredClone(rows));
  }
}

function toEntry(row: Row): Entry {
  return { id: String(row['meeting_uuid']), row, above: [] };
}
