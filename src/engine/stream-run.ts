import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import type { Refusals } from './refusals.ts';
import type { RunNotes } from './run-notes.ts';
import type { StreamOutput } from './stream-output.ts';

/** One stream in one sync. */
export interface StreamRun {
  readonly declaration: StreamDeclaration;
  readonly mode: SyncMode;
  readonly output: StreamOutput;
  readonly refusals: Refusals;
  readonly notes: RunNotes;
  /** What has been read for certain and written, without `owed`. */
  progress(): JsonObject;
}

/** What the run's state says now. */
export function stateOf(run: StreamRun): JsonObject {
  const owed = run.refusals.toState();
  return owed === undefined ? run.progress() : { ...run.progress(), owed };
}
