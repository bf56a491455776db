import type { ConnectorError } from '../errors.ts';
import { families, familyOf } from '../streams/index.ts';
import { count, formatCount, formatDuration, listSome } from '../wording.ts';
import type { Run } from './plan.ts';
import { daysToMs, toSeconds } from './slices.ts';
import { askedFor, type SyncContext } from './sync-context.ts';
import type { StreamEnd } from './sync-events.ts';

/** More streams that begin are named at DEBUG alone: the line at its end says all of a stream. */
const mostStartsShown = 20;
/** Names that one line holds. */
export const namesShown = 12;
/** A stream may be without a new row for so long. */
const quietDays = 7;

/**
 * What the log of a platform says of the streams: a line when one begins and when it ends, and sums at the end. Whoever misses a
 * row finds there what of it was read, from when to when, and what was left out.
 */
export class StreamLog {
  readonly #sync: SyncContext;
  readonly #count: number;
  readonly #begun = new Map<string, number>();
  readonly #ends = new Map<string, StreamEnd>();
  readonly #silent: string[] = [];

  /** @param count how many streams were selected. */
  constructor(sync: SyncContext, count: number) {
    this.#sync = sync;
    this.#count = count;
  }

  begins(run: Run): void {
    const { name } = run.output;
    this.#begun.set(name, this.#sync.clock.now());
    this.#sync.log(this.#count > mostStartsShown ? 'DEBUG' : 'INFO', `${name}: begins, ${workOf(run)}`);
    this.#sync.tell({ kind: 'begun', stream: name, share: () => shareOf(run) });
  }

