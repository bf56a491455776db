import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, StreamDeclaration, Windowed } from '../streams/declaration.ts';
import { forEachConcurrently } from './concurrency.ts';
import { createDerivedReader, type DerivedReader, type FoundParent } from './derived.ts';
import { digestOf } from './digests.ts';
import { createKeySet, type KeySet } from './key-table.ts';
import type { Outcome } from './pages.ts';
import type { ParentsRead } from './parents-read.ts';
import { fieldsFor, type ParentRows, partitionsOf, pick, toPartition, wholeAccount } from './partitions.ts';
import { createShape, keyOf } from './records.ts';
import type { Partition } from './refusals.ts';
import {
  cutByDensity,
  describeSlice,
  lengthInDays,
  planSlices,
  type Slice,
  windowParameters,
} from './slices.ts';
import { book, type StreamRun, stateOf } from './stream-run.ts';
import { costsBudget, logForecast, readEndpoint, readRoot, requireAvailable, type Sync } from './sync.ts';
import type { WindowProgress } from './window-progress.ts';

export interface WindowRun extends StreamRun {
  readonly window: WindowProgress;
  /** Used by derived streams. */
  readonly parentsRead: ParentsRead;
}

/** One windowed endpoint and all that is read from it in this sync, so that it is listed once. */
export interface WindowedReading {
  readonly source: StreamDeclaration;
  /** Streams made of its rows: its own, and those embedded in it. */
  readonly sinks: readonly WindowRun[];
  /** Streams whose partitions are its rows. */
  readonly derived: readonly WindowRun[];
}

/** Slices of one endpoint that are read at the same time: pages of one slice can only come one after the other. */
const slicesAtOnce = 4;
/**
 * Slices are cut so as to hold no more rows, judging by those before them: memory stays flat, and states leave in time. Rows
 * that are kept as parents weigh more than keys, and beside the calls for their children those for more slices are nothing.
 */
const mostRowsInSlice = 50_000;
const mostParentsInSlice = 5_000;
/** A state with unfinished partitions is long; it leaves no more often than this. */
const partitionStateIntervalMs = 10_000;

/** Reads every slice that some stream of the reading still needs. Streams whose own children fail, fail alone (`onFailure`). */
export async function readWindowed(
  sync: Sync,
  parents: ParentRows,
  reading: WindowedReading,
  onFailure: (run: StreamRun, error: unknown) => Promise<void>,
): Promise<void> {
  const slices = planReading(reading);
  const undated = createKeySet();
  const children = reading.derived.map((run) =>
    createDerivedReader(sync, run, (error) => onFailure(run, error)),
  );
  try {
    await readSlices(sync, reading, slices, (slice) =>
      readOneSlice(sync, parents, reading, children, undated, slice),
    );
  } finally {
    // Children of the slices that were listed are read, whatever became of the next slice.
    await Promise.all(children.map((child) => child.settled()));
  }
  for (const { window, parentsRead } of reading.derived) {
    // A resumed pass has listed less than the next one will.
    if (window.nextFrom >= window.range.from) parentsRead.forgetOthers();
  }
}

async function readSlices(
  sync: Sync,
  { source, sinks, derived }: WindowedReading,
  [first, ...rest]: readonly Slice[],
  readSlice: (slice: Slice) => Promise<number>,
): Promise<void> {
  if (first === undefined) return;
  let rowsPerDay = 0;
  const read = async (slice: Slice) => {
    const rows = await readSlice(slice);
    // Of a slice of minutes a few rows say little.
    rowsPerDay = Math.max(rowsPerDay, rows / Math.max(1, lengthInDays(slice)));
    return true;
  };
  // The first slice shows whether Zoom lets the app have the endpoint or something in its place.
  await read(first);
  const { parent, window } = sync.replaced.get(source) ?? source;
  const isSequential = derived.length > 0 || parent !== undefined;
  const mostRows = derived.length > 0 ? mostParentsInSlice : mostRowsInSlice;
  const cut = function* () {
    for (const slice of rest) yield* cutByDensity(slice, window?.format ?? 'date', rowsPerDay, mostRows);
  };
  await forEachConcurrently(cut(), isSequential ? 1 : slicesAtOnce, read);
  // What single partitions owed is read now that the whole account is.
  if (parent !== undefined) return;
  for (const { refusals } of sinks)
    for (const key of refusals.owedBefore.keys()) refusals.read({ key, fields: {} });
}

