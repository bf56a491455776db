import type { Refusal } from '../http/exchange.ts';
import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent } from '../streams/declaration.ts';
import { type Availability, askPartitions, createAvailability } from './availability.ts';
import { DerivedReader, type FoundParent } from './derived.ts';
import { digestOf } from './digests.ts';
import { readRoot } from './fallback.ts';
import { costsBudget, logForecast } from './forecast.ts';
import { createKeySet, type KeySet } from './key-table.ts';
import { lackingIn, type Outcome } from './outcome.ts';
import { type ParentFeeds, partitionsOf } from './parent-feeds.ts';
import { fieldsFor, naming, type Partition, pick, wholeAccount } from './partition.ts';
import { type RowRequest, readPartition } from './partition-reader.ts';
import { createShaper, keyOf, type Shaped, type Shaper } from './records.ts';
import { describeSlice, type Slice, windowParameters } from './slices.ts';
import { type StreamRun, stateOf } from './stream-run.ts';
import { endpointInUse, type SyncContext } from './sync-context.ts';
import { createTaker, type Taker } from './taker.ts';
import { planSource, readSlices } from './window-plan.ts';
import type { WindowedRun, WindowedSource } from './window-run.ts';

/** A state with unfinished partitions is long. */
const pace = { everyMs: 10_000 };

/** What is read of one slice, and by whom. */
interface OpenSlice {
  readonly slice: Slice;
  readonly endpoint: Endpoint;
  /** Keys of the rows that this slice has given, since windows of whole days overlap and pages shift. */
  readonly seen: KeySet;
  /** Rows kept for the derived streams. */
  readonly found: FoundParent[];
}

/** Reads every slice of an endpoint that some stream still needs. Streams whose own children fail, fail alone (`onFailure`). */
export class WindowedReader {
  readonly #sync: SyncContext;
  readonly #feeds: ParentFeeds;
  readonly #source: WindowedSource;
  readonly #children: readonly DerivedReader[];
  readonly #shaper: Shaper;
  /** Of the endpoints with partitions that are read: the declared one, or what replaces it. */
  readonly #availabilities = new Map<Endpoint, Availability>();
  /** Keys of the rows without a cursor that any slice has given. */
  readonly #undated = createKeySet();
  /** The fields that derived streams need of a row. */
  readonly #kept: readonly string[];
  readonly #takers: ReadonlyMap<WindowedRun, Taker>;

