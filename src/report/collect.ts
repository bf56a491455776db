import type { StreamEnd, SyncEvent } from '../engine/sync-events.ts';
import type { FailureType } from '../errors.ts';
import { groupBy } from '../group-by.ts';
import type { AnsweredRequest, Wait } from '../http/client.ts';
import { families, familyOf } from '../streams/index.ts';
import { nameCalls } from '../wording.ts';
import { createTimeline, type LaneFacts, type Timeline, type TimelineFacts } from './timeline.ts';

/** How a sync ended, or why it did not. */
export type SyncEnd =
  | { readonly how: 'complete' | 'incomplete' | 'stopped' }
  | { readonly how: 'failed'; readonly type: FailureType; readonly message: string };

/** What a report says of a sync. No text of it holds a secret; instants in ms since the epoch. */
export interface SyncFacts {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: SyncEnd;
  readonly families: readonly FamilyFacts[];
  /** Requests for what is no stream of this sync and only leads to some. */
  readonly otherRequests: number;
  readonly timeline: Omit<TimelineFacts, 'lanes'>;
  readonly lanes: readonly PacedLane[];
  readonly pauses: readonly Pause[];
  readonly retries: readonly Retries[];
  readonly notes: readonly Note[];
  /** Notes that there was no room for. */
  readonly furtherNotes: number;
}

export interface FamilyFacts {
  readonly family: string;
  readonly streams: readonly StreamFacts[];
}

export interface StreamFacts {
  readonly name: string;
  readonly state: 'waiting' | 'reading' | 'read' | 'failed';
  readonly records: number;
  readonly requests: number;
  readonly tookMs: number;
  readonly remarks: readonly string[];
  readonly failure?: { readonly type: FailureType; readonly message: string };
}

/** Calls of one label. */
export interface PacedLane extends LaneFacts {
  readonly name: string;
  /** What may leave in a second; absent where no limit is published. */
  readonly perSecond?: number;
}

/** Streams that waited for a rate limit together. */
interface Pause {
  readonly from: number;
  until: number;
  readonly streams: Set<string>;
}

/** Requests of one stream that were sent again after a wait. */
interface Retries {
  readonly stream: string;
  count: number;
  waitedMs: number;
  last: string;
}

interface Note {
  readonly level: 'WARN' | 'INFO';
  readonly message: string;
}

interface CollectorParts {
  readonly now: () => number;
  readonly redact: (text: string) => string;
}

const mostNotes = 1_000;
const mostPauses = 200;
const longestText = 2_000;
/** Pauses that end within it are one. */
const sameInstantMs = 1_000;

interface Reading {
  begunAt?: number;
  records: number;
  end?: StreamEnd;
}

/** Gathers what a report needs, in a memory that does not grow with the sync. */
export class Collector {
  readonly #now: () => number;
  readonly #redact: (text: string) => string;
  readonly #startedAt: number;
  readonly #timeline: Timeline;
  readonly #limits = new Map<string, number | undefined>();
  readonly #requests = new Map<string, number>();
  readonly #streams = new Map<string, Reading>();
  readonly #waits: ReturnType<typeof createWaits>;
  readonly #notes = new Map<string, Note>();
  #furtherNotes = 0;

  constructor({ now, redact }: CollectorParts) {
    this.#now = now;
    this.#redact = redact;
    this.#startedAt = now();
    this.#timeline = createTimeline(this.#startedAt);
    this.#waits = createWaits(now);
  }

  hear(event: SyncEvent): void {
    switch (event.kind) {
      case 'selected':
        this.#readingOf(event.stream);
        break;
      case 'begun':
        this.#readingOf(event.stream).begunAt = this.#now();
        break;
      case 'records':
        this.#readingOf(event.stream).records += event.count;
        break;
      case 'ended':
        this.#readingOf(event.stream).end = event.end;
        break;
      case 'answered':
        this.#count(event.request);
        break;
      case 'waiting':
        this.#waits.add(event.wait);
        break;
      case 'noted':
        this.#note(this.#clean(event.message), event.level === 'WARN' ? 'WARN' : 'INFO');
        break;
      default:
        event satisfies never;
    }
  }

