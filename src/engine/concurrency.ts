import pLimit from 'p-limit';
import type { Gate } from '../http/gate.ts';

/** The gate that every request of a sync passes: at most so many at once. */
export function createGate(concurrency: number): Gate {
  const limit = pLimit(concurrency);
  let onRoom: () => void = () => undefined;
  return {
    async run(task) {
      try {
        return await limit(task);
      } finally {
        setImmediate(() => onRoom());
      }
    },
    hasRoom: () => limit.activeCount + limit.pendingCount < concurrency,
    whenRoom(listener) {
      onRoom = listener;
    },
  };
}

/** Begins the tasks in their order, at most so many at once. @throws the first failure, at once. */
export async function runInOrder(tasks: readonly (() => Promise<void>)[], atOnce: number): Promise<void> {
  const limit = pLimit(atOnce);
  await Promise.all(tasks.map((task) => limit(task)));
}

/**
 * Works on the items, at most `concurrency` at once, and takes the next item only when there is room for it.
 * The first items go one by one until `work` resolves to true, so that an endpoint that is closed to the app
 * is asked once and not `concurrency` times.
 * @throws the first failure of `work` or of the items, when what was running then has ended.
 */
export async function forEachConcurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<boolean>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let isOpen = false;
  try {
    for await (const item of items) {
      if (!isOpen) {
        isOpen = await work(item);
        continue;
      }
      const task = work(item)
        .then(
          () => undefined,
          (error: unknown) => void failures.push(error),
        )
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= concurrency) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
}