  constructor(
    sync: SyncContext,
    feeds: ParentFeeds,
    source: WindowedSource,
    onFailure: (run: StreamRun, error: unknown) => Promise<void>,
  ) {
    this.#sync = sync;
    this.#feeds = feeds;
    this.#source = source;
    this.#shaper = createShaper(sync, source.declaration);
    this.#children = source.derived.map(
      (run) => new DerivedReader(sync, run, (error) => onFailure(run, error)),
    );
    this.#kept = fieldsFor(source.derived.map(({ declaration }) => declaration.parent));
    this.#takers = new Map(source.runs.map((run) => [run, createTaker(sync, run)]));
  }

  async read(): Promise<void> {
    const { declaration, runs, derived } = this.#source;
    let isAll = false;
    try {
      await readSlices(this.#sync, this.#source, planSource(this.#source), (slice) => this.#readSlice(slice));
      isAll = true;
    } finally {
      // Children of the slices that were listed are read, whatever became of the next slice.
      await Promise.all(this.#children.map((child) => child.settled({ isAll })));
    }
    for (const availability of this.#availabilities.values()) availability.end();
    for (const { window, readParents } of derived) {
      // A resumed pass has listed less than the next one will.
      if (window.nextFrom >= window.range.from) readParents.forgetOthers();
    }
    // What single partitions owed is read now that the whole account is.
    if (endpointInUse(this.#sync, declaration).parent !== undefined) return;
    for (const { refusals } of runs)
      for (const key of refusals.owedBefore.keys()) if (!refusals.isOwedNow(key)) refusals.payOff(key);
  }

  /** @returns how many rows the slice holds. */
  async #readSlice(slice: Slice): Promise<number> {
    const { declaration, runs } = this.#source;
    const seen = createKeySet();
    const found: FoundParent[] = [];
    await readRoot(this.#sync, declaration, (endpoint) => {
      const open = { slice, endpoint, seen, found };
      return endpoint.parent === undefined
        ? this.#readAccount(open)
        : this.#readPartitions(endpoint.parent, open);
    });
    for (const run of runs) {
      if (slice.until <= run.window.range.from) continue;
      run.window.sliceDone(slice);
      await run.output.state(stateOf(run));
    }
    await Promise.all(this.#children.map((child) => child.offer(slice, found)));
    return seen.size;
  }

  async #readAccount(open: OpenSlice): Promise<Outcome> {
    const { slice } = open;
    const runs = this.#source.runs.filter(
      ({ window, refusals }) => slice.until > window.range.from || refusals.owedBefore.size > 0,
    );
    const { keylessOf, ...own } = this.#requestFor(open, runs);
    const outcome = await readPartition(this.#sync, own, wholeAccount);
    if (outcome.action !== 'read') return outcome;
    // The slices come in any order, so that what was owed is paid off when all of them are read.
    this.#tellDerived(outcome, slice);
    for (const run of runs) {
      const lacking = outcome.lacking ?? keylessOf.get(run);
      if (lacking !== undefined) run.refusals.settle(wholeAccount, { ...outcome, lacking }, slice.from);
    }
    return outcome;
  }

  async #readPartitions(parent: Parent, open: OpenSlice): Promise<Outcome> {
    const { slice, endpoint } = open;
    const { runs, derived, declaration } = this.#source;
    const partitions = await this.#partitionsIn(parent, slice);
    const unfinished = new Map(
      runs
        .filter((run) => slice.until > run.window.range.from)
        .map((run) => [run, new Set(run.window.openSlice(slice, partitions).map(({ key }) => key))]),
    );
    const runsFor = (partition: Partition) =>
      runs.filter((run) => wants(run, partition, slice, unfinished.get(run)));
    const wanted = partitions.filter((partition) => derived.length > 0 || runsFor(partition).length > 0);
    logForecast(
      this.#sync,
      { name: declaration.name, endpoint },
      wanted.length,
      `for ${describeSlice(slice)}`,
    );
    const keylessBy = new Map<Partition, ReadonlyMap<WindowedRun, Refusal>>();
    await askPartitions(wanted, {
      availability: this.#availabilityOf(endpoint),
      concurrency: this.#sync.options.concurrency,
      isAll: wanted.length === partitions.length,
      ask: (partition) => {
        const { keylessOf, ...request } = this.#requestFor(open, runsFor(partition));
        keylessBy.set(partition, keylessOf);
        return readPartition(this.#sync, request, partition);
      },
      settle: async (partition, outcome) => {
        const keylessOf = keylessBy.get(partition);
        keylessBy.delete(partition);
        this.#tellDerived(outcome, slice);
        for (const run of runsFor(partition)) {
          const keyless = keylessOf?.get(run);
          const own =
            outcome.action === 'read' ? { ...outcome, lacking: outcome.lacking ?? keyless } : outcome;
          // What is owed lies in the slices before the stream's own range; it is paid off slice by slice.
          const isBefore = slice.until < run.window.range.from;
          run.refusals.settle(partition, own, slice.from, isBefore ? slice.until : undefined);
          run.window.partitionDone(partition);
          await run.output.stateWhenDue(pace, () => stateOf(run));
        }
      },
    });
    for (const run of runs) payOffAbove(run, partitions, slice);
    return { action: 'read', isWhole: true };
  }

  #availabilityOf(endpoint: Endpoint): Availability {
    const { declaration: asked, runs } = this.#source;
    const books = runs.map(({ refusals }) => refusals);
    const known = this.#availabilities.get(endpoint) ?? createAvailability({ asked, endpoint }, books);
    this.#availabilities.set(endpoint, known);
    return known;
  }

  /** What a window does not give may have children: they owe all of it from there on. */
  #tellDerived(outcome: Outcome, { from }: Slice): void {
    const lacking = lackingIn(outcome);
    if (lacking === undefined) return;
    for (const { refusals } of this.#source.derived) refusals.settleAbove(wholeAccount, lacking, from);
  }

  /** Those that the parent's rows make, and those that are owed and in no listing any more. */
  async #partitionsIn(parent: Parent, slice: Slice): Promise<readonly Partition[]> {
    const { runs } = this.#source;
    const partitions: Partition[] = [];
    const refuse = (partition: Partition, outcome: Exclude<Outcome, { action: 'read' }>) => {
      for (const { refusals } of runs) refusals.settleAbove(partition, outcome, slice.from);
      this.#tellDerived(outcome, slice);
    };
    for await (const partition of partitionsOf(this.#feeds.of(parent.name), parent, refuse))
      partitions.push(partition);
    const listed = new Set(partitions.map(({ key }) => key));
    const { parameter } = naming(parent.parameters);
    for (const { refusals } of runs) {
      for (const [key, { parameters, adds }] of refusals.owedBefore) {
        if (!(parameter in parameters) || listed.has(key)) continue;
        listed.add(key);
        partitions.push({ key, parameters, adds, above: [] });
      }
    }
    return partitions;
  }

  /** Reads for the runs that take the rows of a partition, and tells which of them met rows of their own without a key. */
  #requestFor(
    open: OpenSlice,
    runs: readonly WindowedRun[],
  ): RowRequest & { readonly keylessOf: ReadonlyMap<WindowedRun, Refusal> } {
    const keylessOf = new Map<WindowedRun, Refusal>();
    const take = async (run: WindowedRun, records: readonly Shaped[]) => {
      const keyless = await this.#takers.get(run)?.(records);
      if (keyless !== undefined) keylessOf.set(run, keyless);
    };
    const { endpoint, slice } = open;
    const { declaration } = this.#source;
    const { window } = endpoint;
    return {
      keylessOf,
      asked: declaration,
      endpoint,
      query: window === undefined ? {} : windowParameters(slice, window),
      sink: {
        shape: (_, added) => this.#shaper(added),
        take: async (records) => {
          const own = records.filter(({ record }) => this.#belongs(record, open));
          this.#keepForDerived(own, open);
          await Promise.all(runs.map((run) => take(run, own)));
        },
      },
    };
  }

  /** A row belongs to the slice that its cursor lies in, whatever days Zoom answers; one without a cursor to where it is first met. */
  #belongs(record: Readonly<JsonObject>, { slice, seen }: OpenSlice): boolean {
    const { cursor, primaryKey } = this.#source.declaration;
    const at = readInstant(record[cursor]);
    if (at === undefined) return this.#undated.add(keyOf(record, primaryKey));
    return at >= slice.from && at < slice.until && seen.add(keyOf(record, primaryKey));
  }

  #keepForDerived(records: readonly Shaped[], { found }: OpenSlice): void {
    const { derived } = this.#source;
    if (derived.length === 0) return;
    const isExpensive = derived.some(({ declaration }) => costsBudget(this.#sync, declaration));
    for (const { record } of records)
      found.push({ fields: pick(record, this.#kept), digest: isExpensive ? digestOf(record) : undefined });
  }
}

/** Before the stream's own range only what is owed is asked again; in it, what is not finished and not refused just now. */
function wants(
  { refusals }: WindowedRun,
  partition: Partition,
  slice: Slice,
  unfinished: ReadonlySet<string> | undefined,
): boolean {
  if (refusals.isRefusedNow(partition.key)) return false;
  const owedFrom = refusals.owedFrom(partition);
  if (owedFrom !== undefined && slice.until > owedFrom) return true;
  return unfinished?.has(partition.key) ?? false;
}

/** A part of the parent's listing that was refused before is paid off when all that it holds is read. */
function payOffAbove(
  { refusals, window }: WindowedRun,
  partitions: readonly Partition[],
  slice: Slice,
): void {
  const own = new Set(partitions.map(({ key }) => key));
  const above = new Set([wholeAccount.key, ...partitions.flatMap((partition) => partition.above)]);
  for (const key of refusals.owedBefore.keys()) {
    if (own.has(key) || refusals.isOwedNow(key)) continue;
    if (!above.has(key)) refusals.giveUp(key);
    else if (slice.until < window.range.from) refusals.readUntil(key, slice.until);
    else refusals.payOff(key);
  }
}
