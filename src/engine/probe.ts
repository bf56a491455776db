import { ConfigError, toConnectorError } from '../errors.ts';
import type { Refusal } from '../http/exchange.ts';
import { UnreachableError } from '../http/token-endpoint.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Parent, StreamDeclaration } from '../streams/declaration.ts';
import { refusalsUntilGivenUp } from './availability.ts';
import { cure, isAboutScopes, nameRefusal } from './failures.ts';
import { fallbackFor } from './fallback.ts';
import { fixedQuery } from './moments.ts';
import type { Refused } from './outcome.ts';
import { toRequest } from './page-request.ts';
import { askedWithQuery, type ListedAs, listingKey } from './parent-query.ts';
import { fieldsFor, type ParentRow, type Partition, pick, toPartition, wholeAccount } from './partition.ts';
import { answersFor } from './partition-reader.ts';
import { daysToMs, endOfWindow, startOfDay, windowParameters } from './slices.ts';
import { askedFor, type SyncContext } from './sync-context.ts';
import { combine } from './values.ts';
import { isReadWithout, partitionWithout } from './without.ts';

/** Whether a stream can be read, as a request or a few for it and its parents show. */
export type Probe =
  | { readonly isReadable: true }
  | {
      readonly isReadable: false;
      /** What is missing and where to add it. */
      readonly reason: string;
      readonly refusal: Refusal;
      /** The scopes that the app lacks, where that is what Zoom refuses it for. */
      readonly closed?: readonly string[];
    };

export interface Prober {
  /**
   * Whatever goes wrong with one stream is told of it alone.
   * @throws ConfigError, UnreachableError when there is no token to ask with.
   */
  probe(declaration: StreamDeclaration): Promise<Probe>;
}

/** What asking an endpoint for its first rows gave. */
type Trial =
  | {
      /** None where there are none, or nobody to ask for them. */
      readonly rows: readonly JsonObject[];
      readonly from: Partition;
      /** By which values paths name the rows. */
      readonly inPaths?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly outcome: Refused; readonly endpoint: Endpoint };

/** The window that is asked for is no longer than a stream's own, and no longer than this. */
const probedDays = 26;
/** Rows that are asked for: of a parent some have no children. */
const probedRows = 10;

/** Asks every endpoint for one row of its parent, or a few where that one is refused, however many streams need it. */
export function createProber(sync: SyncContext): Prober {
  const trials = new Map<string, Promise<Trial>>();
  const tryOnce = (listed: ListedAs): Promise<Trial> => {
    const key = listingKey(listed);
    const known = trials.get(key) ?? tryEndpoint(listed.name, askedWithQuery(sync, listed));
    trials.set(key, known);
    return known;
  };

  /** @returns a trial when there is nobody to ask it for: the parent was refused, or nothing is known against it. */
  const findPartitions = async ({ parent }: Endpoint): Promise<readonly Partition[] | Trial> => {
    if (parent === undefined) return [wholeAccount];
    const without = [partitionWithout(parent)];
    const trial = await tryOnce(parent);
    if ('outcome' in trial) return isReadWithout(parent, trial.outcome) ? without : trial;
    const { rows, inPaths, from } = trial;
    if (rows.length === 0) return parent.without === undefined ? trial : without;
    const partitions = rows.flatMap((row) => {
      const fields = pick({ ...row, ...from.adds }, fieldsFor([parent]));
      const found: ParentRow = { fields, inPaths: { ...from.inPaths, ...inPaths }, from };
      const partition = toPartition(parent, found);
      return typeof partition === 'string' ? [] : [partition];
    });
    return partitions.length === 0 ? { rows: [], from } : firstOf(parent, partitions);
  };

  /** What one row is refused may be a matter of that row, as in a sync. */
  const askInTurn = async (name: string, endpoint: Endpoint, partitions: readonly Partition[]) => {
    let refused: Trial | undefined;
    for (const partition of partitions) {
      const trial = await ask(sync, name, endpoint, partition);
      if (!('outcome' in trial)) return trial;
      refused ??= trial;
    }
    return refused ?? { rows: [], from: wholeAccount };
  };

  const tryEndpoint = async (name: string, endpoint: Endpoint): Promise<Trial> => {
    const partitions = await findPartitions(endpoint);
    if (!isList(partitions)) return partitions;
    const trial = await askInTurn(name, endpoint, partitions);
    if ('outcome' in trial && endpoint.parent?.without === 'instead') {
      // What the parent was refused for is why there was nothing better to ask for.
      const above = await tryOnce(endpoint.parent);
      if ('outcome' in above) return above;
    }
    const fallback = 'outcome' in trial ? fallbackFor(sync, endpoint, trial.outcome) : undefined;
    if (fallback === undefined) return trial;
    const second = await tryEndpoint(name, fallback);
    return 'outcome' in second ? second : { ...second, inPaths: fallback.authoriser };
  };

  return {
    async probe(declaration) {
      try {
        const trial = await tryOnce({ name: askedFor(sync, declaration).name });
        return 'outcome' in trial ? unreadable(trial.endpoint, trial.outcome) : { isReadable: true };
      } catch (error) {
        // Without a token there is nothing to be said of any stream.
        if (error instanceof ConfigError || error instanceof UnreachableError) throw error;
        const { message, failureType, detail = message } = toConnectorError(error);
        const isTransient = failureType === 'transient_error';
        const refusal = { status: 200, message, isTransient, missingScopes: [], detail };
        return { isReadable: false, reason: message, refusal };
      }
    },
  };
}

