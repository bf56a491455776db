import type { Screen } from './screen.ts';
import { groupBy, type StreamOnBoard } from './sync-board.ts';
import { type Column, layOut, type Row } from './table.ts';
import { countOf, paragraph, showCount, showDuration } from './text.ts';

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
  const failed = selected.filter(({ end }) => end?.error !== undefined).length;
  const unread = selected.filter(({ end }) => end === undefined).length;
  const sum = (numberOf: (stream: StreamOnBoard) => number) =>
    streams.reduce((total, stream) => total + numberOf(stream), 0);
  const read = `${countOf(
    sum(({ records }) => records),
    'record',
  )} by ${countOf(
    sum(({ requests }) => requests),
    'request',
  )} in ${showDuration(tookMs)}`;
  const all = countOf(selected.length, 'stream');
  if (isStopped) {
    const text = `Stopped: ${showCount(unread)} of ${all} not read to the end (${read}). Go on with --state and the output so far.`;
    return paragraph(text, width).map((line) => paint('yellow', line));
  }
  if (failed > 0) {
    const text = `${showCount(failed)} of ${all} failed, the others are read: ${read}.`;
    return paragraph(text, width).map((line) => paint('red', line));
  }
  return paragraph(`Read ${all} to the end: ${read}.`, width).map((line) => paint('green', line));
}

const figures: readonly Column[] = [
  { title: 'RECORDS', isNumber: true },
  { title: 'REQUESTS', isNumber: true },
  { title: 'SKIPPED', isNumber: true },
  { title: 'OWED', isNumber: true },
];

function tabulate(
  streams: readonly StreamOnBoard[],
  selected: readonly StreamOnBoard[],
  sheet: Sheet,
): readonly string[] {
  if (selected.length === 0) return [];
  if (selected.length > mostStreams) {
    const rows = [...groupBy(streams, ({ family }) => family)].map(([family, members]): Row => {
      const own = members.filter(({ isSelected }) => isSelected);
      return { cells: [family, ...figuresOf(members), wordOf(own)], style: styleOf(own) };
    });
    return layOut([{ title: 'FAMILY' }, ...figures, { title: 'STREAMS' }], rows, sheet);
  }
  const rows = streams.map((stream): Row => {
    const word = wordOf(stream.isSelected ? [stream] : []).replace('1 ', '');
    return { cells: [stream.name, ...figuresOf([stream]), word], style: styleOf([stream]) };
  });
  return layOut([{ title: 'STREAM' }, ...figures, { title: 'OUTCOME' }], rows, sheet);
}

function figuresOf(members: readonly StreamOnBoard[]): readonly string[] {
  const sum = (numberOf: (stream: StreamOnBoard) => number) =>
    members.reduce((total, stream) => total + numberOf(stream), 0);
  const orNothing = (count: number) => (count === 0 ? '' : showCount(count));
  return [
    showCount(sum(({ records }) => records)),
    showCount(sum(({ requests }) => requests)),
    orNothing(sum((stream) => countLeft(stream, 'skipped'))),
    orNothing(sum((stream) => countLeft(stream, 'owed'))),
  ];
}

function countLeft({ end }: StreamOnBoard, what: 'skipped' | 'owed'): number {
  return (end?.[what] ?? []).reduce((sum, { count }) => sum + count, 0);
}

/** `2 read, 1 failed`; a stream by itself needs no number. */
function wordOf(members: readonly StreamOnBoard[]): string {
  const failed = members.filter(({ end }) => end?.error !== undefined).length;
  const stopped = members.filter(({ end }) => end === undefined).length;
  const counts = [
    [members.length - failed - stopped, 'read'],
    [failed, 'failed'],
    [stopped, 'stopped'],
  ] as const;
  const told = counts.filter(([count]) => count > 0);
  return members.length === 0 ? 'for others' : told.map(([count, word]) => `${count} ${word}`).join(', ');
}

function styleOf(members: readonly StreamOnBoard[]): Row['style'] {
  if (members.some(({ end }) => end?.error !== undefined)) return 'red';
  if (members.length === 0 || members.every(({ isSelected }) => !isSelected)) return 'dim';
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
      return { cells: [name, showCount(count), said] };
    }),
  );
  if (rows.length === 0) return [];
  const columns = [{ title: 'STREAM' }, { title: what.toUpperCase(), isNumber: true }, { title: 'REASON' }];
  return [...paragraph(titlesOf[what], sheet.width), ...layOut(columns, rows, sheet)];
}

function failureLines(selected: readonly StreamOnBoard[], { width, paint }: Sheet): readonly string[] {
  const failures = selected.flatMap(({ name, end }) =>
    end?.error === undefined ? [] : [{ name, message: end.error.message }],
  );
  if (failures.length === 0) return [];
  const told = failures.slice(0, mostFailures).flatMap(({ name, message }) => {
    const text = message.includes(name) ? message : `${name}: ${message}`;
    return paragraph(text, width, '  ');
  });
  const rest = failures.length - mostFailures;
  const more =
    rest <= 0
      ? []
      : paragraph(
          `and ${rest} more; stdout says it of each, and source-zoom check what the app lacks for all of them.`,
          width,
          '  ',
        );
  return [paint('red', 'Failed:'), ...told, ...more];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
