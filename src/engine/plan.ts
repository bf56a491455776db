import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type {
  DerivedStream,
  Endpoint,
  Parent,
  SnapshotStream,
  StreamDeclaration,
  WindowedStream,
} from '../streams/declaration.ts';
import { createDetails, type Details, neverAgain } from './details.ts';
import { costsBudget } from './forecast.ts';
import { ListingShare } from './listing-share.ts';
import { askedWithQuery, type ListedAs, listingKey } from './parent-query.ts';
import { fieldsFor, naming } from './partition.ts';
import { createRefusals } from './refusals.ts';
import { createNewestRow, createRunNotes } from './run-notes.ts';
import { type Dated, rangeOf } from './run-range.ts';
import { daysToMs, startOfDay, startOfWhole } from './slices.ts';
import { createSnapshotProgress, tellsPartition } from './snapshot-progress.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import type { StreamOutput } from './stream-output.ts';
import { askedFor, askedNamed, type SyncContext } from './sync-context.ts';
import { createWindowProgress } from './window-progress.ts';
import {
  type DerivedNode,
  type DerivedRun,
  sourcesIn,
  type WindowedRun,
  type WindowedSource,
} from './window-run.ts';

export type Run = SnapshotRun | WindowedRun | DerivedRun;

/** What one sync reads: each windowed endpoint once, with all streams made from it, and each snapshot. */
export interface Plan {
  /** Snapshots whose rows others are made from, each after those that its own are made from. */
  readonly parents: readonly SnapshotRun[];
  readonly sources: readonly WindowedSource[];
  readonly others: readonly SnapshotRun[];
  /** The fields of a parent that some partition needs; none for what is no parent of a snapshot or a windowed stream. */
  fieldsOf(parent: string): readonly string[];
}

export function planSync(sync: SyncContext, runs: readonly Run[]): Plan {
  const snapshots = runs.filter((run) => run.kind === 'snapshot');
  const windowed = planSources(
    sync,
    runs.filter((run) => run.kind !== 'snapshot'),
  );
  const read: readonly Endpoint[] = [...snapshots, ...windowed.flatMap(sourcesIn)].map(
    ({ declaration }) => declaration,
  );
  const needed = read.flatMap((endpoint) => parentsOf(sync, endpoint));
  const isParent = ({ declaration }: SnapshotRun) => needed.some(({ name }) => name === declaration.name);
  const countAbove = ({ declaration }: SnapshotRun) => parentsOf(sync, declaration).length;
  return {
    // Whatever is above a stream is above all that is below it, too.
    parents: snapshots.filter(isParent).sort((a, b) => countAbove(a) - countAbove(b)),
    sources: windowed,
    others: snapshots.filter((run) => !isParent(run)),
    fieldsOf: (parent) => fieldsFor(needed.filter(({ name }) => name === parent)),
  };
}

/** What is read of one listing, before it is known what stands below it. */
interface SourceParts {
  readonly listed: ListedAs;
  readonly runs: WindowedRun[];
  readonly derived: DerivedRun[];
}

/** Each endpoint with those below it, be it read for their sake alone; once more for each query that it is listed with. */
function planSources(
  sync: SyncContext,
  runs: readonly (WindowedRun | DerivedRun)[],
): readonly WindowedSource[] {
  const parts = new Map<string, SourceParts>();
  const above = ({ name }: ListedAs) => {
    const { parent } = askedNamed(sync, name);
    return parent?.sameWindow === true ? parent : undefined;
  };
  const open = (listed: ListedAs) => {
    const key = listingKey(listed);
    const known = parts.get(key) ?? { listed, runs: [], derived: [] };
    parts.set(key, known);
    const parent = above(listed);
    if (parent !== undefined) open(parent);
    return known;
  };
  for (const run of runs) {
    const source = open(sourceOf(sync, run.declaration));
    if (run.kind === 'derived') source.derived.push(run);
    else source.runs.push(run);
  }
  const sourcesBelow = (parent?: string): readonly WindowedSource[] =>
    [...parts]
      .filter(([, { listed }]) => {
        const found = above(listed);
        return (found && listingKey(found)) === parent;
      })
      .map(([key, { listed, ...own }]) => ({
        declaration: askedWithQuery(sync, listed) as WindowedStream,
        ...own,
        children: nodesBelow(sync, listed.name, own.derived),
        below: sourcesBelow(key),
      }));
  return sourcesBelow();
}

/** The listing whose rows make a stream, or the partitions of it or of those above it. */
function sourceOf(sync: SyncContext, declaration: Dated): ListedAs {
  if (declaration.kind === 'windowed') return { name: declaration.name };
  const above = askedNamed(sync, declaration.parent.name);
  return 'kind' in above && above.kind === 'derived' ? sourceOf(sync, above) : declaration.parent;
}

/** The derived streams that are read below one, or have to be since others are below them. */
function nodesBelow(sync: SyncContext, parent: string, runs: readonly DerivedRun[]): readonly DerivedNode[] {
  const needed = new Set(runs.flatMap(({ declaration }) => lineOf(sync, declaration)));
  return [...needed]
    .filter((declaration) => declaration.parent.name === parent)
    .map((declaration) => ({
      declaration,
      run: runs.find((run) => run.declaration === declaration),
      children: nodesBelow(sync, declaration.name, runs),
    }));
}

