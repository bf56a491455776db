import type { JsonObject } from '../json.ts';
import type { StreamDeclaration, Window } from '../streams/declaration.ts';
import { daysToMs, earliestRow, endOfWindow, monthsBefore, startOfDay } from './slices.ts';
import { instantIn } from './stream-state.ts';
import { askedFor, askedNamed, type SyncContext } from './sync-context.ts';

/** How far back a stream is read when nothing is configured; Zoom's reports keep no more. */
const defaultMonths = 6;

/** The streams with a range: all but snapshots. */
export type Dated = Exclude<StreamDeclaration, { kind: 'snapshot' }>;

/** Instants in ms since the epoch. */
export interface RunRange {
  readonly start: number;
  readonly end: number;
  readonly lookbackMs: number;
}

/** What a stream may be read of in this sync; says in the log where that is less than was asked for. */
export function rangeOf(sync: SyncContext, declaration: Dated, input: JsonObject | undefined): RunRange {
  const { startDate, endDate, lookbackDays = declaration.lookbackDays } = sync.options;
  const { startedAt } = sync;
  const wanted = wantedStart(sync);
  const window = windowBelow(sync, declaration);
  const start = firstInstant(startWithin(sync, window?.keptMonths), window);
  const end = lastInstant(startedAt, endDate, window);
  if (start >= end) {
    sync.log(
      'WARN',
      `${declaration.name}: nothing that Zoom still has lies between start_date and end_date, so there is nothing to read`,
    );
  }
  if (start > wanted) tellOfClampedStart(sync, declaration, start, input);
  warnOfEarlierStart(sync, declaration.name, startDate === undefined ? undefined : start, input);
  return { start, end, lookbackMs: daysToMs(lookbackDays) };
}

/**
 * The window that all rows are found by: a derived stream reaches no further than the listing that its partitions come
 * from, nor does one that shares its parent's windows.
 */
function windowBelow(sync: SyncContext, declaration: Dated): Window | undefined {
  let source = askedFor(sync, declaration);
  while ('kind' in source && source.kind === 'derived') source = askedNamed(sync, source.parent.name);
  const { window, parent } = source;
  if (window === undefined || parent?.sameWindow !== true) return window;
  const months = [window, askedNamed(sync, parent.name).window].flatMap((each) => each?.keptMonths ?? []);
  return months.length === 0 ? window : { ...window, keptMonths: Math.min(...months) };
}

/** A sum over a part of a day would be no fact of that day. */
function firstInstant(start: number, window: Window | undefined): number {
  return window?.sumsByDay === undefined ? start : startOfDay(start);
}

function lastInstant(
  startedAt: number,
  endDate = startedAt,
  window: Window = { maxDays: 1, format: 'date' },
): number {
  const wanted = window.sumsByDay === undefined ? endDate : startOfDay(endDate - 1) + daysToMs(1);
  return Math.min(wanted, endOfWindow(startedAt, window));
}

/** From where the config wants rows. */
function wantedStart({ options, startedAt }: SyncContext): number {
  return Math.max(earliestRow, options.startDate ?? monthsBefore(startedAt, defaultMonths));
}

/**
 * From where rows are wanted and kept. Asking for what Zoom no longer keeps is an error there; a day's margin keeps clear of
 * where Zoom's day begins.
 */
export function startWithin(sync: SyncContext, months: number | undefined): number {
  const wanted = wantedStart(sync);
  return months === undefined ? wanted : Math.max(wanted, monthsBefore(sync.startedAt, months) + daysToMs(1));
}

/** Of interest to who asked for more, and to whose last sync was too long ago. */
function tellOfClampedStart(
  { log, options }: SyncContext,
  { name, cursor }: Dated,
  start: number,
  input: JsonObject | undefined,
): void {
  const from = new Date(start).toISOString();
  const readBefore = instantIn(name, input ?? {}, cursor);
  if (readBefore !== undefined && readBefore < start) {
    const gap = `what lies between ${new Date(readBefore).toISOString()}, up to where the stream was read, and ${from}`;
    log('WARN', `${name}: ${gap} can no longer be read, since Zoom does not keep it any more`);
  } else if (readBefore === undefined && options.startDate !== undefined) {
    log('INFO', `${name}: Zoom keeps no more than what begins at ${from}, so the start moves up to there`);
  }
}

function warnOfEarlierStart(
  sync: SyncContext,
  stream: string,
  start: number | undefined,
  input: JsonObject | undefined,
): void {
  const readFrom = instantIn(stream, input ?? {}, 'read_from');
  if (start === undefined || readFrom === undefined || start >= readFrom) return;
  sync.log(
    'WARN',
    `${stream}: start_date is earlier than ${new Date(readFrom).toISOString()}, from where the stream has been read. Refresh the stream to read what lies before`,
  );
}
