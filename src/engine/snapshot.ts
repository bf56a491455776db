import type { Endpoint, Parent } from '../streams/declaration.ts';
import { type Availability, askPartitions, createAvailability } from './availability.ts';
import { Deletions, type Listed } from './deletions.ts';
import { digestOf } from './digests.ts';
import { namesInPaths, readRoot } from './fallback.ts';
import { Feed } from './feed.ts';
import { logSnapshotForecast } from './forecast.ts';
import { isSettled, lackingIn } from './outcome.ts';
import { type FeedSink, type ParentFeeds, partitionsOf, type RefusalListener } from './parent-feeds.ts';
import { type Partition, wholeAccount } from './partition.ts';
import { readPartition, type Sink } from './partition-reader.ts';
import { createShaper, type Shaped, type Shaper } from './records.ts';
import { deletedField, type SnapshotKeys, snapshotKeys, tellsPartition } from './snapshot-progress.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import { stateOf } from './stream-run.ts';
import { updatedAtField } from './stream-state.ts';
import type { SyncContext } from './sync-context.ts';
import { partitionWithout, requireParent } from './without.ts';

/** A large state is written no more often than this. */
const pace = { everyMs: 5 * 60_000 };

/** What of a stream is to be listed. */
interface Part {
  /** The rows that partitions are made from, where those of the first listing prove nothing. */
  readonly above?: Feed | undefined;
  /** Keys of the partitions to be listed; all of them if absent. */
  readonly only?: ReadonlySet<string> | undefined;
  /** What is not due by its details is left out. */
  readonly isDueOnly?: boolean;
}

/**
 * Lists everything and emits what is new or changed. Where the declaration says so, what a second complete listing lacks
 * as well is emitted as deleted.
 */
export class SnapshotReader {
  readonly #sync: SyncContext;
  readonly #feeds: ParentFeeds;
  readonly #run: SnapshotRun;
  readonly #shaper: Shaper;
  readonly #keys: SnapshotKeys;
  readonly #deletions: Deletions;
  readonly #availability: Availability;
  /** Where the rows go that are somebody's parents. */
  readonly #children: FeedSink | undefined;
  readonly #tellsPartition: boolean;
  #hasLeftOut = false;
  #second: Promise<Listed & { readonly feed: Feed }> | undefined;

