import { between, type Collection, filterRows, toCollection } from './collection.ts';
import type { Row, WindowRule } from './endpoint.ts';
import { readField } from './fields.ts';
import { addMonths, dayMs, parseTime, startOfMonth, toDay, toInstant } from './instant.ts';
import { type HttpAnswer, invalid, type Query } from './listing-context.ts';
import { sumRows } from './sums.ts';

/** What a listing covers: from an instant until before another (ms), and how the answer names its ends. */
interface Range {
  readonly from: number;
  readonly until: number;
  readonly shown: { readonly from?: string; readonly to?: string };
}

interface WindowContext {
  readonly now: number;
  readonly toIsExclusive: boolean;
  /** The times of the rows below one, in a collection. */
  timesBelow(row: Row, collection: string): readonly number[];
}

/**
 * The rows of a window, and how the answer names it. What Zoom refuses: dates in another format, ends in two formats, a
 * range that is too long, one that begins before what is kept or ends behind what there is.
 */
export function applyWindow(
  rule: WindowRule,
  rows: Collection,
  query: Query,
  context: WindowContext,
): { readonly rows: Collection; readonly shown: Range['shown'] } | HttpAnswer {
  const range = rule.format === 'month' ? readMonth(rule, query, context) : readRange(rule, query, context);
  if (range === undefined) return { rows, shown: {} };
  if ('status' in range) return range;
  const held = heldCollection(rule, query);
  if (held !== undefined) {
    const holds = (row: Row) => context.timesBelow(row, held).some((instant) => isWithin(range, instant));
    return { rows: filterRows(rows, holds), shown: range.shown };
  }
  const field = filteredField(rule, query);
  if (field === undefined) return { rows: inDays(rows, range, context.now), shown: range.shown };
  if (rows.sortedBy === field)
    return { rows: between(rows, field, range.from, range.until), shown: range.shown };
  const inside = filterRows(rows, (row) => isInside(range, readField(row, field)));
  return { rows: rule.sums === undefined ? inside : sumRows(inside, rule.sums, field), shown: range.shown };
}

/** The collection whose rows decide what is inside. */
function heldCollection({ holds }: WindowRule, query: Query): string | undefined {
  const isAsked = Object.entries(holds?.where ?? {}).every(([name, value]) => query[name] === value);
  return isAsked ? holds?.collection : undefined;
}

/** The time that a request filters by. */
export function filteredField(
  { field, fieldParameter, fields = {} }: WindowRule,
  query: Readonly<Record<string, unknown>>,
): string | undefined {
  const asked = fieldParameter === undefined ? undefined : query[fieldParameter];
  return asked === undefined ? field : (fields[String(asked)] ?? String(asked));
}

/** Unverified: which ranges Zoom lists rows in that do not have their time yet. Here: all. */
function isInside(range: Range, time: unknown): boolean {
  if (time === undefined || time === null || time === '') return true;
  return isWithin(range, typeof time === 'number' ? time : parseTime(String(time)));
}

function isWithin({ from, until }: Range, instant: number): boolean {
  return instant >= from && instant < until;
}

/** Unverified: which month is answered where none is named, and whether a month counts as kept of which a part is. */
function readMonth({ keptMonths }: WindowRule, query: Query, { now }: WindowContext): Range | HttpAnswer {
  const { year = toDay(now).slice(0, 4), month = String(Number(toDay(now).slice(5, 7))) } = query;
  if (!/^20\d{2}$/.test(year)) return invalid('year', 'Invalid year.');
  if (!/^([1-9]|1[0-2])$/.test(month)) return invalid('month', 'Invalid month.');
  const from = Date.UTC(Number(year), Number(month) - 1);
  const first = keptMonths === undefined ? from : startOfMonth(addMonths(now, -keptMonths));
  if (from < first || from > now) {
    const message = `The report can only be provided for a month that falls within the recent ${keptMonths} months.`;
    return { status: 400, body: { code: 300, message } };
  }
  return { from, until: addMonths(from, 1), shown: {} };
}