  facts(end: SyncEnd): SyncFacts {
    const clean = (text: string) => this.#clean(text);
    const endedAt = this.#now();
    const { lanes, ...slots } = this.#timeline.read(endedAt);
    const requestsOf = (stream: string) => this.#requests.get(stream) ?? 0;
    const streams = [...this.#streams].map(([name, reading]) =>
      toFacts(name, reading, { endedAt, requests: requestsOf(name), clean }),
    );
    const all = [...this.#requests.values()].reduce((sum, count) => sum + count, 0);
    return {
      startedAt: this.#startedAt,
      endedAt,
      end: end.how === 'failed' ? { ...end, message: clean(end.message) } : end,
      families: byFamily(streams),
      otherRequests: all - streams.reduce((sum, { requests }) => sum + requests, 0),
      timeline: slots,
      lanes: [...lanes].map(([name, lane]) => withLimit(name, lane, this.#limits.get(name))),
      pauses: this.#waits.pauses,
      retries: [...this.#waits.retries.values()].map((each) => ({ ...each, last: clean(each.last) })),
      notes: [...this.#notes.values()].map((each) => ({ ...each, message: clean(each.message) })),
      furtherNotes: this.#furtherNotes,
    };
  }

  #readingOf(stream: string): Reading {
    const known = this.#streams.get(stream) ?? { records: 0 };
    this.#streams.set(stream, known);
    return known;
  }

  #count({ stream, pace, sentAt, status }: AnsweredRequest): void {
    const lane = nameCalls(pace);
    this.#limits.set(lane, pace.perSecond);
    this.#requests.set(stream, (this.#requests.get(stream) ?? 0) + 1);
    this.#timeline.add(lane, sentAt, kindOf(status));
  }

  #note(message: string, level: Note['level']): void {
    if (this.#notes.has(message)) return;
    if (this.#notes.size < mostNotes) this.#notes.set(message, { level, message });
    else this.#furtherNotes += 1;
  }

  /** A secret that is cut in two would no longer be known for one. */
  #clean(text: string): string {
    return this.#redact(text).slice(0, longestText);
  }
}

function createWaits(now: () => number) {
  const pauses: Pause[] = [];
  const retries = new Map<string, Retries>();
  return {
    pauses,
    retries,
    add({ stream, until, reason, message }: Wait): void {
      if (reason === 'retry') {
        const known = retries.get(stream) ?? { stream, count: 0, waitedMs: 0, last: '' };
        known.count += 1;
        known.waitedMs += Math.max(0, until - now());
        known.last = message;
        retries.set(stream, known);
        return;
      }
      const same = pauses.findLast((pause) => Math.abs(pause.until - until) < sameInstantMs);
      // Of more than can be shown, the last one grows.
      const pause = same ?? (pauses.length < mostPauses ? undefined : pauses.at(-1));
      if (pause === undefined) pauses.push({ from: now(), until, streams: new Set([stream]) });
      else {
        pause.until = Math.max(pause.until, until);
        pause.streams.add(stream);
      }
    },
  };
}

function kindOf(status: number | undefined): 'answered' | 'limited' | 'failed' {
  if (status === 429) return 'limited';
  return status === undefined || status >= 500 ? 'failed' : 'answered';
}

function withLimit(name: string, lane: LaneFacts, perSecond: number | undefined): PacedLane {
  return perSecond === undefined ? { name, ...lane } : { name, ...lane, perSecond };
}

interface FactParts {
  readonly endedAt: number;
  readonly requests: number;
  clean(text: string): string;
}

function toFacts(
  name: string,
  { begunAt, records, end }: Reading,
  { endedAt, requests, clean }: FactParts,
): StreamFacts {
  if (end === undefined) {
    const tookMs = begunAt === undefined ? 0 : endedAt - begunAt;
    return {
      name: clean(name),
      state: begunAt === undefined ? 'waiting' : 'reading',
      records,
      requests,
      tookMs,
      remarks: [],
    };
  }
  const { failure, tookMs, remarks } = end;
  const facts = { name: clean(name), records: end.records, requests, tookMs, remarks: remarks.map(clean) };
  return failure === undefined
    ? { ...facts, state: 'read' }
    : { ...facts, state: 'failed', failure: { ...failure, message: clean(failure.message) } };
}

/** Where what is no stream stands. */
const unknown = 'unknown';

function byFamily(streams: readonly StreamFacts[]): readonly FamilyFacts[] {
  const groups = groupBy(streams, ({ name }) => familyOf(name) ?? unknown);
  return [...Object.keys(families), unknown].flatMap((family) => {
    const members = groups.get(family);
    return members === undefined ? [] : { family, streams: members };
  });
}
