import type { ConnectorError } from '../errors.ts';
import type { Left } from './refusal-report.ts';

/** Hears how the streams of a sync fare while it runs, for who shows it to a person. */
export interface SyncEvents {
  /** The stream is going to be read, or is being read already. */
  opened(stream: string, figures: StreamFigures): void;
  ended(stream: string, end: StreamEnd): void;
}

/** What is true of a stream whenever it is looked at. */
export interface StreamFigures {
  readonly records: number;
  /** How much of it is read, from 0 to 1; undefined where nobody knows. */
  readonly share: number | undefined;
}

/** How a stream ended. */
export interface StreamEnd {
  /** Why it was not read to its end; absent when it was. */
  readonly error?: ConnectorError | undefined;
  /** Partitions that nobody will be asked for again, by reason. */
  readonly skipped: readonly Left[];
  /** Partitions that are asked for again in the next sync, by reason. */
  readonly owed: readonly Left[];
}
