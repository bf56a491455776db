import { readInstant } from '../instant.ts';
import { type Availability, askPartitions, createAvailability } from './availability.ts';
import { costsBudget, logForecast } from './forecast.ts';
import { naming, type ParentRow, type Partition, toPartition, wholeAccount } from './partition.ts';
import { nameless, type RowRequest, readPartition } from './partition-reader.ts';
import { createShaper } from './records.ts';
import { describeSlice, type Slice } from './slices.ts';
import { stateOf } from './stream-run.ts';
import type { SyncContext } from './sync-context.ts';
import type { DerivedRun } from './window-run.ts';

/** A row of the windowed parent. */
export interface FoundParent {
  /** Those that derived streams need. */
  readonly fields: ParentRow['fields'];
  /** Of the whole row, where children are expensive. */
  readonly digest: string | undefined;
}

const pace = { everyMs: 10_000, everyRecords: 10_000 };

/** Reads the children of a windowed parent's rows, slice after slice, while the parent is a slice ahead. */
export class DerivedReader {
  readonly #sync: SyncContext;
  readonly #run: DerivedRun;
  readonly #onFailure: (error: unknown) => Promise<void>;
  readonly #request: RowRequest;
  readonly #availability: Availability;
  #latest = Promise.resolve();
  #hasFailed = false;

  constructor(sync: SyncContext, run: DerivedRun, onFailure: (error: unknown) => Promise<void>) {
    const { declaration, output } = run;
    const shaper = createShaper(sync, declaration);
    this.#sync = sync;
    this.#run = run;
    this.#onFailure = onFailure;
    this.#request = {
      asked: declaration,
      endpoint: declaration,
      sink: { shape: (_, added) => shaper(added), take: (records) => output.records(records) },
    };
    this.#availability = createAvailability(this.#request, [run.refusals]);
  }

  /** Takes the parent's rows of a slice; resolves when there is room for those of the next. */
  async offer(slice: Slice, parents: readonly FoundParent[]): Promise<void> {
    const previous = this.#latest;
    // Made at once, so that the rows need not be held beside them.
    let partitions: readonly Partition[] = [];
    await this.#guard(async () => {
      partitions = this.#toPartitions(slice, parents);
    });
    this.#latest = previous.then(() => this.#guard(() => this.#readSlice(slice, partitions)));
    await previous;
  }

  /**
   * Resolves when all that was offered is read, and what earlier syncs are owed was asked for again.
   * @param isAll the parent was listed to its end.
   */
  async settled({ isAll }: { readonly isAll: boolean }): Promise<void> {
    await this.#latest;
    await this.#guard(() => this.#readOwed());
    if (isAll) await this.#guard(async () => this.#availability.end());
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#hasFailed || this.#run.output.isEnded) return;
    try {
      await work();
    } catch (error) {
      this.#hasFailed = true;
      await this.#onFailure(error);
    }
  }

  #toPartitions(slice: Slice, parents: readonly FoundParent[]): readonly Partition[] {
    const { declaration, refusals } = this.#run;
    const { parent, cursor } = declaration;
    const isExpensive = costsBudget(this.#sync, declaration);
    const cursorOfParent = String(parent.adds[cursor]);
    return parents.flatMap(({ fields, digest }) => {
      const partition = toPartition(parent, { fields, from: wholeAccount });
      if (partition === 'none') return [];
      if (partition === 'nameless') {
        const { field } = naming(parent.parameters);
        refusals.settleAbove(wholeAccount, nameless(parent.name, field), slice.from);
        return [];
      }
      const at = readInstant(fields[cursorOfParent]) ?? slice.from;
      return isExpensive ? { ...partition, at, digest } : { ...partition, at };
    });
  }

  async #readSlice(slice: Slice, partitions: readonly Partition[]): Promise<void> {
    const { declaration, window, output, refusals } = this.#run;
    const isBefore = slice.until <= window.range.from;
    // Rows of the parent that could not be named were somewhere in it.
    if (isBefore && slice.until <= (refusals.owedFrom(wholeAccount) ?? slice.until)) return;
    const wanted = partitions.filter((partition) => !this.#isReadAlready(partition));
    const unfinished = isBefore ? wanted : window.openSlice(slice, wanted);
    const { name } = declaration;
    logForecast(
      this.#sync,
      { name, endpoint: declaration },
      unfinished.length,
      `for ${describeSlice(slice)}`,
    );
    await this.#readPartitions(unfinished, async (partition) => {
      window.partitionDone(partition);
      await output.stateWhenDue(pace, () => stateOf(this.#run));
    });
    window.sliceDone(slice);
    await output.state(stateOf(this.#run));
  }

  /** What is owed from before this sync's range, or has vanished from the parent's listing, comes with no slice. */
  async #readOwed(): Promise<void> {
    const { refusals } = this.#run;
    const owed = [...refusals.owedBefore]
      .filter(([key, entry]) => key !== wholeAccount.key && refusals.owed.get(key) === entry)
      .map(([key, { parameters, adds, read_until }]) => ({
        key,
        parameters,
        adds,
        above: [],
        at: Date.parse(read_until),
      }));
    await this.#readPartitions(owed, async () => undefined);
    if (!refusals.isOwedNow(wholeAccount.key)) refusals.payOff(wholeAccount.key);
  }

  /** Only incremental syncs leave out what has not changed, and only where asking again would cost the day's budget. */
  #isReadAlready(partition: Partition): boolean {
    const { mode, refusals, readParents } = this.#run;
    const isUnchanged = readParents.meet(partition);
    return isUnchanged && mode === 'incremental' && !refusals.owedBefore.has(partition.key);
  }

  #readPartitions(
    partitions: readonly Partition[],
    onSettled: (partition: Partition) => Promise<void>,
  ): Promise<void> {
    const { refusals, readParents } = this.#run;
    return askPartitions(partitions, {
      availability: this.#availability,
      concurrency: this.#sync.options.concurrency,
      // The next slice may hold more.
      isAll: false,
      ask: (partition) => readPartition(this.#sync, this.#request, partition),
      settle: async (partition, outcome) => {
        refusals.settle(partition, outcome, partition.at ?? this.#sync.startedAt);
        if (outcome.action === 'read' || outcome.action === 'skip') readParents.read(partition);
        await onSettled(partition);
      },
    });
  }
}
