import type { Clock } from '../clock.ts';
import { ConfigError } from '../errors.ts';
import type { Client } from '../http/client.ts';
import type { JsonObject } from '../json.ts';
import type { LogLevel } from '../protocol/messages.ts';
import type { Endpoint, Fallback, Listing, StreamDeclaration } from '../streams/declaration.ts';
import type { AccountPlan } from './account-plan.ts';
import type { Licences } from './licences.ts';
import type { SyncEvent } from './sync-events.ts';

/** What the engine is told by the config. Instants in ms since the epoch. */
interface SyncOptions {
  readonly startDate: number | undefined;
  readonly endDate: number | undefined;
  readonly lookbackDays: number | undefined;
  /** How often details are asked for again that Zoom gives without a hint of change; 0 is in every sync. */
  readonly detailRefreshDays: number;
  readonly concurrency: number;
  readonly includeSensitiveFields: boolean;
  /** A token that stands for one user may be all there is; a Server-to-Server token stands for the account. */
  readonly mayBeUserLevel: boolean;
}

/** What every part of one sync shares. */
export interface SyncContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly options: SyncOptions;
  /** When the sync began, in ms since the epoch: the end of its windows. */
  readonly startedAt: number;
  readonly streams: ReadonlyMap<string, StreamDeclaration>;
  readonly listings: ReadonlyMap<string, Listing>;
  /** The JSON Schema of a stream's records. */
  schemaOf(stream: string): JsonObject;
  /** The endpoint that is read instead of one that Zoom refuses to the app, once that is known. */
  readonly replaced: Map<Endpoint, Fallback>;
  /** What the account lacks. */
  readonly accountPlan: AccountPlan;
  /** What single rows of parents lack. */
  readonly licences: Licences;
  /** How many entries of lists were null, by the name of who asked for them. */
  readonly nulls: Map<string, number>;
  /** Requests that were sent, repeated ones included, by the name of who asked. */
  readonly requests: ReadonlyMap<string, number>;
  log(level: LogLevel, message: string): void;
  /** Tells who shows the sync to a person, if anybody does. */
  tell(event: SyncEvent): void;
}

/** A stream or a listing that Zoom is asked for by itself. */
export type Asked = Listing | Exclude<StreamDeclaration, { kind: 'embedded' }>;

/** @throws ConfigError for a name that nothing is asked for by (a mistake in the declarations). */
export function askedNamed({ streams, listings }: SyncContext, name: string): Asked {
  const stream = streams.get(name);
  const found = stream?.kind === 'embedded' ? undefined : (stream ?? listings.get(name));
  if (found !== undefined) return found;
  throw new ConfigError(`There is no stream or listing ${name} with an endpoint of its own.`);
}

/** The stream or listing whose endpoint a stream's records come from. */
export function askedFor(sync: SyncContext, declaration: StreamDeclaration): Asked {
  return declaration.kind === 'embedded' ? askedNamed(sync, declaration.parent.name) : declaration;
}

/** Takes note of nulls in a list that somebody asked for. */
export function countNulls({ nulls }: SyncContext, name: string, count: number): void {
  if (count > 0) nulls.set(name, (nulls.get(name) ?? 0) + count);
}

/** The endpoint that is read for a declared one in this sync, as far as that is known. */
export function endpointInUse({ replaced }: SyncContext, declared: Endpoint): Endpoint | Fallback {
  return replaced.get(declared) ?? declared;
}
