import { latestInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Snapshot } from '../streams/declaration.ts';
import { forEachConcurrently } from './concurrency.ts';
import { createDigests, type Digests, digestOf } from './digests.ts';
import { asParents, type ParentRows, partitionsOf, rowsMayComeAgain, wholeAccount } from './partitions.ts';
import { createShape, keyOf } from './records.ts';
import type { Partition } from './refusals.ts';
import { book, type StreamRun, stateOf } from './stream-run.ts';
import { checkVersion, instantIn, stateVersion, toInstant, updatedAtField } from './stream-state.ts';
import { logForecast, readEndpoint, readRoot, requireAvailable, type Sync } from './sync.ts';

const deletedField = '_ab_cdc_deleted_at';

/** A large state is written no more often than this. */
const stateIntervalMs = 5 * 60_000;
/** A listing that lacks more than this part of what was known proves nothing. */
const largestDeletedShare = 0.5;
const fewestKnownToDoubt = 20;
/** Above it the state would outgrow what platforms store, so nothing is remembered. */
const mostKnownKeys = 300_000;

/** What a snapshot stream remembers between syncs: `{version, _ab_cdc_updated_at, digests}`. */
export interface SnapshotProgress {
  readonly digests: Digests;
  /** The cursor of everything that this sync emits; later than any before. */
  readonly updatedAt: string;
  /** True once there were too many keys to remember. */
  isOverflowing: boolean;
  toState(): JsonObject;
}

/** @throws ConfigError for a state of a newer version, or whose cursor or digests have the wrong type. */
export function createSnapshotProgress(
  stream: string,
  input: JsonObject | undefined,
  now: number,
): SnapshotProgress {
  checkVersion(stream, input ?? {});
  const before = instantIn(stream, input ?? {}, updatedAtField);
  const digests = createDigests(stream, input?.['digests']);
  const updatedAt = toInstant(
    before === undefined ? now : Math.max(now, Math.min(before + 1, latestInstant)),
  );
  return {
    digests,
    updatedAt,
    isOverflowing: false,
    toState() {
      return {
        version: stateVersion,
        [updatedAtField]: updatedAt,
        digests: this.isOverflowing ? {} : digests,
      };
    },
  };
}

export interface SnapshotRun extends StreamRun {
  readonly snapshot: SnapshotProgress;
}

/**
 * Lists everything and emits what is new or changed. Where the declaration says so, what a second complete listing lacks
 * as well is emitted as deleted.
 */
export async function readSnapshot(sync: Sync, parents: ParentRows, run: SnapshotRun): Promise<void> {
  const { name } = run.declaration;
  const { digests } = run.snapshot;
  const pass = createPass(sync, run);
  const isComplete = await list(sync, parents, run, pass, parents.isExpected(name));
  if (run.snapshot.isOverflowing) return;
  const missing = digests.missing();
  if (missing.length === 0) return;
  if (!isComplete) {
    sync.log(
      'WARN',
      `${name}: ${missing.length} known rows were not met, in a listing that is not whole; none is taken for deleted`,
    );
    return;
  }
  const { tombstones = false } = run.declaration.incremental as Snapshot;
  if (!tombstones || isSeenByAuthoriserAlone(sync, run)) {
    // No proof of a deletion, only nothing left to compare with.
    if (!tombstones) for (const key of missing) digests.delete(key);
    return;
  }
  if (run.mode === 'incremental') await deleteMissing(sync, parents, run, pass);
}

async function deleteMissing(sync: Sync, parents: ParentRows, run: SnapshotRun, pass: Pass): Promise<void> {
  // A row that moved while it was listed is in neither page; it is in the second listing.
  if (!(await list(sync, parents, run, pass, false))) return;
  const { digests, updatedAt } = run.snapshot;
  const missing = digests.missing();
  const known = digests.size;
  if (known >= fewestKnownToDoubt && missing.length > known * largestDeletedShare) {
    sync.log(
      'WARN',
      `${run.declaration.name}: ${missing.length} of ${known} known rows are gone from Zoom's listing. That is too many to believe, so none is emitted as deleted; if it is right, reset the stream`,
    );
    return;
  }
  const { primaryKey } = run.declaration;
  const rows = missing.map((key) => ({
    [primaryKey[0]]: key,
    [updatedAtField]: updatedAt,
    [deletedField]: updatedAt,
  }));
  await run.output.records(rows);
  for (const key of missing) digests.delete(key);
}

