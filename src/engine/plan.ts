import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type { Endpoint, Parent, StreamDeclaration, WindowedStream } from '../streams/declaration.ts';
import { fieldsFor, naming } from './partition.ts';
import { createReadParents } from './read-parents.ts';
import { createRefusals } from './refusals.ts';
import { rangeOf } from './run-range.ts';
import { createSnapshotProgress } from './snapshot-progress.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import type { StreamOutput } from './stream-output.ts';
import { askedNamed, type SyncContext } from './sync-context.ts';
import { createWindowProgress } from './window-progress.ts';
import type { DerivedRun, WindowedRun, WindowedSource } from './window-run.ts';

export type Run = SnapshotRun | WindowedRun | DerivedRun;

/** What one sync reads: each windowed endpoint once, with all streams made from it, and each snapshot. */
export interface Plan {
  readonly sources: readonly WindowedSource[];
  readonly snapshots: readonly SnapshotRun[];
  /** The fields of a parent that some partition needs; none for what is no parent of a snapshot or a windowed stream. */
  fieldsOf(parent: string): readonly string[];
}

export function planSync(sync: SyncContext, runs: readonly Run[]): Plan {
  const sources = new Map<string, { runs: WindowedRun[]; derived: DerivedRun[] }>();
  for (const run of runs) {
    if (run.kind === 'snapshot') continue;
    const name = sourceOf(run.declaration);
    const source = sources.get(name) ?? { runs: [], derived: [] };
    sources.set(name, source);
    if (run.kind === 'derived') source.derived.push(run);
    else source.runs.push(run);
  }
  const snapshots = runs.filter((run) => run.kind === 'snapshot');
  const windowed = [...sources].map(([name, source]) => ({
    declaration: askedNamed(sync, name) as WindowedStream,
    ...source,
  }));
  const read: readonly Endpoint[] = [...snapshots, ...windowed].map(({ declaration }) => declaration);
  const needed = read.flatMap((endpoint) => parentsOf(sync, endpoint));
  return {
    sources: windowed,
    snapshots,
    fieldsOf: (parent) => fieldsFor(needed.filter(({ name }) => name === parent)),
  };
}

/** The windowed stream whose rows make a stream, or its partitions. */
function sourceOf(declaration: Exclude<StreamDeclaration, { kind: 'snapshot' }>): string {
  return declaration.kind === 'windowed' ? declaration.name : declaration.parent.name;
}

/** All that an endpoint's partitions may be made from, its parents' parents included. */
function parentsOf(sync: SyncContext, { parent, fallback }: Endpoint): readonly Parent[] {
  return [parent, fallback?.parent]
    .filter((found) => found !== undefined)
    .flatMap((found) => [found, ...parentsOf(sync, askedNamed(sync, found.name))]);
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
  const isByDay = declaration.precision === 'day';
  const window = createWindowProgress({ stream, cursorField: declaration.cursor, input, isByDay, ...range });
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
