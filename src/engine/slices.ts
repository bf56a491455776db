import type { Window } from '../streams/declaration.ts';

/** A range of instants, in ms since the epoch: `from` belongs to it, `until` does not. */
export interface Slice {
  readonly from: number;
  readonly until: number;
}

const dayMs = 86_400_000;

/** Zoom was founded in 2011: asking for older rows would be thousands of requests for nothing. */
export const earliestRow = Date.parse('2011-01-01T00:00:00Z');

/** What has to be known of a window to cut a range. */
type Cutting = Pick<Window, 'maxDays' | 'format' | 'sumsByDay'>;

/**
 * Cuts a range into slices that Zoom answers in one request each, oldest first. They end at midnight UTC, so that
 * windows of whole days overlap by one day only, and at each of `cuts`, where some stream or partition comes in. What Zoom
 * gives as a whole, a month or a day, is never cut.
 */
export function planSlices(range: Slice, window: Cutting, cuts: readonly number[] = []): readonly Slice[] {
  const ends = [...new Set([...cuts.map((cut) => startOfWhole(cut, window)), range.until])]
    .filter((cut) => cut > range.from && cut <= range.until)
    .sort((a, b) => a - b);
  const slices: Slice[] = [];
  let from = range.from;
  for (const end of ends) {
    while (from < end) {
      const until = Math.min(end, longestFrom(from, window));
      slices.push({ from, until });
      from = until;
    }
  }
  return slices;
}

function longestFrom(from: number, { maxDays, format, sumsByDay }: Cutting): number {
  if (format === 'month') return startOfMonth(from, 1);
  return startOfDay(from) + (sumsByDay === undefined ? maxDays : 1) * dayMs;
}

/** Where that begins which Zoom gives as a whole: the month or the day that the instant lies in, else the instant itself. */
export function startOfWhole(
  instant: number,
  { format, sumsByDay }: Pick<Window, 'format' | 'sumsByDay'>,
): number {
  if (format === 'month') return startOfMonth(instant);
  return sumsByDay === undefined ? instant : startOfDay(instant);
}

/** The end of the last day that Zoom answers for, as of now. */
export function endOfWindow(now: number, { until }: Pick<Window, 'until'>): number {
  return until === 'yesterday' ? startOfDay(now) : now;
}

/** Windows of whole days are read with the day before the next one, so that short ones would be read nearly twice. */
const fewestDays: Readonly<Record<Window['format'], number>> = { date: 7, 'date-time': 1, month: 31 };

/** Cuts a slice into shorter ones of at most so many rows each, at midnight UTC, as far as the window allows. */
export function* cutByDensity(
  slice: Slice,
  window: Omit<Cutting, 'maxDays'>,
  rowsPerDay: number,
  mostRows: number,
): Generator<Slice> {
  const maxDays = Math.max(fewestDays[window.format], Math.floor(mostRows / rowsPerDay));
  if (Number.isFinite(maxDays)) yield* planSlices(slice, { ...window, maxDays });
  else yield slice;
}

/**
 * The parameters that ask for a slice. Whether Zoom's `to` day belongs to the answer is documented nowhere, so it is the day
 * after the slice's last instant, or that very day when the slice ends at midnight; rows beyond the slice are dropped by
 * cursor. Where Zoom sums over the days, and where it answers no day after yesterday, it has to be taken to belong.
 */
export function windowParameters(
  slice: Slice,
  {
    format,
    parameters: [start, end] = ['from', 'to'],
    sumsByDay,
    until,
    marginDays = 0,
    tight,
  }: Omit<Window, 'maxDays'>,
  now: number,
): Readonly<Record<string, string>> {
  if (format === 'month') {
    const month = new Date(slice.from);
    return { year: String(month.getUTCFullYear()), month: String(month.getUTCMonth() + 1) };
  }
  if (format === 'date-time')
    return { [start]: toSeconds(slice.from), [end]: toSeconds(Math.ceil(slice.until / 1000) * 1000) };
  if (sumsByDay !== undefined) return { [start]: toDate(slice.from), [end]: toDate(slice.from) };
  const from = slice.from - marginDays * dayMs;
  const marginEnd = startOfDay(tight === true ? slice.until - 1 : slice.until) + marginDays * dayMs;
  const to = Math.max(tight === true ? 0 : Math.ceil(slice.until / dayMs) * dayMs, marginEnd);
  const latest = until === 'yesterday' ? startOfDay(now) - dayMs : to;
  return { [start]: toDate(from), [end]: toDate(Math.min(to, latest)) };
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

/** The first instant of the month that an instant lies in (UTC), or of one of those after it. */
function startOfMonth(instant: number, later = 0): number {
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}

/** Midnight UTC before an instant (ms since the epoch). */
export function startOfDay(instant: number): number {
  return Math.floor(instant / dayMs) * dayMs;
}

/** The UTC day. */
export function toDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** RFC 3339 without fractions. */
export function toSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