/** From where the first stream comes in to where the sync ends, cut wherever another one comes in. */
function planReading({ source, sinks, derived }: WindowedReading): readonly Slice[] {
  const runs = [...sinks, ...derived].filter(({ window: { range } }) => range.until > range.from);
  const owedFrom = sinks.flatMap(({ refusals }) =>
    [...refusals.owedBefore.values()].map((owed) => Date.parse(owed.read_until)),
  );
  const starts = [...runs.map(({ window }) => window.range.from), ...owedFrom];
  const until = Math.max(...runs.map(({ window }) => window.range.until));
  if (runs.length === 0 || source.window === undefined) return [];
  const cuts = [...runs.flatMap(({ window }) => window.cuts), ...owedFrom];
  return planSlices({ from: Math.min(...starts), until }, source.window.maxDays, cuts);
}

/** @returns how many rows the slice holds. */
async function readOneSlice(
  sync: Sync,
  parents: ParentRows,
  reading: WindowedReading,
  children: readonly DerivedReader[],
  undated: KeySet,
  slice: Slice,
): Promise<number> {
  const { source } = reading;
  const found: FoundParent[] = [];
  const seen = createKeySet();
  const kept = fieldsFor(reading.derived.map(({ declaration }) => declaration.parent));
  const read = (endpoint: Endpoint) => {
    const context = { sync, reading, endpoint, slice, seen, undated, kept, found };
    return endpoint.parent === undefined
      ? readRows(context, wholeAccount, reading.sinks)
      : readPartitions(context, parents);
  };
  await readRoot(sync, source.name, source, read);

  for (const sink of reading.sinks) {
    if (slice.until <= sink.window.range.from) continue;
    sink.window.sliceDone(slice);
    await sink.output.state(stateOf(sink));
  }
  await Promise.all(children.map((child) => child.offer(slice, found)));
  return seen.size;
}

interface SliceContext {
  readonly sync: Sync;
  readonly reading: WindowedReading;
  readonly endpoint: Endpoint;
  readonly slice: Slice;
  /** Keys of the rows that this slice has given, since windows of whole days overlap and pages shift. */
  readonly seen: KeySet;
  /** Keys of the rows without a cursor that any slice has given. */
  readonly undated: KeySet;
  /** The fields that the derived streams need. */
  readonly kept: readonly string[];
  /** Rows kept for the derived streams. */
  readonly found: FoundParent[];
}

async function readPartitions(context: SliceContext, parents: ParentRows): Promise<Outcome> {
  const { sync, endpoint, slice, reading } = context;
  if (endpoint.parent === undefined) return { action: 'read', isWhole: true };
  const partitions: Partition[] = [];
  for await (const partition of partitionsOf(sync, parents, endpoint.parent, (refusedParent, outcome) => {
    for (const sink of reading.sinks) book(sink, refusedParent, outcome, slice.from);
  })) {
    partitions.push(partition);
  }
  const unfinished = new Map(
    reading.sinks
      .filter((sink) => slice.until > sink.window.range.from)
      .map((sink) => [sink, new Set(sink.window.openSlice(slice, partitions).map(({ key }) => key))]),
  );
  const lastStateAt = new Map<WindowRun, number>();
  const takers = (partition: Partition) =>
    reading.sinks.filter((sink) => takesPartition(sink, partition, slice, unfinished.get(sink)));
  const wanted = partitions.filter((partition) => takers(partition).length > 0 || reading.derived.length > 0);

  logForecast(sync, reading.source.name, endpoint, wanted.length, `for ${describeSlice(slice)}`);
  await forEachConcurrently(wanted, sync.options.concurrency, async (partition) => {
    const sinks = takers(partition);
    const outcome = await readRows(context, partition, sinks);
    const hasAnswered = reading.sinks.some(({ refusals }) => refusals.hasAnswered);
    requireAvailable(reading.source.name, endpoint, outcome, hasAnswered);
    for (const sink of sinks) {
      if (outcome.action !== 'read') book(sink, partition, outcome, slice.from);
      // What is owed lies in the slices before the stream's own range; it is paid off slice by slice.
      else if (slice.until < sink.window.range.from) sink.refusals.readUntil(partition, slice.until);
      else sink.refusals.read(partition);
      sink.window.partitionDone(partition);
      await writeStateNowAndThen(sync, sink, lastStateAt);
    }
    return true;
  });
  return { action: 'read', isWhole: true };
}

