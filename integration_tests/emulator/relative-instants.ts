import { dayMs, toColons, toDay, toInstant, toMonthFirst } from './instant.ts';

/**
 * `{now-5d+10m}`: an instant; `{day-5d}`: a day; `{ms-5d}`: a whole second, in milliseconds since the epoch; `{colons-5d}`:
 * `2026-12-31 09:30:05:216`; `{month-first-5d}`: `12/31/2026 09:30`.
 */
const pattern = /^\{(now|day|ms|colons|month-first)((?:[+-]\d+[dhms])*)\}$/;
const write = {
  now: toInstant,
  day: toDay,
  ms: (at: number) => Math.floor(at / 1000) * 1000,
  colons: toColons,
  'month-first': toMonthFirst,
};
const unitMs: Readonly<Record<string, number>> = { d: dayMs, h: 3_600_000, m: 60_000, s: 1000 };

/** A copy in which every relative instant, at any depth, is one counted from `now`. */
export function expandInstants<T>(value: T, now: number): T {
  return expand(value, now) as T;
}

function expand(value: unknown, now: number): unknown {
  if (typeof value === 'string') return expandText(value, now);
  if (Array.isArray(value)) return value.map((item) => expand(item, now));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, child]) => [field, expand(child, now)]));
}

function expandText(text: string, now: number): string | number {
  const [, kind, shifts = ''] = pattern.exec(text) ?? [];
  if (kind === undefined) return text;
  let at = now;
  for (const [, count, unit = ''] of shifts.matchAll(/([+-]\d+)([dhms])/g)) {
    at += Number(count) * (unitMs[unit] ?? 0);
  }
  return write[kind as keyof typeof write](at);
}
