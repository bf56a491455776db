import type { ShareRead, StreamEnd, SyncEvent } from '../engine/sync-events.ts';

/** Somebody waits until an instant (ms since the epoch): for Zoom's rate limit, or to ask again what failed. */
export interface Waiting {
  readonly stream: string;
  readonly until: number;
  readonly reason: 'rate_limited' | 'retry';
}

/** How a stream ended, as far as a person is told of it. */
type Outcome = Pick<StreamEnd, 'failure' | 'skipped' | 'owed'>;

/** What is known of a stream, or of what is asked for others alone. */
export interface StreamOnBoard {
  readonly name: string;
  readonly family: string;
  /** Its records are wanted. */
  readonly isSelected: boolean;
  /** It is read, or was. */
  readonly isBegun: boolean;
  readonly records: number;
  readonly requests: number;
  /** Absent while it is read. */
  readonly end: Outcome | undefined;
  /** Absent where nobody waits. */
  readonly waiting: Waiting | undefined;
  /** How long it is going to take, in ms; undefined where nobody knows. */
  readonly leftMs: number | undefined;
}

interface Entry {
  readonly name: string;
  readonly family: string;
  isSelected: boolean;
  /** Absent before it is read. */
  share?: ShareRead;
  records: number;
  requests: number;
  end?: Outcome;
  waiting?: Waiting;
  /** When its share was known first, and what it was. */
  first?: { readonly at: number; readonly share: number };
}

/** Before so much is read, and so long looked at, nothing is said of the rest. */
const leastShare = 0.02;
const leastMs = 5_000;

/** Where all that happens in a sync is noted, for who shows it. */
export class SyncBoard {
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

  hear(event: SyncEvent): void {
    switch (event.kind) {
      case 'selected':
        this.#entry(event.stream).isSelected = true;
        break;
      case 'begun':
        this.#entry(event.stream).share = event.share;
        break;
      case 'records':
        this.#entry(event.stream).records += event.count;
        break;
      case 'ended':
        this.#entry(event.stream).end = event.end;
        break;
      case 'answered':
        this.#entry(event.request.stream).requests += 1;
        break;
      case 'waiting':
        this.#entry(event.wait.stream).waiting = event.wait;
        break;
      case 'noted':
        break;
      default:
        event satisfies never;
    }
  }

  /** In the order in which they were heard of. */
  streams(): readonly StreamOnBoard[] {
    const now = this.#now();
    return [...this.#entries.values()].map((entry) => {
      const { name, family, isSelected, share, records, requests, end, waiting } = entry;
      const isWaiting = end === undefined && waiting !== undefined && waiting.until > now;
      return {
        name,
        family,
        isSelected,
        isBegun: share !== undefined,
        records,
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
    const entry: Entry = { name, family: this.#familyOf(name), isSelected: false, records: 0, requests: 0 };
    this.#entries.set(name, entry);
    return entry;
  }
}

/** As long as the rest takes at the pace so far. */
function leftOf(entry: Entry, now: number): number | undefined {
  const share = entry.share?.();
  if (share === undefined) return undefined;
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
