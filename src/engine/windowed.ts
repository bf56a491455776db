import type { Refusal } from '../http/exchange.ts';
import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent } from '../streams/declaration.ts';
import { type Availability, askPartitions, createAvailability } from './availability.ts';
import { DerivedReader, toFoundParents } from './derived.ts';
import { namesInPaths, readRoot } from './fallback.ts';
import { logForecast } from './forecast.ts';
import { createKeySet } from './key-table.ts';
import { type ListedSlice, partitionsBelow } from './listed-slice.ts';
import { dayOf, keysOf, needs, type OpenSlice, openSlice, payOffAbove, wants } from './open-slice.ts';
import { lackingIn, type Outcome, type Refused } from './outcome.ts';
import { isOwn } from './owed.ts';
import { type ParentFeeds, partitionsOf } from './parent-feeds.ts';
import { fieldsFor, naming, type Partition, pick, wholeAccount } from './partition.ts';
import { type RowRequest, readPartition } from './partition-reader.ts';
import { createShaper, keyOf, type Shaped, type Shaper } from './records.ts';
import { SliceQueue } from './slice-queue.ts';
import { describeSlice, type Slice, windowParameters } from './slices.ts';
import { stateOf } from './stream-run.ts';
import { endpointInUse, type SyncContext } from './sync-context.ts';
import { createTaker, type Taker } from './taker.ts';
import { planSource, readSlices } from './window-plan.ts';
import { type OnFailure, runsOf, type WindowedRun, type WindowedSource } from './window-run.ts';

/** A state with unfinished partitions is long. */
const pace = { everyMs: 10_000 };

/** For whom a partition is read. */
interface Asked {
  readonly takers: readonly WindowedRun[];
  /** Those that met rows of their own without a key. */
  readonly keylessOf: ReadonlyMap<WindowedRun, Refusal>;
}

/** Reads every slice of an endpoint that some stream still needs. Streams whose own children fail, fail alone (`onFailure`). */
export class WindowedReader {
  readonly #sync: SyncContext;
  readonly #feeds: ParentFeeds;
  readonly #source: WindowedSource;
  readonly #children: readonly DerivedReader[];
  readonly #below: readonly WindowedReader[];
  /** Slices that the parent has listed, where it is asked for the same windows. */
  readonly #queue: SliceQueue;
  readonly #shaper: Shaper;
  /** Of the endpoints with partitions that are read: the declared one, or what replaces it. */
  readonly #availabilities = new Map<Endpoint, Availability>();
  /** Keys of the rows without a cursor that any slice has given. */
  readonly #undated = createKeySet();
  /** The fields that derived streams need of a row. */
  readonly #kept: readonly string[];
  /** The fields that the endpoints below need of a row. */
  readonly #keptBelow: readonly string[];
  readonly #takers: ReadonlyMap<WindowedRun, Taker>;
  /** Of the slices that were listed by themselves. */
  readonly #estimate = { rows: 0, ms: 0 };