  /** @param failure why it could not be read to its end. */
  ends(run: Run, failure?: ConnectorError): void {
    const { name, recordCount } = run.output;
    const remarks = remarksOn(this.#sync, run);
    this.#end(name, { ...this.#sums(name, failure), records: recordCount, remarks, ...run.refusals.left() });
    if (failure === undefined && isOddlySilent(this.#sync, run)) this.#silent.push(describeSilence(run));
  }

  /** A stream of which nothing was read. */
  endsUnread(stream: string, failure?: ConnectorError, remarks: readonly string[] = []): void {
    this.#end(stream, { ...this.#sums(stream, failure), remarks, skipped: [], owed: [] });
  }

  /** Sums of all streams, when they have ended. */
  sumUp(): void {
    this.#warnOfSilence();
    if (this.#count < 2) return;
    const ends = [...this.#ends];
    const ofFamilies = Object.keys(families)
      .map((family) => [family, ends.filter(([name]) => familyOf(name) === family)] as const)
      .filter(([, own]) => own.length > 0);
    if (ofFamilies.length > 1)
      for (const [family, own] of ofFamilies)
        this.#sync.log('INFO', `In family ${family}: ${describeSum(own)}`);
    const requests = [...this.#sync.requests.values()].reduce((sum, count) => sum + count, 0);
    const others = requests - ends.reduce((sum, [, end]) => sum + end.requests, 0);
    const beside = others > 0 ? `, and ${count(others, 'request')} for what only leads to them` : '';
    const took = formatDuration(this.#sync.clock.now() - this.#sync.startedAt);
    this.#sync.log('INFO', `In all: ${describeSum(ends)}${beside}; it took ${took}`);
  }

  #sums(
    stream: string,
    failure: ConnectorError | undefined,
  ): Omit<StreamEnd, 'remarks' | 'skipped' | 'owed'> {
    const now = this.#sync.clock.now();
    return {
      records: 0,
      requests: this.#sync.requests.get(stream) ?? 0,
      tookMs: now - (this.#begun.get(stream) ?? now),
      ...(failure === undefined ? {} : { failure: { type: failure.failureType, message: failure.message } }),
    };
  }

  #end(stream: string, end: StreamEnd): void {
    this.#ends.set(stream, end);
    const { failure } = end;
    const sums = `${count(end.records, 'record')} in ${count(end.requests, 'request')}, ${formatDuration(end.tookMs)}`;
    const remarks = end.remarks.map((remark) => `; ${remark}`).join('');
    if (failure === undefined) this.#sync.log('INFO', `${stream}: read to its end, ${sums}${remarks}`);
    else
      this.#sync.log(
        'ERROR',
        `${stream}: not read to its end, ${sums}${remarks} (${failure.type}): ${failure.message.replace(`${stream}: `, '')}`,
      );
    this.#sync.tell({ kind: 'ended', stream, end });
  }

  /** One line, since on a quiet day it may be many. */
  #warnOfSilence(): void {
    if (this.#silent.length === 0) return;
    const who =
      this.#silent.length === 1 ? 'A stream that had rows gave none' : 'Streams that had rows gave none';
    this.#sync.log(
      'WARN',
      `${who} this time: ${listSome(this.#silent, namesShown)}. Look whether Zoom shows any, and whether what the app may see has changed`,
    );
  }
}

/** What is going to be read. */
function workOf(run: Run): string {
  if (run.kind !== 'snapshot') return rangeOf(run);
  const { known, mode } = run;
  if (mode === 'full_refresh') return 'everything is listed';
  return known === 0
    ? 'everything is listed for the first time'
    : `everything is listed and compared with ${count(known, 'known row')}`;
}

function shareOf(run: Run): number | undefined {
  return run.kind === 'snapshot' ? run.share.value : run.window.share;
}

function rangeOf({ declaration, window: { range } }: Exclude<Run, { kind: 'snapshot' }>): string {
  if (range.until <= range.from) return 'there is nothing to read between start_date and end_date';
  const [from, until] = [range.from, range.until].map(toSeconds);
  return `rows whose ${declaration.cursor} lies from ${from} up to ${until}`;
}

/** Why what exists may not be among what left. */
function remarksOn(sync: SyncContext, run: Run): readonly string[] {
  const { declaration, notes } = run;
  const { unchanged, notDue, childless, deleted } = notes;
  const asked = askedFor(sync, declaration);
  const parent = 'parent' in asked ? asked.parent : undefined;
  const fields = parent?.only?.map(({ field }) => field).join(', ');
  return [
    ...(run.kind === 'snapshot' ? [] : [rangeOf(run)]),
    ...(asked.name === declaration.name ? [] : [`made of the rows of ${asked.name}`]),
    ...(run.kind !== 'snapshot' && isSilent(run) ? [`the newest row is of ${newestOf(run)}`] : []),
    ...(deleted > 0 ? [`${formatCount(deleted)} of them as deleted`] : []),
    ...(unchanged > 0 ? [`${count(unchanged, 'row')} as before, which did not leave again`] : []),
    ...(childless > 0
      ? [`not asked for ${count(childless, 'row')} of ${parent?.name}, which can have none by ${fields}`]
      : []),
    ...(notDue > 0
      ? [
          `not asked again for ${count(notDue, 'row')} of ${parent?.name}, which were read by an earlier sync and are not due (detail_refresh_days)`,
        ]
      : []),
  ];
}

/** It had rows, nothing of it was left out, and it was given none. */
function isSilent(run: Run): boolean {
  const { mode, notes, output } = run;
  if (mode !== 'incremental' || output.recordCount > notes.deleted || notes.notDue > 0) return false;
  if (run.kind === 'snapshot') return run.known > 0 && notes.unchanged === 0;
  return run.newest.before !== undefined && run.window.range.until > run.window.range.from;
}

/** Between two rows there is always some time; a week without any, or rows that were there and are not, want a look. */
function isOddlySilent({ startedAt }: SyncContext, run: Run): boolean {
  if (!isSilent(run)) return false;
  if (run.kind === 'snapshot') return true;
  const { newest, window } = run;
  const last = newest.before ?? startedAt;
  const isReadAgain = last >= window.range.from && last < window.range.until;
  return isReadAgain || startedAt - last > daysToMs(quietDays);
}

function describeSilence(run: Run): string {
  const { name } = run.output;
  if (run.kind === 'snapshot') return `${name} (${count(run.known, 'known row')})`;
  return `${name} (the newest is of ${newestOf(run)})`;
}

function newestOf({ newest }: Exclude<Run, { kind: 'snapshot' }>): string {
  return toSeconds(newest.before ?? 0);
}

function describeSum(ends: readonly (readonly [string, StreamEnd])[]): string {
  const sum = (of: (end: StreamEnd) => number) => ends.reduce((total, [, end]) => total + of(end), 0);
  const failed = ends.filter(([, { failure }]) => failure !== undefined).map(([name]) => name);
  const streams = count(ends.length, 'stream');
  const how =
    failed.length === 0
      ? `${streams} read to the end`
      : `${streams}, ${failed.length} of them not read to the end (${listSome(failed, namesShown)})`;
  return `${how}, ${count(
    sum((end) => end.records),
    'record',
  )} in ${count(
    sum((end) => end.requests),
    'request',
  )}`;
}
