import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent, SnapshotStream } from '../streams/declaration.ts';
import { forEachConcurrently } from './concurrency.ts';
import { digestOf } from './digests.ts';
import { namesInPaths, readRoot } from './fallback.ts';
import { Feed } from './feed.ts';
import { logForecast } from './forecast.ts';
import { lackingIn } from './outcome.ts';
import { type FeedSink, type ParentFeeds, partitionsOf, type RefusalListener } from './parent-feeds.ts';
import { type Partition, wholeAccount } from './partition.ts';
import { readAndSettle, readPartition, type Sink } from './partition-reader.ts';
import { createShaper, type Shaped, type Shaper } from './records.ts';
import { deletedField, type SnapshotKeys, type SnapshotProgress, snapshotKeys } from './snapshot-progress.ts';
import { type StreamRun, stateOf } from './stream-run.ts';
import { updatedAtField } from './stream-state.ts';
import type { SyncContext } from './sync-context.ts';

/** A large state is written no more often than this. */
const pace = { everyMs: 5 * 60_000 };
/** A listing that lacks more than this part of what was known proves nothing. */
const largestDeletedShare = 0.5;
const fewestKnownToDoubt = 20;
/** Above it the state would outgrow what platforms store, so nothing is remembered. */
const mostKnownKeys = 300_000;

export interface SnapshotRun extends StreamRun {
  readonly kind: 'snapshot';
  readonly declaration: SnapshotStream;
  readonly snapshot: SnapshotProgress;
}

/** What of a stream is to be listed. */
interface Part {
  /** The rows that partitions are made from, where those of the first listing prove nothing. */
  readonly above?: Feed | undefined;
  /** Keys of the partitions to be listed; all of them if absent. */
  readonly only?: ReadonlySet<string>;
}

/** What one listing of everything, or of some partitions, has shown. */
interface Listed {
  /** What it lacks does not exist. */
  readonly isWhole: boolean;
  /** What it lacks will not come: the rest was refused for good. */
  readonly isFinal: boolean;
  /** Keys of the partitions that were asked for, and of those that were listed to their end. */
  readonly asked: ReadonlySet<string>;
  readonly whole: ReadonlySet<string>;
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
  /** How many rows were known when the sync began. */
  readonly #known: number;
  /** Where the rows go that are somebody's parents. */
  readonly #children: FeedSink | undefined;
  #second: Promise<Listed & { readonly feed: Feed }> | undefined;

