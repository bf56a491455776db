import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import { forEachConcurrently } from './concurrency.ts';
import { toPartition } from './partitions.ts';
import { createShape } from './records.ts';
import type { Partition } from './refusals.ts';
import { describeSlice, type Slice } from './slices.ts';
import { book, stateOf } from './stream-run.ts';
import { costsBudget, logForecast, readEndpoint, requireAvailable, type Sync } from './sync.ts';
import type { WindowRun } from './windowed.ts';

/** A row of the windowed parent. */
export interface FoundParent {
  /** Reduced to the fields that derived streams need. */
  readonly row: JsonObject;
  /** Of the whole row, where children are expensive. */
  readonly digest: string | undefined;
}

/** Reads the children of a windowed parent's rows, slice after slice, while the parent is a slice ahead. */
export interface DerivedReader {
  /** Takes the parent's rows of a slice; resolves when there is room for those of the next. */
  offer(slice: Slice, parents: readonly FoundParent[]): Promise<void>;
  /** Resolves when all that was offered is read, and what earlier syncs are owed was asked for again. */
  settled(): Promise<void>;
}

/** A state leaves after so much time, or after so many records. */
const stateIntervalMs = 10_000;
const stateIntervalRecords = 10_000;

export function createDerivedReader(
  sync: Sync,
  run: WindowRun,
  onFailure: (error: unknown) => Promise<void>,
): DerivedReader {
  let reading = Promise.resolve();
  let hasFailed = false;
  const guard = async (work: () => Promise<void>) => {
    if (hasFailed || run.output.isEnded) return;
    try {
      await work();
    } catch (error) {
      hasFailed = true;
      await onFailure(error);
    }
  };
  return {
    async offer(slice, parents) {
      const previous = reading;
      // Made at once, so that the rows need not be held beside them.
      let partitions: readonly Partition[] = [];
      await guard(async () => {
        partitions = partitionsOf(run, slice, parents, costsBudget(sync, run.declaration));
      });
      reading = previous.then(() => guard(() => readSlice(sync, run, slice, partitions)));
      await previous;
    },
    settled: () => reading.then(() => guard(() => readOwed(sync, run))),
  };
}

/** What is owed from before this sync's range, or has vanished from the parent's listing, comes with no slice. */
async function readOwed(sync: Sync, run: WindowRun): Promise<void> {
  const owed = [...run.refusals.owedBefore]
    .filter(([key, entry]) => run.refusals.owed.get(key) === entry)
    .map(([key, { fields, read_until }]) => ({ key, fields, at: Date.parse(read_until) }));
  await forEachConcurrently(owed, sync.options.concurrency, (partition) =>
    readPartition(sync, run, partition),
  );
}

function partitionsOf(
  { declaration: { parent, incremental } }: WindowRun,
  slice: Slice,
  parents: readonly FoundParent[],
  isExpensive: boolean,
): readonly Partition[] {
  if (parent === undefined || incremental.kind !== 'derived') return [];
  const cursor = parent.fields[incremental.cursor] ?? '';
  return parents.flatMap(({ row, digest }) => {
    const partition = toPartition(parent, row, readInstant(row[cursor]) ?? slice.from);
    if (partition === undefined) return [];
    return isExpensive ? { ...partition, digest } : partition;
  });
}

async function readSlice(
  sync: Sync,
  run: WindowRun,
  slice: Slice,
  partitions: readonly Partition[],
): Promise<void> {
  if (slice.until <= run.window.range.from) return;
  const { name } = run.declaration;
  const wanted = partitions.filter((partition) => !isReadAlready(run, partition));
  const unfinished = run.window.openSlice(slice, wanted);
  logForecast(sync, name, run.declaration, unfinished.length, `for ${describeSlice(slice)}`);
  let lastStateAt = sync.clock.now();
  let recordsInState = run.output.recordCount;
  await forEachConcurrently(unfinished, sync.options.concurrency, async (partition) => {
    const isOpen = await readPartition(sync, run, partition);
    run.window.partitionDone(partition);
    const isDue =
      sync.clock.now() - lastStateAt >= stateIntervalMs ||
      run.output.recordCount - recordsInState >= stateIntervalRecords;
    if (isDue) {
      lastStateAt = sync.clock.now();
      recordsInState = run.output.recordCount;
      await run.output.state(stateOf(run));
    }
    return isOpen;
  });
  run.window.sliceDone(slice);
  await run.output.state(stateOf(run));
}

/** Only incremental syncs leave out what has not changed, and only where asking again would cost the day's budget. */
function isReadAlready({ mode, refusals, parentsRead }: WindowRun, partition: Partition): boolean {
  const isUnchanged = parentsRead.meet(partition);
  return isUnchanged && mode === 'incremental' && !refusals.owedBefore.has(partition.key);
}

async function readPartition(sync: Sync, run: WindowRun, partition: Partition): Promise<boolean> {
  const { declaration, output, refusals } = run;
  const newShape = () => createShape(declaration, partition.fields, sync.options.includeSensitiveFields);
  let shape = newShape();
  const outcome = await readEndpoint(sync, {
    name: declaration.name,
    endpoint: declaration,
    partition,
    rows: (rows) => output.records(rows.map((row) => shape(row))),
    restart: () => {
      shape = newShape();
    },
  });
  requireAvailable(declaration.name, declaration, outcome, refusals.hasAnswered);
  if (outcome.action === 'read') refusals.read(partition);
  else book(run, partition, outcome, partition.at ?? sync.startedAt);
  if (outcome.action === 'read' || outcome.action === 'skip') run.parentsRead.read(partition);
  return true;
}
