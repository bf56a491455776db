import { between, type Collection, filterRows, toCollection } from './collection.ts';
import type { WindowRule } from './endpoint.ts';
import { addMonths, dayMs, toDay, toInstant } from './instant.ts';
import { type HttpAnswer, invalid, type Query } from './listing-context.ts';

/** What a listing covers: from an instant until before another (ms), and how the answer names its ends. */
interface Range {
  readonly from: number;
  readonly until: number;
  readonly shown: { readonly from: string; readonly to: string };
}

interface WindowContext {
  readonly now: number;
  readonly toIsExclusive: boolean;
}

/**
 * The rows of a window, and how the answer names it. What Zoom refuses: dates in another format, ends in two formats, a
 * range of more than a month, one that begins before what is kept.
 */
export function applyWindow(
  rule: WindowRule,
  rows: Collection,
  query: Query,
  context: WindowContext,
): { readonly rows: Collection; readonly shown: Partial<Range['shown']> } | HttpAnswer {
  const range = readRange(rule, query, context);
  if (range === undefined) return { rows, shown: {} };
  if ('status' in range) return range;
  const field = (rule.fieldParameter === undefined ? undefined : query[rule.fieldParameter]) ?? rule.field;
  if (field === undefined) return { rows: inDays(rows, range, context.now), shown: range.shown };
  if (rows.sortedBy === field)
    return { rows: between(rows, field, range.from, range.until), shown: range.shown };
  const isInside = (instant: number) => instant >= range.from && instant < range.until;
  return { rows: filterRows(rows, (row) => isInside(Date.parse(String(row[field])))), shown: range.shown };
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
  const { from, to } = query;
  if (from === undefined && to === undefined) return usualRange(rule, now);
  const start = parseEdge(rule, from);
  const end = parseEdge(rule, to ?? (rule.format === 'date-time' ? toInstant(now) : toDay(now)));
  if (start === undefined || end === undefined) {
    if (rule.ignoresNonsense === true) return undefined;
    return invalid(start === undefined ? 'from' : 'to', 'Invalid date.');
  }
  const problem = findProblem(rule, start, end, now);
  if (problem !== undefined) return problem;
  return {
    from: start.at,
    until: end.at + (context.toIsExclusive ? 0 : end.lengthMs),
    shown: { from: start.text, to: end.text },
  };
}

/** What is answered when `from` and `to` are left out. */
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

function findProblem(
  { maxMonths, keptMonths }: WindowRule,
  from: Edge,
  to: Edge,
  now: number,
): HttpAnswer | undefined {
  if (from.lengthMs !== to.lengthMs) return invalid('to', 'from and to have to be in the same format.');
  if (to.at < from.at) return invalid('to', 'to is before from.');
  if (maxMonths !== undefined && to.at > addMonths(from.at, maxMonths))
    return invalid('to', 'The range is more than a month.');
  // The day on which the kept months begin is there as a whole.
  if (keptMonths !== undefined && from.at < addMonths(now, -keptMonths) - dayMs)
    return invalid('from', 'The date has to be within the months that are kept.');
  return undefined;
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
