import type { Window } from '../streams/declaration.ts';

/** A range of instants, in ms since the epoch: `from` belongs to it, `until` does not. */
export interface Slice {
  readonly from: number;
  readonly until: number;
}

const dayMs = 86_400_000;

/** Zoom was founded in 2011: asking for older rows would be thousands of requests for nothing. */
export const earliestRow = Date.parse('2011-01-01T00:00:00Z');

/**
 * Cuts a range into slices that Zoom answers in one request each, oldest first. They end at midnight UTC, so that
 * windows of whole days overlap by one day only, and at each of `cuts`, where some stream or partition comes in.
 */
export function planSlices(range: Slice, maxDays: number, cuts: readonly number[] = []): readonly Slice[] {
  const ends = [...new Set([...cuts, range.until])]
    .filter((cut) => cut > range.from && cut <= range.until)
    .sort((a, b) => a - b);
  const slices: Slice[] = [];
  let from = range.from;
  for (const end of ends) {
    while (from < end) {
      const until = Math.min(end, startOfDay(from) + maxDays * dayMs);
      slices.push({ from, until });
      from = until;
    }
  }
  return slices;
}

/** Windows of whole days are read with the day before the next one, so that short ones would be read nearly twice. */
const fewestDays: Readonly<Record<Window['format'], number>> = { date: 7, 'date-time': 1 };

/** Cuts a slice into shorter ones of at most so many rows each, at midnight UTC, as far as the window's format allows. */
export function* cutByDensity(
  slice: Slice,
  format: Window['format'],
  rowsPerDay: number,
  mostRows: number,
): Generator<Slice> {
  const days = Math.max(fewestDays[format], Math.floor(mostRows / rowsPerDay));
  if (Number.isFinite(days)) yield* planSlices(slice, days);
  else yield slice;
}

/**
 * The `from` and `to` of a slice. Whether Zoom's `to` day belongs to the answer is documented nowhere, so it is the day
 * after the slice's last instant, or that very day when the slice ends at midnight; rows beyond the slice are dropped by cursor.
 */
export function windowParameters(
  slice: Slice,
  { format, marginDays = 0 }: Pick<Window, 'format' | 'marginDays'>,
): { from: string; to: string } {
  if (format === 'date') {
    const from = slice.from - marginDays * dayMs;
    const to = Math.max(Math.ceil(slice.until / dayMs) * dayMs, startOfDay(slice.until) + marginDays * dayMs);
    return { from: toDate(from), to: toDate(to) };
  }
  return { from: toSeconds(slice.from), to: toSeconds(Math.ceil(slice.until / 1000) * 1000) };
}

/** The same time of day so many months earlier, or the last day of that month where it is shorter. */
export function monthsBefore(instant: number, months: number): number {
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

export function lengthInDays({ from, until }: Slice): number {
  return (until - from) / dayMs;
}

export function daysToMs(days: number): number {
  return days * dayMs;
}

/** For people: its first day and the day that it ends on. */
export function describeSlice({ from, until }: Slice): string {
  return `${toDate(from)} to ${toDate(until)}`;
}

/** Midnight UTC before an instant (ms since the epoch). */
export function startOfDay(instant: number): number {
  return Math.floor(instant / dayMs) * dayMs;
}

/** Its UTC day. */
export function toDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

export function toSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
