import type { DerivedStream, EmbeddedStream, WindowedStream } from '../streams/declaration.ts';
import type { ReadParents } from './read-parents.ts';
import type { StreamRun } from './stream-run.ts';
import type { WindowProgress } from './window-progress.ts';

export interface WindowedRun extends StreamRun {
  readonly kind: 'windowed';
  readonly declaration: WindowedStream | EmbeddedStream;
  readonly window: WindowProgress;
}

export interface DerivedRun extends StreamRun {
  readonly kind: 'derived';
  readonly declaration: DerivedStream;
  readonly window: WindowProgress;
  readonly readParents: ReadParents;
}

/** One windowed endpoint and all that is read from it in this sync, so that it is listed once. */
export interface WindowedSource {
  readonly declaration: WindowedStream;
  /** Streams made of its rows: its own, and those embedded in it. */
  readonly runs: readonly WindowedRun[];
  /** Streams whose partitions are its rows. */
  readonly derived: readonly DerivedRun[];
  /** Endpoints that are asked, window for window, for every row that it lists. */
  readonly below: readonly WindowedSource[];
}

/** A source and all below it. */
export function sourcesIn(source: WindowedSource): readonly WindowedSource[] {
  return [source, ...source.below.flatMap(sourcesIn)];
}

/** Every stream that is read from a source, and from those below it. */
export function runsOf(source: WindowedSource): readonly (WindowedRun | DerivedRun)[] {
  return sourcesIn(source).flatMap(({ runs, derived }) => [...runs, ...derived]);
}