  constructor(sync: SyncContext, feeds: ParentFeeds, run: SnapshotRun) {
    this.#sync = sync;
    this.#feeds = feeds;
    this.#run = run;
    this.#shaper = createShaper(sync, run.declaration);
    this.#keys = snapshotKeys(run.declaration, sync.schemaOf(run.declaration.name));
    this.#tellsPartition = tellsPartition(run.declaration, sync.streams);
    this.#availability = createAvailability({ asked: run.declaration, endpoint: run.declaration }, [
      run.refusals,
    ]);
    this.#deletions = new Deletions(sync, feeds, run, this.#keys);
    this.#children = feeds.fill(run.declaration.name, async () =>
      this.#isOfAuthoriser() ? undefined : (await this.#listAgain()).feed,
    );
  }

  async read(): Promise<void> {
    try {
      // What is made from these rows is known by all of them.
      const isDueOnly = this.#run.mode === 'incremental' && this.#children === undefined;
      const listed = await this.#list(this.#children, { isDueOnly });
      this.#children?.feed.end(listed.isWhole && !this.#isOfAuthoriser());
      if (this.#run.refusals.lackedByAll() !== undefined) this.#run.details.forgetAll();
      if (this.#isOfAuthoriser() || (this.#hasLeftOut && !this.#tellsPartition)) return;
      await this.#deletions.settle(listed, {
        everything: () => this.#listAgain(),
        partitions: (only) => this.#list(undefined, { only }),
      });
    } catch (error) {
      this.#children?.feed.fail(error);
      throw error;
    }
  }

  /** Once more everything, all above it included, for the proof that something is gone. */
  #listAgain(): Promise<Listed & { readonly feed: Feed }> {
    const list = async () => {
      const feed = new Feed();
      const { name, parent } = this.#run.declaration;
      const sink = this.#children && this.#feeds.sinkFor(name, feed);
      const above = parent && (await this.#feeds.again(parent.name));
      const listed = await this.#list(sink, { above });
      feed.end(listed.isWhole);
      return { ...listed, feed };
    };
    this.#second ??= list();
    return this.#second;
  }

  async #list(children: FeedSink | undefined, part: Part = {}): Promise<Listed> {
    const { declaration } = this.#run;
    const sink: Sink = {
      shape: (_, added) => this.#shaper(added),
      take: async (records, partition) => {
        children?.rows(
          records.map(({ record }) => record),
          partition,
        );
        await this.#emitChanged(records);
      },
    };
    if (declaration.parent === undefined) return this.#listRoot(this.#withEstimate(sink), children);
    return this.#listPartitions(declaration.parent, sink, children, part);
  }

  /** Of what is compared with known rows nobody can tell how much will leave. */
  #withEstimate(sink: Sink): Sink {
    const { known, output } = this.#run;
    if (known > 0 || this.#second !== undefined) return sink;
    let rows = 0;
    return {
      ...sink,
      total(count) {
        rows += count;
        output.estimate(rows).catch(() => undefined);
      },
    };
  }

  async #listRoot(sink: Sink, children: FeedSink | undefined): Promise<Listed> {
    const { declaration: asked, refusals } = this.#run;
    const read = (endpoint: Endpoint) => readPartition(this.#sync, { asked, endpoint, sink }, wholeAccount);
    const outcome = await readRoot(this.#sync, asked, read);
    refusals.settle(wholeAccount, outcome, this.#sync.startedAt);
    const lacking = lackingIn(outcome);
    if (lacking !== undefined) children?.refused(wholeAccount, lacking);
    const { isWhole } = outcome;
    return { isWhole, isFinal: isWhole, asked: new Set(), whole: new Set() };
  }

  async #listPartitions(
    parent: Parent,
    sink: Sink,
    children: FeedSink | undefined,
    { above: rows = this.#feeds.of(parent.name), only, isDueOnly = false }: Part,
  ): Promise<Listed> {
    const { declaration, refusals, details, notes, share } = this.#run;
    const request = { asked: declaration, endpoint: declaration, sink };
    const asked = new Set<string>();
    const answered = new Set<string>();
    const whole = new Set<string>();
    let isWhole = true;
    let isFinal = true;
    const note = (partition: Partition, outcome: Parameters<RefusalListener>[1]) => {
      isWhole = false;
      isFinal &&= outcome.action === 'skip' || outcome.action === 'unlicensed';
      children?.refused(partition, outcome);
    };
    const above: RefusalListener = (partition, outcome) => {
      note(partition, outcome);
      refusals.settleAbove(partition, outcome, this.#sync.startedAt);
    };
    if (only === undefined) logSnapshotForecast(this.#sync, this.#run, isDueOnly);
    const without = partitionWithout(parent).key;
    let refusal: Error | undefined;
    // The same rows are gone through again for the proof that something is gone.
    const isFirst = only === undefined && this.#second === undefined;
    const heard = {
      turn: share.begin(rows),
      childless() {
        if (isFirst) notes.childless += 1;
      },
    };
    await askPartitions(this.#asked(partitionsOf(rows, parent, above, heard), { only, isDueOnly }), {
      availability: this.#availability,
      concurrency: this.#sync.options.concurrency,
      ask: (partition) => readPartition(this.#sync, request, partition),
      settle: (partition, outcome) => {
        asked.add(partition.key);
        refusals.settle(partition, outcome, this.#sync.startedAt);
        if (isSettled(outcome)) details.read(partition);
        const lacking = outcome.action === 'read' ? lackingIn(outcome) : outcome;
        if (outcome.action === 'read') answered.add(partition.key);
        if (lacking !== undefined) note(partition, lacking);
        else if (outcome.action === 'read' && outcome.isWhole) whole.add(partition.key);
        else isWhole = isFinal = false;
      },
      atEnd: () => {
        refusal = requireParent(rows, answered.has(without));
        this.#availability.end();
      },
    });
    if (refusal !== undefined)
      this.#sync.log('INFO', `${declaration.name}: read ${without}, since ${refusal.message}`);
    if (only === undefined && rows.isWhole) details.forgetOthers();
    return {
      isWhole: isWhole && rows.isWhole,
      isFinal: isFinal && refusal === undefined,
      asked,
      whole,
    };
  }

  /** Of the partitions those that are to be asked for; what the others hold stays as it is known. */
  async *#asked(partitions: AsyncIterable<Partition>, { only, isDueOnly }: Part): AsyncGenerator<Partition> {
    const { details, refusals, snapshot, notes } = this.#run;
    for await (const partition of partitions) {
      const { key } = partition;
      if (only?.has(key) === false) continue;
      const isDue = details.meet(partition) || refusals.owedBefore.has(key);
      if (isDue || !isDueOnly) {
        yield partition;
        continue;
      }
      this.#hasLeftOut = true;
      notes.notDue += 1;
      refusals.leaveOut();
      if (this.#tellsPartition) snapshot.digests.keep(key);
    }
  }

  /** Emits what is new or changed; what this sync has met already leaves no second time. */
  async #emitChanged(records: readonly Shaped[]): Promise<void> {
    const { declaration, snapshot, output, notes } = this.#run;
    const { digests, updatedAt } = snapshot;
    const changed = records.flatMap(({ record, nulled }) => {
      const { key, group } = this.#keys.of(record);
      if (!digests.meet(key, group)) return [];
      const digest = digestOf(record, declaration.volatile);
      if (digests.get(key, group) === digest) {
        notes.unchanged += 1;
        return [];
      }
      return {
        key,
        group,
        digest,
        nulled,
        record: { ...record, [updatedAtField]: updatedAt, [deletedField]: null },
      };
    });
    await output.records(changed);
    for (const { key, digest, group } of changed) digests.set(key, digest, group);
    await output.stateWhenDue(pace, () => stateOf(this.#run));
  }

  /** An app that sees its authoriser alone knows nothing of others. */
  #isOfAuthoriser(): boolean {
    return namesInPaths(this.#sync, this.#run.declaration) !== undefined;
  }
}
