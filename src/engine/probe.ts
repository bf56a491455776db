import type { Refusal } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { Endpoint, Listing, StreamDeclaration } from '../streams/declaration.ts';
import { cure } from './failures.ts';
import { type Outcome, toRequest } from './pages.ts';
import { toPartition, wholeAccount } from './partitions.ts';
import type { Partition } from './refusals.ts';
import { nameRefusal } from './refusals.ts';
import { daysToMs, windowParameters } from './slices.ts';
import { endpointNamed, fallbackFor, type Sync } from './sync.ts';

/** Whether a stream can be read, as one request each for it and its parents shows. */
export type Probe =
  | { readonly isReadable: true }
  | {
      readonly isReadable: false;
      /** What is missing and where to add it. */
      readonly reason: string;
      readonly refusal: Refusal;
    };

export interface Prober {
  probe(declaration: StreamDeclaration): Promise<Probe>;
}

/** What asking an endpoint for a first row gave. */
type Trial =
  | { readonly row: JsonObject | undefined }
  | {
      readonly outcome: Exclude<Outcome, { action: 'read' }>;
      readonly endpoint: Endpoint;
    };

const probedDays = 26;

/** Asks every endpoint once, however many streams need it. */
export function createProber(sync: Sync): Prober {
  const trials = new Map<string, Promise<Trial>>();
  const tryOnce = (declared: Listing | StreamDeclaration): Promise<Trial> => {
    const known = trials.get(declared.name) ?? tryEndpoint(declared.name, declared);
    trials.set(declared.name, known);
    return known;
  };

  /** @returns undefined when there is nobody to ask it for: the parent can be read, and nothing is known against it. */
  const findPartition = async ({ parent }: Endpoint): Promise<Partition | Trial | undefined> => {
    if (parent === undefined) return wholeAccount;
    const trial = await tryOnce(endpointNamed(sync, parent.name));
    if ('outcome' in trial) return trial;
    return trial.row === undefined ? undefined : toPartition(parent, trial.row);
  };

  const tryEndpoint = async (name: string, endpoint: Endpoint): Promise<Trial> => {
    const partition = await findPartition(endpoint);
    if (partition === undefined) return { row: undefined };
    if (!('key' in partition)) return partition;
    const trial = await ask(sync, name, endpoint, partition);
    const fallback = 'outcome' in trial ? fallbackFor(sync, endpoint, trial.outcome) : undefined;
    if (fallback === undefined) return trial;
    const second = await tryEndpoint(name, fallback);
    if ('outcome' in second || second.row === undefined) return second;
    return { row: { ...second.row, ...fallback.authoriser } };
  };

  return {
    async probe(declaration) {
      const asked =
        declaration.embedded === undefined
          ? declaration
          : endpointNamed(sync, String(declaration.parent?.name));
      const trial = await tryOnce(asked);
      if (!('outcome' in trial)) return { isReadable: true };
      const { outcome, endpoint } = trial;
      const { action, refusal } = outcome;
      const isFinal = refusal.code !== undefined && (action === 'unavailable' || !refusal.isTransient);
      const reason = isFinal ? cure(endpoint, refusal) : `${nameRefusal(refusal)} "${refusal.message}"`;
      return { isReadable: false, reason, refusal };
    },
  };
}

async function ask(sync: Sync, name: string, endpoint: Endpoint, partition: Partition): Promise<Trial> {
  const { window, values, answers = [] } = endpoint;
  const until = sync.startedAt;
  const range =
    window === undefined ? {} : windowParameters({ from: until - daysToMs(probedDays - 1), until }, window);
  const value = values === undefined ? {} : { [values.parameter]: String(values.values[0]) };
  const request = toRequest(
    { stream: name, endpoint, fields: partition.fields, query: { ...range, ...value }, answers },
    '',
  );
  const query = endpoint.pageSize === 0 ? request.query : { ...request.query, page_size: 1 };
  const reply = await sync.client.get({ ...request, query });
  if (reply.action === 'success') {
    for await (const [row] of reply.body.batches) return { row };
    return { row: undefined };
  }
  // The endpoint answers; this one row has nothing.
  if (reply.action === 'skip' || reply.action === 'not_ready') return { row: undefined };
  const action = reply.action === 'unavailable' ? 'unavailable' : 'refused';
  return { outcome: { action, refusal: reply.refusal }, endpoint };
}
