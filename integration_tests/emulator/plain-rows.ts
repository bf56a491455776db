import { type Row, readFixture } from './endpoint.ts';

/** Rows that an account holds just as they are: those of every fixture that needs no code of its own. */
export interface PlainRows {
  /** A fixture's rows below a parent (its id; empty for the account's own); at first its example records. */
  of(name: string, parentId?: string): readonly Row[];
  set(name: string, rows: readonly Row[], parentId?: string): void;
  copyTo(other: PlainRows): void;
}

export function createPlainRows(): PlainRows {
  const known = new Map<string, readonly Row[]>();
  const toKey = (name: string, parentId: string) => JSON.stringify([name, parentId]);
  return {
    of(name, parentId = '') {
      const key = toKey(name, parentId);
      const rows = known.get(key) ?? structuredClone(readFixture(name).records);
      known.set(key, rows);
      return rows;
    },
    set: (name, rows, parentId = '') => known.set(toKey(name, parentId), rows),
    copyTo(other) {
      for (const [key, rows] of known) {
        const [name = '', parentId = ''] = JSON.parse(key) as string[];
        other.set(name, structuredClone(rows), parentId);
      }
    },
  };
}
