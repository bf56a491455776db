import type { Parent } from '../streams/declaration.ts';
import { type Asked, askedNamed, type SyncContext } from './sync-context.ts';

/* A parent may be listed by itself once more, with a query by which Zoom shows only rows that have children. */

/** A parent, and what it is listed with for some children alone. */
export type ListedAs = Pick<Parent, 'name' | 'query'>;

/** What tells the listings of one parent apart; all children with the same query share one. */
export function listingKey({ name, query = {} }: ListedAs): string {
  return JSON.stringify([name, ...Object.entries(query).sort()]);
}

/** The parent as it is listed for these children. */
export function askedWithQuery(sync: SyncContext, { name, query }: ListedAs): Asked {
  const asked = askedNamed(sync, name);
  return query === undefined ? asked : { ...asked, query: { ...asked.query, ...query } };
}
