import { forEachConcurrently } from './concurrency.ts';
import { cutByDensity, lengthInDays, planSlices, type Slice } from './slices.ts';
import { endpointInUse, type SyncContext } from './sync-context.ts';
import { sourcesIn, type WindowedSource } from './window-run.ts';

/** Slices of one endpoint that are read at the same time: pages of one slice can only come one after the other. */
const slicesAtOnce = 4;
/**
 * Slices are cut so as to hold no more rows, judging by those before them: memory stays flat, and states leave in time. Rows
 * that are kept as parents weigh more than keys, and beside the calls for their children those for more slices are nothing.
 */
const mostRowsInSlice = 50_000;
const mostParentsInSlice = 5_000;

/**
 * From where the first stream comes in to where the sync ends, cut wherever another one comes in, and so that every endpoint
 * answers each slice in one request.
 */
export function planSource(source: WindowedSource): readonly Slice[] {
  const sources = sourcesIn(source);
  const runs = sources.flatMap((each) => each.runs);
  const derived = sources.flatMap((each) => each.derived);
  const all = [...runs, ...derived].map(({ window }) => window);
  const active = all.filter(({ range }) => range.until > range.from);
  const owedFrom = [
    ...runs.flatMap(({ refusals }) => [...refusals.owedBefore.values()]),
    // Others that a derived stream is owed are asked for by themselves.
    ...derived.flatMap(({ refusals }) => refusals.owedBefore.get('') ?? []),
  ].map(({ read_until }) => Date.parse(read_until));
  const from = Math.min(...active.map(({ range }) => range.from), ...owedFrom);
  // What is owed is asked for in streams that have come to their end, too.
  const until = Math.max(...(active.length === 0 ? all : active).map(({ range }) => range.until));
  if (from >= until) return [];
  const cuts = [...active.flatMap(({ cuts: own }) => own), ...owedFrom];
  // Windows of parents and children have to be the same.
  const maxDays = Math.min(...sources.map(({ declaration }) => declaration.window.maxDays));
  return planSlices({ from, until }, { ...source.declaration.window, maxDays }, cuts);
}

/** @param readSlice resolves to how many rows the slice holds. */
export async function readSlices(
  sync: SyncContext,
  { declaration, derived, below }: WindowedSource,
  [first, ...rest]: readonly Slice[],
  readSlice: (slice: Slice) => Promise<number>,
): Promise<void> {
  if (first === undefined) return;
  let rowsPerDay = 0;
  const read = async (slice: Slice) => {
    const rows = await readSlice(slice);
    // Of a slice of minutes a few rows say little.
    rowsPerDay = Math.max(rowsPerDay, rows / Math.max(1, lengthInDays(slice)));
    return true;
  };
  // The first slice shows whether Zoom lets the app have the endpoint or something in its place.
  await read(first);
  const { parent, window } = endpointInUse(sync, declaration);
  const hasChildren = derived.length > 0 || below.length > 0;
  const isSequential = hasChildren || parent !== undefined;
  const mostRows = hasChildren ? mostParentsInSlice : mostRowsInSlice;
  const cut = function* () {
    for (const slice of rest) yield* cutByDensity(slice, window ?? { format: 'date' }, rowsPerDay, mostRows);
  };
  await forEachConcurrently(cut(), isSequential ? 1 : slicesAtOnce, read);
}
