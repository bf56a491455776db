import type { JsonObject } from '../json.ts';
import { createDigests } from './digests.ts';
import { hashOf } from './key-table.ts';
import type { Partition } from './partition.ts';
import { daysToMs } from './slices.ts';

/**
 * When the children of each parent were last asked for, and what the parent looked like: of what it shows parent by parent
 * Zoom gives no hint of a change. State: `{parents_read: {[key]: digest and day}}`.
 */
export interface Details {
  /** Parents that are remembered. */
  readonly size: number;
  /** Takes note that the parent is listed. @returns whether its children are to be asked for now. */
  meet(partition: Partition): boolean;
  /** All that there is of its children was read, or will never come. */
  read(partition: Partition): void;
  /** Whether a parent that has not changed is to be asked for, as one that is not remembered is. */
  isDue(key: string): boolean;
  /** How many of those that are remembered are to be asked for though they have not changed. */
  countDue(): number;
  /** Called when everything was listed: what was not is never listed again. */
  forgetOthers(): void;
  forgetAll(): void;
  toState(): JsonObject;
}

/** How often parents that have not changed are asked for: at most once in so many days, or in every sync. */
export type Refresh = { readonly everyDays: number } | 'in every sync';

/** What would cost the day's budget. */
export const neverAgain: Refresh = { everyDays: Number.POSITIVE_INFINITY };

interface DetailsOptions {
  readonly stream: string;
  /** `parents_read` of the state. */
  readonly input: unknown;
  /** When the sync began, in ms since the epoch. */
  readonly now: number;
  /** @param at the parent's cursor. What is asked for in every sync is not remembered. */
  refresh(at?: number): Refresh;
  /** False has all parents due on the same day, where nothing is proven before all are asked for in one sync. */
  readonly isSpread?: boolean;
  /** Instant (ms) from which the next sync lists parents; older ones need not be remembered. */
  readonly nextFrom?: number;
}

const digestLength = 8;
const dayDigits = 3;

/** @throws ConfigError when the input is not an object of strings. */
export function createDetails(options: DetailsOptions): Details {
  const { stream, input, now, refresh, isSpread = true, nextFrom = Number.NEGATIVE_INFINITY } = options;
  let notes = createDigests(stream, input, { field: 'parents_read' });
  const today = Math.floor(now / daysToMs(1));
  const note = today.toString(36).padStart(dayDigits, '0');
  const isPast = ({ at }: Partition) => at !== undefined && at < nextFrom;
  /** Every parent has a day of its own in each span of so many days; it is due when one lies behind the last time. */
  const isAged = (key: string, text: string, at?: number): boolean => {
    const how = refresh(at);
    if (how === 'in every sync') return true;
    const phase = hashOf(Buffer.from(isSpread ? key : stream));
    const spanOf = (day: number) => Math.floor((day + phase) / how.everyDays);
    return spanOf(today) !== spanOf(Number.parseInt(text.slice(digestLength) || '0', 36));
  };
  return {
    get size() {
      return notes.size;
    },
    meet(partition) {
      const { key, at, digest } = partition;
      const text = notes.get(key);
      if (text === undefined) return true;
      notes.meet(key);
      const isDue = digest !== text.slice(0, digestLength) || isAged(key, text, at);
      // Until it is read it is as if nobody had ever asked.
      if (isDue || isPast(partition)) notes.delete(key);
      return isDue;
    },
    read(partition) {
      const { key, at, digest } = partition;
      if (digest === undefined || refresh(at) === 'in every sync' || isPast(partition)) return;
      notes.meet(key);
      notes.set(key, digest + note);
    },
    isDue(key) {
      const text = notes.get(key);
      return text === undefined || isAged(key, text);
    },
    countDue() {
      let count = 0;
      for (const [key, text] of notes.entries()) if (isAged(key, String(text))) count += 1;
      return count;
    },
    forgetOthers() {
      for (const { key } of notes.missing()) notes.delete(key);
    },
    forgetAll() {
      notes = createDigests(stream, undefined, { field: 'parents_read' });
    },
    toState: () => (notes.size === 0 ? {} : { parents_read: notes }),
  };
}