  constructor(sync: SyncContext, feeds: ParentFeeds, source: WindowedSource, onFailure: OnFailure) {
    this.#sync = sync;
    this.#feeds = feeds;
    this.#source = source;
    this.#shaper = createShaper(sync, source.declaration);
    this.#children = source.children.map((node) => new DerivedReader(sync, node, onFailure));
    this.#below = source.below.map((each) => new WindowedReader(sync, feeds, each, onFailure));
    const all = runsOf(source);
    this.#queue = new SliceQueue(
      () => all.every(({ output }) => output.isEnded),
      async (error) => {
        for (const run of all) await onFailure(run, error);
      },
    );
    this.#kept = fieldsFor(source.children.map(({ declaration }) => declaration.parent));
    this.#keptBelow = fieldsFor(source.below.flatMap(({ declaration }) => declaration.parent ?? []));
    this.#takers = new Map(source.runs.map((run) => [run, createTaker(sync, run)]));
  }

  async read(): Promise<void> {
    const { declaration, runs } = this.#source;
    const slices = planSource(this.#source);
    let isAll = false;
    try {
      await readSlices(this.#sync, this.#source, slices, (slice) => this.#readSlice(slice));
      // Where nothing was asked for, nothing that is owed was.
      isAll = slices.length > 0;
    } finally {
      // Children of the slices that were listed are read, whatever became of the next slice.
      await this.#settleChildren({ isAll });
    }
    this.#endAvailabilities();
    this.#forgetOthers();
    // What single partitions owed is read now that the whole account is.
    if (!isAll || endpointInUse(this.#sync, declaration).parent !== undefined) return;
    for (const { refusals } of runs)
      for (const key of refusals.owedBefore.keys()) if (!refusals.isOwedNow(key)) refusals.payOff(key);
  }

  /** @param isAll all slices were listed. */
  async #settleChildren({ isAll }: { readonly isAll: boolean }): Promise<void> {
    await Promise.all([
      ...this.#children.map((child) => child.settled({ isAll })),
      ...this.#below.map((reader) =>
        reader.#queue.settled(async () => {
          await reader.#settleChildren({ isAll });
          if (isAll) reader.#endAvailabilities();
        }),
      ),
    ]);
  }

  /** @throws ConfigError when nobody who was asked for can have the endpoint. */
  #endAvailabilities(): void {
    for (const availability of this.#availabilities.values()) availability.end();
  }

  #forgetOthers(): void {
    for (const { window, details } of this.#source.derived) {
      // A resumed pass has listed less than the next one will.
      if (window.nextFrom >= window.range.from) details.forgetOthers();
    }
    for (const reader of this.#below) reader.#forgetOthers();
  }

  /** @returns how many rows the slice holds. */
  async #readSlice(slice: Slice): Promise<number> {
    const open = openSlice(slice);
    await readRoot(this.#sync, this.#source.declaration, async (endpoint) => {
      const { parent } = endpoint;
      if (parent === undefined) return this.#readAccount(endpoint, open);
      const partitions = await this.#partitionsOf(parent, open);
      const parts = keysOf(partitions);
      open.listed.parts = parts;
      await this.#readPartitions(endpoint, partitions, open);
      for (const run of this.#source.runs) payOffAbove(run, { partitions, parts, slice });
      return { action: 'read', isWhole: true };
    });
    this.#estimateRows(open);
    await this.#close(open);
    return Math.max(open.seen.size, open.listed.rows.length);
  }

  /** By what Zoom has announced in the slices so far, all of them are judged. */
  #estimateRows({ slice, announced }: OpenSlice): void {
    this.#estimate.rows += announced;
    this.#estimate.ms += slice.until - slice.from;
    const { rows, ms } = this.#estimate;
    for (const { declaration, output, window } of this.#source.runs) {
      const { from, until } = window.range;
      if (declaration.kind === 'embedded' || slice.until <= from || rows === 0) continue;
      const expected = Math.round((rows * (until - from)) / ms);
      output.estimate(Math.max(expected, output.recordCount)).catch(() => undefined);
    }
  }

  /** Reads a window for all rows that the parent lists in it. */
  async #readBelow(parent: Parent, listed: ListedSlice): Promise<void> {
    const { declaration, runs } = this.#source;
    const { slice, parts } = listed;
    const open = openSlice(slice);
    const needing = runs.filter((run) => needs(run, slice)).map(({ refusals }) => refusals);
    const made = partitionsBelow(listed, parent, needing);
    const partitions = this.#withOwed(parent, made);
    open.listed.parts = keysOf(partitions);
    await this.#readPartitions(declaration, partitions, open);
    for (const run of runs) if (needs(run, slice)) payOffAbove(run, { partitions, parts, slice });
    await this.#close(open);
  }

  async #close({ slice, found, listed }: OpenSlice): Promise<void> {
    for (const run of this.#source.runs) {
      if (slice.until <= run.window.range.from) continue;
      run.window.sliceDone(slice);
      await run.output.state(stateOf(run));
    }
    await Promise.all([
      ...this.#children.map((child) => child.offer(slice, found)),
      ...this.#below.map((reader) => reader.#offer(listed)),
    ]);
  }

  /** Takes what the parent has listed; resolves when there is room for the next slice. */
  async #offer(listed: ListedSlice): Promise<void> {
    const { parent } = this.#source.declaration;
    if (parent !== undefined) await this.#queue.push(() => this.#readBelow(parent, listed));
  }

  async #readAccount(endpoint: Endpoint, open: OpenSlice): Promise<Outcome> {
    const { slice } = open;
    const runs = this.#source.runs.filter(
      ({ window, refusals }) => slice.until > window.range.from || refusals.owedBefore.size > 0,
    );
    const { keylessOf, ...own } = this.#requestFor(endpoint, open, runs);
    const sink = {
      ...own.sink,
      total(count: number) {
        open.announced += count;
      },
    };
    const outcome = await readPartition(this.#sync, { ...own, sink }, wholeAccount);
    if (outcome.action !== 'read') return outcome;
    // The slices come in any order, so that what was owed is paid off when all of them are read.
    this.#tellChildren(wholeAccount, outcome, open);
    for (const run of runs) {
      const lacking = outcome.lacking ?? keylessOf.get(run);
      if (lacking !== undefined) run.refusals.settle(wholeAccount, { ...outcome, lacking }, slice.from);
    }
    return outcome;
  }

  async #readPartitions(
    endpoint: Endpoint,
    partitions: readonly Partition[],
    open: OpenSlice,
  ): Promise<void> {
    const { slice } = open;
    const { runs, derived, below, declaration } = this.#source;
    const unfinished = new Map(
      runs
        .filter((run) => slice.until > run.window.range.from)
        .map((run) => [run, new Set(run.window.openSlice(slice, partitions).map(({ key }) => key))]),
    );
    const runsFor = (partition: Partition) =>
      runs.filter((run) => wants(run, partition, slice, unfinished.get(run)));
    const hasChildren = derived.length > 0 || below.length > 0;
    const wanted = partitions.filter((partition) => hasChildren || runsFor(partition).length > 0);
    logForecast(
      this.#sync,
      { name: declaration.name, endpoint },
      wanted.length,
      `for ${describeSlice(slice)}`,
    );
    const asked = new Map<Partition, Asked>();
    const availability = this.#availabilityOf(endpoint);
    // Where the parent lists windows, the next one may hold more.
    const isAll = endpoint.parent?.sameWindow !== true && wanted.length === partitions.length;
    await askPartitions(wanted, {
      availability,
      concurrency: this.#sync.options.concurrency,
      ask: (partition) => {
        const takers = runsFor(partition);
        const { keylessOf, ...request } = this.#requestFor(endpoint, open, takers);
        asked.set(partition, { takers, keylessOf });
        return readPartition(this.#sync, request, partition);
      },
      settle: async (partition, outcome) => {
        const { takers, keylessOf } = asked.get(partition) as Asked;
        asked.delete(partition);
        this.#tellChildren(partition, outcome, open);
        for (const run of takers) {
          const keyless = keylessOf.get(run);
          const own =
            outcome.action === 'read' ? { ...outcome, lacking: outcome.lacking ?? keyless } : outcome;
          // What is owed lies in the slices before the stream's own range; it is paid off slice by slice.
          const isBefore = slice.until < run.window.range.from;
          run.refusals.settle(partition, own, slice.from, isBefore ? slice.until : undefined);
          run.window.partitionDone(partition);
          await run.output.stateWhenDue(pace, () => stateOf(run));
        }
      },
      atEnd: () => {
        if (isAll) availability.end();
      },
    });
  }

  #availabilityOf(endpoint: Endpoint): Availability {
    const { declaration: asked, runs } = this.#source;
    const books = runs.map(({ refusals }) => refusals);
    const known = this.#availabilities.get(endpoint) ?? createAvailability({ asked, endpoint }, books);
    this.#availabilities.set(endpoint, known);
    return known;
  }

  /** What a window does not give may have children: they owe all of it from there on. */
  #tellChildren(partition: Partition, outcome: Outcome, { slice, listed }: OpenSlice): void {
    const lacking = lackingIn(outcome);
    const refused = outcome.action === 'read' ? lacking : outcome;
    if (refused !== undefined) listed.refused.push({ partition, outcome: refused });
    if (lacking === undefined) return;
    for (const { refusals } of this.#source.derived) refusals.settleAbove(wholeAccount, lacking, slice.from);
  }

  /** Those that the parent's rows make, and those that are owed and in no listing any more. */
  async #partitionsOf(parent: Parent, open: OpenSlice): Promise<readonly Partition[]> {
    const { runs } = this.#source;
    const partitions: Partition[] = [];
    const refuse = (partition: Partition, outcome: Refused) => {
      for (const { refusals } of runs) refusals.settleAbove(partition, outcome, open.slice.from);
      this.#tellChildren(partition, outcome, open);
    };
    for await (const partition of partitionsOf(this.#feeds.of(parent.name), parent, refuse))
      partitions.push(partition);
    return this.#withOwed(parent, partitions);
  }

  #withOwed(parent: Parent, made: readonly Partition[]): readonly Partition[] {
    const partitions = [...made];
    const listed = new Set(partitions.map(({ key }) => key));
    const { parameter } = naming(parent.parameters);
    for (const { refusals } of this.#source.runs) {
      for (const [key, entry] of refusals.owedBefore) {
        if (!isOwn(entry, parameter) || listed.has(key)) continue;
        listed.add(key);
        const { parameters, adds } = entry;
        partitions.push({ key, parameters, adds, above: [] });
      }
    }
    return partitions;
  }

  /** Reads for the runs that take the rows of a partition, and tells which of them met rows of their own without a key. */
  #requestFor(
    endpoint: Endpoint,
    open: OpenSlice,
    runs: readonly WindowedRun[],
  ): RowRequest & Pick<Asked, 'keylessOf'> {
    const keylessOf = new Map<WindowedRun, Refusal>();
    const take = async (run: WindowedRun, records: readonly Shaped[]) => {
      const keyless = await this.#takers.get(run)?.(records);
      if (keyless !== undefined) keylessOf.set(run, keyless);
    };
    const { slice } = open;
    const { declaration } = this.#source;
    const { window } = endpoint;
    return {
      keylessOf,
      asked: declaration,
      endpoint,
      queries: () => [window === undefined ? {} : windowParameters(slice, window, this.#sync.startedAt)],
      sink: {
        shape: (_, added) => this.#shaper({ ...added, ...dayOf(slice, endpoint) }),
        take: async (records, partition) => {
          this.#keepForBelow(records, partition, open);
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

  #keepForBelow(records: readonly Shaped[], from: Partition, { listed }: OpenSlice): void {
    if (this.#below.length === 0) return;
    const inPaths = { ...from.inPaths, ...namesInPaths(this.#sync, this.#source.declaration) };
    for (const { record } of records)
      listed.rows.push({ fields: pick(record, this.#keptBelow), inPaths, from });
  }

  #keepForDerived(records: readonly Shaped[], { found }: OpenSlice): void {
    const { children } = this.#source;
    if (children.length > 0) found.push(...toFoundParents(this.#kept, records));
  }
}
