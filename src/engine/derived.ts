import { readInstant } from '../instant.ts';
import type { DerivedStream } from '../streams/declaration.ts';
import { type Availability, askPartitions, createAvailability } from './availability.ts';
import { digestOf } from './digests.ts';
import { logForecast } from './forecast.ts';
import { createKeySet } from './key-table.ts';
import { isSettled, lackingIn, type Outcome } from './outcome.ts';
import {
  fieldsFor,
  naming,
  type ParentRow,
  type Partition,
  pick,
  toPartition,
  wholeAccount,
} from './partition.ts';
import { nameless, type RowRequest, readPartition } from './partition-reader.ts';
import { createShaper, keyOf, type Shaped, type Shaper } from './records.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { SliceQueue } from './slice-queue.ts';
import {
  daysToMs,
  describeSlice,
  endOfWindow,
  planSlices,
  type Slice,
  startOfDay,
  windowParameters,
} from './slices.ts';
import { stateOf } from './stream-run.ts';
import type { SyncContext } from './sync-context.ts';
import type { DerivedNode, DerivedRun, OnFailure } from './window-run.ts';

/** A row of the parent, which is windowed or derived itself. */
export interface FoundParent {
  /** Those that derived streams need. */
  readonly fields: ParentRow['fields'];
  /** Of the whole row. */
  readonly digest: string;
}

/**
 * What derived streams have to know of their parent's rows.
 * @param kept the fields that they need.
 */
export function toFoundParents(kept: readonly string[], records: readonly Shaped[]): readonly FoundParent[] {
  return records.map(({ record }) => ({ fields: pick(record, kept), digest: digestOf(record) }));
}

/** What is done with the records of a partition. */
interface Use {
  /** The run that emits them. */
  readonly run?: DerivedRun | undefined;
  /** Takes them for the streams below. */
  readonly keep?: (records: readonly Shaped[]) => void;
}

/** How partitions are read. */
interface Reading {
  useOf(partition: Partition): Use;
  /** @param run the one that emitted what the partition gave. */
  onSettled?(partition: Partition, run: DerivedRun | undefined): Promise<void>;
}

const pace = { everyMs: 10_000, everyRecords: 10_000 };

/** Reads the children of a parent's rows, slice after slice, while the parent is a slice ahead; and so on for children of these. */
export class DerivedReader {
  readonly #sync: SyncContext;
  readonly #node: DerivedNode;
  readonly #queue: SliceQueue;
  readonly #shaper: Shaper;
  readonly #children: readonly DerivedReader[];
  /** The fields that these need. */
  readonly #kept: readonly string[];
  /** The books on partitions that are read for these alone. */
  readonly #aside: Refusals;
  readonly #availability: Availability;

