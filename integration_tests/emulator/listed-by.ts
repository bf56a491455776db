import type { Account } from './account.ts';
import { type Collection, filterRows } from './collection.ts';
import type { Fixtures } from './endpoint.ts';
import { readField } from './fields.ts';
import type { Query } from './listing-context.ts';
import type { Route } from './routes.ts';

/** Of rows that are asked for by what is below them, those that have it. */
export function applyListedBy(
  { endpoint, name }: Route,
  rows: Collection,
  query: Query,
  account: Account,
): Collection {
  const own = endpoint.rows ?? name;
  const wanted = askersOf(account.fixtures, own).filter(({ asked }) =>
    asked.every(([parameter, value]) => query[parameter] === value),
  );
  if (wanted.length === 0) return rows;
  return filterRows(rows, (row) =>
    wanted.some(({ shown, field }) => {
      const parent = account.store(own).find(field, String(readField(row, field)));
      return parent !== undefined && account.store(shown).below(parent).length > 0;
    }),
  );
}

interface Asker {
  readonly asked: readonly (readonly [parameter: string, value: string])[];
  /** The collection whose rows are below. */
  readonly shown: string;
  readonly field: string;
}

/** Fixtures never change, and every listing asks for them. */
const known = new WeakMap<Fixtures, Map<string, readonly Asker[]>>();

function askersOf(fixtures: Fixtures, own: string): readonly Asker[] {
  const byCollection = known.get(fixtures) ?? new Map<string, readonly Asker[]>();
  known.set(fixtures, byCollection);
  const made =
    byCollection.get(own) ??
    Object.entries(fixtures).flatMap(([other, { below, rows: shown = other }]) => {
      const asked = Object.entries(below?.listedBy ?? {});
      return below?.collection === own && asked.length > 0 ? { asked, shown, field: below.field } : [];
    });
  byCollection.set(own, made);
  return made;
}
