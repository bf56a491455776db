import type { Refusal } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Answer, Endpoint } from '../streams/declaration.ts';
import type { Outcome } from './outcome.ts';
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
}

/** An endpoint that is read for those who take its records. */
export interface RowRequest {
  readonly asked: Asked;
  /** The declared endpoint, or what replaces it. */
  readonly endpoint: Endpoint;
  readonly query?: Readonly<Record<string, string>>;
  readonly sink: Sink;
}

/**
 * Reads all pages of an endpoint for one partition, once for each of its `values`. What has left once may leave again when a
 * listing begins anew.
 */
export async function readPartition(
  sync: SyncContext,
  request: RowRequest,
  partition: Partition,
): Promise<Outcome> {
  const { endpoint } = request;
  let isWhole = true;
  let lacking: Refusal | undefined;
  for (const value of combine(endpoint.values)) {
    const outcome = await readListing(sync, request, partition, value);
    if (outcome.action !== 'read') return outcome;
    isWhole &&= outcome.isWhole;
    lacking ??= outcome.lacking;
  }
  return { action: 'read', isWhole: isWhole && lacking === undefined, lacking };
}

async function readListing(
  sync: SyncContext,
  { asked, endpoint, query, sink }: RowRequest,
  partition: Partition,
  { parameters, added }: AskedValue,
): Promise<Outcome> {
  let shape = sink.shape(partition, { ...partition.adds, ...added });
  const request = {
    stream: asked.name,
    endpoint,
    parameters: { ...partition.parameters, ...query, ...parameters },
    answers: answersFor(sync, endpoint, partition),
  };
  const outcome = await readPages(sync.client, request, {
    rows: (rows) => sink.take(shape.records(rows), partition),
    restart: () => {
      shape = sink.shape(partition, { ...partition.adds, ...added });
    },
    nulls: (count) => countNulls(sync, asked.name, count),
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
