import { lengthOf, type Paint, type Style, shorten, wrap } from './text.ts';

/** A column; the last one takes what room is left, and breaks its text into lines. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

export interface Row {
  readonly cells: readonly string[];
  readonly style?: Style | undefined;
}

export interface TableOptions {
  /** How wide it may be, in characters. */
  readonly width: number;
  readonly paint: Paint;
  /** The last column is cut where there is no room, so that each row has one line. */
  readonly isCut?: boolean;
}

const gap = '  ';
/** Less room is no use to a text. */
const leastForLast = 24;
const leastAtAll = 8;
/** A name that is longer is cut when there is no room for it. */
const leastForFirst = 12;

/** The lines of a table, no wider than it may be. */
export function layOut(
  columns: readonly Column[],
  rows: readonly Row[],
  { width, paint, isCut = false }: TableOptions,
): readonly string[] {
  const widths = widthsFor(columns, rows, width);
  const head = join(columns.map(({ title, isNumber }, index) => align(title, widths[index] ?? 0, isNumber)));
  const body = rows.flatMap(({ cells, style }) => {
    const lines = linesOf(isCut ? cutLast(cells, widths) : cells, columns, widths);
    return style === undefined ? lines : lines.map((line) => paint(style, line));
  });
  return [paint('dim', head), ...body];
}

/** The first and the last column give way where there is not enough room. */
function widthsFor(columns: readonly Column[], rows: readonly Row[], width: number): readonly number[] {
  const widest = (index: number, title: string) =>
    Math.max(lengthOf(title), ...rows.map(({ cells }) => lengthOf(cells[index] ?? '')));
  const widths = columns.map(({ title }, index) => widest(index, title));
  const last = widths.length - 1;
  const excess = () => widths.reduce((sum, each) => sum + each, 0) + gap.length * last - width;
  const shrink = (index: number, least: number) => {
    const own = widths[index] ?? 0;
    widths[index] = Math.max(Math.min(own, least), own - Math.max(0, excess()));
  };
  if (columns[last]?.isNumber !== true) shrink(last, leastForLast);
  shrink(0, leastForFirst);
  if (columns[last]?.isNumber !== true) shrink(last, leastAtAll);
  return widths;
}

function linesOf(
  cells: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): readonly string[] {
  const last = columns.length - 1;
  const [first = '', ...further] = wrap(cells[last] ?? '', widths[last] ?? 0);
  const aligned = columns.map(({ isNumber }, index) => {
    const width = widths[index] ?? 0;
    return align(index === last ? first : shorten(cells[index] ?? '', width), width, isNumber);
  });
  const indent = ' '.repeat(widths.slice(0, last).reduce((sum, width) => sum + width + gap.length, 0));
  return [join(aligned), ...further.map((line) => `${indent}${line}`)];
}

function cutLast(cells: readonly string[], widths: readonly number[]): readonly string[] {
  return cells.map((cell, index) => (index === widths.length - 1 ? shorten(cell, widths[index] ?? 0) : cell));
}

function align(text: string, width: number, isNumber = false): string {
  const padding = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return isNumber ? `${padding}${text}` : `${text}${padding}`;
}

function join(cells: readonly string[]): string {
  return cells.join(gap).trimEnd();
}