/** The first few, by further rows that name them where there are no more. */
function firstOf(
  { partition: alternatives }: Parent,
  partitions: readonly Partition[],
): readonly Partition[] {
  const named = new Map<string, Partition>();
  const others: Partition[] = [];
  for (const partition of partitions) {
    if (!named.has(partition.key)) named.set(partition.key, partition);
    else if (alternatives !== undefined) others.push(partition);
  }
  return [...named.values(), ...others].slice(0, refusalsUntilGivenUp);
}

function isList(found: readonly Partition[] | Trial): found is readonly Partition[] {
  return Array.isArray(found);
}

function unreadable(endpoint: Endpoint, { action, refusal }: Refused): Probe {
  const isFinal = action === 'unavailable' || !refusal.isTransient;
  const reason = isFinal ? cure(endpoint, refusal) : `${nameRefusal(refusal)} "${refusal.message}"`;
  if (!isAboutScopes(refusal)) return { isReadable: false, reason, refusal };
  const { granular, classic } = endpoint.scopes;
  const named =
    refusal.missingScopes.length > 0 ? refusal.missingScopes : [...granular, ...classic].slice(0, 1);
  return { isReadable: false, reason, refusal, closed: named };
}

async function ask(
  sync: SyncContext,
  name: string,
  endpoint: Endpoint,
  partition: Partition,
): Promise<Trial> {
  const [{ parameters, added }] = combine(endpoint.values);
  const request = toRequest({
    stream: name,
    endpoint,
    parameters: {
      ...fixedQuery(sync, endpoint),
      ...partition.parameters,
      ...rangeQuery(sync, endpoint),
      ...parameters,
    },
    answers: answersFor(sync, endpoint, partition),
  });
  const query = 'page_size' in request.query ? { ...request.query, page_size: probedRows } : request.query;
  const reply = await sync.client.get({ ...request, query });
  if (reply.action === 'success') {
    const rows: JsonObject[] = [];
    for await (const batch of reply.body.batches) {
      rows.push(...batch.slice(0, probedRows).map((row) => ({ ...row, ...added })));
      if (rows.length > 0) break;
    }
    return { rows, from: partition };
  }
  // The endpoint answers; this one row has nothing.
  const isAboutRow = reply.action === 'skip' || reply.action === 'not_ready' || reply.action === 'unlicensed';
  if (isAboutRow) return { rows: [], from: partition };
  const action = reply.action === 'unavailable' ? 'unavailable' : 'refused';
  return { outcome: { action, refusal: reply.refusal }, endpoint };
}

/** The latest days that Zoom answers in one request. */
function rangeQuery({ startedAt }: SyncContext, { window }: Endpoint): Readonly<Record<string, string>> {
  if (window === undefined) return {};
  const until = endOfWindow(startedAt, window);
  const days = window.sumsByDay === undefined ? Math.min(window.maxDays, probedDays) : 1;
  const from = startOfDay(until - 1) - daysToMs(window.format === 'month' ? 0 : days - 1);
  return windowParameters({ from, until }, window, startedAt);
}
