import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type { Derived, StreamDeclaration, Windowed } from '../streams/declaration.ts';
import { createParentsRead } from './parents-read.ts';
import { createRefusals } from './refusals.ts';
import { daysToMs, earliestRow, monthsBefore } from './slices.ts';
import { createSnapshotProgress, type SnapshotRun } from './snapshot.ts';
import type { StreamOutput } from './stream-output.ts';
import { instantIn } from './stream-state.ts';
import { endpointNamed, type Sync } from './sync.ts';
import { createWindowProgress } from './window-progress.ts';
import type { WindowedReading, WindowRun } from './windowed.ts';

/** What one sync reads: each windowed endpoint once, with all streams made from it, and each snapshot. */
export interface Plan {
  readonly readings: readonly WindowedReading[];
  readonly snapshots: readonly SnapshotRun[];
}

/** How far back a stream is read when nothing is configured; Zoom's reports keep no more. */
const defaultMonths = 6;

const fullRefreshDone = '__ab_full_refresh_sync_complete';

/** Groups the runs by the endpoint that they are read from. */
export function planSync(sync: Sync, runs: readonly (SnapshotRun | WindowRun)[]): Plan {
  const snapshots = runs.filter((run): run is SnapshotRun => 'snapshot' in run);
  const readings = new Map<string, { sinks: WindowRun[]; derived: WindowRun[] }>();
  for (const run of runs) {
    if (!('window' in run)) continue;
    const source = sourceOf(run.declaration);
    const reading = readings.get(source) ?? { sinks: [], derived: [] };
    readings.set(source, reading);
    (run.declaration.incremental.kind === 'derived' ? reading.derived : reading.sinks).push(run);
  }
  return {
    snapshots,
    readings: [...readings].map(([source, group]) => ({
      source: endpointNamed(sync, source) as StreamDeclaration,
      ...group,
    })),
  };
}

/** The windowed stream whose endpoint a windowed or derived stream is read from. */
function sourceOf(declaration: StreamDeclaration): string {
  const isOwn = declaration.incremental.kind === 'windowed' && declaration.embedded === undefined;
  return isOwn ? declaration.name : (declaration.parent?.name ?? declaration.name);
}

/** True when an earlier attempt of the same full refresh has emitted everything. */
export function isFullRefreshDone(mode: SyncMode, state: JsonObject | undefined): boolean {
  return mode === 'full_refresh' && state?.[fullRefreshDone] === true;
}

/** The last STATE of a stream that was read to its end. */
export function finalState(mode: SyncMode, state: JsonObject): JsonObject {
  return mode === 'full_refresh' ? { ...state, [fullRefreshDone]: true } : state;
}

/**
 * Sets up what is read of a stream.
 * @throws ConfigError for a state that it cannot go on from.
 */
export function createRun(
  sync: Sync,
  declaration: StreamDeclaration,
  mode: SyncMode,
  output: StreamOutput,
  input: JsonObject | undefined,
): SnapshotRun | WindowRun {
  const shared = { declaration, mode, output };
  const { name, incremental } = declaration;
  if (incremental.kind === 'snapshot') {
    const snapshot = createSnapshotProgress(name, input, sync.startedAt);
    const refusals = createRefusals(name, input?.['owed'], true);
    return { ...shared, snapshot, refusals, progress: () => snapshot.toState() };
  }
  const range = rangeOf(sync, declaration, incremental, input);
  const window = createWindowProgress({ stream: name, cursorField: incremental.cursor, input, ...range });
  // Owed partitions of a derived stream are asked for by themselves, the others in windows from where they are owed.
  const [keyField] = Object.keys(declaration.parent?.fields ?? {});
  const limits = incremental.kind === 'derived' ? { keyField } : { earliest: range.start };
  const refusals = createRefusals(name, input?.['owed'], false, limits);
  const parentsRead = createParentsRead(name, input?.['parents_read'], window.nextFrom);
  const progress = () => ({ ...window.toState(), ...parentsRead.toState() });
  return { ...shared, window, parentsRead, refusals, progress };
}

function rangeOf(
  sync: Sync,
  declaration: StreamDeclaration,
  { lookbackDays }: Windowed | Derived,
  input: JsonObject | undefined,
) {
  const { startDate, endDate, lookbackDays: configured } = sync.options;
  const { startedAt } = sync;
  const source = endpointNamed(sync, sourceOf(declaration));
  const wanted = Math.max(earliestRow, startDate ?? monthsBefore(startedAt, defaultMonths));
  const start = clampStart(sync.startedAt, wanted, source.window?.keptMonths);
  if (start >= Math.min(startedAt, endDate ?? startedAt)) {
    sync.log(
      'WARN',
      `${declaration.name}: start_date lies after all that can be read, so there is nothing to read`,
    );
  }
  if (start > wanted) tellOfClampedStart(sync, declaration, start, input);
  warnOfEarlierStart(sync, declaration.name, startDate === undefined ? undefined : start, input);
  return {
    start,
    end: Math.min(startedAt, endDate ?? startedAt),
    lookbackMs: daysToMs(configured ?? lookbackDays),
  };
}

/** Asking for what Zoom no longer keeps is an error there; a day's margin keeps clear of where Zoom's day begins. */
function clampStart(startedAt: number, wanted: number, keptMonths: number | undefined): number {
  return keptMonths === undefined
    ? wanted
    : Math.max(wanted, monthsBefore(startedAt, keptMonths) + daysToMs(1));
}

/** Of interest to who asked for more, and to whose last sync was too long ago. */
function tellOfClampedStart(
  { log, options }: Sync,
  { name, incremental }: StreamDeclaration,
  start: number,
  input: JsonObject | undefined,
): void {
  const from = new Date(start).toISOString();
  const readBefore =
    incremental.kind === 'snapshot' ? undefined : instantIn(name, input ?? {}, incremental.cursor);
  if (readBefore !== undefined && readBefore < start) {
    const gap = `what lies between ${new Date(readBefore).toISOString()}, up to where the stream was read, and ${from}`;
    log('WARN', `${name}: ${gap} can no longer be read, since Zoom does not keep it any more`);
  } else if (readBefore === undefined && options.startDate !== undefined) {
    log('INFO', `${name}: Zoom keeps no more than what begins at ${from}, so the start moves up to there`);
  }
}

function warnOfEarlierStart(
  sync: Sync,
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
