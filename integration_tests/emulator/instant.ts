export const dayMs = 86_400_000;

/** To the second, as Zoom writes instants. */
export function toInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The UTC day, `yyyy-mm-dd`. */
export function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
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
