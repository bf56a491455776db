import type { JsonObject } from '../json.ts';
import { createDigests } from './digests.ts';
import type { Partition } from './partition.ts';

/**
 * Which parents a derived stream has read the children of, so that the next sync, whose lookback lists them again, does not
 * spend heavy calls on those that have not changed. Partitions without a digest cost little and are not remembered. State: `{parents_read: {[key]: digest}}`.
 */
export interface ReadParents {
  /** Takes note that the parent is still listed. @returns true when it is as it was when its children were read. */
  meet(partition: Partition): boolean;
  read(partition: Partition): void;
  /** Called when everything was listed: what was not is never listed again. */
  forgetOthers(): void;
  toState(): JsonObject;
}

/**
 * @param input `parents_read` of the state.
 * @param nextFrom instant (ms) from which the next sync lists parents; older ones need not be remembered.
 * @throws ConfigError when the input is not an object of strings.
 */
export function createReadParents(stream: string, input: unknown, nextFrom: number): ReadParents {
  const digests = createDigests(stream, input, { field: 'parents_read' });
  return {
    meet({ key, at, digest }) {
      if (digest === undefined) return false;
      digests.meet(key);
      const isUnchanged = digests.get(key) === digest;
      if (at !== undefined && at < nextFrom) digests.delete(key);
      return isUnchanged;
    },
    read({ key, at, digest }) {
      if (digest !== undefined && (at === undefined || at >= nextFrom)) digests.set(key, digest);
    },
    forgetOthers() {
      for (const { key } of digests.missing()) digests.delete(key);
    },
    toState: () => (digests.size === 0 ? {} : { parents_read: digests }),
  };
}