/** Emits what is new or changed among the rows of one partition. */
type Pass = (rows: readonly JsonObject[], partition: Partition) => Promise<void>;

function createPass(sync: Sync, run: SnapshotRun): Pass {
  const { declaration, snapshot, output } = run;
  const { digests, updatedAt } = snapshot;
  const { volatile } = declaration.incremental as Snapshot;
  let lastStateAt = sync.clock.now();

  const overflow = () => {
    snapshot.isOverflowing = true;
    sync.log(
      'WARN',
      `${declaration.name}: more than ${mostKnownKeys} rows are too many to compare with an earlier sync, so every sync emits all of them and none as deleted`,
    );
  };

  const findChanged = (rows: readonly JsonObject[], partition: Partition) => {
    const shape = createShape(declaration, partition.fields, sync.options.includeSensitiveFields);
    return rows.flatMap((row) => {
      const record = shape(row);
      const key = keyOf(record, declaration.primaryKey);
      if (!digests.meet(key)) return [];
      const digest = digestOf(record, volatile);
      if (digests.get(key) === digest) return [];
      return { key, digest, record: { ...record, [updatedAtField]: updatedAt, [deletedField]: null } };
    });
  };

  return async (rows, partition) => {
    const changed = findChanged(rows, partition);
    await output.records(changed.map(({ record }) => record));
    if (snapshot.isOverflowing) return;
    for (const { key, digest } of changed) digests.set(key, digest);
    if (digests.size > mostKnownKeys) overflow();
    if (sync.clock.now() - lastStateAt < stateIntervalMs) return;
    lastStateAt = sync.clock.now();
    await output.state(stateOf(run));
  };
}

/** @returns false when something was refused or not given, so that the listing proves nothing about what it lacks. */
async function list(
  sync: Sync,
  parents: ParentRows,
  run: SnapshotRun,
  pass: Pass,
  isAwaitedByChildren: boolean,
): Promise<boolean> {
  const { declaration } = run;
  if (declaration.parent !== undefined) return listPartitions(sync, parents, run, pass);
  const forChildren: JsonObject[] = [];
  let isWhole = false;
  await readRoot(sync, declaration.name, declaration, async (endpoint) => {
    const outcome = await readEndpoint(sync, {
      name: declaration.name,
      endpoint,
      partition: wholeAccount,
      rows: async (rows) => {
        if (isAwaitedByChildren)
          forChildren.push(...parents.reduce(declaration.name, asParents(sync, declaration, rows)));
        await pass(rows, wholeAccount);
      },
      restart: rowsMayComeAgain,
    });
    isWhole = outcome.action === 'read' && outcome.isWhole;
    return outcome;
  });
  if (isAwaitedByChildren) parents.publish(declaration.name, forChildren);
  return isWhole;
}

async function listPartitions(
  sync: Sync,
  parents: ParentRows,
  run: SnapshotRun,
  pass: Pass,
): Promise<boolean> {
  const { declaration } = run;
  const endpoint: Endpoint = declaration;
  const parent = declaration.parent;
  if (parent === undefined) return true;
  // How many there are is seen only while they are listed; the sync before knows how many there were.
  const { size } = run.snapshot.digests;
  logForecast(sync, declaration.name, endpoint, size, 'for as many rows as there were');
  let isComplete = true;
  const refuse = (partition: Partition, outcome: Parameters<typeof book>[2]) => {
    if (outcome.action !== 'skip') isComplete = false;
    book(run, partition, outcome, sync.startedAt);
  };
  const partitions = partitionsOf(sync, parents, parent, refuse);
  await forEachConcurrently(partitions, sync.options.concurrency, async (partition) => {
    const outcome = await readEndpoint(sync, {
      name: declaration.name,
      endpoint,
      partition,
      rows: (rows) => pass(rows, partition),
      restart: () => undefined,
    });
    requireAvailable(declaration.name, endpoint, outcome, run.refusals.hasAnswered);
    if (outcome.action === 'read') {
      isComplete &&= outcome.isWhole;
      run.refusals.read(partition);
    } else refuse(partition, outcome);
    return true;
  });
  return isComplete;
}

function isSeenByAuthoriserAlone(sync: Sync, { declaration }: SnapshotRun): boolean {
  const { fallback } = declaration;
  return fallback?.authoriser !== undefined && sync.replaced.get(declaration) === fallback;
}