/** Of rows that show no time, those whose days are in the range. */
function inDays(rows: Collection, { from, until }: Range, now: number): Collection {
  const all = Array.from({ length: rows.length }, (_, index) => rows.at(index));
  const timeOf = (index: number) => now - 60_000 - index * dayMs;
  return toCollection(all.filter((_, index) => timeOf(index) >= from && timeOf(index) < until));
}

/** @returns undefined where nothing is filtered by, an error where Zoom gives one. */
function readRange(rule: WindowRule, query: Query, context: WindowContext): Range | HttpAnswer | undefined {
  const { now } = context;
  const [start, end] = namesOf(rule);
  const { [start]: from, [end]: to } = query;
  if (from === undefined && to === undefined) return usualRange(rule, now);
  const first = parseEdge(rule, from);
  const last = parseEdge(rule, to ?? (rule.format === 'date-time' ? toInstant(now) : toDay(now)));
  if (first === undefined || last === undefined) {
    if (rule.ignoresNonsense === true) return undefined;
    return invalid(first === undefined ? start : end, 'Invalid date.');
  }
  const problem = findProblem(rule, first, last, now);
  if (problem !== undefined) return problem;
  // What is added up is of whole days: the last one too, and none whose first instant is the end.
  const isExclusive = rule.sums === undefined ? context.toIsExclusive : last.lengthMs < dayMs;
  return {
    from: first.at,
    until: last.at + (isExclusive ? 0 : last.lengthMs),
    shown: { from: first.text, to: last.text },
  };
}

function namesOf({ parameters = ['from', 'to'] }: WindowRule): readonly [string, string] {
  return parameters;
}

/** What is answered when both ends are left out. */
function usualRange({ defaultDays }: WindowRule, now: number): Range | undefined {
  if (defaultDays === undefined) return undefined;
  const from = now - defaultDays * dayMs;
  return { from, until: now + dayMs, shown: { from: toDay(from), to: toDay(now) } };
}

/** A day, or a second. */
interface Edge {
  readonly text: string;
  readonly at: number;
  readonly lengthMs: number;
}

function findProblem(rule: WindowRule, from: Edge, to: Edge, now: number): HttpAnswer | undefined {
  const { maxMonths, maxDays, keptMonths } = rule;
  const [start, end] = namesOf(rule);
  if (from.lengthMs !== to.lengthMs) return invalid(end, 'Both ends have to be in the same format.');
  if (to.at < from.at) return invalid(end, 'The end is before the start.');
  if (maxMonths !== undefined && to.at > addMonths(from.at, maxMonths))
    return invalid(end, 'The range is more than a month.');
  if (maxDays !== undefined && to.at > from.at + maxDays * dayMs)
    return invalid(end, `The range is more than ${maxDays} days.`);
  if (to.at > latestEnd(rule, now)) return invalid(end, 'There is no report of that day yet.');
  // The day on which the kept months begin is there as a whole.
  if (keptMonths !== undefined && from.at < addMonths(now, -keptMonths) - dayMs)
    return invalid(start, 'The date has to be within the months that are kept.');
  return undefined;
}

/** Unverified: that sums of a day to come are refused, and not empty. */
function latestEnd({ lastDay, sums }: WindowRule, now: number): number {
  if (lastDay === 'yesterday') return Date.parse(toDay(now - dayMs));
  // Who asks up to now asks for the second that it lies in.
  return sums === undefined ? Number.POSITIVE_INFINITY : now + 1000;
}

function parseEdge(rule: WindowRule, text = ''): Edge | undefined {
  const isDay = rule.format !== 'date-time' && /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isSecond = rule.format !== 'date' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text);
  const at = Date.parse(text);
  if (!(isDay || isSecond) || Number.isNaN(at)) return undefined;
  // Date.parse takes the 30th of February for the 2nd of March.
  const isReal = new Date(at).toISOString().startsWith(text.slice(0, 10));
  return isReal ? { text, at, lengthMs: isDay ? dayMs : 1000 } : undefined;
}
