import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import { between, type Collection, toCollection } from './collection.ts';
import type { Endpoint, Route, Row, WindowRule } from './endpoint.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a request is answered with. */
export interface ListingContext {
  readonly account: Account;
  readonly now: number;
  readonly pageTokenLifetimeMs: number;
  /** Whether the day of `to` belongs to the answer; Zoom does not say. */
  readonly toIsExclusive: boolean;
  /** Page tokens given so far: what they continue. */
  readonly pageTokens: Map<string, PageToken>;
  /** The user that `me` stands for. */
  readonly authoriserId: string;
}

export interface PageToken {
  readonly fingerprint: string;
  readonly offset: number;
  readonly expiresAt: number;
}

type Query = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
const badToken: Answer = {
  status: 400,
  body: { code: 300, message: 'The next page token is invalid or expired.' },
};

/** Answers a GET as the fixture of its endpoint says. */
export function answer(route: Route, ids: readonly string[], query: Query, context: ListingContext): Answer {
  const { endpoint } = route;
  const missing = (endpoint.required ?? []).find((name) => query[name] === undefined);
  if (missing !== undefined) return invalid(missing, 'This field is required.');
  if (endpoint.object !== undefined) return answerObject(endpoint, ids, context);
  const source = findRows(route, ids, context);
  if (source === undefined) return unknown(endpoint, route, ids);
  const windowed = applyWindow(endpoint, source, query, context);
  if ('status' in windowed) return windowed;
  return answerPage(route, ids, applyFilters(endpoint, windowed, query), query, context);
}

function answerObject(
  endpoint: Endpoint,
  [id = '']: readonly string[],
  { account, authoriserId }: ListingContext,
): Answer {
  if (endpoint.object === 'users') {
    const user = account.user(id === 'me' ? authoriserId : id);
    return user === undefined
      ? notFound(endpoint, id)
      : { status: 200, body: { ...endpoint.records[0], ...user } };
  }
  const row = account.meeting(id);
  if (row === undefined) return notFound(endpoint, id);
  // The host's start link is minted for each call.
  const startUrl = `https://example.com/s/${id}?zak=canary-zak-${Math.random().toString(36).slice(2)}`;
  return { status: 200, body: { ...row, start_url: startUrl } };
}

function findRows(
  route: Route,
  [id = '']: readonly string[],
  { account, authoriserId }: ListingContext,
): Collection | undefined {
  const { endpoint } = route;
  const name = endpoint.rows ?? endpoint.collection ?? '';
  if (endpoint.parentUser === true) {
    const userId = id === 'me' ? authoriserId : id;
    if (account.user(userId) === undefined) return undefined;
    return toCollection(name === 'recordings' ? account.recordingsOf(userId) : account.listedBy(userId));
  }
  if (endpoint.instance === true) {
    const uuid = account.lazyParticipants === undefined ? account.instance(id)?.['meeting_uuid'] : id;
    const rows = uuid === undefined ? undefined : account.participantsOf(String(uuid));
    return rows === undefined ? undefined : toCollection(rows);
  }
  return account.collection(name);
}

function applyWindow(
  endpoint: Endpoint,
  rows: Collection,
  query: Query,
  context: ListingContext,
): Collection | Answer {
  const rule = endpoint.window;
  if (rule === undefined) return rows;
  const range = readRange(rule, query, context);
  if (range === undefined) return rows;
  if ('status' in range) return range;
  const field = (rule.fieldParameter === undefined ? undefined : query[rule.fieldParameter]) ?? rule.field;
  const sortedBy = (rows as { sortedBy?: string }).sortedBy;
  if (sortedBy === field) return between(rows, field, range.from, range.until);
  const kept = toArray(rows).filter((row) => {
    const at = Date.parse(String(row[field]));
    return at >= range.from && at < range.until;
  });
  return toCollection(kept);
}

/** @returns undefined where nothing is filtered by, an error where Zoom gives one. */
function readRange(
  rule: WindowRule,
  query: Query,
  context: ListingContext,
): { from: number; until: number } | Answer | undefined {
  const { now } = context;
  if (query['from'] === undefined && query['to'] === undefined) {
    return { from: now - (rule.defaultDays ?? 1) * dayMs, until: now + dayMs };
  }
  const from = parseEdge(rule, query['from']);
  const to = parseEdge(rule, query['to'] ?? new Date(now).toISOString().slice(0, 10));
  if (from === undefined || to === undefined) {
    return rule.ignoresNonsense === true
      ? undefined
      : invalid(from === undefined ? 'from' : 'to', 'Invalid date.');
  }
  const problem = findProblem(rule, from, to, now);
  if (problem !== undefined) return problem;
  const lastDay = context.toIsExclusive ? 0 : dayMs;
  return { from: from.at, until: to.isDate ? to.at + lastDay : to.at + 1000 };
}

interface Edge {
  readonly at: number;
  readonly isDate: boolean;
}

function findProblem(
  { maxMonths, keptMonths }: WindowRule,
  from: Edge,
  to: Edge,
  now: number,
): Answer | undefined {
  if (from.isDate !== to.isDate) return invalid('to', 'from and to have to be in the same format.');
  if (to.at < from.at) return invalid('to', 'to is before from.');
  if (to.at > addMonths(from.at, maxMonths)) return invalid('to', 'The range is more than a month.');
  if (keptMonths !== undefined && from.at < addMonths(now, -keptMonths) - dayMs) {
    return invalid('from', 'The date has to be within the last six months.');
  }
  return undefined;
}

