import { setTimeout as sleep } from 'node:timers/promises';

const longestMs = 120_000;
const pollMs = 10;

/**
 * Resolves when the condition holds, however long that takes a busy machine.
 * @throws Error that names the condition when it does not come to hold at all.
 */
export async function until(name: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + longestMs;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`never: ${name}`);
    await sleep(pollMs);
  }
}

/** Resolves when a count has begun to grow and has then stopped growing for a hundred looks at it. */
export async function untilStill(name: string, count: () => number): Promise<void> {
  const start = count();
  let last = start;
  let looks = 0;
  await until(`${name} stop growing`, () => {
    looks = count() === last && last > start ? looks + 1 : 0;
    last = count();
    return looks >= 100;
  });
}
