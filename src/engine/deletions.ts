import type { JsonObject } from '../json.ts';
import type { Parent } from '../streams/declaration.ts';
import type { Feed } from './feed.ts';
import type { ParentFeeds } from './parent-feeds.ts';
import { nameFieldOf } from './partition.ts';
import { deletedField, provesDeletions, type SnapshotKeys, tellsPartition } from './snapshot-progress.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import { updatedAtField } from './stream-state.ts';
import type { SyncContext } from './sync-context.ts';

/** A listing that lacks more than this part of what was known proves nothing. */
const largestDeletedShare = 0.5;
const fewestKnownToDoubt = 20;

/** What one listing of everything, or of some partitions, has shown. */
export interface Listed {
  /** What it lacks does not exist. */
  readonly isWhole: boolean;
  /** What it lacks will not come: the rest was refused for good. */
  readonly isFinal: boolean;
  /** Keys of the partitions that were asked for, and of those that were listed to their end. */
  readonly asked: ReadonlySet<string>;
  readonly whole: ReadonlySet<string>;
}

/** Lists a second time: a row that moved while it was listed is on neither page of the first. */
interface Again {
  /** Everything, all above it included. */
  everything(): Promise<Listed>;
  /** The partitions of these keys. */
  partitions(keys: ReadonlySet<string>): Promise<Listed>;
}

/** Finds out which rows are gone for certain, and emits them as deleted. */
export class Deletions {
  readonly #sync: SyncContext;
  readonly #feeds: ParentFeeds;
  readonly #run: SnapshotRun;
  readonly #keys: SnapshotKeys;
  /** How many rows were known when the sync began. */
  readonly #known: number;

  constructor(sync: SyncContext, feeds: ParentFeeds, run: SnapshotRun, keys: SnapshotKeys) {
    this.#sync = sync;
    this.#feeds = feeds;
    this.#run = run;
    this.#keys = keys;
    this.#known = run.snapshot.digests.size;
  }

  /** What was known and not met: deleted, if that can be proven. */
  async settle(listed: Listed, again: Again): Promise<void> {
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
    if (mode === 'full_refresh') return;
    const partitionOf = this.#keys.partitionOf;
    const isProven = tellsPartition(declaration, this.#sync.streams)
      ? await this.#provenByPartition(listed, again, new Set(missing.map(partitionOf)))
      : await provenByAll(listed, again);
    const gone = [...digests.missing()].filter((key) => isProven(partitionOf(key)));
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

  /** A partition that was listed whole, twice, proves what it lacks; so does the deletion of what it belongs to. */
  async #provenByPartition(
    listed: Listed,
    again: Again,
    names: ReadonlySet<string>,
  ): Promise<(name: string) => boolean> {
    const suspect = new Set([...names].filter((name) => listed.whole.has(name)));
    const second = suspect.size === 0 ? undefined : await again.partitions(suspect);
    const lost = new Set([...names].filter((name) => !listed.asked.has(name)));
    const gone = lost.size === 0 ? lost : await this.#goneParents(lost);
    return (name) => second?.whole.has(name) === true || gone.has(name);
  }

  /** Those that are in neither of two whole listings of the parent, where that proves a deletion. */
  async #goneParents(names: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const nobody = new Set<string>();
    const parent = this.#run.declaration.parent;
    if (parent === undefined || !provesDeletions(this.#sync.streams, parent)) return nobody;
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
    this.#run.notes.deleted += gone.length;
    for (const { key, group } of gone) digests.delete(key, this.#keys.groupOf(group));
  }

  #warn(what: string): void {
    this.#sync.log('WARN', `${this.#run.declaration.name}: ${what}`);
  }
}

/** Rows may move from one partition to another, so that only all of them prove anything. */
async function provenByAll(listed: Listed, again: Again): Promise<(name: string) => boolean> {
  const isProven = listed.isWhole && (await again.everything()).isWhole;
  return () => isProven;
}

async function forgetListed(names: Set<string>, feed: Feed, parent: Parent): Promise<void> {
  const field = nameFieldOf(parent) ?? '';
  for await (const found of feed.read())
    if (found.kind === 'row') names.delete(String(found.row.fields[field]));
}