function parseEdge(rule: WindowRule, text = ''): Edge | undefined {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant =
    rule.format === 'date-or-date-time' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text);
  const at = Date.parse(text);
  return (isDate || isInstant) && !Number.isNaN(at) ? { at, isDate } : undefined;
}

/** Calendar months: from the 1st of February to the 1st of March is one. */
function addMonths(instant: number, months: number): number {
  const date = new Date(instant);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

function applyFilters({ filters, parameters }: Endpoint, rows: Collection, query: Query): Collection {
  const wanted = Object.entries(filters ?? {}).map(([parameter, field]) => {
    const value = query[parameter] ?? parameters[parameter]?.default;
    return [field, String(value)] as const;
  });
  // A lazy collection is one kind of rows only, so that nothing has to be counted through.
  if (wanted.length === 0 || rows.length === 0) return rows;
  if ((rows as { sortedBy?: string }).sortedBy !== undefined || rows.length > 100_000) {
    return wanted.every(([field, value]) => String(rows.at(0)[field]) === value) ? rows : toCollection([]);
  }
  return toCollection(
    toArray(rows).filter((row) => wanted.every(([field, value]) => String(row[field]) === value)),
  );
}

function answerPage(
  route: Route,
  ids: readonly string[],
  rows: Collection,
  query: Query,
  context: ListingContext,
): Answer {
  const { endpoint } = route;
  const size = pageSize(endpoint, query['page_size']);
  const { next_page_token: given = '', ...others } = query;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([route.name, ids, others]))
    .digest('base64url');
  const token = context.pageTokens.get(given);
  if (
    given !== '' &&
    (token === undefined || token.fingerprint !== fingerprint || token.expiresAt <= context.now)
  )
    return badToken;
  const offset = token?.offset ?? 0;
  const page: Row[] = [];
  for (let index = offset; index < Math.min(offset + size, rows.length); index += 1)
    page.push(rows.at(index));
  const next = offset + size < rows.length ? issueToken(context, fingerprint, offset + size) : '';
  return { status: 200, body: toBody(endpoint, page, { size, next, total: rows.length }, query, context) };
}

function toBody(
  endpoint: Endpoint,
  page: readonly Row[],
  { size, next, total }: { size: number; next: string; total: number },
  query: Query,
  { account }: ListingContext,
): Row {
  const collection = endpoint.collection ?? 'rows';
  const totals =
    endpoint.totals === true ? { page_count: Math.ceil(total / size), total_records: total } : {};
  const range = endpoint.window === undefined ? {} : { from: query['from'], to: query['to'] };
  const shown = page.map((row) => withoutUnasked(endpoint, row, query));
  const body: Row = { ...range, next_page_token: next, page_size: size, ...totals };
  const { oldCollection } = endpoint;
  if (oldCollection === undefined) return { ...body, [collection]: shown };
  const { callArrays } = account.options;
  const old = shown.map(({ [oldCollection.from]: key, ...row }) => ({ [oldCollection.to]: key, ...row }));
  return {
    ...body,
    ...(callArrays === 'new' ? {} : { [oldCollection.name]: old }),
    ...(callArrays === 'old' ? {} : { [collection]: shown }),
  };
}

function withoutUnasked({ optionalFields }: Endpoint, row: Row, query: Query): Row {
  if (optionalFields === undefined) return row;
  const copy = { ...row };
  for (const [parameter, fields] of Object.entries(optionalFields)) {
    const asked = (query[parameter] ?? '').split(',');
    for (const field of fields) if (!asked.includes(field)) delete copy[field];
  }
  return copy;
}

/** Out of range is corrected without a word, as observed. */
function pageSize({ parameters }: Endpoint, asked: string | undefined): number {
  const { default: usual = 30, max = 300 } = parameters['page_size'] ?? {};
  const size = Number(asked);
  if (asked === undefined || !Number.isInteger(size) || size < 1) return Number(usual);
  return Math.min(size, max);
}

function issueToken(
  { pageTokens, now, pageTokenLifetimeMs }: ListingContext,
  fingerprint: string,
  offset: number,
): string {
  const token = createHash('sha256')
    .update(`${fingerprint} ${offset} ${now}`)
    .digest('base64url')
    .slice(0, 35);
  pageTokens.set(token, { fingerprint, offset, expiresAt: now + pageTokenLifetimeMs });
  return token;
}

function toArray(rows: Collection): readonly Row[] {
  return Array.from({ length: rows.length }, (_, index) => rows.at(index));
}

function invalid(field: string, message: string): Answer {
  return { status: 400, body: { code: 300, message: 'Validation Failed.', errors: [{ field, message }] } };
}

function unknown(endpoint: Endpoint, route: Route, ids: readonly string[]): Answer {
  return notFound(endpoint, ids[0] ?? route.template);
}

function notFound({ unknown: known }: Endpoint, id: string): Answer {
  const { status, code, message } = known ?? { status: 404, code: 3001, message: 'Not found: {id}.' };
  return { status, body: { code, message: message.replace(/\{\w+\}/, id) } };
}
