import { ConfigError, SystemError } from '../errors.ts';
import type { Parent } from '../streams/declaration.ts';
import type { Feed, Found } from './feed.ts';
import type { Refused } from './outcome.ts';
import { naming, type Partition } from './partition.ts';

/* Some endpoints take a parent and answer without one, too. Its call is a partition like the others, beside or in place of them. */

/** The call without the parent, under a name that no row has. It adds nothing, since it is nobody's. */
export function partitionWithout({ parameters }: Parent): Partition {
  return { key: `without ${naming(parameters).parameter}`, parameters: {}, adds: {}, above: [] };
}

/**
 * The partitions of a parent's rows, and the call without it. What the parent fails with is left to `requireParent` where that
 * call may stand for it.
 * @param toPartition undefined for what makes no partition.
 */
export async function* withCallWithout(
  feed: Feed,
  parent: Parent,
  toPartition: (found: Found) => Partition | undefined,
): AsyncGenerator<Partition> {
  const { without } = parent;
  // Before all others, so that no failure of the parent's is in its way.
  if (without === 'also') yield partitionWithout(parent);
  let hasRows = false;
  try {
    for await (const found of feed.read()) {
      hasRows ||= found.kind === 'row';
      const partition = toPartition(found);
      if (partition !== undefined) yield partition;
    }
  } catch (error) {
    if (without !== 'instead') throw error;
    hasRows = false;
  }
  if (without === 'instead' && !hasRows) yield partitionWithout(parent);
}

/**
 * @param isAnswered whether Zoom has answered the call without the parent: it does not where there are rows of the parent's.
 * @returns what the parent was refused for, where that call stands for it.
 * @throws what the parent failed with, where nothing stands for it.
 */
export function requireParent({ failure }: Feed, isAnswered: boolean): Error | undefined {
  if (failure === undefined) return undefined;
  // Who is in trouble may have rows the next time.
  const isFinal = failure.error instanceof ConfigError || failure.error instanceof SystemError;
  if (!isFinal || !isAnswered) throw failure.error;
  return failure.error as Error;
}

/** Whether the call without the parent stands for one that was refused so. */
export function isReadWithout({ without }: Parent, { action, refusal }: Refused): boolean {
  return without === 'instead' && (action === 'unavailable' || !refusal.isTransient);
}
