import type { Refusal } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Answer, Endpoint } from '../streams/declaration.ts';
import { refusalsUntilGivenUp } from './availability.ts';
import { isAboutScopes } from './failures.ts';
import { fixedQuery } from './moments.ts';
import type { Outcome, Refused } from './outcome.ts';
import { readPages } from './pages.ts';
import type { Partition } from './partition.ts';
import { rowsWithout, type Shape, type Shaped } from './records.ts';
import { daysToMs } from './slices.ts';
import { type Asked, askedNamed, countNulls, type SyncContext } from './sync-context.ts';
import { type AskedValue, combine } from './values.ts';

/** Takes the records of the partitions of an endpoint. */
export interface Sink {
  /** Called for each listing of a partition, and again when a listing begins anew. */
  shape(partition: Partition, added: Readonly<JsonObject>): Shape;
  take(records: readonly Shaped[], partition: Partition): Promise<void>;
  /** Called once for each listing where Zoom tells how many rows it has. */
  total?(count: number): void;
}

/** Parameters beside those of the endpoint and of the partition. */
type Query = Readonly<Record<string, string>>;

/** An endpoint that is read for those who take its records. */
export interface RowRequest {
  readonly asked: Asked;
  /** The declared endpoint, or what replaces it. */
  readonly endpoint: Endpoint;
  /** What a partition is asked with, where it takes several requests: one after the other. Default: once, with nothing. */
  readonly queries?: (partition: Partition) => readonly Query[];
  readonly sink: Sink;
}

/**
 * Reads all pages of an endpoint for one partition, once for each query and each of its `values`, by the first row of the
 * parent that Zoom answers it for. What has left once may leave again when a listing begins anew.
 */
export function readPartition(
  sync: SyncContext,
  request: RowRequest,
  partition: Partition,
): Promise<Outcome> {
  const { endpoint } = request;
  return sync.licences.ask(endpoint, partition, () =>
    sync.accountPlan.ask(endpoint, () => readRows(sync, request, partition)),
  );
}

async function readRows(sync: SyncContext, request: RowRequest, partition: Partition): Promise<Outcome> {
  let ended = await readByRow(sync, request, partition);
  for (const [tried, other] of (partition.others ?? []).entries()) {
    if (ended.action === 'read' || lacksScope(ended, tried + 1)) return ended;
    const outcome = await readByRow(sync, request, other);
    ended = outcome.action === 'read' ? outcome : weigh(ended, outcome);
  }
  return ended;
}

/** So many rows refused for a scope, and for nothing else, are no matter of single rows. */
function lacksScope({ action, refusal }: Refused, rows: number): boolean {
  return action === 'unavailable' && isAboutScopes(refusal) && rows >= refusalsUntilGivenUp;
}

/** What one row may still give is not final for the others, and what is not refused to all of them is not refused to the app. */
function weigh(one: Refused, other: Refused): Refused {
  const owed = isFinal(one) ? other : one;
  const rest = owed === one ? other : one;
  if (owed.action !== 'unavailable' || rest.action === 'unavailable') return owed;
  return isFinal(rest) ? { action: 'refused', refusal: owed.refusal } : rest;
}

function isFinal({ action }: Refused): boolean {
  return action === 'skip' || action === 'unlicensed';
}

async function readByRow(sync: SyncContext, request: RowRequest, partition: Partition): Promise<Outcome> {
  const { endpoint, queries = () => [{}] } = request;
  const values = combine(endpoint.values);
  let isWhole = true;
  let lacking: Refusal | undefined;
  for (const asked of queries(partition).flatMap((query) => values.map((value) => ({ ...value, query })))) {
    const outcome = await readListing(sync, request, partition, asked);
    if (outcome.action !== 'read') return outcome;
    isWhole &&= outcome.isWhole;
    lacking ??= outcome.lacking;
  }
  return { action: 'read', isWhole: isWhole && lacking === undefined, lacking };
}

async function readListing(
  sync: SyncContext,
  { asked, endpoint, sink }: RowRequest,
  partition: Partition,
  { parameters, added, query }: AskedValue & { readonly query: Query },
): Promise<Outcome> {
  let shape = sink.shape(partition, { ...partition.adds, ...added });
  let isTold = false;
  const request = {
    stream: asked.name,
    endpoint,
    parameters: { ...fixedQuery(sync, endpoint), ...partition.parameters, ...query, ...parameters },
    answers: answersFor(sync, endpoint, partition),
  };
  const outcome = await readPages(sync.client, request, {
    rows(rows) {
      sync.accountPlan.answered(endpoint);
      return sink.take(shape.records(rows), partition);
    },
    restart: () => {
      shape = sink.shape(partition, { ...partition.adds, ...added });
    },
    nulls: (count) => countNulls(sync, asked.name, count),
    total(count) {
      if (!isTold) sink.total?.(count);
      isTold = true;
    },
    warn: (message) => sync.log('WARN', message),
  });
  return outcome.action === 'read' ? { ...outcome, lacking: shape.keyless() ?? outcome.lacking } : outcome;
}

/** The meanings of codes that hold for a partition at its age: the endpoint's own, then those of everything above it. */
export function answersFor(sync: SyncContext, endpoint: Endpoint, { at }: Partition): readonly Answer[] {
  const now = sync.clock.now();
  const own = (endpoint.answers ?? []).map((answer) => {
    if (answer.forDays === undefined || at === undefined) return answer;
    return now - at < daysToMs(answer.forDays) ? answer : { ...answer, action: 'skip' as const };
  });
  return [...own, ...goneAbove(sync, endpoint)];
}

function goneAbove(sync: SyncContext, { parent }: Endpoint): readonly Answer[] {
  if (parent === undefined) return [];
  const above = askedNamed(sync, parent.name);
  const gone = (above.gone ?? []).map((code) => ({ code, action: 'skip' as const }));
  return [...gone, ...goneAbove(sync, above)];
}

/** What stands for a parent's row that cannot name its children. */
export function nameless(parent: string, field: string) {
  return { action: 'refused' as const, refusal: rowsWithout(parent, `a row of ${parent} without ${field}`) };
}
