import type { JsonObject } from '../json.ts';
import type { SyncMode } from '../protocol/messages.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import type { Outcome } from './pages.ts';
import type { Partition, Refusals } from './refusals.ts';
import type { StreamOutput } from './stream-output.ts';

/** One stream in one sync. */
export interface StreamRun {
  readonly declaration: StreamDeclaration;
  readonly mode: SyncMode;
  readonly output: StreamOutput;
  readonly refusals: Refusals;
  /** What has been read for certain and written, without `owed`. */
  progress(): JsonObject;
}

/** What the run's state says now. */
export function stateOf(run: StreamRun): JsonObject {
  const owed = run.refusals.toState();
  return owed === undefined ? run.progress() : { ...run.progress(), owed };
}

/** Puts a refused partition into the stream's books, to be read again from `readUntil` where that is called for. */
export function book(
  { refusals }: StreamRun,
  partition: Partition,
  outcome: Exclude<Outcome, { action: 'read' }>,
  readUntil: number,
): void {
  if (outcome.action === 'skip') refusals.skip(partition, outcome.refusal);
  else refusals.owe(partition, outcome.action, outcome.refusal, readUntil);
}
