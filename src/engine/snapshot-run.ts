import type { SnapshotStream } from '../streams/declaration.ts';
import type { Details } from './details.ts';
import type { ListingShare } from './listing-share.ts';
import type { SnapshotProgress } from './snapshot-progress.ts';
import type { StreamRun } from './stream-run.ts';

/** A stream that is compared with what it was. */
export interface SnapshotRun extends StreamRun {
  readonly kind: 'snapshot';
  readonly declaration: SnapshotStream;
  readonly snapshot: SnapshotProgress;
  /** When the children of each of its parents were last asked for. */
  readonly details: Details;
  /** How many rows were known when the sync began. */
  readonly known: number;
  readonly share: ListingShare;
}
