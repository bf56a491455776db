import { BodyInterrupted, BodyMisshapen } from '../http/body.ts';
import type { Client } from '../http/client.ts';
import type { Body, Refusal, Reply } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
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
/** Pages without rows that carry new tokens: some filters of Zoom's leave gaps, an endless row of them is a fault. */
const emptyPagesAllowed = 20;

/**
 * Reads a listing to its end. Only the page token decides where that is, never a short page. Where Zoom says that there are
 * more pages and gives no token, they are asked for by their numbers, if its pages have some. The next page is asked for
 * before the rows of this one are handed on, so that slow work does not let the token expire (Zoom keeps it for 15 minutes,
 * https://developers.zoom.us/docs/api/using-zoom-apis/#pagination); when it did expire, the listing begins again.
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
    if (end.missing === 0) return { action: 'read', isWhole: end.hasLists };
    // The same again is how Zoom counts; a listing that never stands still is taken as it was last.
    if (shortfall === end.missing || restarts === restartsAllowed) {
      const what = `Zoom announced ${end.missing} rows more than it gave, in ${restarts + 1} readings`;
      listener.warn(`${request.stream}: ${what}, at ${request.endpoint.path}; what it gave is read`);
      return { action: 'read', isWhole: false, lacking: end.lacksPages ? short(request, what) : undefined };
    }
    shortfall = end.missing;
  }
  return unreadable(request, `the listing broke off ${restartsAllowed + 1} times before its end`, {
    isTransient: true,
  });
}

/** Pages that are there, and that nothing leads to: their rows are owed, and no matter of how Zoom counts. */
function short(request: PageRequest, what: string): Refusal {
  const message = `${what}, and no page token to the others`;
  return unreadable(request, message, { isTransient: false }).refusal;
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

interface CompleteEnd {
  readonly kind: 'complete';
  /** Rows announced and not given. */
  readonly missing: number;
  /** Whether every page had its list, be it empty. */
  readonly hasLists: boolean;
  /** By what Zoom says of its pages, more of them are there than it gave. */
  readonly lacksPages: boolean;
}

async function readOnce(client: PageClient, request: PageRequest, listener: PageListener): Promise<End> {
  const progress: Progress = { ...noProgress, seenTokens: new Set() };
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
  rowCount: number;
  /**
   * The most rows that Zoom said there are; 0 where it does not say. When a row is deleted meanwhile, the rows behind it
   * move up, and one of them is on no page.
   */
  announced: number;
  emptyPages: number;
  hasLists: boolean;
  pages: number;
  /** The most pages that Zoom said there are; 0 where it does not say. */
  pageCount: number;
}

const noProgress = {
  token: '',
  number: undefined,
  rowCount: 0,
  announced: 0,
  emptyPages: 0,
  hasLists: true,
  pages: 0,
  pageCount: 0,
};

function isNew(token: string, { seenTokens }: Progress): boolean {
  return token !== '' && !seenTokens.has(token);
}

function endOfRefused(reply: Exclude<Reply, { action: 'success' }>, progress: Progress): End {
  const { action, refusal } = reply;
  const { token, number, rowCount, announced } = progress;
  // A way that Zoom has given up for some endpoints; that it is in trouble is another matter.
  if (number !== undefined && !refusal.isTransient) return endOf(progress);
  if (action !== 'expired_page_token') return { kind: 'refused', outcome: { action, refusal } };
  if (token === '') return { kind: 'refused', outcome: { action: 'refused', refusal } };
  // A token that came with the last page, for a page that does not exist.
  if (announced > 0 && rowCount >= announced) return endOf(progress);
  return { kind: 'interrupted' };
}

/** How a listing ends that ends where it stands. */
function endOf({ rowCount, announced, hasLists, pages, pageCount }: Progress): CompleteEnd {
  const missing = Math.max(0, announced - rowCount);
  return { kind: 'complete', missing, hasLists, lacksPages: missing > 0 && pages < pageCount };
}

/** @returns how the listing ended with this page, if it did. */
function endOfPage(page: Page, next: string, progress: Progress, request: PageRequest): End | undefined {
  const count = page.count();
  progress.rowCount += count + page.nulls();
  progress.announced = Math.max(progress.announced, page.total());
  progress.hasLists &&= page.hasList();
  progress.emptyPages = count === 0 ? progress.emptyPages + 1 : 0;
  progress.pages += 1;
  progress.pageCount = Math.max(progress.pageCount, page.pageCount());
  const complete = endOf(progress);
  const isCountable = page.number() > 0 && count > 0;
  progress.number = next === '' && complete.lacksPages && isCountable ? progress.pages + 1 : undefined;
  progress.token = '';
  if (progress.number !== undefined) return undefined;
  if (next === '') return complete;
  if (progress.seenTokens.has(next)) {
    // Some endpoints send a token with their last page too; following it leads to an empty page.
    if (count === 0) return complete;
    return endless(request, 'Zoom repeated a page token');
  }
  progress.seenTokens.add(next);
  progress.token = next;
  if (count === 0 && progress.announced > 0 && complete.missing === 0) return complete;
  const isAstray = progress.emptyPages > emptyPagesAllowed;
  return isAstray
    ? endless(request, `Zoom sent ${progress.emptyPages} pages in a row without rows`)
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
  const { number } = progress;
  const page = await openPage(body, request, listener, { isHeld: number !== undefined });
  if (progress.pages === 0) tellTotal(page, listener);
  if (number === undefined) return page;
  if ('kind' in page) return page.kind === 'interrupted' ? page : endOf(progress);
  return page.number() === number ? page : endOf(progress);
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
