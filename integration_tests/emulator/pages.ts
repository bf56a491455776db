import { createHash } from 'node:crypto';
import type { Collection } from './collection.ts';
import type { Endpoint, Row } from './endpoint.ts';
import { readField } from './fields.ts';
import type { HttpAnswer, ListingContext, Query } from './listing-context.ts';
import { expandInstants } from './relative-instants.ts';

/** A request for rows: what it names, and what the endpoint knows about it. */
export interface RowsRequest {
  /** The route's name and the path's ids. */
  readonly subject: readonly string[];
  readonly endpoint: Endpoint;
  readonly query: Query;
  readonly rows: Collection;
  /** Rows of further lists, which have no pages. */
  readonly others: Readonly<Record<string, readonly Row[]>>;
  /** The row as the endpoint shows it. */
  readonly show: (row: Row) => Row;
  /** The window's ends, as the answer names them. */
  readonly shown: { readonly from?: string; readonly to?: string };
}

interface Page {
  readonly size: number;
  readonly start: number;
  readonly end: number;
  readonly next: string;
}

const badToken: HttpAnswer = {
  status: 400,
  body: { code: 300, message: 'The next page token is invalid or expired.' },
};

/** One page. A `next_page_token` holds for the very parameters it was given for, and for as long as the context says. */
export function answerPage(listing: RowsRequest, context: ListingContext): HttpAnswer {
  const { endpoint, query, rows } = listing;
  const { next_page_token: given = '', ...others } = query;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([listing.subject, Object.entries(others).sort()]))
    .digest('base64url');
  const token = context.pageTokens.get(given);
  const isGood = token?.fingerprint === fingerprint && token.expiresAt > context.now;
  if (given !== '' && !isGood) return badToken;
  const size = isPaged(endpoint)
    ? Math.min(pageSize(endpoint, query['page_size']), context.largestPage ?? Number.POSITIVE_INFINITY)
    : Math.max(1, rows.length);
  const start = token?.offset ?? (pageNumber(endpoint, query['page_number']) - 1) * size;
  const end = Math.min(start + size, rows.length);
  const next = end < rows.length ? issueToken(context, fingerprint, end) : '';
  const page = { size, start, end, next };
  return { status: 200, body: fastBody(listing, page, context) ?? slowBody(listing, page, context) };
}

/** An endpoint without either parameter gives everything at once. */
function isPaged({ parameters }: Endpoint): boolean {
  return 'page_size' in parameters || 'next_page_token' in parameters;
}

/** Out of range is corrected without a word, as observed on /users. */
function pageSize({ parameters }: Endpoint, asked: string | undefined): number {
  const { default: usual = 30, max = 300 } = parameters['page_size'] ?? {};
  const size = Number(asked);
  if (asked === undefined || !Number.isInteger(size) || size < 1) return Math.min(Number(usual), max);
  return Math.min(size, max);
}

/** The older way of paging, which Zoom still takes where its documents name it. */
function pageNumber({ parameters }: Endpoint, asked: string | undefined): number {
  const number = Number(asked);
  return 'page_number' in parameters && Number.isInteger(number) && number > 0 ? number : 1;
}

function issueToken(context: ListingContext, fingerprint: string, offset: number): string {
  const token = createHash('sha256')
    .update(`${fingerprint} ${offset} ${context.now}`)
    .digest('base64url')
    .slice(0, 35);
  context.pageTokens.set(token, {
    fingerprint,
    offset,
    expiresAt: context.now + context.pageTokenLifetimeMs,
  });
  return token;
}

/** The body as text, where rows are kept as text and leave as they are. */
function fastBody(listing: RowsRequest, page: Page, { account }: ListingContext): string | undefined {
  const { endpoint, rows } = listing;
  const { text } = rows;
  const isRenamed = endpoint.oldCollection !== undefined && account.options.callArrays !== 'new';
  const { collection = 'rows' } = endpoint;
  const isElsewhere = collection === '' || collection.includes('.') || endpoint.strings !== undefined;
  const isChanged = isRenamed || isElsewhere || [endpoint.optionalFields, endpoint.beside].some(isThere);
  if (text === undefined || isChanged) return undefined;
  const texts: string[] = [];
  for (let index = page.start; index < page.end; index += 1) texts.push(text(index));
  const head = JSON.stringify(headOf(listing, page)).slice(0, -1);
  return `${head},${JSON.stringify(collection)}:[${texts.join(',')}]}`;
}

function isThere(word: unknown): boolean {
  return word !== undefined;
}

function slowBody(listing: RowsRequest, page: Page, { account, now }: ListingContext): unknown {
  const { endpoint, query, rows } = listing;
  const shown: Row[] = [];
  for (let index = page.start; index < page.end; index += 1)
    shown.push(withoutUnasked(endpoint, listing.show(rows.at(index)), query));
  const { collection = 'rows', oldCollection, strings, beside } = endpoint;
  const list = strings === undefined ? shown : shown.map((row) => row[strings]);
  if (collection === '') return list;
  const { callArrays } = account.options;
  const holder = headOf(listing, page);
  if (oldCollection !== undefined && callArrays !== 'new') {
    const { name, from, to } = oldCollection;
    holder[name] = shown.map(({ [from]: key, ...row }) => ({ [to]: key, ...row }));
  }
  const [field = '', ...around] = collection.split('.').reverse();
  const isLeftOut = endpoint.leavesOut === true && rows.length === 0;
  if (!isLeftOut && (oldCollection === undefined || callArrays !== 'old')) holder[field] = list;
  for (const [name, others] of Object.entries(listing.others))
    holder[name] = others.map((row) => withoutUnasked(endpoint, listing.show(row), query));
  const body = around.reduce<Row>((inside, name) => ({ [name]: inside }), holder);
  return { ...body, ...expandInstants(beside ?? {}, now) };
}

/** The rows of an answer, as they stand in it. */
export function listIn({ collection = '' }: Endpoint, body: unknown): readonly unknown[] {
  return (collection === '' ? body : readField(body as Row, collection)) as readonly unknown[];
}

/** What is beside the rows: as much of it as Zoom documents for the endpoint. */
function headOf({ endpoint, rows, shown }: RowsRequest, { size, start, next }: Page): Row {
  const all = {
    page_count: Math.ceil(rows.length / size),
    page_number: Math.floor(start / size) + 1,
    total_records: rows.length,
    ...shown,
  };
  const documented = Object.entries(all).filter(([field]) =>
    endpoint.totals?.includes(field as keyof typeof all),
  );
  const paging = isPaged(endpoint) ? { next_page_token: next, page_size: size } : {};
  return { ...paging, ...Object.fromEntries(documented) };
}

function withoutUnasked({ optionalFields }: Endpoint, row: Row, query: Query): Row {
  if (optionalFields === undefined) return row;
  const copy = { ...row };
  for (const [parameter, fields] of Object.entries(optionalFields)) {
    const asked = (query[parameter] ?? '').split(',');
    for (const field of fields) if (!asked.includes(field) && !asked.includes('true')) delete copy[field];
  }
  return copy;
}
