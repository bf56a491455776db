import type { StreamEnd, StreamFigures, SyncEvents } from '../engine/sync-events.ts';

/** Somebody waits until an instant (ms since the epoch): for Zoom's rate limit, or to ask again what failed. */
export interface Waiting {
  readonly stream: string;
  readonly until: number;
  readonly reason: 'rate_limited' | 'retry';
}

/** What is known of a stream, or of what is asked for others alone. */
export interface StreamOnBoard {
  readonly name: string;
  readonly family: string;
  /** Its records are wanted. */
  readonly isSelected: boolean;
  readonly records: number;
  readonly requests: number;
  /** Absent while it is read. */
  readonly end: StreamEnd | undefined;
  /** Absent where nobody waits. */
  readonly waiting: Waiting | undefined;
  /** How long it is going to take, in ms; undefined where nobody knows. */
  readonly leftMs: number | undefined;
}

interface Entry {
  readonly name: string;
  readonly family: string;
  figures?: StreamFigures;
  requests: number;
  end?: StreamEnd;
  waiting?: Waiting;
  /** When its share was looked at first, and what it was. */
  first?: { readonly at: number; readonly share: number };
}

/** Before so much is read, and so long looked at, nothing is said of the rest. */
const leastShare = 0.02;
const leastMs = 5_000;

/** Where all that happens in a sync is noted, for who shows it. */
export class SyncBoard implements SyncEvents {
  readonly #now: () => number;
  readonly #familyOf: (name: string) => string;
  readonly #entries = new Map<string, Entry>();
  readonly startedAt: number;

  /**
   * @param now ms since the epoch.
   * @param familyOf of streams, and of listings that are asked for others.
   */
  constructor(now: () => number, familyOf: (name: string) => string) {
    this.#now = now;
    this.#familyOf = familyOf;
    this.startedAt = now();
  }

  opened(stream: string, figures: StreamFigures): void {
    this.#entry(stream).figures = figures;
  }

  ended(stream: string, end: StreamEnd): void {
    this.#entry(stream).end = end;
  }

  sent(stream: string): void {
    this.#entry(stream).requests += 1;
  }

  waiting(wait: Waiting): void {
    this.#entry(wait.stream).waiting = wait;
  }

  /** In the order in which they were heard of. */
  streams(): readonly StreamOnBoard[] {
    const now = this.#now();
    return [...this.#entries.values()].map((entry) => {
      const { name, family, figures, requests, end, waiting } = entry;
      const isWaiting = end === undefined && waiting !== undefined && waiting.until > now;
      return {
        name,
        family,
        isSelected: figures !== undefined || end !== undefined,
        records: figures?.records ?? 0,
        requests,
        end,
        waiting: isWaiting ? waiting : undefined,
        leftMs: end === undefined ? leftOf(entry, now) : undefined,
      };
    });
  }

  #entry(name: string): Entry {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const entry: Entry = { name, family: this.#familyOf(name), requests: 0 };
    this.#entries.set(name, entry);
    return entry;
  }
}

/** As long as the rest takes at the pace so far. */
function leftOf(entry: Entry, now: number): number | undefined {
  const share = entry.figures?.share;
  if (share === undefined || entry.requests === 0) return undefined;
  entry.first ??= { at: now, share };
  const elapsed = now - entry.first.at;
  const done = share - entry.first.share;
  if (elapsed < leastMs || done < leastShare) return undefined;
  return (elapsed * (1 - share)) / done;
}

/** The longest of them, if all are known. */
export function longestLeft(streams: readonly StreamOnBoard[]): number | undefined {
  const open = streams.filter(({ isSelected, end }) => isSelected && end === undefined);
  const known = open.flatMap(({ leftMs }) => (leftMs === undefined ? [] : [leftMs]));
  return known.length === 0 || known.length < open.length ? undefined : Math.max(...known);
}

/** Things by a key, in the order in which the keys came. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}
