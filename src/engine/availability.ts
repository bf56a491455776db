import type { Endpoint } from '../streams/declaration.ts';
import { forEachConcurrently } from './concurrency.ts';
import { isAboutScopes, nameRefusal, unavailable } from './failures.ts';
import type { Outcome, Refused } from './outcome.ts';
import type { Partition } from './partition.ts';
import type { Refusals } from './refusals.ts';
import type { Asked } from './sync-context.ts';

/** So many partitions are refused for one reason before that is a matter of the whole endpoint. */
export const refusalsUntilGivenUp = 3;

/**
 * Whether the account or the app can have an endpoint that is asked for each row of a parent. Its first partitions decide, in
 * the order in which they are asked: once one of them was answered, or refused for a reason of its own, each later refusal is
 * that partition's alone.
 */
export interface Availability {
  /** Nothing that is heard from now on gives the endpoint up. */
  readonly isDecided: boolean;
  /**
   * Takes note of how the next partition ended.
   * @throws ConfigError when it is the last one that was needed to give the endpoint up.
   */
  hear(partition: Partition, outcome: Outcome): void;
  /**
   * Nobody else is there to be asked.
   * @throws ConfigError when all that were asked, few as they are, were refused for one reason.
   */
  end(): void;
}

/** @param books of the streams that are read from the endpoint. */
export function createAvailability(
  { asked, endpoint }: { readonly asked: Asked; readonly endpoint: Endpoint },
  books: readonly Pick<Refusals, 'hasAnsweredBefore' | 'isOldRefusal'>[],
): Availability {
  const refused = new Set<string>();
  let first: Refused | undefined;
  let isDecided = books.some(({ hasAnsweredBefore }) => hasAnsweredBefore);
  const end = () => {
    if (!isDecided && first !== undefined) throw unavailable(asked.name, endpoint, first.refusal);
  };
  return {
    get isDecided() {
      return isDecided;
    },
    hear({ key }, outcome) {
      if (isDecided) return;
      isDecided = outcome.action !== 'unavailable' || (first !== undefined && !isSameReason(first, outcome));
      if (isDecided || outcome.action !== 'unavailable') return;
      // An earlier sync has found that it is refused by itself.
      if (books.some(({ isOldRefusal }) => isOldRefusal(key, outcome))) return;
      first ??= outcome;
      refused.add(key);
      if (refused.size >= refusalsUntilGivenUp) end();
    },
    end,
  };
}

function isSameReason({ refusal: one }: Refused, { refusal: other }: Refused): boolean {
  if (isAboutScopes(one) || isAboutScopes(other)) return isAboutScopes(one) && isAboutScopes(other);
  return nameRefusal(one) === nameRefusal(other);
}

/** How the partitions of an endpoint are asked, and what becomes of what they gave. */
export interface Asking {
  readonly availability: Availability;
  readonly concurrency: number;
  ask(partition: Partition): Promise<Outcome>;
  /** Enters into the books how the partition ended. */
  settle(partition: Partition, outcome: Outcome): Promise<void> | void;
  /** Nobody is left to be asked. Absent where there may be more partitions later. */
  atEnd?(): void;
}

/**
 * Asks the partitions, several at once as soon as it is known that the endpoint can be had. Until then nothing is settled: what
 * is refused with the whole endpoint is nobody's debt.
 * @throws ConfigError when the account or the app cannot have the endpoint.
 */
export async function askPartitions(
  partitions: Iterable<Partition> | AsyncIterable<Partition>,
  { availability, concurrency, ask, settle, atEnd }: Asking,
): Promise<void> {
  const held: (() => Promise<void> | void)[] = [];
  const settleHeld = async () => {
    for (const settleOne of held.splice(0)) await settleOne();
  };
  await forEachConcurrently(partitions, concurrency, async (partition) => {
    const outcome = await ask(partition);
    availability.hear(partition, outcome);
    held.push(() => settle(partition, outcome));
    if (availability.isDecided) await settleHeld();
    return availability.isDecided;
  });
  atEnd?.();
  await settleHeld();
}
