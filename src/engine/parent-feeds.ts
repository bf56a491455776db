import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent } from '../streams/declaration.ts';
import { askPartitions, createAvailability } from './availability.ts';
import { digestOf } from './digests.ts';
import { namesInPaths, readRoot } from './fallback.ts';
import { Feed } from './feed.ts';
import { createKeySet } from './key-table.ts';
import { lackingIn, type Refused } from './outcome.ts';
import { createJoin, naming, type Partition, pick, toPartition, wholeAccount } from './partition.ts';
import { nameless, readPartition, type Sink } from './partition-reader.ts';
import type { Shape, Shaped } from './records.ts';
import { createRefusals } from './refusals.ts';
import { provesDeletions } from './snapshot-progress.ts';
import { type Asked, askedNamed, type SyncContext } from './sync-context.ts';
import { partitionWithout, requireParent, withCallWithout } from './without.ts';

/**
 * The rows of parents, reduced to the fields that partitions need. Each parent is listed once in a sync, however many
 * children it has: by the stream that emits it, when that is read too, else for the first child that asks.
 */
export interface ParentFeeds {
  /**
   * The feed that a stream of this sync fills with the rows that it emits.
   * @param again lists everything once more, into another feed; called once at most.
   * @returns undefined when nobody reads it.
   */
  fill(name: string, again: () => Promise<Feed | undefined>): FeedSink | undefined;
  of(name: string): Feed;
  /** A second listing of a parent and of all above it, for the proof that something is gone; undefined where there can be none. */
  again(name: string): Promise<Feed | undefined>;
  /** The same rows for a feed of one's own. */
  sinkFor(name: string, feed: Feed): FeedSink;
}

/** Puts the rows of a parent into its feed. */
export interface FeedSink {
  readonly feed: Feed;
  rows(rows: readonly Readonly<JsonObject>[], from: Partition): void;
  refused(partition: Partition, outcome: Refused): void;
}

/** Hears of parts of a listing that Zoom refused. */
export type RefusalListener = (partition: Partition, outcome: Refused) => void;

/** Hears of each row of a parent. */
export interface RowListener {
  /** Its turn has come: those before it are asked for. */
  turn(): void;
  /** It says that there is nothing below it. */
  childless(): void;
}

const unheard: RowListener = { turn: () => undefined, childless: () => undefined };

