import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { Shaped } from './records.ts';
import { toInstant } from './stream-state.ts';

/** What a run knows of rows beside those that it is owed, for the line in the log at its end. */
export interface RunNotes {
  /** Rows that are as the sync before has left them. */
  unchanged: number;
  /** Rows of the parent that are not asked for again yet. */
  notDue: number;
  /** Rows of the parent that say that there is nothing below them. */
  childless: number;
  /** Rows that left as deleted. */
  deleted: number;
}

export function createRunNotes(): RunNotes {
  return { unchanged: 0, notDue: 0, childless: 0, deleted: 0 };
}

const field = 'newest_row';

/** The latest cursor of all rows that left, so that a stream which falls silent is noticed. State: `{newest_row}`. */
export interface NewestRow {
  /** What the syncs before have seen; undefined where they saw none. */
  readonly before: number | undefined;
  note(records: readonly Shaped[]): void;
  toState(): JsonObject;
}

/** @param input the state; what is no instant there is as if it were not. */
export function createNewestRow(cursor: string, input: JsonObject | undefined): NewestRow {
  const before = readInstant(input?.[field]);
  let newest = before;
  return {
    before,
    note(records) {
      for (const { record } of records) {
        const at = readInstant(record[cursor]);
        if (at !== undefined && (newest === undefined || at > newest)) newest = at;
      }
    },
    toState: () => (newest === undefined ? {} : { [field]: toInstant(newest) }),
  };
}
