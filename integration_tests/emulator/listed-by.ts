import type { Account } from './account.ts';
import { type Collection, filterRows } from './collection.ts';
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
  const wanted = Object.entries(account.fixtures).flatMap(([other, { below, rows: shown = other }]) => {
    const asked = Object.entries(below?.listedBy ?? {});
    const isAsked = asked.length > 0 && asked.every(([parameter, value]) => query[parameter] === value);
    return below !== undefined && below.collection === own && isAsked ? { shown, field: below.field } : [];
  });
  if (wanted.length === 0) return rows;
  return filterRows(rows, (row) =>
    wanted.some(({ shown, field }) => {
      const parent = account.store(own).find(field, String(readField(row, field)));
      return parent !== undefined && account.store(shown).below(parent).length > 0;
    }),
  );
}
