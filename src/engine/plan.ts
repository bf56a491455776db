import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type {
  DerivedStream,
  Endpoint,
  Parent,
  StreamDeclaration,
  WindowedStream,
} from '../streams/declaration.ts';
import { fieldsFor, naming } from './partition.ts';
import { createReadParents } from './read-parents.ts';
import { createRefusals } from './refusals.ts';
import { type Dated, rangeOf } from './run-range.ts';
import { startOfDay, startOfWhole } from './slices.ts';
import { createSnapshotProgress } from './snapshot-progress.ts';
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
  readonly sources: readonly WindowedSource[];
  readonly snapshots: readonly SnapshotRun[];
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
  return {
    sources: windowed,
    snapshots,
    fieldsOf: (parent) => fieldsFor(needed.filter(({ name }) => name === parent)),
  };
}

/** Each endpoint with those below it, be it read for their sake alone. */
function planSources(
  sync: SyncContext,
  runs: readonly (WindowedRun | DerivedRun)[],
): readonly WindowedSource[] {
  const parts = new Map<string, { runs: WindowedRun[]; derived: DerivedRun[] }>();
  const windowedNamed = (name: string) => askedNamed(sync, name) as WindowedStream;
  const above = (name: string) => {
    const { parent } = windowedNamed(name);
    return parent?.sameWindow === true ? parent.name : undefined;
  };
  const open = (name: string) => {
    const known = parts.get(name) ?? { runs: [], derived: [] };
    parts.set(name, known);
    const parent = above(name);
    if (parent !== undefined) open(parent);
    return known;
  };
  for (const run of runs) {
    const source = open(sourceOf(sync, run.declaration));
    if (run.kind === 'derived') source.derived.push(run);
    else source.runs.push(run);
  }
  const sourcesBelow = (parent: string | undefined): readonly WindowedSource[] =>
    [...parts]
      .filter(([name]) => above(name) === parent)
      .map(([name, own]) => ({
        declaration: windowedNamed(name),
        ...own,
        children: nodesBelow(sync, name, own.derived),
        below: sourcesBelow(name),
      }));
  return sourcesBelow(undefined);
}

/** The windowed stream whose rows make a stream, or the partitions of it or of those above it. */
function sourceOf(sync: SyncContext, declaration: Dated): string {
  if (declaration.kind === 'windowed') return declaration.name;
  const above = askedNamed(sync, declaration.parent.name);
  return 'kind' in above && above.kind === 'derived' ? sourceOf(sync, above) : above.name;
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
  if (declaration.kind === 'snapshot') {
    const snapshot = createSnapshotProgress(declaration, input, sync.startedAt);
    const refusals = createRefusals({ stream, input: input?.['owed'], asksEverything: true });
    const progress = () => snapshot.toState();
    return { kind: 'snapshot', declaration, mode, output, snapshot, refusals, progress };
  }
  const range = rangeOf(sync, declaration, input);
  const window = createWindowProgress({
    stream,
    cursorField: declaration.cursor,
    input,
    startOfWhole: wholeOf(sync, declaration),
    ...range,
  });
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
    const readParents = createReadParents(stream, input?.['parents_read'], window.nextFrom);
    const progress = () => ({ ...window.toState(), ...readParents.toState() });
    return { kind: 'derived', declaration, mode, output, window, readParents, refusals, progress };
  }
  const refusals = createRefusals({ ...books, earliest: range.start });
  const progress = () => window.toState();
  return { kind: 'windowed', declaration, mode, output, window, refusals, progress };
}
