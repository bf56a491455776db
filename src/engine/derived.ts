import { readInstant } from '../instant.ts';
import { forEachConcurrently } from './concurrency.ts';
import { logForecast } from './forecast.ts';
import { naming, type ParentRow, type Partition, toPartition, wholeAccount } from './partition.ts';
import { nameless, type RowRequest, readAndSettle } from './partition-reader.ts';
import { createShaper } from './records.ts';
import { describeSlice, type Slice } from './slices.ts';
import { stateOf } from './stream-run.ts';
import type { SyncContext } from './sync-context.ts';
import type { DerivedRun } from './window-run.ts';

/** A row of the windowed parent. */
export interface FoundParent {
  /** Those that derived streams need. */
  readonly fields: ParentRow['fields'];
  /** Of the whole row. */
  readonly digest: string;
}

const pace = { everyMs: 10_000, everyRecords: 10_000 };

/** Reads the children of a windowed parent's rows, slice after slice, while the parent is a slice ahead. */
export class DerivedReader {
  readonly #sync: SyncContext;
  readonly #run: DerivedRun;
  readonly #onFailure: (error: unknown) => Promise<void>;
  readonly #request: RowRequest;
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

  /** Resolves when all that was offered is read, and what earlier syncs are owed was asked for again. */
  settled(): Promise<void> {
    return this.#latest.then(() => this.#guard(() => this.#readOwed()));
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
    const cursorOfParent = String(parent.adds[cursor]);
    return parents.flatMap(({ fields, digest }) => {
      const partition = toPartition(parent, { fields, digest, from: wholeAccount });
      if (partition === 'none') return [];
      if (partition === 'nameless') {
        const { field } = naming(parent.parameters);
        refusals.settleAbove(wholeAccount, nameless(parent.name, field), slice.from);
        return [];
      }
      const at = readInstant(fields[cursorOfParent]) ?? slice.from;
      return { ...partition, at };
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
    await forEachConcurrently(unfinished, this.#sync.options.concurrency, async (partition) => {
      await this.#readPartition(partition);
      window.partitionDone(partition);
      await output.stateWhenDue(pace, () => stateOf(this.#run));
      return true;
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
    await forEachConcurrently(owed, this.#sync.options.concurrency, async (partition) => {
      await this.#readPartition(partition);
      return true;
    });
    if (!refusals.isOwedNow(wholeAccount.key)) refusals.payOff(wholeAccount.key);
  }

  /** Only incremental syncs leave anything out. */
  #isReadAlready(partition: Partition): boolean {
    const { mode, refusals, details } = this.#run;
    const isDue = details.meet(partition);
    return !isDue && mode === 'incremental' && !refusals.owedBefore.has(partition.key);
  }

  async #readPartition(partition: Partition): Promise<void> {
    const { refusals, details } = this.#run;
    const { action } = await readAndSettle(this.#sync, this.#request, partition, refusals);
    if (action === 'read' || action === 'skip') details.read(partition);
  }
}