  constructor(sync: SyncContext, feeds: ParentFeeds, run: SnapshotRun) {
    this.#sync = sync;
    this.#feeds = feeds;
    this.#run = run;
    this.#shaper = createShaper(sync, run.declaration);
    this.#known = run.snapshot.digests.size;
    this.#keys = snapshotKeys(run.declaration, sync.schemaOf(run.declaration.name));
    this.#children = feeds.fill(run.declaration.name, async () =>
      this.#isOfAuthoriser() ? undefined : (await this.#listAgain()).feed,
    );
  }

  async read(): Promise<void> {
    try {
      const listed = await this.#list(this.#children);
      this.#children?.feed.end(listed.isWhole && !this.#isOfAuthoriser());
      if (!this.#run.snapshot.isOverflowing) await this.#settleMissing(listed);
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
    if (declaration.parent === undefined) return this.#listRoot(sink, children);
    return this.#listPartitions(declaration.parent, sink, children, part);
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
    { above: rows = this.#feeds.of(parent.name), only }: Part,
  ): Promise<Listed> {
    const { declaration, refusals, snapshot } = this.#run;
    const reading = { asked: declaration, endpoint: declaration, sink };
    const asked = new Set<string>();
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
    const { groupCount, size } = snapshot.digests;
    // How many there are is seen only while they are listed; the sync before knows how many had rows.
    const before = groupCount > 0 || declaration.records !== undefined ? groupCount : size;
    if (only === undefined)
      logForecast(
        this.#sync,
        { name: declaration.name, endpoint: declaration },
        before,
        'for as many as had rows',
      );
    const partitions = partitionsOf(rows, parent, above);
    await forEachConcurrently(partitions, this.#sync.options.concurrency, async (partition) => {
      if (only?.has(partition.key) === false) return true;
      asked.add(partition.key);
      const outcome = await readAndSettle(this.#sync, reading, partition, refusals);
      const lacking = outcome.action === 'read' ? lackingIn(outcome) : outcome;
      if (lacking !== undefined) note(partition, lacking);
      else if (outcome.action === 'read' && outcome.isWhole) whole.add(partition.key);
      else isWhole = isFinal = false;
      return true;
    });
    return { isWhole: isWhole && rows.isWhole, isFinal, asked, whole };
  }

  /** Emits what is new or changed; what this sync has met already leaves no second time. */
  async #emitChanged(records: readonly Shaped[]): Promise<void> {
    const { declaration, snapshot, output } = this.#run;
    const { digests, updatedAt } = snapshot;
    const changed = records.flatMap(({ record, nulled }) => {
      const { key, group } = this.#keys.of(record);
      if (!digests.meet(key, group)) return [];
      const digest = digestOf(record, declaration.volatile);
      if (digests.get(key, group) === digest) return [];
      return {
        key,
        group,
        digest,
        nulled,
        record: { ...record, [updatedAtField]: updatedAt, [deletedField]: null },
      };
    });
    await output.records(changed);
    if (snapshot.isOverflowing) return;
    for (const { key, digest, group } of changed) digests.set(key, digest, group);
    if (digests.size > mostKnownKeys) this.#overflow();
    await output.stateWhenDue(pace, () => stateOf(this.#run));
  }

  #overflow(): void {
    this.#run.snapshot.isOverflowing = true;
    this.#sync.log(
      'WARN',
      `${this.#run.declaration.name}: more than ${mostKnownKeys} rows are too many to compare with an earlier sync, so every sync emits all of them and none as deleted`,
    );
  }

  /** What was known and not met: deleted, if that can be proven. */
  async #settleMissing(listed: Listed): Promise<void> {
    const { declaration, mode, snapshot } = this.#run;
    const { digests } = snapshot;
    const missing = [...digests.missing()];
    if (missing.length === 0) return;
    if (declaration.tombstones !== true) {
      // No proof of a deletion, only nothing left to compare with.
      if (listed.isFinal)
        for (const { key, group } of missing) digests.delete(key, this.#keys.groupOf(group));
      return;
    }
    if (this.#isOfAuthoriser() || mode === 'full_refresh') return;
    const isProven = this.#keys.isGrouped
      ? await this.#provenByGroup(listed, new Set(missing.map(({ group }) => group)))
      : await this.#provenByAll(listed);
    const gone = [...digests.missing()].filter(({ group }) => isProven(group));
    if (gone.length === 0) {
      const unproven = [...digests.missing()].length;
      if (unproven > 0)
        this.#warn(
          `${unproven} known rows were not met, in a listing that is not whole; none is taken for deleted`,
        );
      return;
    }
    await this.#emitDeleted(gone);
  }

  /** Rows may move from one partition to another, so that only all of them prove anything. */
  async #provenByAll(listed: Listed): Promise<(group: string) => boolean> {
    // A row that moved while it was listed is in neither page; it is in the second listing.
    const isProven = listed.isWhole && (await this.#listAgain()).isWhole;
    return () => isProven;
  }

  /** A partition that was listed whole, twice, proves what it lacks; so does the deletion of what it belongs to. */
  async #provenByGroup(listed: Listed, groups: ReadonlySet<string>): Promise<(group: string) => boolean> {
    const suspect = new Set([...groups].filter((group) => listed.whole.has(group)));
    const again = suspect.size === 0 ? undefined : await this.#list(undefined, { only: suspect });
    const lost = new Set([...groups].filter((group) => !listed.asked.has(group)));
    const gone = lost.size === 0 ? lost : await this.#goneParents(lost);
    return (group) => again?.whole.has(group) === true || gone.has(group);
  }

  /** Those that are in neither of two whole listings of the parent, where that proves a deletion. */
  async #goneParents(names: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const nobody = new Set<string>();
    const parent = this.#run.declaration.parent;
    const declared = parent && this.#sync.streams.get(parent.name);
    if (parent === undefined || declared?.kind !== 'snapshot' || declared.tombstones !== true) return nobody;
    const gone = new Set(names);
    const first = this.#feeds.of(parent.name);
    if (!first.isWhole) return nobody;
    await forgetListed(gone, first, parent);
    if (gone.size === 0) return gone;
    const second = await this.#feeds.again(parent.name).catch(() => undefined);
    if (second?.isWhole !== true) return nobody;
    await forgetListed(gone, second, parent);
    return gone;
  }

  async #emitDeleted(gone: readonly { readonly group: string; readonly key: string }[]): Promise<void> {
    const { digests, updatedAt } = this.#run.snapshot;
    const known = this.#known;
    if (known >= fewestKnownToDoubt && gone.length > known * largestDeletedShare) {
      this.#warn(
        `${gone.length} of ${known} known rows are gone from Zoom's listing. That is too many to believe, so none is emitted as deleted; if it is right, reset the stream`,
      );
      return;
    }
    const marks = { [updatedAtField]: updatedAt, [deletedField]: updatedAt };
    await this.#run.output.records(
      gone.map((key) => ({ record: { ...this.#keys.fieldsOf(key), ...marks } as JsonObject, nulled: [] })),
    );
    for (const { key, group } of gone) digests.delete(key, this.#keys.groupOf(group));
  }

  /** An app that sees its authoriser alone knows nothing of others. */
  #isOfAuthoriser(): boolean {
    return namesInPaths(this.#sync, this.#run.declaration) !== undefined;
  }

  #warn(what: string): void {
    this.#sync.log('WARN', `${this.#run.declaration.name}: ${what}`);
  }
}

async function forgetListed(names: Set<string>, feed: Feed, { path }: Parent): Promise<void> {
  const field = String(Object.values(path)[0]);
  for await (const found of feed.read())
    if (found.kind === 'row') names.delete(String(found.row.fields[field]));
}
