import type { Collection } from './collection.ts';
import type { Fixtures, Row } from './endpoint.ts';

/** A row of the account, and those that it is below: several, where more than one user lists it. */
export interface Entry {
  /** Unique in its collection, and never changes. */
  readonly id: string;
  readonly row: Row;
  readonly above: readonly Entry[];
  /** The values that it is listed under and does not tell, in the order in which they are added. */
  readonly values?: readonly string[];
}

/** The rows of one collection. */
export interface Store {
  /** Every row once. */
  entries(): readonly Entry[];
  /** The same one after the other, where the first few are all that somebody looks at. */
  each?(): Iterable<Entry>;
  /** The rows below one of a parent's. */
  below(parent: Entry): readonly Entry[];
  /** By a field that tells rows apart, as text. */
  find(field: string, value: string): Entry | undefined;
  /** What Zoom lists, below a parent where one is named; undefined where it shows no list. */
  list(parent?: Entry, values?: readonly string[]): Collection | undefined;
}

/** What a store knows of the account that it belongs to. */
export interface World {
  readonly fixtures: Fixtures;
  readonly seed: number;
  /** Ms since the epoch: the account's history ends here. */
  readonly now: number;
  /** How far back the history goes. */
  readonly days: number;
  /** Rows of a collection, below each parent where it has one. */
  readonly counts: Readonly<Record<string, number>>;
  /** Counts what comes, goes and moves. */
  readonly version: number;
  touch(): void;
  /** The other collections. */
  store(name: string): Store;
  /** Whether a user has the licences that Zoom sells for single users. */
  isLicensed(user: Row): boolean;
}
