import { readInstant } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Partition } from './partition.ts';
import type { Slice } from './slices.ts';
import { checkVersion, instantIn, stateVersion, toInstant } from './stream-state.ts';

/**
 * How far a windowed or derived stream has been read.
 *
 * State: `{version, [cursor field], read_from, read_until?, reread_from?, finished?, newest_row?, parents_read?, owed?}`, all instants RFC
 * 3339 in UTC.
 * - cursor field: everything before it has been read; never moves back.
 * - `read_from`: everything from here on has been read, so that an earlier `start_date` can be noticed.
 * - `read_until`: only while a pass is in progress: how far it has come. It is behind the cursor while the lookback is read again.
 * - `reread_from`: where the next pass begins, when that is before cursor minus lookback: this pass was interrupted, and what
 *   it read before the interruption may have grown since.
 * - `finished`: partitions that are finished beyond `read_until`, up to `finished.until`.
 * - `newest_row`: see `NewestRow`. `parents_read`: see `Details`.
 */
export interface WindowProgress {
  /** Where this sync begins, and where it ends (exclusive). Nothing to read when they meet. */
  readonly range: Slice;
  /** Keys of the partitions that an earlier attempt has finished, those that it owes included. */
  readonly finishedBefore: readonly string[];
  /** Where the slices of this sync have to be cut so that `finished` says what it said. */
  readonly cuts: readonly number[];
  /** Slices may be done in any order; they do not overlap, and one of them begins where `range` does. */
  sliceDone(slice: Slice): void;
  /** Called when the partitions of a slice are known; gives those that are not finished yet. Slices with partitions go one by one. */
  openSlice(slice: Slice, partitions: readonly Partition[]): readonly Partition[];
  partitionDone(partition: Partition): void;
  /** How much of the range is done, from 0 to 1, by its length and the partitions of the slice in progress. */
  readonly share: number;
  /** Where the next sync is going to begin, as far as its own options do not move it. */
  readonly nextFrom: number;
  /** The state without `newest_row`, `parents_read` and `owed`. */
  toState(): JsonObject;
}

export interface WindowProgressOptions {
  readonly stream: string;
  readonly cursorField: string;
  readonly input: JsonObject | undefined;
  /** Earliest instant to read. */
  readonly start: number;
  /** End of this sync, exclusive. */
  readonly end: number;
  readonly lookbackMs: number;
  /** Where that begins which has to be read as a whole: the day of a row that grows until midnight, or a month. */
  readonly startOfWhole?: ((instant: number) => number) | undefined;
}

/** @throws ConfigError for a state of a newer version or with instants that are none. */
export function createWindowProgress(options: WindowProgressOptions): WindowProgress {
  const start = readStart(options);
  const { range, finishedBefore } = start;
  /** Ends of the slices that are done, by where they begin. */
  const done = new Map<number, number>();
  /** All slices before this instant are done. */
  let doneUntil = range.from;
  let readUntil = range.from;
  let open: OpenSlice | undefined;
  let doneMs = 0;
  const lengthMs = range.until - range.from;
  const inRange = ({ from, until }: Slice) =>
    Math.max(0, Math.min(until, range.until) - Math.max(from, range.from));

  return {
    range,
    get share() {
      const openMs = open === undefined ? 0 : open.share() * inRange(open.slice);
      return lengthMs === 0 ? 1 : (doneMs + openMs) / lengthMs;
    },
    finishedBefore: [...(finishedBefore?.keys ?? [])],
    nextFrom: start.nextReread,
    cuts: finishedBefore === undefined ? [range.from] : [range.from, finishedBefore.until],
    sliceDone({ from, until }) {
      if (until <= range.from) return;
      doneMs += inRange({ from, until });
      done.set(from, until);
      for (let end = done.get(doneUntil); end !== undefined; end = done.get(doneUntil)) {
        done.delete(doneUntil);
        doneUntil = end;
      }
      readUntil = Math.max(readUntil, doneUntil);
      open = undefined;
    },
    openSlice(slice, partitions) {
      const isBefore = slice.until <= (finishedBefore?.until ?? 0);
      open = createOpenSlice(slice, partitions, isBefore ? finishedBefore?.keys : undefined);
      readUntil = Math.max(readUntil, open.readUntil());
      return open.unfinished;
    },
    partitionDone(partition) {
      if (open === undefined) return;
      open.done(partition);
      readUntil = Math.max(readUntil, open.readUntil());
    },
    toState() {
      if (range.until <= range.from) return { version: stateVersion, ...withoutOthers(options.input ?? {}) };
      return writeState(
        options,
        start,
        readUntil,
        open?.finished() ?? (doneUntil === range.from ? finishedBefore : undefined),
      );
    },
  };
}

