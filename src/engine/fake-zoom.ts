import { Writable } from 'node:stream';
import { readBody, requireObjects } from '../http/body.ts';
import { classify } from '../http/classify.ts';
import type { Client } from '../http/client.ts';
import type { Body, Refusal, Reply, Request } from '../http/exchange.ts';
import type { Quota } from '../http/rate-limiter.ts';
import type { JsonObject } from '../json.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import type { SyncMode } from '../protocol/messages.ts';
import { createWriter } from '../protocol/writer.ts';
import type { Listing, StreamDeclaration } from '../streams/declaration.ts';
import { createAccountPlan } from './account-plan.ts';
import { createLicences } from './licences.ts';
import type { SyncContext } from './sync-context.ts';
import { SyncRun } from './sync-run.ts';

const dayMs = 86_400_000;

export interface FakeZoomOptions {
  readonly declarations: readonly StreamDeclaration[];
  readonly listings?: readonly Listing[];
  /** Properties of a stream's schema. */
  readonly properties?: Readonly<Record<string, JsonObject>>;
  /** What the list of a path holds at an instant; `from` and `to` are applied to its rows by their `end_time`. */
  rows(path: string, now: number): readonly unknown[];
  /** By what name `rows` is asked, where the path does not tell. */
  pathOf?(request: Request): string;
  /** In place of the rows. */
  instead?(request: Request): Reply | undefined | Promise<Reply | undefined>;
  readonly quota?: Quota;
  readonly pageSize?: number;
  readonly mayBeUserLevel?: boolean;
  readonly lookbackDays?: number;
  /** Instants that the config gives, in ms since the epoch. */
  readonly startDate?: number;
  readonly endDate?: number;
  readonly concurrency?: number;
  /** How long Zoom takes to answer, for who waits for a STATE to be due. */
  readonly answerMs?: number;
}

interface SyncOptions {
  readonly mode?: SyncMode;
  readonly clockIsAheadMs?: number;
  /** How the sync is to end. */
  readonly isComplete?: boolean;
}

/** A message as a platform reads it. */
export interface FakeMessage {
  readonly type: string;
  readonly record?: { readonly stream: string; readonly data: JsonObject; readonly meta?: JsonObject };
  readonly state?: {
    readonly stream: {
      readonly stream_descriptor: { readonly name: string };
      readonly stream_state: JsonObject;
    };
  };
  readonly trace?: {
    readonly error?: {
      readonly message: string;
      readonly failure_type: string;
      readonly stream_descriptor?: { readonly name: string };
    };
  };
}

/** What one sync has said. */
export interface FakeSync {
  readonly messages: readonly FakeMessage[];
  readonly log: readonly string[];
  readonly warnings: readonly string[];
  of(stream: string): readonly JsonObject[];
  /** Of each record of a stream. */
  metaOf(stream: string): readonly (JsonObject | undefined)[];
  /** Why a stream failed. */
  errorOf(stream: string): { readonly message: string; readonly failure_type: string } | undefined;
}

function toSync(messages: readonly FakeMessage[], told: readonly Told[]): FakeSync {
  return {
    messages,
    log: told.map(({ message }) => message),
    warnings: told.filter(({ level }) => level === 'WARN').map(({ message }) => message),
    of: (stream) => recordsIn(messages, stream),
    metaOf: (stream) => messages.flatMap(({ record }) => (record?.stream === stream ? [record.meta] : [])),
    errorOf: (stream) =>
      messages.map(({ trace }) => trace?.error).find((error) => error?.stream_descriptor?.name === stream),
  };
}

interface Told {
  readonly level: string;
  readonly message: string;
}

export function recordsIn(messages: readonly FakeMessage[], stream: string): readonly JsonObject[] {
  return messages.flatMap(({ record }) => (record?.stream === stream ? [record.data] : []));
}

/** Syncs one after the other, the state handed on, against rows that change with the time. */
export class FakeZoom {
  /** Paths, in the order in which they were asked for. */
  readonly asked: string[] = [];
  /** The last state of each stream. */
  readonly states = new Map<string, JsonObject>();
  /** Of the config; may differ from sync to sync. */
  detailRefreshDays = 0;
  readonly #options: FakeZoomOptions;

  constructor(options: FakeZoomOptions) {
    this.#options = options;
  }

  /** @throws Error when the sync ends otherwise than it is to end. */
  async sync(
    now: number,
    streams: readonly string[],
    { mode = 'incremental', clockIsAheadMs = 0, isComplete = true }: SyncOptions = {},
  ): Promise<FakeSync> {
    const lines: string[] = [];
    const output = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const clock = createManualClock(now + clockIsAheadMs);
    const told: Told[] = [];
    const context = this.context(now, clock, (level, message) => void told.push({ level, message }));
    const configured = streams.map((name) => ({ name, syncMode: mode }));
    const writer = createWriter(output, (text) => text);
    const input = { byStream: new Map(this.states), warnings: [] };
    const isRead = await new SyncRun(context, writer).run(configured, input);
    const messages = lines.join('').trimEnd().split('\n').map(parseMessage);
    if (isRead !== isComplete)
      throw new Error(`the sync was ${isRead ? '' : 'not '}complete: ${lines.join('')}`);
    this.keepStates(messages);
    return toSync(messages, told);
  }