/** @param fieldsOf the fields of each parent that some partition needs; none for what is no parent. */
export function createParentFeeds(
  sync: SyncContext,
  fieldsOf: (name: string) => readonly string[],
): ParentFeeds {
  const known = new Map<string, Feed>();
  const listAgain = new Map<string, () => Promise<Feed | undefined>>();

  const sinkFor: ParentFeeds['sinkFor'] = (name, feed) => {
    const asked = askedNamed(sync, name);
    const fields = fieldsOf(name);
    const volatile = 'volatile' in asked ? asked.volatile : [];
    const isCompared = sync.options.detailRefreshDays > 0;
    const digest = (row: Readonly<JsonObject>) => (isCompared ? digestOf(row, volatile) : undefined);
    return {
      feed,
      rows(rows, from) {
        const inPaths = { ...from.inPaths, ...namesInPaths(sync, asked) };
        feed.add(
          rows.map((row) => {
            const found = { fields: pick(row, fields), inPaths, digest: digest(row), from };
            return { kind: 'row', row: found } as const;
          }),
        );
      },
      refused: (partition, outcome) => feed.add([{ kind: 'refused', partition, outcome }]),
    };
  };
  const list = async (name: string): Promise<Feed> => {
    const feed = new Feed();
    const above = async (parent: string) => (await feeds.again(parent)) ?? feeds.of(parent);
    await fillFeed(sync, askedNamed(sync, name), sinkFor(name, feed), above);
    return feed;
  };
  const feeds: ParentFeeds = {
    fill(name, again) {
      if (fieldsOf(name).length === 0) return undefined;
      listAgain.set(name, once(again));
      const feed = new Feed();
      known.set(name, feed);
      return sinkFor(name, feed);
    },
    of(name) {
      const feed = known.get(name) ?? new Feed();
      if (known.has(name)) return feed;
      known.set(name, feed);
      listAgain.set(
        name,
        once(() => list(name)),
      );
      const above = async (parent: string) => feeds.of(parent);
      fillFeed(sync, askedNamed(sync, name), sinkFor(name, feed), above).catch((error) => feed.fail(error));
      return feed;
    },
    again: async (name) => listAgain.get(name)?.(),
    sinkFor,
  };
  return feeds;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/**
 * Lists a parent that no stream of this sync emits.
 * @param above gives the rows that the parent's own partitions are made from.
 */
async function fillFeed(
  sync: SyncContext,
  asked: Asked,
  { feed, ...into }: FeedSink,
  above: (name: string) => Promise<Feed>,
): Promise<void> {
  const sink: Sink = {
    shape: (_, added) => asItIs(added),
    take: async (records, partition) =>
      into.rows(
        records.map(({ record }) => record),
        partition,
      ),
  };
  const parent = asked.parent;
  if (parent === undefined) {
    const read = (endpoint: Endpoint) => readPartition(sync, { asked, endpoint, sink }, wholeAccount);
    const outcome = await readRoot(sync, asked, read);
    const lacking = lackingIn(outcome);
    if (lacking !== undefined) into.refused(wholeAccount, lacking);
    feed.end(outcome.isWhole && namesInPaths(sync, asked) === undefined);
    return;
  }
  const refusals = createRefusals({ stream: asked.name, asksEverything: true });
  let isWhole = true;
  const answered = new Set<string>();
  // What a row is listed in may be a part that Zoom never gives, while other parts gave it before: without all of them nothing is
  // proven gone. Of other parents such a part has no rows, or what is remembered below them would only grow.
  const needsAll = provesDeletions(sync.streams, asked);
  const refuse: RefusalListener = (partition, outcome) => {
    isWhole &&= !needsAll && (outcome.action === 'skip' || outcome.action === 'unlicensed');
    into.refused(partition, outcome);
  };
  const rows = await above(parent.name);
  const request = { asked, endpoint: asked, sink };
  const availability = createAvailability(request, [refusals]);
  await askPartitions(partitionsOf(rows, parent, refuse), {
    availability,
    concurrency: sync.options.concurrency,
    ask: (partition) => readPartition(sync, request, partition),
    settle(partition, outcome) {
      refusals.settle(partition, outcome, sync.startedAt);
      const lacking = outcome.action === 'read' ? lackingIn(outcome) : outcome;
      if (outcome.action === 'read') answered.add(partition.key);
      if (lacking !== undefined) refuse(partition, lacking);
      else if (outcome.action === 'read') isWhole &&= outcome.isWhole;
    },
    atEnd() {
      requireParent(rows, answered.has(partitionWithout(parent).key));
      availability.end();
    },
  });
  const nobody = refusals.lackedByAll();
  if (nobody !== undefined) throw nobody;
  feed.end(isWhole && rows.isWhole);
}

/** Rows that are no stream's records leave with what is added to them. */
function asItIs(added: Readonly<JsonObject>): Shape {
  const shaped = (row: JsonObject): Shaped => ({ record: { ...row, ...added }, row, nulled: [] });
  return { records: (rows) => rows.map(shaped), keyless: () => undefined };
}

/**
 * The partitions that a parent's rows make, each once, as they come, and the one of the call without it: at the end, where
 * several rows may name one.
 * @param heard hears of the rows; not of their turns where partitions are joined, which begin when all rows are there.
 */
export async function* partitionsOf(
  feed: Feed,
  parent: Parent,
  onRefusal: RefusalListener,
  heard: RowListener = unheard,
): AsyncGenerator<Partition> {
  if (parent.partition === undefined) return yield* firstOfEach(partitionsIn(feed, parent, onRefusal, heard));
  const join = createJoin();
  const { childless } = heard;
  for await (const partition of partitionsIn(feed, parent, onRefusal, { ...unheard, childless }))
    join.add(partition);
  yield* join.joined();
}

async function* firstOfEach(partitions: AsyncIterable<Partition>): AsyncGenerator<Partition> {
  const seen = createKeySet();
  for await (const partition of partitions) if (seen.add(partition.key)) yield partition;
}

/** One for each row that has children, and the one of the call without the parent. */
function partitionsIn(
  feed: Feed,
  parent: Parent,
  onRefusal: RefusalListener,
  heard: RowListener,
): AsyncGenerator<Partition> {
  return withCallWithout(feed, parent, (found) => {
    heard.turn();
    if (found.kind === 'refused') {
      onRefusal(found.partition, found.outcome);
      return undefined;
    }
    const partition = toPartition(parent, found.row);
    if (partition === 'none') heard.childless();
    if (partition === 'nameless')
      onRefusal(found.row.from, nameless(parent.name, naming(parent.parameters).field));
    return typeof partition === 'string' ? undefined : partition;
  });
}