/** A derived stream and those that it stands on. */
function lineOf(sync: SyncContext, declaration: DerivedStream): readonly DerivedStream[] {
  const above = askedNamed(sync, declaration.parent.name);
  return 'kind' in above && above.kind === 'derived' ? [declaration, ...lineOf(sync, above)] : [declaration];
}

/** All that an endpoint's partitions may be made from, its parents' parents included. */
function parentsOf(sync: SyncContext, { parent, fallback }: Endpoint): readonly Parent[] {
  return [parent, fallback?.parent]
    .filter((found) => found !== undefined)
    .flatMap((found) => [found, ...parentsOf(sync, askedNamed(sync, found.name))]);
}

/** What has to be read as a whole: the month that Zoom gives, or the day whose row grows. */
function wholeOf(sync: SyncContext, declaration: Dated): ((instant: number) => number) | undefined {
  const { window } = askedFor(sync, declaration);
  if (declaration.kind !== 'derived' && window?.format === 'month')
    return (instant) => startOfWhole(instant, window);
  return declaration.precision === 'day' ? startOfDay : undefined;
}

const fullRefreshDone = '__ab_full_refresh_sync_complete';

/** True when an earlier attempt of the same full refresh has emitted everything. */
export function isFullRefreshDone(mode: SyncMode, state: JsonObject | undefined): boolean {
  return mode === 'full_refresh' && state?.[fullRefreshDone] === true;
}

/** The last STATE of a stream that was read to its end. */
export function finalState(mode: SyncMode, state: JsonObject): JsonObject {
  return mode === 'full_refresh' ? { ...state, [fullRefreshDone]: true } : state;
}

/** What a run is made of, beside the sync. */
interface RunParts {
  readonly mode: SyncMode;
  readonly output: StreamOutput;
  /** The state that the stream goes on from. */
  readonly input: JsonObject | undefined;
}

/**
 * Sets up what is read of a stream.
 * @throws ConfigError for a state that it cannot go on from.
 */
export function createRun(
  sync: SyncContext,
  declaration: StreamDeclaration,
  { mode, output, input }: RunParts,
): Run {
  const stream = declaration.name;
  const shared = { mode, output, notes: createRunNotes() };
  if (declaration.kind === 'snapshot') {
    const snapshot = createSnapshotProgress(declaration, input, sync.startedAt);
    const details = createSnapshotDetails(sync, declaration, input);
    const refusals = createRefusals({ stream, input: input?.['owed'], asksEverything: true });
    const progress = () => ({ ...snapshot.toState(), ...details.toState() });
    const known = snapshot.digests.size;
    const share = new ListingShare();
    return { kind: 'snapshot', declaration, ...shared, snapshot, details, known, share, refusals, progress };
  }
  const range = rangeOf(sync, declaration, input);
  const window = createWindowProgress({
    stream,
    cursorField: declaration.cursor,
    input,
    startOfWhole: wholeOf(sync, declaration),
    ...range,
  });
  const newest = createNewestRow(declaration.cursor, input);
  const books = {
    stream,
    input: input?.['owed'],
    asksEverything: false,
    isResumed: input?.['read_until'] !== undefined,
    finished: window.finishedBefore,
  };
  if (declaration.kind === 'derived') {
    // What it is owed is asked for by itself, whatever the age.
    const refusals = createRefusals({ ...books, naming: naming(declaration.parent.parameters).parameter });
    const details = createDerivedDetails(sync, declaration, input, window.nextFrom);
    const progress = () => ({ ...window.toState(), ...newest.toState(), ...details.toState() });
    return { kind: 'derived', declaration, ...shared, window, newest, details, refusals, progress };
  }
  const refusals = createRefusals({ ...books, earliest: range.start });
  const progress = () => ({ ...window.toState(), ...newest.toState() });
  return { kind: 'windowed', declaration, ...shared, window, newest, refusals, progress };
}

/** Of a stream that has no parent nothing is ever noted. */
function createSnapshotDetails(
  sync: SyncContext,
  declaration: SnapshotStream,
  input: JsonObject | undefined,
): Details {
  const everyDays = sync.options.detailRefreshDays;
  return createDetails({
    stream: declaration.name,
    input: input?.['parents_read'],
    now: sync.startedAt,
    refresh: () => (everyDays === 0 ? 'in every sync' : { everyDays }),
    isSpread: tellsPartition(declaration, sync.streams),
  });
}

/** What Zoom shows of a meeting grows for some time after its end. */
const settlingDays = 3;

function createDerivedDetails(
  sync: SyncContext,
  declaration: DerivedStream,
  input: JsonObject | undefined,
  nextFrom: number,
): Details {
  const settledUntil = sync.startedAt - daysToMs(settlingDays);
  const everyDays = Math.max(1, sync.options.detailRefreshDays);
  return createDetails({
    stream: declaration.name,
    input: input?.['parents_read'],
    now: sync.startedAt,
    nextFrom,
    refresh(at = settledUntil) {
      // What a window shows comes day by day.
      if (declaration.window === undefined && costsBudget(sync, declaration)) return neverAgain;
      return at < settledUntil ? { everyDays } : 'in every sync';
    },
  });
}