/** Before the stream's own range only what is owed is asked again; in it, what is not finished and not refused just now. */
function takesPartition(
  sink: WindowRun,
  { key }: Partition,
  slice: Slice,
  unfinished: ReadonlySet<string> | undefined,
): boolean {
  if (sink.refusals.isRefusedNow(key)) return false;
  const owed = sink.refusals.owedBefore.get(key);
  if (owed !== undefined && slice.until > Date.parse(owed.read_until)) return true;
  return unfinished?.has(key) ?? false;
}

async function writeStateNowAndThen(
  sync: Sync,
  sink: WindowRun,
  lastStateAt: Map<WindowRun, number>,
): Promise<void> {
  const now = sync.clock.now();
  if (now - (lastStateAt.get(sink) ?? sync.startedAt) < partitionStateIntervalMs) return;
  lastStateAt.set(sink, now);
  await sink.output.state(stateOf(sink));
}

/** Reads the rows of one slice and partition and hands them to the streams that take them. */
function readRows(
  context: SliceContext,
  partition: Partition,
  sinks: readonly WindowRun[],
): Promise<Outcome> {
  const { sync, reading, endpoint, slice } = context;
  const { source } = reading;
  const query = rangeQuery(endpoint, slice);
  return readEndpoint(sync, {
    name: source.name,
    endpoint,
    partition,
    query,
    rows: async (page) => {
      const rows = page.filter((row) => belongs(row, context));
      await Promise.all(sinks.map((sink) => emit(sync, sink, rows, slice, endpoint)));
      keepForDerived(context, rows);
    },
    restart: () => undefined,
  });
}

function rangeQuery({ window }: Endpoint, slice: Slice): Record<string, string> {
  return window === undefined ? {} : windowParameters(slice, window);
}

/** A row belongs to the slice that its cursor lies in, whatever days Zoom answers; one without a cursor to where it is first met. */
function belongs(row: JsonObject, { reading: { source }, slice, seen, undated }: SliceContext): boolean {
  const at = readInstant(row[(source.incremental as Windowed).cursor]);
  if (at === undefined) return undated.add(keyOf(row, source.primaryKey));
  if (at < slice.from || at >= slice.until) return false;
  return seen.add(keyOf(row, source.primaryKey));
}

async function emit(
  sync: Sync,
  sink: WindowRun,
  rows: readonly JsonObject[],
  slice: Slice,
  endpoint: Endpoint,
): Promise<void> {
  // Slices before the stream's own range are read for what it is owed, which only partitions are.
  if (
    endpoint.parent === undefined &&
    slice.until <= sink.window.range.from &&
    sink.refusals.owedBefore.size === 0
  )
    return;
  const { declaration } = sink;
  const include = sync.options.includeSensitiveFields;
  if (declaration.embedded === undefined) {
    const shape = createShape(declaration, {}, include);
    await sink.output.records(rows.map(shape));
    return;
  }
  const { embedded, parent } = declaration;
  const records = rows.flatMap((row) => {
    const children = row[embedded];
    if (!Array.isArray(children) || parent === undefined) return [];
    const partition = toPartition(parent, row);
    return partition === undefined ? [] : children.map(createShape(declaration, partition.fields, include));
  });
  await sink.output.records(records);
}

function keepForDerived(
  { sync, reading: { derived }, kept, found }: SliceContext,
  rows: readonly JsonObject[],
): void {
  if (derived.length === 0) return;
  const isExpensive = derived.some(({ declaration }) => costsBudget(sync, declaration));
  for (const row of rows)
    found.push({ row: pick(row, kept), digest: isExpensive ? digestOf(row) : undefined });
}
