import type { Request } from '../http/exchange.ts';
import type { Endpoint, Moment } from '../streams/declaration.ts';
import { startWithin } from './run-range.ts';
import { daysToMs, toDate, toSeconds } from './slices.ts';
import type { SyncContext } from './sync-context.ts';

/** What an endpoint is passed with every request: the same in all of a sync, since page tokens hold for it. */
export function fixedQuery(sync: SyncContext, { query = {} }: Endpoint): Request['query'] {
  const entries = Object.entries(query).map(([name, value]) => [
    name,
    typeof value === 'object' ? textOf(sync, value) : value,
  ]);
  return Object.fromEntries(entries) as Request['query'];
}

function textOf(sync: SyncContext, { at, format, keptMonths, plusDays = 0 }: Moment): string {
  const { startedAt } = sync;
  const instant = at === 'now' ? startedAt : Math.min(startedAt, startWithin(sync, keptMonths));
  return (format === 'date' ? toDate : toSeconds)(instant + daysToMs(plusDays));
}
