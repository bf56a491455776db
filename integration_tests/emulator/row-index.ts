import type { Entry } from './store.ts';

interface Source {
  /** All rows, each time anew. */
  entries(): readonly Entry[];
  /** By which value a field tells the row apart. */
  nameOf(entry: Entry, field: string): string;
  /** Whether the row is still where it was. */
  isThere(entry: Entry): boolean;
}

/** Finds rows by a field without going through all of them each time, whatever happens to them meanwhile. */
export function createRowIndex({ entries, nameOf, isThere }: Source) {
  const known = new Map<string, ReadonlyMap<string, Entry>>();
  return (field: string, value: string): Entry | undefined => {
    const found = known.get(field)?.get(value);
    if (found !== undefined && nameOf(found, field) === value && isThere(found)) return found;
    const made = new Map<string, Entry>();
    for (const entry of entries()) {
      const name = nameOf(entry, field);
      if (!made.has(name)) made.set(name, entry);
    }
    known.set(field, made);
    return made.get(value);
  };
}
