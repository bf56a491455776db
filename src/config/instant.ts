const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const dateTimePattern = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const dayMs = 86_400_000;

/**
 * Reads a date (`2026-01-31`) or a date-time (`2026-01-31T09:00:00Z`, UTC where no offset is given), in ms since the epoch.
 * A date is the start of its day as a `start` and the end of its day, exclusive, as an `end`.
 * @throws Error that says what would be valid.
 */
export function parseInstant(text: string, edge: 'start' | 'end'): number {
  const date = datePattern.exec(text)?.[0] ?? dateTimePattern.exec(text)?.[1];
  const isDate = date === text;
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/.test(text) && !isDate;
  const instant = Date.parse(isDate || hasOffset ? text : `${text}Z`);
  // Date.parse rolls the 30th of February over into March.
  if (date === undefined || Number.isNaN(instant) || !isRealDate(date)) {
    throw new Error(`has to be a date such as 2026-01-31 or 2026-01-31T00:00:00Z (got "${text}")`);
  }
  return isDate && edge === 'end' ? instant + dayMs : instant;
}

function isRealDate(date: string): boolean {
  const instant = Date.parse(date);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(date);
}
