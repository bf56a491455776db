/** Above it a number is milliseconds since the epoch; as seconds it would be the year 5138. */
const mostSeconds = 100_000_000_000;
const latestMs = 8.64e15;

/**
 * The expiry of a token as RFC 3339, where it is a number of seconds or milliseconds since the epoch, also one written as
 * text; everything else as it is, without white space at its ends.
 */
export function writtenExpiry(value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim() : value;
  const isNumber = typeof text === 'number' || (typeof text === 'string' && /^\d+(\.\d+)?$/.test(text));
  if (!isNumber) return text;
  const count = Number(text);
  const instant = count < mostSeconds ? count * 1000 : count;
  // Whatever it says, it is no time, and a token is good until it is refused.
  return Math.abs(instant) > latestMs ? '' : new Date(instant).toISOString();
}
