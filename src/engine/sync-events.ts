import type { FailureType } from '../errors.ts';
import type { AnsweredRequest, Wait } from '../http/client.ts';
import type { LogLevel } from '../protocol/messages.ts';
import type { Left } from './refusal-report.ts';

/** What a sync does, told while it happens, to who shows it to a person. Instants in ms since the epoch. */
export type SyncEvent =
  /** Told of every selected stream before any is read. */
  | { readonly kind: 'selected'; readonly stream: string }
  | { readonly kind: 'begun'; readonly stream: string; readonly share: ShareRead }
  | { readonly kind: 'records'; readonly stream: string; readonly count: number }
  | { readonly kind: 'ended'; readonly stream: string; readonly end: StreamEnd }
  | { readonly kind: 'answered'; readonly request: AnsweredRequest }
  | { readonly kind: 'waiting'; readonly wait: Wait }
  /** What is not there of the data, and what else was warned of. */
  | { readonly kind: 'noted'; readonly level: LogLevel; readonly message: string };

/** Hears what a sync does. */
export type SyncListener = (event: SyncEvent) => void;

/** Tells at any time how much of a stream is read, from 0 to 1; undefined where nobody knows. */
export type ShareRead = () => number | undefined;

/** How a stream ended. */
export interface StreamEnd {
  readonly records: number;
  /** Sent for its own endpoint, repeated ones included. */
  readonly requests: number;
  readonly tookMs: number;
  /** Absent where it was read to its end. */
  readonly failure?: { readonly type: FailureType; readonly message: string };
  /** What there is to know of rows that did not leave, each a part of a sentence. */
  readonly remarks: readonly string[];
  /** Partitions that nobody will be asked for again, by reason. */
  readonly skipped: readonly Left[];
  /** Partitions that are asked for again in the next sync, by reason. */
  readonly owed: readonly Left[];
}
