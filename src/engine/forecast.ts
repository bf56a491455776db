import type { Endpoint, StreamDeclaration } from '../streams/declaration.ts';
import { count, formatCount } from '../wording.ts';
import { pageSizeOf } from './page-request.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import type { SyncContext } from './sync-context.ts';
import { combine } from './values.ts';

/** True for calls that Zoom allows so many of in a day that each one counts. */
export function costsBudget({ client }: SyncContext, declaration: StreamDeclaration): boolean {
  if (declaration.kind === 'embedded') return false;
  const { name, path, rateLimit } = declaration;
  const { label } = client.quota({ stream: name, endpoint: path, rateLimit });
  return label === 'heavy' || label === 'resource_intensive';
}

/** Rows of a partition, as far as they are known. */
const unknown = 1;

/** The least that a partition costs: a call for each value, and for each page beyond the first. */
function callsFor(endpoint: Endpoint, rows = unknown): number {
  const pageSize = pageSizeOf(endpoint);
  const further = pageSize === 0 ? 0 : Math.ceil(rows / pageSize) - 1;
  return combine(endpoint.values).length + further;
}

/** Says before partitions are asked for what they are expected to cost, beside what the day allows. */
export function logForecast(
  sync: SyncContext,
  { name, endpoint }: { readonly name: string; readonly endpoint: Endpoint },
  partitions: number,
  forWhat: string,
): void {
  logCalls(sync, { name, endpoint }, partitions * callsFor(endpoint), forWhat);
}

/**
 * The same for all partitions of a snapshot. How many there are is seen only while they are listed; the sync before knows
 * how many were read, or at least how many had rows.
 */
export function logSnapshotForecast(
  sync: SyncContext,
  { declaration, snapshot: { digests }, details }: SnapshotRun,
  isDueOnly: boolean,
): void {
  const endpoint = declaration;
  const each = callsFor(endpoint);
  const isAsked = (key: string) => !isDueOnly || details.isDue(key);
  let partitions = 0;
  let further = 0;
  for (const [group, size] of digests.groupSizes()) {
    if (!isAsked(group)) continue;
    partitions += 1;
    further += callsFor(endpoint, size) - each;
  }
  if (details.size > 0) partitions = isDueOnly ? details.countDue() : details.size;
  else if (declaration.records === undefined) partitions ||= digests.size;
  const forWhat = details.size > 0 ? 'for as many as are due' : 'for as many as had rows';
  logCalls(sync, { name: declaration.name, endpoint }, partitions * each + further, forWhat);
}

/** Fewer are not worth a line for each window: of those that each count in a day's budget, and of the others. */
const manyCalls = { counted: 50, others: 500 };

function logCalls(
  sync: SyncContext,
  { name, endpoint }: { readonly name: string; readonly endpoint: Endpoint },
  calls: number,
  forWhat: string,
): void {
  if (calls === 0) return;
  const { path, rateLimit } = endpoint;
  const { label, day } = sync.client.quota({ stream: name, endpoint: path, rateLimit });
  const budget =
    day === undefined
      ? ''
      : `; ${formatCount(day.calls)} a day are allowed, ${formatCount(day.left)} are left`;
  const isTooMuch = day !== undefined && calls > day.left;
  const end = isTooMuch ? ', so that this sync will not be the last one needed' : '';
  const isMany = calls >= (day === undefined ? manyCalls.others : manyCalls.counted);
  sync.log(
    isMany || isTooMuch ? 'INFO' : 'DEBUG',
    `${name}: about ${count(calls, `${label.replace('_', '-')} call`)} to come ${forWhat}${budget}${end}`,
  );
}
