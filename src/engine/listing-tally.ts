import { isDeepStrictEqual } from 'node:util';
import type { Refusal } from '../http/exchange.ts';
import type { Page } from './page.ts';

/** What one reading of a listing has given so far, and what Zoom says that there is. */
export interface Tally {
  /** Without those of `repeatedRows`. */
  rowCount: number;
  /** Rows that ended a page and began the next one: the same again, or another one that is just like it. */
  repeatedRows: number;
  /**
   * The most rows that Zoom said there are; 0 where it does not say. When a row is deleted meanwhile, the rows behind it
   * move up, and one of them is on no page.
   */
  announced: number;
  pages: number;
  /** The most pages that Zoom said there are; 0 where it does not say. */
  pageCount: number;
  hasLists: boolean;
  /** Every page came with its own number. Where they do not, the count of the pages is none either. */
  isNumbered: boolean;
  /** Pages in a row that had no rows, or those of the page before. */
  idlePages: number;
  last: Page | undefined;
}

export const emptyTally: Tally = {
  rowCount: 0,
  repeatedRows: 0,
  announced: 0,
  pages: 0,
  pageCount: 0,
  hasLists: true,
  isNumbered: true,
  idlePages: 0,
  last: undefined,
};

/** What a listing lacks that came to its end. */
export interface Shortfall {
  /** Rows announced and not given. */
  readonly rows: number;
  /** By what Zoom says of its pages, more of them are there than it gave. */
  readonly lacksPages: boolean;
  /** What was not there does not exist: every page had its list, be it empty, and nothing tells of others. */
  readonly isWhole: boolean;
}

export function countPage(tally: Tally, page: Page): void {
  const count = page.count();
  const repeated = startsWithLast(page, tally) ? 1 : 0;
  tally.rowCount += count + page.nulls() - repeated;
  tally.repeatedRows += repeated;
  tally.announced = Math.max(tally.announced, page.total());
  tally.pages += 1;
  tally.pageCount = Math.max(tally.pageCount, page.pageCount());
  tally.hasLists &&= page.hasList();
  tally.isNumbered &&= page.number() === tally.pages;
  tally.idlePages = count === 0 || isSame(page, tally) ? tally.idlePages + 1 : 0;
  tally.last = page;
}

/** When a row comes in meanwhile, the rows behind it move on: the last one of a page is the first of the next again. */
function startsWithLast(page: Page, { last }: Tally): boolean {
  const row = last?.lastRow();
  return row !== undefined && isDeepStrictEqual(row, page.firstRow());
}

/** Rows without anything of their own may fill two pages, so that one such page proves nothing. */
function isSame(page: Page, tally: Tally): boolean {
  const { last } = tally;
  return isRepeated(page, tally) && isDeepStrictEqual(page.lastRow(), last?.lastRow());
}

/** Whether a page is the one before once more, under whatever number. */
export function isRepeated(page: Page, { last }: Tally): boolean {
  const row = page.firstRow();
  return row !== undefined && isDeepStrictEqual(row, last?.firstRow());
}

/** Whether the number of the next page may lead on where no token does. */
export function hasNextNumber(tally: Tally): boolean {
  const { last } = tally;
  if (last === undefined || last.number() === 0 || last.count() === 0) return false;
  return isOpen(tally) || shortfallOf(tally).lacksPages;
}

/** @param refusal of the page that was asked for last, by its number. */
export function shortfallOf(tally: Tally, refusal?: Refusal): Shortfall {
  const { rowCount, announced, pages, pageCount, hasLists } = tally;
  const rows = Math.max(0, announced - rowCount);
  if (rows > 0) return { rows, lacksPages: pages < pageCount || isFull(tally), isWhole: false };
  // All rows that were announced are better proof than a count of pages.
  const isDoubtful = announced === 0 && isOpen(tally);
  // Behind a page that has room for more rows there is none, unless Zoom cannot say so.
  const lacksPages = isDoubtful && (isFull(tally) || refusal?.isTransient === true);
  return { rows, lacksPages, isWhole: hasLists && !isDoubtful };
}

/** By their numbers there are more pages, and the last one had rows. */
function isOpen({ pages, pageCount, isNumbered, last }: Tally): boolean {
  return isNumbered && last?.count() !== 0 && pages < pageCount;
}

/** A listing ends with such a page by chance only. */
function isFull({ last }: Tally): boolean {
  return last !== undefined && last.size() > 0 && last.count() + last.nulls() >= last.size();
}
