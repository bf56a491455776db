const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
const earliest = Date.parse('0001-01-01T00:00:00Z');

/** The last instant that RFC 3339 can write. */
export const latestInstant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Reads a date (`2026-01-31`, its start) or a date-time (`2026-01-31T09:00:00Z`, UTC where no offset is given), in ms since
 * the epoch; undefined for everything else, of which `Date.parse` takes more than anybody means.
 */
export function readInstant(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const [, date = '', time = '00:00', offset = 'Z'] = pattern.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${offset}`);
  // Date.parse rolls the 30th of February over into March.
  const isReal = instant >= earliest && instant <= latestInstant && isRealDate(date);
  return isReal ? instant : undefined;
}

function isRealDate(date: string): boolean {
  // Every month has so many.
  if (date.slice(8) <= '28') return true;
  const instant = Date.parse(date);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(date);
}
