import { styleText } from 'node:util';

/** How words stand out; without colour they are as they are. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
export type Paint = (style: Style, text: string) => string;

/** @param hasColor false leaves every text as it is. */
export function createPaint(hasColor: boolean): Paint {
  return (style, text) => (hasColor ? styleText(style, text, { validateStream: false }) : text);
}

/** On one line, and without what moves the cursor or turns the writing round: texts from Zoom may hold anything. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** Lines no wider than `width`; a word that is wider stands on a line of its own, so that it can be copied. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of clean(text).split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width || line === '') {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

/** Wrapped, with `indent` before each line. */
export function paragraph(text: string, width: number, indent = ''): readonly string[] {
  return wrap(text, width - indent.length).map((line) => `${indent}${line}`);
}

/** Its lines wrapped, but for those that are indented: addresses and commands, which are to be copied as they are. */
export function fold(text: string, width = Number.POSITIVE_INFINITY): readonly string[] {
  return text.split('\n').flatMap((line) => (line.startsWith('  ') ? line : wrap(line, width)));
}

/** As much of it as fits, with dots for the rest. */
export function shorten(text: string, width: number): string {
  return lengthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** In characters, not in halves of them. */
export function lengthOf(text: string): number {
  return [...text].length;
}

const secondMs = 1_000;

/** To the second below an hour: `48 s`, `3 min 12 s`, `2 h 5 min`. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / secondMs));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** So coarse that it stays the same for a while: `less than a minute`, `about 4 min`, `about 2 h 10 min`. */
export function showEstimate(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return 'less than a minute';
  if (minutes <= 60) return `about ${minutes} min`;
  const tens = Math.ceil(minutes / 10) * 10;
  const hours = Math.floor(tens / 60);
  return tens % 60 === 0 ? `about ${hours} h` : `about ${hours} h ${tens % 60} min`;
}

/** The time of day in UTC, as in logs, with the day where it is another one. */
export function showInstant(instant: number, now: number): string {
  const [day, time] = new Date(instant).toISOString().slice(0, 19).split('T');
  const isToday = day === new Date(now).toISOString().slice(0, 10);
  return isToday ? `${time} UTC` : `${day} ${time} UTC`;
}
