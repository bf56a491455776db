export const dayMs = 86_400_000;

/** To the second, as Zoom writes instants. */
export function toInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The UTC day, `yyyy-mm-dd`. */
export function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** With a colon before the milliseconds, as Zoom writes the times of meeting activities. */
export function toColons(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ').replace('.', ':');
}

/** To the minute, as Zoom writes when somebody joined a meeting. */
export function toMonthFirst(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time.slice(0, 5)}`;
}

/** Ms since the epoch of a time in any form that Zoom writes it in, UTC where it names no zone; NaN for everything else. */
export function parseTime(text: string): number {
  const [, colons, ms] = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}):(\d{3})$/.exec(text) ?? [];
  if (colons !== undefined) return Date.parse(`${colons.replace(' ', 'T')}.${ms}Z`);
  const [, month, day, year, time] = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2})$/.exec(text) ?? [];
  return Date.parse(time === undefined ? text : `${year}-${month}-${day}T${time}Z`);
}

/** The first instant of its month (UTC). */
export function startOfMonth(instant: number): number {
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** Calendar months: from the 31st of January to the 28th of February is one. */
export function addMonths(instant: number, months: number): number {
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
