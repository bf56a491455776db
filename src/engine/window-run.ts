import type { DerivedStream, EmbeddedStream, WindowedStream } from '../streams/declaration.ts';
import type { Details } from './details.ts';
import type { NewestRow } from './run-notes.ts';
import type { StreamRun } from './stream-run.ts';
import type { WindowProgress } from './window-progress.ts';

export interface WindowedRun extends StreamRun {
  readonly kind: 'windowed';
  readonly declaration: WindowedStream | EmbeddedStream;
  readonly window: WindowProgress;
  readonly newest: NewestRow;
}

export interface DerivedRun extends StreamRun {
  readonly kind: 'derived';
  readonly declaration: DerivedStream;
  readonly window: WindowProgress;
  readonly newest: NewestRow;
  readonly details: Details;
}

/** A derived stream in the tree of those that stand on one windowed endpoint. */
export interface DerivedNode {
  readonly declaration: DerivedStream;
  /** Absent where it is read for its children alone. */
  readonly run: DerivedRun | undefined;
  /** Streams whose partitions are its rows. */
  readonly children: readonly DerivedNode[];
}

/** One windowed endpoint and all that is read from it in this sync, so that it is listed once. */
export interface WindowedSource {
  readonly declaration: WindowedStream;
  /** Streams made of its rows: its own, and those embedded in it. */
  readonly runs: readonly WindowedRun[];
  /** Streams whose partitions are its rows. */
  readonly children: readonly DerivedNode[];
  /** What is read of these, and of all below them. */
  readonly derived: readonly DerivedRun[];
  /** Endpoints that are asked, window for window, for every row that it lists. */
  readonly below: readonly WindowedSource[];
}

/** Tells which stream could not be read, and why. */
export type OnFailure = (run: WindowedRun | DerivedRun, error: unknown) => Promise<void>;

/** A source and all below it. */
export function sourcesIn(source: WindowedSource): readonly WindowedSource[] {
  return [source, ...source.below.flatMap(sourcesIn)];
}

/** Every stream that is read from a source, and from those below it. */
export function runsOf(source: WindowedSource): readonly (WindowedRun | DerivedRun)[] {
  return sourcesIn(source).flatMap(({ runs, derived }) => [...runs, ...derived]);
}
