const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.:]\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
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
  const instant = Date.parse(`${date}T${withPoint(time)}${offset}`);
  // Date.parse rolls the 30th of February over into March.
  const isReal = instant >= earliest && instant <= latestInstant && isRealDate(date);
  return isReal ? instant : undefined;
}

/** `07:09:03:216`, as Zoom writes the times of meeting activities. */
function withPoint(time: string): string {
  return time[8] === ':' ? `${time.slice(0, 8)}.${time.slice(9)}` : time;
}

function isRealDate(date: string): boolean {
  // Every month has so many.
  if (date.slice(8) <= '28') return true;
  const instant = Date.parse(date);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(date);
}

/**
 * Reads a time in any of the forms that Zoom documents (RFC 3339, the same without a zone, a date, `12/31/2026 09:30`, seconds
 * or milliseconds since the epoch) and writes it as RFC 3339; undefined for what is no time.
 */
export function readZoomTime(value: unknown): string | undefined {
  const instant = readEpoch(value) ?? readInstant(value) ?? readMonthFirst(value);
  return instant === undefined ? undefined : new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** Ten digits are seconds, thirteen are milliseconds. */
function readEpoch(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const digits = String(value);
  if (/^\d{10}$/.test(digits)) return Number(digits) * 1000;
  return /^\d{13}$/.test(digits) ? Number(digits) : undefined;
}

/** `12/31/2026 09:30`, as Zoom writes when somebody joined a meeting. */
function readMonthFirst(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [, month, day, year, time] =
    /^(\d{2})\/(\d{2})\/(\d{4})(?: (\d{2}:\d{2}(?::\d{2})?))?$/.exec(value) ?? [];
  return readInstant(`${year}-${month}-${day} ${time ?? '00:00'}`);
}
