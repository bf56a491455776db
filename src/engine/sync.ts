import type { Clock } from '../clock.ts';
import { ConfigError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { JsonObject } from '../json.ts';
import type { LogLevel } from '../protocol/messages.ts';
import type { Answer, Endpoint, Fallback, Listing, StreamDeclaration } from '../streams/declaration.ts';
import { isAboutScopes, refused, unavailable } from './failures.ts';
import { type Outcome, readPages } from './pages.ts';
import type { Partition } from './refusals.ts';
import { daysToMs } from './slices.ts';

/** What the engine is told by the config. Instants in ms since the epoch. */
interface SyncOptions {
  readonly startDate: number | undefined;
  readonly endDate: number | undefined;
  readonly lookbackDays: number | undefined;
  readonly concurrency: number;
  readonly includeSensitiveFields: boolean;
  /** A token that stands for one user may be all there is; a Server-to-Server token stands for the account. */
  readonly mayBeUserLevel: boolean;
}

/** What every part of one sync shares. */
export interface Sync {
  readonly client: Client;
  readonly clock: Clock;
  readonly options: SyncOptions;
  /** When the sync began, in ms since the epoch: the end of its windows. */
  readonly startedAt: number;
  readonly streams: ReadonlyMap<string, StreamDeclaration>;
  readonly listings: ReadonlyMap<string, Listing>;
  /** The endpoint that is read instead of one that Zoom refuses to the app, once that is known. */
  readonly replaced: Map<Endpoint, Endpoint>;
  log(level: LogLevel, message: string): void;
}

/** What reads the rows of an endpoint. */
export interface Reading {
  /** For logs, errors and turns at the rate limit. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly partition: Partition;
  readonly query?: Readonly<Record<string, string>>;
  rows(rows: readonly JsonObject[]): Promise<void>;
  restart(): void;
}

/** Reads all pages of an endpoint for one partition, once for each of its `values`. */
export async function readEndpoint(sync: Sync, reading: Reading): Promise<Outcome> {
  const { name, endpoint, partition } = reading;
  const values = endpoint.values?.values ?? [undefined];
  let isWhole = true;
  for (const value of values) {
    const parameter = value === undefined ? {} : { [String(endpoint.values?.parameter)]: value };
    const request = {
      stream: name,
      endpoint,
      fields: partition.fields,
      query: { ...reading.query, ...parameter },
      answers: answersFor(endpoint, partition, sync.clock.now()),
    };
    const outcome = await readPages(sync.client, request, {
      rows: reading.rows,
      restart: reading.restart,
      warn: (message) => sync.log('WARN', message),
    });
    if (outcome.action !== 'read') return outcome;
    isWhole &&= outcome.isWhole;
  }
  return { action: 'read', isWhole };
}

/**
 * Reads an endpoint that stands alone, or what replaces it where Zoom refuses it to the app.
 * @throws ConfigError, TransientError or SystemError for whatever is no complete answer.
 */
export async function readRoot(
  sync: Sync,
  name: string,
  declared: Endpoint,
  read: (endpoint: Endpoint) => Promise<Outcome>,
): Promise<void> {
  const endpoint = sync.replaced.get(declared) ?? declared;
  const outcome = await read(endpoint);
  if (outcome.action === 'read') return;
  const fallback = fallbackFor(sync, endpoint, outcome);
  if (fallback !== undefined) {
    sync.log(
      'INFO',
      `${name}: Zoom refuses ${endpoint.path} to this app (${outcome.refusal.message}); reading ${fallback.path} instead`,
    );
    sync.replaced.set(declared, fallback);
    return readRoot(sync, name, declared, read);
  }
  throw failureOf(name, endpoint, outcome);
}

/**
 * What may be read where Zoom refuses the endpoint by a code of its own: a firewall's page says nothing about the app. Only an
 * app without the scope sees its authoriser alone, or other users would be lost without a word.
 */
export function fallbackFor(
  { options }: Sync,
  { fallback }: Endpoint,
  { action, refusal }: Exclude<Outcome, { action: 'read' }>,
): Fallback | undefined {
  if (refusal.code === undefined) return undefined;
  if (fallback?.authoriser !== undefined)
    return action === 'unavailable' && isAboutScopes(refusal) && options.mayBeUserLevel
      ? fallback
      : undefined;
  return action === 'unavailable' || (action === 'refused' && !refusal.isTransient) ? fallback : undefined;
}

/** True for calls that Zoom allows so many of in a day that each one counts. */
export function costsBudget({ client }: Sync, { name, path, rateLimit }: StreamDeclaration): boolean {
  const { label } = client.quota({ stream: name, endpoint: path, rateLimit });
  return label === 'heavy' || label === 'resource_intensive';
}

/** Says before an expensive part what it is expected to cost, beside what the day allows. */
export function logForecast(
  sync: Sync,
  stream: string,
  { path, rateLimit }: Endpoint,
  calls: number,
  forWhat: string,
): void {
  if (calls === 0) return;
  const { label, day } = sync.client.quota({ stream, endpoint: path, rateLimit });
  const show = (count: number) => count.toLocaleString('en');
  const budget =
    day === undefined ? '' : `; ${show(day.calls)} a day are allowed, ${show(day.left)} are left`;
  const isTooMuch = day !== undefined && calls > day.left;
  const end = isTooMuch ? ', so that this sync will not be the last one needed' : '';
  sync.log(
    'INFO',
    `${stream}: about ${show(calls)} ${label.replace('_', '-')} calls to come ${forWhat}${budget}${end}`,
  );
}

/**
 * Until an endpoint has answered once, "unavailable" is taken for all of it, and so are missing scopes at any time. Later it
 * is a matter of one partition: a single meeting may be refused for its plan.
 * @throws ConfigError when the account or the app cannot have the endpoint.
 */
export function requireAvailable(
  name: string,
  endpoint: Endpoint,
  outcome: Outcome,
  hasAnswered: boolean,
): void {
  if (outcome.action !== 'unavailable') return;
  if (!hasAnswered || isAboutScopes(outcome.refusal)) throw failureOf(name, endpoint, outcome);
}

/** The error for a listing that could not be read. */
function failureOf(name: string, endpoint: Endpoint, outcome: Exclude<Outcome, { action: 'read' }>) {
  return outcome.action === 'unavailable'
    ? unavailable(name, endpoint, outcome.refusal)
    : refused(name, outcome.refusal);
}

/** The declared meanings of codes that hold for this partition at its age. */
function answersFor(endpoint: Endpoint, { at }: Partition, now: number): readonly Answer[] {
  const answers = endpoint.answers ?? [];
  return answers.map((answer) => {
    if (answer.forDays === undefined || at === undefined) return answer;
    return now - at < daysToMs(answer.forDays) ? answer : { ...answer, action: 'skip' as const };
  });
}

/** @throws ConfigError for a name that is neither a stream nor a listing (a mistake in the declarations). */
export function endpointNamed(sync: Sync, name: string): Listing | StreamDeclaration {
  const found = sync.streams.get(name) ?? sync.listings.get(name);
  if (found === undefined) throw new ConfigError(`There is no stream or listing ${name}.`);
  return found;
}
