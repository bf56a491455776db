/** What a 429 says about when to come back. */
export interface RateLimitNotice {
  /** True when the quota of a day is used up. */
  readonly isDaily: boolean;
  /** Ms since the epoch; absent when Zoom does not say. */
  readonly until: number | undefined;
}

export type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Reads `Retry-After` as seconds, HTTP-date or ISO-8601 instant (which Zoom sends with daily limits, and which is no valid
 * Retry-After), then `X-RateLimit-Reset` in Unix seconds. Per-second limits carry neither
 * (https://developers.zoom.us/docs/api/rate-limits).
 */
export function readRateLimitNotice(headers: Headers, message: string, now: number): RateLimitNotice {
  const waitMs =
    parseRetryAfter(headers['retry-after'], now) ?? parseReset(headers['x-ratelimit-reset'], now);
  const type = headers['x-ratelimit-type'] ?? '';
  const until = waitMs === undefined ? undefined : now + waitMs;
  return { isDaily: /daily/i.test(type) || /\bdaily\b/i.test(message), until };
}

/** Ms to wait, for an error other than a 429 as well. Absent when the header is absent, blank or nonsense. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now);
}

function parseReset(value: string | undefined, now: number): number | undefined {
  const seconds = Number(value?.trim() || Number.NaN);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds * 1000 - now);
}
