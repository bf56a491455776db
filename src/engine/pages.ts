import { BodyInterrupted, BodyMisshapen } from '../http/body.ts';
import type { Client } from '../http/client.ts';
import type { Body, Refusal, Reply } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import {
  countPage,
  emptyTally,
  hasNextNumber,
  isRepeated,
  type Shortfall,
  shortfallOf,
  type Tally,
} from './listing-tally.ts';
import type { Outcome, Refused } from './outcome.ts';
import { allRowsOf, deliverPage, isListing, type Page, wholePage } from './page.ts';
import { type PageRequest, toRequest } from './page-request.ts';

export interface PageListener {
  /** Takes the rows of a page, in order. The next page is on its way meanwhile. */
  rows(rows: readonly JsonObject[]): Promise<void>;
  /** The listing begins again from its first page; rows given so far will come again. */
  restart(): void;
  /** So many entries of a list were null, which is no row. */
  nulls(count: number): void;
  /** Zoom says with the first page that the listing has so many rows; never called where it does not say. */
  total?(count: number): void;
  warn(message: string): void;
}

/** What pages are asked of. */
type PageClient = Pick<Client, 'get'>;

const restartsAllowed = 3;
/** Pages without new rows that carry new tokens: some filters of Zoom's leave gaps, an endless row of them is a fault. */
const idlePagesAllowed = 20;

/**
 * Reads a listing to its end. Only the page token decides where that is, never a short page. Where Zoom's counts, or rows
 * missing behind a full page, tell of more pages and no token leads to them, they are asked for by their numbers, if its pages
 * have some. The next page is asked for before the rows of this one are handed on, so that slow work does not let the token
 * expire (Zoom keeps it for 15 minutes, https://developers.zoom.us/docs/api/using-zoom-apis/#pagination); when it did expire,
 * the listing begins again.
 * What Zoom answers and what makes no listing (a page token that is repeated over new rows, a body without the list, a
 * listing that begins again too often) is a refusal: one partition of many must not cost the others.
 */
export async function readPages(
  client: PageClient,
  request: PageRequest,
  listener: PageListener,
): Promise<Outcome> {
  let shortfall: number | undefined;
  for (let restarts = 0; restarts <= restartsAllowed; restarts += 1) {
    if (restarts > 0) listener.restart();
    const end = await readOnce(client, request, listener);
    if (end.kind === 'refused') return end.outcome;
    if (end.kind === 'interrupted') continue;
    if (end.rows === 0 && !end.lacksPages) return { action: 'read', isWhole: end.isWhole };
    // The same again is how Zoom counts; a listing that never stands still is taken as it was last.
    if (shortfall === end.rows || restarts === restartsAllowed) {
      return takeShort(request, listener, end, restarts + 1);
    }
    shortfall = end.rows;
  }
  return unreadable(request, `the listing broke off ${restartsAllowed + 1} times before its end`, {
    isTransient: true,
  });
}

/** What a listing gave is read; what Zoom announced beside it is said. */
function takeShort(
  request: PageRequest,
  listener: PageListener,
  end: CompleteEnd,
  readings: number,
): Outcome {
  const what = `${describeShortfall(end)}, in ${readings} readings`;
  listener.warn(`${request.stream}: ${what}, at ${request.endpoint.path}; what it gave is read`);
  return {
    action: 'read',
    isWhole: false,
    lacking: end.lacksPages ? pagesOwed(request, what, end) : undefined,
  };
}

function describeShortfall({ rows, tally: { pages, pageCount, repeatedRows } }: CompleteEnd): string {
  if (rows === 0) return `Zoom announced ${pageCount} pages and gave ${pages}`;
  const repeated =
    repeatedRows > 0
      ? ` (${repeatedRows} at the end of a page and the beginning of the next counted once)`
      : '';
  return `Zoom announced ${rows} rows more than it gave${repeated}`;
}

/** Pages that are there, and that nothing leads to: their rows are owed, and no matter of how Zoom counts. */
function pagesOwed(request: PageRequest, what: string, { refusal }: CompleteEnd): Refusal {
  const message = `${what}, and no page token to the others`;
  if (refusal === undefined) return unreadable(request, message, { isTransient: false }).refusal;
  return { ...refusal, message: `${message}; the next one was refused: ${refusal.message}` };
}

/** Nothing that Zoom said, but nothing that can be read on either. */
function unreadable(
  request: PageRequest,
  message: string,
  { isTransient }: { isTransient: boolean },
): Refused {
  const status = isTransient ? {} : { status: 200 };
  const detail = `GET ${toRequest(request).path}: ${message}`;
  return { action: 'refused', refusal: { ...status, message, isTransient, missingScopes: [], detail } };
}

type End =
  | CompleteEnd
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

interface CompleteEnd extends Shortfall {
  readonly kind: 'complete';
  readonly tally: Tally;
  /** Why a page that was asked for by its number did not come, where Zoom said so. */
  readonly refusal: Refusal | undefined;
}

