import { type Rows, requireObjects } from '../http/body.ts';
import type { Body } from '../http/exchange.ts';
import { type JsonObject, mendJson } from '../json.ts';
import type { Endpoint } from '../streams/declaration.ts';
import { pageSizeOf } from './page-request.ts';

/** One page of a listing; all but its rows is known when they have been taken. */
export interface Page {
  /** The rows to be handed on: none when the body was so big that this was done while it arrived. */
  readonly rows: readonly JsonObject[];
  count(): number;
  /** Entries of the list that were null. */
  nulls(): number;
  hasList(): boolean;
  nextToken(): string;
  /** Rows that Zoom says there are; 0 where it does not say, as with those that follow. */
  total(): number;
  pageCount(): number;
  /** Which page it is, where Zoom still counts them. */
  number(): number;
  /** Rows on a page at most. */
  size(): number;
  /** Of the list that Zoom pages. */
  firstRow(): JsonObject | undefined;
  lastRow(): JsonObject | undefined;
}

/** The page of a body that is there as a whole. */
export function wholePage(found: readonly JsonObject[], body: Body, endpoint: Endpoint): Page {
  const legacy = found.length > 0 ? noRows : legacyRows(body.envelope, endpoint);
  const rows = withEnvelope(found.length > 0 ? found : legacy.rows, body.envelope, endpoint);
  const paged = pagedOf(rows, endpoint);
  const { nulls, ...paging } = pagingOf(body, endpoint);
  return {
    rows,
    count: () => paged.length,
    nulls: () => nulls() + legacy.nulls,
    firstRow: () => paged[0],
    lastRow: () => paged.at(-1),
    ...paging,
  };
}

/** The rows of the list that Zoom pages and counts. */
function pagedOf(rows: readonly JsonObject[], { lists, records }: Endpoint): readonly JsonObject[] {
  return lists === undefined ? rows : rows.filter((row) => row[lists.adds] === records);
}

/** Hands on the rows of a big body while it arrives. */
export async function deliverPage(
  batches: AsyncIterable<readonly JsonObject[]>,
  body: Body,
  endpoint: Endpoint,
  deliver: (rows: readonly JsonObject[]) => Promise<void>,
): Promise<Page> {
  let count = 0;
  let first: JsonObject | undefined;
  let last: JsonObject | undefined;
  const take = async (batch: readonly JsonObject[]) => {
    const paged = pagedOf(batch, endpoint);
    count += paged.length;
    first ??= paged[0];
    last = paged.at(-1) ?? last;
    await deliver(batch);
  };
  for await (const batch of batches) await take(batch);
  const late = count > 0 ? noRows : legacyRows(body.envelope, endpoint);
  if (late.rows.length > 0) await take(late.rows);
  const { nulls, ...paging } = pagingOf(body, endpoint);
  return {
    rows: [],
    count: () => count,
    nulls: () => nulls() + late.nulls,
    firstRow: () => first,
    lastRow: () => last,
    ...paging,
  };
}

/** Read when the rows have come, since the rest of a big body may follow them. */
function pagingOf(body: Body, endpoint: Endpoint): Omit<Page, 'rows' | 'count' | 'firstRow' | 'lastRow'> {
  const { envelope, nulls } = body;
  const count = (field: string) => readCount(envelope[field]);
  return {
    hasList: () => body.hasList() || isKnownEmpty(body, endpoint),
    nulls,
    nextToken: () => (typeof envelope['next_page_token'] === 'string' ? envelope['next_page_token'] : ''),
    total: () => count('total_records'),
    pageCount: () => count('page_count'),
    number: () => count('page_number'),
    size: () => count('page_size') || pageSizeOf(endpoint),
  };
}

/** Zoom sends a number as text in places. */
function readCount(value: unknown): number {
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  return typeof value === 'number' ? value : 0;
}

export async function allRowsOf({ batches }: Body): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}

const noRows: Rows = { rows: [], nulls: 0 };

/** The rows of the list that an older app gets in place of the one that was asked for. */
function legacyRows(envelope: JsonObject, { legacyRecords }: Endpoint): Rows {
  const legacy = legacyRecords === undefined ? undefined : envelope[legacyRecords.field];
  if (legacyRecords === undefined || !Array.isArray(legacy)) return noRows;
  const { rows, nulls } = requireObjects(mendJson(legacy), legacyRecords.field);
  const copied = (row: JsonObject) =>
    Object.entries(legacyRecords.copy).map(([to, from]) => [to, row[to] ?? row[from]]);
  return { rows: rows.map((row) => ({ ...row, ...Object.fromEntries(copied(row)) })), nulls };
}

/** Fields beside the list are added to its rows; what a row has of its own stays. */
function withEnvelope(
  rows: readonly JsonObject[],
  envelope: JsonObject,
  { envelope: fields = [] }: Endpoint,
): readonly JsonObject[] {
  const given = Object.fromEntries(
    fields.filter((field) => field in envelope).map((field) => [field, mendJson(envelope[field])]),
  );
  return fields.length === 0 ? rows : rows.map((row) => ({ ...given, ...row }));
}

/** Fields by which an answer without rows is still known for a listing. */
const listingFields = ['next_page_token', 'page_size', 'page_count', 'total_records'];

/** An empty listing may lack its list, unless that is all of it; a body that is something else must not pass for one. */
export function isListing(body: Body, endpoint: Endpoint): boolean {
  const { records } = endpoint;
  if (records === undefined || body.hasList() || isKnownEmpty(body, endpoint)) return true;
  return records !== '' && listingFields.some((field) => field in body.envelope);
}

/** What else the answer holds is proof enough that there is nothing in the list. */
function isKnownEmpty({ envelope }: Body, { emptyWith }: Endpoint): boolean {
  return emptyWith?.every((field) => field in envelope) === true;
}
