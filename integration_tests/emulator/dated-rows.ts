import { type Collection, toCollection } from './collection.ts';
import type { Row } from './endpoint.ts';
import { createSortedRows } from './sorted-rows.ts';
import type { Entry, Store } from './store.ts';

/** Rows of the account in the order of a time, some of them a user's own. */
export interface DatedRows extends Store {
  readonly all: readonly Row[];
  add(row: Row): void;
  /** Moves the row, too, where its time changes. */
  change(row: Row, changes: Row): void;
  copyTo(other: DatedRows): void;
}

/** `time` orders the rows, `key` tells them apart, and `host` holds the id of whose they are. */
export function createDatedRows(time: string, key: string, host: string, users: Store): DatedRows {
  const rows = createSortedRows(time);
  const entries = (): readonly Entry[] =>
    rows.all.map((row) => {
      const user = row[host] === undefined ? undefined : users.find('id', String(row[host]));
      return { id: String(row[key]), row, above: user === undefined ? [] : [user] };
    });
  const of = (user: Entry) => rows.all.filter((row) => row[host] === user.id);
  return {
    get all() {
      return rows.all;
    },
    entries,
    below: (user) => entries().filter(({ above }) => above.some(({ id }) => id === user.id)),
    find: (field, value) => entries().find(({ row }) => String(row[field]) === value),
    list: (user): Collection => toCollection(user === undefined ? rows.all : of(user), time),
    add: rows.add,
    change: rows.change,
    copyTo(other) {
      for (const row of structuredClone(rows.all)) other.add(row);
    },
  };
}