  /** @param onFailure hears of a stream that cannot be read on, and of each below it. */
  constructor(sync: SyncContext, node: DerivedNode, onFailure: OnFailure) {
    const { declaration, children } = node;
    this.#sync = sync;
    this.#node = node;
    this.#queue = new SliceQueue(
      () => node.run?.output.isEnded === true,
      async (error) => {
        if (node.run !== undefined) await onFailure(node.run, error);
        // What stands on a stream cannot be read without it.
        for (const child of this.#children) await child.#queue.fail(error);
      },
    );
    this.#shaper = createShaper(sync, declaration);
    this.#children = children.map((child) => new DerivedReader(sync, child, onFailure));
    this.#kept = fieldsFor(children.map((child) => child.declaration.parent));
    this.#aside = createRefusals({ stream: declaration.name, asksEverything: true });
    this.#availability = createAvailability({ asked: declaration, endpoint: declaration }, [
      node.run?.refusals ?? this.#aside,
    ]);
  }

  /** Takes the parent's rows of a slice; resolves when there is room for those of the next. */
  async offer(slice: Slice, parents: readonly FoundParent[]): Promise<void> {
    // Made at once, so that the rows need not be held beside them.
    let partitions: readonly Partition[] = [];
    await this.#queue.guard(async () => {
      partitions = this.#toPartitions(slice, parents);
    });
    await this.#queue.push(() => this.#readSlice(slice, partitions));
  }

  /**
   * Resolves when all that was offered is read, and what earlier syncs are owed was asked for again.
   * @param isAll the parent was listed to its end.
   */
  async settled({ isAll }: { readonly isAll: boolean }): Promise<void> {
    await this.#queue.settled(async () => {
      await this.#readOwed({ isAll });
      if (isAll) this.#requireSomebody();
    });
    await Promise.all(this.#children.map((child) => child.settled({ isAll })));
  }

  /** Whether something of a slice is to be read, for this stream or for one below it. */
  #needs(slice: Slice): boolean {
    if (this.#queue.isOver) return false;
    return this.#emits(slice) || this.#children.some((child) => child.#needs(slice));
  }

  /** A slice before the stream's own range is read where rows of the parent that could not be named were somewhere in it. */
  #emits({ until }: Slice): boolean {
    const { run } = this.#node;
    if (run === undefined) return false;
    return until > run.window.range.from || until > (run.refusals.owedFrom(wholeAccount) ?? until);
  }

  #toPartitions(slice: Slice, parents: readonly FoundParent[]): readonly Partition[] {
    const { declaration, run } = this.#node;
    const { parent, cursor } = declaration;
    const cursorOfParent = String(parent.adds[cursor]);
    return parents.flatMap(({ fields, digest }) => {
      const partition = toPartition(parent, { fields, digest, from: wholeAccount });
      if (partition === 'none') {
        if (run !== undefined && this.#emits(slice)) run.notes.childless += 1;
        return [];
      }
      const at = readInstant(fields[cursorOfParent]) ?? slice.from;
      if (partition === 'nameless') {
        const refused = nameless(parent.name, naming(parent.parameters).field);
        run?.refusals.settleAbove(wholeAccount, refused, slice.from);
        this.#tellChildren(refused, slice.from);
        return [];
      }
      return { ...partition, at };
    });
  }

  async #readSlice(slice: Slice, partitions: readonly Partition[]): Promise<void> {
    const { declaration, run } = this.#node;
    const own = new Set(this.#ownIn(slice, partitions));
    const wanted = this.#children.some((child) => child.#needs(slice)) ? partitions : [...own];
    const found: FoundParent[] = [];
    const keep = this.#keeperInto(found);
    logForecast(
      this.#sync,
      { name: declaration.name, endpoint: declaration },
      wanted.length,
      `for ${describeSlice(slice)}`,
    );
    await this.#readPartitions(wanted, {
      useOf: (partition) => ({ run: own.has(partition) ? run : undefined, keep }),
      onSettled: async (partition, emitter) => {
        emitter?.window.partitionDone(partition);
        await emitter?.output.stateWhenDue(pace, () => stateOf(emitter));
      },
    });
    if (run !== undefined && this.#emits(slice)) {
      run.window.sliceDone(slice);
      await run.output.state(stateOf(run));
    }
    await Promise.all(this.#children.map((child) => child.offer(slice, found)));
  }

  /** The partitions whose records leave: those of the stream's own range, and what is owed from before it. */
  #ownIn(slice: Slice, partitions: readonly Partition[]): readonly Partition[] {
    const { run } = this.#node;
    if (run === undefined) return [];
    if (!this.#emits(slice)) return partitions.filter(({ key }) => run.refusals.owedBefore.has(key));
    const wanted = partitions.filter((partition) => !isReadAlready(run, partition));
    return slice.until <= run.window.range.from ? wanted : run.window.openSlice(slice, wanted);
  }

  /** A listing that begins anew gives its rows again, which are one parent each. */
  #keeperInto(found: FoundParent[]): (records: readonly Shaped[]) => void {
    const { declaration, children } = this.#node;
    if (children.length === 0) return () => undefined;
    const seen = createKeySet();
    return (records) => {
      const fresh = records.filter(({ record }) => seen.add(keyOf(record, declaration.primaryKey)));
      found.push(...toFoundParents(this.#kept, fresh));
    };
  }

  /** What is owed from before this sync's range, or has vanished from the parent's listing, comes with no slice. */
  async #readOwed({ isAll }: { readonly isAll: boolean }): Promise<void> {
    const { run } = this.#node;
    if (run === undefined) return;
    const { refusals } = run;
    const owed = [...refusals.owedBefore]
      .filter(([key, entry]) => key !== wholeAccount.key && refusals.owed.get(key) === entry)
      .map(([key, { parameters, adds, read_until }]) => ({
        key,
        parameters,
        adds,
        above: [],
        at: Date.parse(read_until),
      }));
    await this.#readPartitions(owed, { useOf: () => ({ run }) });
    // Rows of the parent that nothing named come with its listing, and only where that went to its end.
    if (isAll && !refusals.isOwedNow(wholeAccount.key)) refusals.payOff(wholeAccount.key);
  }

  /** @throws ConfigError when nobody can have what is asked for. */
  #requireSomebody(): void {
    this.#availability.end();
    const nobody = this.#node.run === undefined ? this.#aside.lackedByAll() : undefined;
    if (nobody !== undefined) throw nobody;
  }

  #readPartitions(partitions: readonly Partition[], { useOf, onSettled }: Reading): Promise<void> {
    const { startedAt } = this.#sync;
    return askPartitions(partitions, {
      availability: this.#availability,
      concurrency: this.#sync.options.concurrency,
      ask: (partition) => readPartition(this.#sync, this.#requestFor(useOf(partition)), partition),
      settle: async (partition, outcome) => {
        const { at = startedAt } = partition;
        const { run } = useOf(partition);
        const refusals = run?.refusals ?? this.#aside;
        refusals.settle(partition, outcome, at);
        if (outcome.action !== 'unlicensed' && isSettled(outcome)) run?.details.read(partition);
        this.#tellChildren(outcome, at);
        await onSettled?.(partition, run);
      },
    });
  }

  #requestFor({ run, keep }: Use): RowRequest {
    const { declaration } = this.#node;
    const { window, primaryKey, lookbackDays } = declaration;
    const request: RowRequest = {
      asked: declaration,
      endpoint: declaration,
      sink: {
        shape: (_, added) => this.#shaper(added),
        take: async (records) => {
          keep?.(records);
          await run?.output.records(records);
          run?.newest.note(records);
        },
      },
    };
    if (window === undefined) return request;
    const { startedAt } = this.#sync;
    const seen = createKeySet();
    const { shape, take } = request.sink;
    return {
      ...request,
      queries: ({ at = startedAt }) => rangesAfter(at, { window, lookbackDays }, startedAt),
      sink: {
        shape,
        // Ranges of whole days overlap.
        take: (records, partition) =>
          take(
            records.filter(({ record }) => seen.add(keyOf(record, primaryKey))),
            partition,
          ),
      },
    };
  }

  /** What a partition does not give may have children: they owe all of it from its time on. */
  #tellChildren(outcome: Outcome, from: number): void {
    const lacking = lackingIn(outcome);
    if (lacking === undefined) return;
    for (const child of this.#children) {
      child.#node.run?.refusals.settleAbove(wholeAccount, lacking, from);
      child.#tellChildren(lacking, from);
    }
  }
}

/** Only incremental syncs leave anything out. */
function isReadAlready({ mode, refusals, details, notes }: DerivedRun, partition: Partition): boolean {
  const isDue = details.meet(partition);
  const isLeftOut = !isDue && mode === 'incremental' && !refusals.owedBefore.has(partition.key);
  if (isLeftOut) notes.notDue += 1;
  return isLeftOut;
}

/** Whoever configures a shorter lookback asks less often, and not for less. */
function rangesAfter(
  at: number,
  { window, lookbackDays }: Required<Pick<DerivedStream, 'window' | 'lookbackDays'>>,
  now: number,
): readonly Readonly<Record<string, string>>[] {
  const from = startOfDay(at);
  const until = Math.min(from + daysToMs(lookbackDays), endOfWindow(now, window));
  return planSlices({ from, until }, window).map((slice) => windowParameters(slice, window, now));
}
