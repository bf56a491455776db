import type { Clock } from '../clock.ts';
import { groupBy } from '../group-by.ts';
import { count, formatCount } from '../wording.ts';
import type { Screen } from './screen.ts';
import { longestLeft, type StreamOnBoard, type SyncBoard, type Waiting } from './sync-board.ts';
import { type Column, layOut, type Row } from './table.ts';
import { type Paint, shorten, showDuration, showEstimate, showInstant } from './text.ts';

/** The calls that a UTC day allows, and how many of them are left. */
export interface DayBudget {
  readonly name: string;
  readonly calls: number;
  readonly left: number;
}

/** What a sync looks like at an instant. */
export interface SyncLook {
  readonly streams: readonly StreamOnBoard[];
  readonly budgets: readonly DayBudget[];
  readonly startedAt: number;
  readonly now: number;
}

export interface ViewOptions {
  readonly width: number;
  /** How many lines there is room for. */
  readonly height: number;
  readonly paint: Paint;
}

const columns: readonly Column[] = [
  { title: 'FAMILY' },
  { title: 'STREAMS', isNumber: true },
  { title: 'RECORDS', isNumber: true },
  { title: 'REQUESTS', isNumber: true },
  { title: 'NOW' },
];

/** The live view: a line a family, and never more lines or columns than there is room for. */
export function describeSync(look: SyncLook, { width, height, paint }: ViewOptions): readonly string[] {
  const { streams, budgets } = look;
  // What changes every second is not in the first line, or all of it would be drawn anew.
  const head = ['', paint('bold', shorten(headline(look), width)), ''];
  const foot = budgets.filter(({ calls, left }) => left < calls).map((budget) => describeBudget(budget));
  const families = [...groupBy(streams, ({ family }) => family)].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  // The line below the last one, where the cursor stands, and the head of the table.
  const room = height - head.length - (foot.length === 0 ? 0 : foot.length + 1) - 2;
  const shown = mostWorthSeeing(families, room - 1);
  const rows = shown.map(([name, members]) => toRow(name, members, look.now));
  const hidden = families.length - shown.length;
  // Notes are cut rather than broken: lines that come and go are no calm.
  const [titles = '', ...lines] = layOut(columns, [...rows, toTotal(streams, hidden)], {
    width,
    isCut: true,
    paint: (_, text) => text,
  }).map((line) => shorten(line, width));
  const painted = lines.map((line, index) => paintLine(line, shown[index]?.[1], paint));
  const end = foot.length === 0 ? [] : ['', ...foot.map((line) => paint('dim', shorten(line, width)))];
  return [...head, paint('dim', titles), ...painted, ...end].slice(0, Math.max(1, height - 1));
}

function headline(look: SyncLook): string {
  const { streams, now, startedAt } = look;
  const selected = streams.filter(({ isSelected }) => isSelected);
  const ended = selected.filter(({ end }) => end !== undefined).length;
  const left = longestLeft(streams);
  const rest = left === undefined ? '' : `, ${showEstimate(left)} left`;
  const reading = selected.length === 0 ? 'Reading' : `Reading ${count(selected.length, 'stream')}`;
  const done = ended === 0 ? '' : `, ${formatCount(ended)} done`;
  return `${reading}${done}: ${showDuration(now - startedAt)}${rest}`;
}

type Family = readonly [name: string, members: readonly StreamOnBoard[]];

/** All of them in their order; where there is no room, those that are read rather than those that are done. */
function mostWorthSeeing(families: readonly Family[], room: number): readonly Family[] {
  if (families.length <= room) return families;
  const rank = ([, members]: Family) => (isDone(members) ? 1 : 0);
  const chosen = new Set(families.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room)));
  return families.filter((family) => chosen.has(family));
}

function isDone(members: readonly StreamOnBoard[]): boolean {
  return members.every(({ isSelected, end }) => !isSelected || end !== undefined);
}

function toRow(name: string, members: readonly StreamOnBoard[], now: number): Row {
  return { cells: [name, ...figuresOf(members), noteOf(members, now)] };
}

