import { quote } from '../errors.ts';
import { readInstant } from '../instant.ts';

const dayMs = 86_400_000;

/**
 * Reads a date (`2026-01-31`) or a date-time (`2026-01-31T09:00:00Z`, UTC where no offset is given), in ms since the epoch.
 * A date is the start of its day as a `start` and the end of its day, exclusive, as an `end`.
 * @throws Error that says what would be valid.
 */
export function parseInstant(text: string, edge: 'start' | 'end'): number {
  const instant = readInstant(text);
  if (instant === undefined) {
    throw new Error(`has to be a date such as 2026-01-31 or 2026-01-31T00:00:00Z (got ${quote(text)})`);
  }
  const isDate = !text.includes(':');
  return isDate && edge === 'end' ? instant + dayMs : instant;
}