async function readOnce(client: PageClient, request: PageRequest, listener: PageListener): Promise<End> {
  const progress: Progress = {
    token: '',
    number: undefined,
    seenTokens: new Set(),
    tally: { ...emptyTally },
  };
  let pending: Promise<Reply> | undefined;
  for (;;) {
    const reply = await (pending ?? client.get(toRequest(request, progress)));
    if (reply.action !== 'success') return endOfRefused(reply, progress);
    const page = await openAsked(reply.body, request, listener, progress);
    if ('kind' in page) return page;
    const next = page.nextToken();
    const isFollowed = page.rows.length > 0 && isNew(next, progress);
    pending = isFollowed ? client.get(toRequest(request, { token: next })) : undefined;
    // Awaited in the next turn; the listener may fail first.
    pending?.catch(() => undefined);
    const end = endOfPage(page, next, progress, request);
    // Rows that came with a repeated token may be the same again.
    if (end?.kind === 'refused') return end;
    if (page.rows.length > 0) await listener.rows(page.rows);
    if (end !== undefined) return end;
  }
}

/** How far one reading of a listing has come. */
interface Progress {
  readonly seenTokens: Set<string>;
  /** The token of the page to be asked for; empty for the first, and for one that is asked for by its number. */
  token: string;
  number: number | undefined;
  readonly tally: Tally;
}

function isNew(token: string, { seenTokens }: Progress): boolean {
  return token !== '' && !seenTokens.has(token);
}

function endOfRefused(reply: Exclude<Reply, { action: 'success' }>, progress: Progress): End {
  const { action, refusal } = reply;
  const { token, number, tally } = progress;
  // A way that Zoom has given up for some endpoints; where it is in trouble, what was read so far is none the worse.
  if (number !== undefined) return endOf(progress, refusal);
  if (action !== 'expired_page_token') return { kind: 'refused', outcome: { action, refusal } };
  if (token === '') return { kind: 'refused', outcome: { action: 'refused', refusal } };
  // A token that came with the last page, for a page that does not exist.
  if (isAllThere(tally)) return endOf(progress);
  return { kind: 'interrupted' };
}

function isAllThere({ announced, rowCount }: Tally): boolean {
  return announced > 0 && rowCount >= announced;
}

/** How a listing ends that ends where it stands. */
function endOf({ tally }: Progress, refusal?: Refusal): CompleteEnd {
  return { kind: 'complete', tally, refusal, ...shortfallOf(tally, refusal) };
}

/** @returns how the listing ended with this page, if it did. */
function endOfPage(page: Page, next: string, progress: Progress, request: PageRequest): End | undefined {
  const { tally, seenTokens } = progress;
  countPage(tally, page);
  progress.number = next === '' && hasNextNumber(tally) ? tally.pages + 1 : undefined;
  progress.token = '';
  if (progress.number !== undefined) return undefined;
  if (next === '') return endOf(progress);
  const isEmpty = page.count() === 0;
  if (seenTokens.has(next)) {
    // Some endpoints send a token with their last page too; following it leads to an empty page.
    if (isEmpty) return endOf(progress);
    return endless(request, 'Zoom repeated a page token');
  }
  seenTokens.add(next);
  progress.token = next;
  if (isEmpty && isAllThere(tally)) return endOf(progress);
  const isAstray = tally.idlePages > idlePagesAllowed;
  return isAstray
    ? endless(request, `Zoom sent ${tally.idlePages} pages in a row without new rows`)
    : undefined;
}

function endless(request: PageRequest, what: string): End {
  const message = `${what}, so the listing would never end`;
  return { kind: 'refused', outcome: unreadable(request, message, { isTransient: false }) };
}

/** The page that was asked for, or how the listing ended: where numbers are not heeded, with the page before. */
async function openAsked(
  body: Body,
  request: PageRequest,
  listener: PageListener,
  progress: Progress,
): Promise<Page | End> {
  const { number, tally } = progress;
  const page = await openPage(body, request, listener, { isHeld: number !== undefined });
  if (tally.pages === 0) tellTotal(page, listener);
  if (number === undefined) return page;
  if ('kind' in page) return page.kind === 'interrupted' ? page : endOf(progress);
  // Zoom may name the number that was asked for, and give the same page all the same.
  return page.number() === number && !isRepeated(page, tally) ? page : endOf(progress);
}

function tellTotal(page: Page | End, listener: PageListener): void {
  if (!('kind' in page) && page.total() > 0) listener.total?.(page.total());
}

/**
 * @param isHeld whether no row may be handed on before the whole body is there. It has to be for fields beside the list,
 * which may follow it.
 * @returns how the listing ended when the body could not be read.
 */
async function openPage(
  body: Body,
  request: PageRequest,
  listener: PageListener,
  { isHeld }: { readonly isHeld: boolean },
): Promise<Page | End> {
  try {
    const page =
      isHeld || request.endpoint.envelope !== undefined || Symbol.iterator in body.batches
        ? wholePage(await allRowsOf(body), body, request.endpoint)
        : await deliverPage(body.batches, body, request.endpoint, (rows) => listener.rows(rows));
    if (page.nulls() > 0) listener.nulls(page.nulls());
    if (page.count() > 0 || isListing(body, request.endpoint)) return page;
    const fields = Object.keys(body.envelope).join(', ') || 'none';
    const { records } = request.endpoint;
    const lack = records === '' ? 'is no list' : `holds no list "${records}"`;
    const message = `the answer ${lack} (its fields: ${fields})`;
    return { kind: 'refused', outcome: unreadable(request, message, { isTransient: false }) };
  } catch (error) {
    if (error instanceof BodyInterrupted) return { kind: 'interrupted' };
    if (!(error instanceof BodyMisshapen)) throw error;
    return { kind: 'refused', outcome: unreadable(request, error.message, { isTransient: false }) };
  }
}