function toTotal(streams: readonly StreamOnBoard[], hidden: number): Row {
  const note = hidden === 0 ? '' : `${hidden} ${hidden === 1 ? 'family' : 'families'} not shown`;
  return { cells: ['all', ...figuresOf(streams), note] };
}

function figuresOf(members: readonly StreamOnBoard[]): readonly string[] {
  const selected = members.filter(({ isSelected }) => isSelected);
  const ended = selected.filter(({ end }) => end !== undefined);
  const sum = (numberOf: (stream: StreamOnBoard) => number) =>
    formatCount(members.reduce((total, stream) => total + numberOf(stream), 0));
  return [
    selected.length === 0 ? '-' : `${ended.length}/${selected.length}`,
    sum(({ records }) => records),
    sum(({ requests }) => requests),
  ];
}

/** What there is to say of a family now. */
function noteOf(members: readonly StreamOnBoard[], now: number): string {
  const selected = members.filter(({ isSelected }) => isSelected);
  const failed = selected.filter(({ end }) => end?.failure !== undefined).length;
  const failures = failed === 0 ? '' : `${failed} failed`;
  if (selected.length === 0) return 'asked for the others';
  if (isDone(members)) return failures === '' ? 'done' : failures;
  const notes = [failures, waitOf(members, now) ?? leftOf(members) ?? activityOf(selected)];
  return notes.filter((note) => note !== '').join(', ');
}

function waitOf(members: readonly StreamOnBoard[], now: number): string | undefined {
  const waits = members.flatMap(({ waiting }) => waiting ?? []);
  // One that goes on is no wait of the family.
  const [last] = waits.toSorted((a, b) => b.until - a.until);
  return last === undefined ? undefined : describeWait(last, now);
}

function describeWait({ reason, until }: Waiting, now: number): string {
  const what = reason === 'rate_limited' ? 'rate limit' : 'asks again';
  return `${what}, ${reason === 'rate_limited' ? 'until' : 'at'} ${showInstant(until, now)}`;
}

function leftOf(members: readonly StreamOnBoard[]): string | undefined {
  const left = longestLeft(members);
  return left === undefined ? undefined : `${showEstimate(left)} left`;
}

function activityOf(selected: readonly StreamOnBoard[]): string {
  const active = selected.filter(({ end, isBegun }) => end === undefined && isBegun);
  const [first, ...others] = active.map(({ name }) => name);
  if (first === undefined) return 'to come';
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function paintLine(line: string, members: readonly StreamOnBoard[] | undefined, paint: Paint): string {
  if (members === undefined) return paint('bold', line);
  if (members.some(({ end }) => end?.failure !== undefined)) return paint('red', line);
  if (members.some(({ waiting }) => waiting !== undefined)) return paint('yellow', line);
  return isDone(members) ? paint('dim', line) : line;
}

function describeBudget({ name, calls, left }: DayBudget): string {
  return `Today's ${name} calls: ${formatCount(left)} of ${formatCount(calls)} left`;
}

/** A few times a second is often enough, and calm. */
const redrawMs = 250;

export interface SyncViewParts {
  readonly screen: Screen;
  readonly board: SyncBoard;
  readonly clock: Clock;
  budgets(): readonly DayBudget[];
}

/**
 * Shows a sync while it runs, if the screen may be drawn on.
 * @returns takes the view away.
 */
export async function showSync({ screen, board, clock, budgets }: SyncViewParts): Promise<() => void> {
  if (!screen.isLive) return () => undefined;
  await screen.prepareDrawing();
  let isOver = false;
  const show = async () => {
    while (!isOver) {
      const { startedAt } = board;
      const look = { streams: board.streams(), budgets: budgets(), startedAt, now: clock.now() };
      screen.draw(describeSync(look, screen));
      await clock.sleep(redrawMs);
    }
  };
  // Sleeps end when the run is stopped, and the view with them.
  show().catch(() => undefined);
  return () => {
    isOver = true;
    screen.erase();
  };
}
