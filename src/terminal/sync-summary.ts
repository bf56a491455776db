import { groupBy } from '../group-by.ts';
import { count, formatCount, formatDuration, mentions } from '../wording.ts';
import type { Screen } from './screen.ts';
import type { StreamOnBoard } from './sync-board.ts';
import { type Column, layOut, type Row } from './table.ts';
import { paragraph } from './text.ts';

/** What became of a sync. */
export interface SyncResult {
  readonly streams: readonly StreamOnBoard[];
  readonly tookMs: number;
  /** The run was asked to end before it was done. */
  readonly isStopped: boolean;
}

type Sheet = Pick<Screen, 'width' | 'paint'>;

/** More streams than these are summed up by family; what is worth a word is named below in any case. */
const mostStreams = 40;
/** So many failures are told in full. */
const mostFailures = 12;

/** The outcome of a sync in words: what was read, skipped, owed, and what failed. */
export function describeResult(result: SyncResult, sheet: Sheet): readonly string[] {
  const streams = result.streams.toSorted((one, other) => compare(one.family, other.family));
  const selected = streams.filter(({ isSelected }) => isSelected);
  const parts = [
    tabulate(streams, selected, sheet),
    leftLines(selected, 'skipped', sheet),
    leftLines(selected, 'owed', sheet),
    failureLines(selected, sheet),
    headline(result, selected, sheet),
  ];
  return parts.filter((part) => part.length > 0).flatMap((part) => ['', ...part]);
}

function headline(
  { tookMs, isStopped, streams }: SyncResult,
  selected: readonly StreamOnBoard[],
  { width, paint }: Sheet,
): readonly string[] {
  const failed = selected.filter(({ end }) => end?.failure !== undefined).length;
  const unread = selected.filter(({ end }) => end === undefined).length;
  const records = count(
    sum(streams, (stream) => stream.records),
    'record',
  );
  const requests = count(
    sum(streams, (stream) => stream.requests),
    'request',
  );
  const read = `${records} in ${requests}, ${formatDuration(tookMs)}`;
  const all = count(selected.length, 'stream');
  if (isStopped) {
    const text = `Stopped: ${formatCount(unread)} of ${all} not read to the end (${read}). Go on with --state and the output so far.`;
    return paragraph(text, width).map((line) => paint('yellow', line));
  }
  if (failed > 0) {
    const text = `${formatCount(failed)} of ${all} failed, the others are read: ${read}.`;
    return paragraph(text, width).map((line) => paint('red', line));
  }
  return paragraph(`Read ${all} to the end: ${read}.`, width).map((line) => paint('green', line));
}

interface Figure extends Column {
  numberOf(stream: StreamOnBoard): number;
  /** Where it is zero everywhere nothing is said of it. */
  readonly isRare?: boolean;
}

const figures: readonly Figure[] = [
  { title: 'RECORDS', isNumber: true, numberOf: ({ records }) => records },
  { title: 'REQUESTS', isNumber: true, numberOf: ({ requests }) => requests },
  { title: 'SKIPPED', isNumber: true, isRare: true, numberOf: (stream) => countLeft(stream, 'skipped') },
  { title: 'OWED', isNumber: true, isRare: true, numberOf: (stream) => countLeft(stream, 'owed') },
];

/** A row a stream, or a family where there are many. */
function tabulate(
  streams: readonly StreamOnBoard[],
  selected: readonly StreamOnBoard[],
  sheet: Sheet,
): readonly string[] {
  if (selected.length === 0) return [];
  const isLong = selected.length > mostStreams;
  const groups = groupBy(streams, ({ name, family }) => (isLong ? family : name));
  const shown = figures.filter(({ isRare, numberOf }) => isRare !== true || sum(streams, numberOf) > 0);
  const rows = [...groups].map(([name, members]): Row => {
    const own = members.filter(({ isSelected }) => isSelected);
    const cells = shown.map(({ isRare, numberOf }) => {
      const total = sum(members, numberOf);
      return isRare === true && total === 0 ? '' : formatCount(total);
    });
    const word = isLong ? countOutcomes(members) : members.map(outcomeOf).join();
    return { cells: [name, ...cells, word], style: styleOf(own) };
  });
  const [first, last] = isLong ? ['FAMILY', 'STREAMS'] : ['STREAM', 'OUTCOME'];
  return layOut([{ title: first }, ...shown, { title: last }], rows, sheet);
}

function sum(streams: readonly StreamOnBoard[], numberOf: (stream: StreamOnBoard) => number): number {
  return streams.reduce((total, stream) => total + numberOf(stream), 0);
}

function countLeft({ end }: StreamOnBoard, what: 'skipped' | 'owed'): number {
  return (end?.[what] ?? []).reduce((sum, { count }) => sum + count, 0);
}

function outcomeOf({ isSelected, end }: StreamOnBoard): string {
  if (!isSelected) return 'for others';
  if (end === undefined) return 'stopped';
  return end.failure === undefined ? 'read' : 'failed';
}

/** `2 read, 1 failed`. */
function countOutcomes(members: readonly StreamOnBoard[]): string {
  const groups = [...groupBy(members, outcomeOf)].filter(([outcome]) => outcome !== 'for others');
  return groups.map(([outcome, { length }]) => `${length} ${outcome}`).join(', ') || 'for others';
}

function styleOf(members: readonly StreamOnBoard[]): Row['style'] {
  if (members.some(({ end }) => end?.failure !== undefined)) return 'red';
  if (members.length === 0) return 'dim';
  return members.some(({ end }) => end === undefined) ? 'yellow' : undefined;
}

const titlesOf = {
  skipped: 'Skipped, since Zoom will not give it another time either:',
  owed: 'Owed, asked for again in the next sync:',
};

function leftLines(
  selected: readonly StreamOnBoard[],
  what: 'skipped' | 'owed',
  sheet: Sheet,
): readonly string[] {
  const rows = selected.flatMap(({ name, end }) =>
    (end?.[what] ?? []).map(({ reason, count }): Row => {
      const said = reason === 'not_ready' ? 'not ready yet' : reason;
      return { cells: [name, formatCount(count), said] };
    }),
  );
  if (rows.length === 0) return [];
  const columns = [{ title: 'STREAM' }, { title: what.toUpperCase(), isNumber: true }, { title: 'REASON' }];
  return [...paragraph(titlesOf[what], sheet.width), ...layOut(columns, rows, sheet)];
}

function failureLines(selected: readonly StreamOnBoard[], { width, paint }: Sheet): readonly string[] {
  const failures = selected.flatMap(({ name, end }) =>
    end?.failure === undefined ? [] : [{ name, message: end.failure.message }],
  );
  if (failures.length === 0) return [];
  const told = failures.slice(0, mostFailures).flatMap(({ name, message }) => {
    const text = mentions(message, name) ? message : `${name}: ${message}`;
    return paragraph(text, width, '  ');
  });
  const rest = failures.length - mostFailures;
  const more =
    rest <= 0
      ? []
      : paragraph(
          `and ${rest} more; stdout has the reason of each, and source-zoom check says what the app lacks for all of them.`,
          width,
          '  ',
        );
  return [paint('red', 'Failed:'), ...told, ...more];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