/** What the state and the options say about where this sync begins. */
interface Start {
  readonly range: Slice;
  readonly inputCursor: number | undefined;
  /** Earliest instant from which everything has been read, this sync included. */
  readonly readFrom: number;
  /** Where the pass after this one has to begin. */
  readonly nextReread: number;
  readonly finishedBefore: Finished | undefined;
}

function readStart({
  stream,
  cursorField,
  input = {},
  start,
  end,
  lookbackMs,
  startOfWhole = (instant) => instant,
}: WindowProgressOptions): Start {
  checkVersion(stream, input);
  const instant = (field: string) => instantIn(stream, input, field);
  const inputCursor = instant(cursorField);
  const resumedAt = instant('read_until');
  const rereadFrom = instant('reread_from');
  const lookback =
    inputCursor === undefined ? start : Math.min(inputCursor - lookbackMs, rereadFrom ?? inputCursor);
  const wanted = resumedAt ?? lookback;
  const from = Math.max(start, startOfWhole(wanted));
  const hasGap = inputCursor !== undefined && from > inputCursor;
  return {
    range: { from, until: Math.max(from, end) },
    inputCursor,
    readFrom: hasGap ? from : Math.min(from, instant('read_from') ?? from),
    nextReread: Math.min(end - lookbackMs, resumedAt === undefined ? end : (rereadFrom ?? end)),
    finishedBefore: readFinished(input['finished']),
  };
}

function writeState(
  { cursorField, input = {}, lookbackMs }: WindowProgressOptions,
  { range, inputCursor, readFrom, nextReread }: Start,
  readUntil: number,
  finished: Finished | undefined,
): JsonObject {
  const cursor = Math.max(readUntil, inputCursor ?? readUntil);
  const state: JsonObject = {
    version: stateVersion,
    // A cursor that did not move leaves as it came, whatever its format.
    [cursorField]: cursor === inputCursor ? input[cursorField] : toInstant(cursor),
    read_from: toInstant(readFrom),
  };
  const isComplete = readUntil >= range.until;
  if (!isComplete) state['read_until'] = toInstant(readUntil);
  if (!isComplete || nextReread < cursor - lookbackMs) state['reread_from'] = toInstant(nextReread);
  if (!isComplete && finished !== undefined && finished.keys.size > 0) {
    state['finished'] = { until: toInstant(finished.until), partitions: [...finished.keys] };
  }
  return state;
}

interface Finished {
  readonly until: number;
  readonly keys: ReadonlySet<string>;
}

interface OpenSlice {
  readonly slice: Slice;
  readonly unfinished: readonly Partition[];
  done(partition: Partition): void;
  /** How many of its partitions are finished, from 0 to 1. */
  share(): number;
  readUntil(): number;
  finished(): Finished;
}

/** Partitions may finish in any order; how far all of them have been read moves with the oldest unfinished one. */
function createOpenSlice(
  slice: Slice,
  partitions: readonly Partition[],
  before: ReadonlySet<string> = new Set(),
): OpenSlice {
  const at = (partition: Partition | undefined) =>
    partition === undefined ? slice.until : (partition.at ?? slice.from);
  const ordered = [...partitions].sort((a, b) => at(a) - at(b));
  const keys = new Set(ordered.filter(({ key }) => before.has(key)).map(({ key }) => key));
  let oldestUnfinished = 0;
  let oldestKept = 0;
  const advance = () => {
    for (
      let next = ordered[oldestUnfinished];
      next !== undefined && keys.has(next.key);
      next = ordered[oldestUnfinished]
    ) {
      oldestUnfinished += 1;
    }
    const reached = at(ordered[oldestUnfinished]);
    // What is older than every unfinished partition need not be named.
    for (
      let next = ordered[oldestKept];
      oldestKept < oldestUnfinished && next !== undefined && at(next) < reached;
      next = ordered[oldestKept]
    ) {
      keys.delete(next.key);
      oldestKept += 1;
    }
  };
  const unfinished = ordered.filter(({ key }) => !keys.has(key));
  let finishedCount = ordered.length - unfinished.length;
  advance();
  return {
    slice,
    unfinished,
    share: () => (ordered.length === 0 ? 0 : finishedCount / ordered.length),
    done({ key }) {
      finishedCount += 1;
      keys.add(key);
      advance();
    },
    readUntil: () => Math.max(slice.from, Math.min(slice.until, at(ordered[oldestUnfinished]))),
    finished: () => ({ until: slice.until, keys }),
  };
}

function readFinished(value: unknown): Finished | undefined {
  if (!isJsonObject(value)) return undefined;
  const { until: text, partitions } = value;
  const until = readInstant(text);
  if (until === undefined || !Array.isArray(partitions)) return undefined;
  return { until, keys: new Set(partitions.filter((key) => typeof key === 'string')) };
}

function withoutOthers(input: JsonObject): JsonObject {
  const { owed: _, parents_read: ___, __ab_full_refresh_sync_complete: __, ...rest } = input;
  return rest;
}
