import { quote } from '../errors.ts';

/** What is tried again, how often, and after which wait: the config's `retry`. */
export interface RetryPolicy {
  readonly mode: 'None' | 'RetryAny' | 'RetryWhenStatusCodeMatch';
  readonly statusCodes: readonly StatusRange[];
  /** Retries after the first try. */
  readonly countMax: number;
  /** True: each wait is twice the one before. */
  readonly multiplyWaitTime: boolean;
  readonly waitTimeMs: number;
}

/** HTTP statuses, both ends included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** Zoom may ask to be left alone for longer: then the sync ends, and the next one goes on. */
export const longestWaitMs = 60 * 60_000;
const longestOwnWaitMs = 5 * 60_000;
const jitterShare = 0.25;

/**
 * Reads `408|425|429|500-599`.
 * @throws Error that says what would be valid.
 */
export function parseStatusList(text: string): readonly StatusRange[] {
  return text.split('|').map((part) => {
    const [, from, to = from] = /^\s*([1-5]\d\d)\s*(?:-\s*([1-5]\d\d)\s*)?$/.exec(part) ?? [];
    if (from === undefined || Number(from) > Number(to)) {
      throw new Error(
        `has to list HTTP statuses and ranges separated by |, such as 408|425|429|500-599 (${quote(part)} is neither)`,
      );
    }
    return { from: Number(from), to: Number(to) };
  });
}

/** What usually passes by itself, whether the policy retries it or not. */
export function isPassingStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** Whether the policy tries again after this HTTP status, or after a failure of the network. */
export function isRetried({ mode, statusCodes }: RetryPolicy, failure: number | 'network'): boolean {
  if (mode === 'None') return false;
  if (failure === 'network') return true;
  if (mode === 'RetryAny') return [408, 425, 429].includes(failure) || (failure >= 500 && failure <= 599);
  return statusCodes.some(({ from, to }) => failure >= from && failure <= to);
}

/**
 * How long to wait before a retry, in ms.
 * @param retry 1 for the first one.
 * @param random from 0 up to 1, for the jitter that keeps parallel requests from coming back together.
 */
export function retryDelayMs(policy: RetryPolicy, retry: number, random: number): number {
  if (!policy.multiplyWaitTime) return policy.waitTimeMs;
  const wait = Math.min(policy.waitTimeMs * 2 ** (retry - 1), longestOwnWaitMs);
  return Math.round(wait * (1 + random * jitterShare));
}