  /** The name by which `rows` is asked for what a request wants. */
  pathOf(request: Request): string {
    return this.#options.pathOf?.(request) ?? request.path;
  }

  /** What a sync is read with, for who reads without one. */
  context(
    now: number,
    clock = createManualClock(now),
    log: SyncContext['log'] = () => undefined,
  ): SyncContext {
    const { declarations, listings = [], properties = {}, mayBeUserLevel = false } = this.#options;
    const { startDate = Date.parse('2028-01-01'), endDate, lookbackDays } = this.#options;
    return {
      client: this.#client(now, clock),
      clock,
      options: {
        startDate,
        endDate,
        lookbackDays,
        detailRefreshDays: this.detailRefreshDays,
        concurrency: this.#options.concurrency ?? 4,
        includeSensitiveFields: false,
        mayBeUserLevel,
      },
      startedAt: clock.now(),
      streams: new Map(declarations.map((declaration) => [declaration.name, declaration])),
      listings: new Map(listings.map((listing) => [listing.name, listing])),
      schemaOf: (stream) => ({ properties: properties[stream] ?? {} }),
      replaced: new Map(),
      accountPlan: createAccountPlan(),
      licences: createLicences(),
      nulls: new Map(),
      requests: new Map(),
      tell: () => undefined,
      log,
    };
  }

  /** Remembers the last state of each stream, as a platform does that has read so far. */
  keepStates(messages: readonly FakeMessage[]): void {
    for (const { state } of messages)
      if (state !== undefined)
        this.states.set(state.stream.stream_descriptor.name, state.stream.stream_state);
  }

  #client(now: number, clock: ManualClock): Client {
    const { rows, instead, quota = { label: 'heavy' }, pageSize = 3, answerMs = 0 } = this.#options;
    return {
      quota: () => quota,
      get: async (request) => {
        this.asked.push(request.path);
        clock.advance(answerMs);
        const given = instead?.(request);
        // Nobody else asks in between, where the answer is there.
        const reply = given instanceof Promise ? await given : given;
        return reply ?? pageOf(inWindow(rows(this.pathOf(request), now), request.query), request, pageSize);
      },
    };
  }
}

function parseMessage(line: string): FakeMessage {
  return JSON.parse(line);
}

function pageOf(all: readonly unknown[], { query, records }: Request, pageSize: number): Reply {
  if (records === undefined) return bodyReply(all, {});
  const offset = Number(query['next_page_token'] ?? 0);
  const next = offset + pageSize < all.length ? String(offset + pageSize) : '';
  return bodyReply(all.slice(offset, offset + pageSize), {
    next_page_token: next,
    total_records: all.length,
  });
}

/** An answer with these rows. */
export function bodyReply(list: readonly unknown[], envelope: JsonObject, hasList = true): Reply {
  let nulls = 0;
  const take = function* () {
    const taken = requireObjects(list, 'rows');
    nulls += taken.nulls;
    yield taken.rows;
  };
  const body: Body = { batches: take(), envelope, hasList: () => hasList, nulls: () => nulls };
  return { action: 'success', body };
}

/** An answer that is read as it comes from Zoom; in parts, where it is said to be a long one. */
export async function jsonReply(request: Request, value: unknown, { isLong = false } = {}): Promise<Reply> {
  const bytes = Buffer.from(JSON.stringify(value));
  const inChunks = async function* () {
    for (let start = 0; start < bytes.length; start += 64) yield bytes.subarray(start, start + 64);
  };
  const parsed = await readBody(inChunks(), request, isLong ? 1 : undefined);
  if (parsed.kind !== 'json') throw new Error(`no answer is made of ${parsed.text}`);
  return { action: 'success', body: parsed.body };
}

/** What the client makes of one of Zoom's errors when its retries are used up. */
export function errorReply(
  { answers = [] }: Pick<Request, 'answers'>,
  { status, code, message }: { readonly status: number; readonly code?: number; readonly message: string },
): Reply {
  const action = classify({ status, code, message, isJson: true }, answers, (failed) => failed >= 500);
  const refusal: Refusal = {
    message,
    status,
    ...(code === undefined ? {} : { code }),
    isTransient: action === 'retry',
    missingScopes: [],
    detail: message,
  };
  if (action === 'success' || action === 'rate_limited' || action === 'refresh_token_then_retry')
    throw new Error(`${message} is none of what a client gives back`);
  return { action: action === 'retry' ? 'refused' : action, refusal };
}

/** Zoom is in trouble. */
export function outageReply(): Reply {
  return errorReply({}, { status: 503, message: 'Service Unavailable' });
}

/** As Zoom filters: by the second, or by whole days, the last one included. What has no time is in every window. */
function inWindow(rows: readonly unknown[], query: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { from, to } = query;
  if (typeof from !== 'string' || typeof to !== 'string') return rows;
  const end = Date.parse(to) + (to.length === 10 ? dayMs : 1000);
  return rows.filter((row) => {
    const at = instantOf((row as JsonObject | null)?.['end_time']);
    return Number.isNaN(at) || (at >= Date.parse(from) && at < end);
  });
}

function instantOf(value: unknown): number {
  const digits = String(value ?? '');
  if (/^\d{10}$/.test(digits)) return Number(digits) * 1000;
  return /^\d{13}$/.test(digits) ? Number(digits) : Date.parse(digits);
}
