import { groupBy } from '../group-by.ts';
import { addScopes, count, formatCount } from '../wording.ts';
import type { Screen } from './screen.ts';
import { layOut, type Row } from './table.ts';
import { paragraph } from './text.ts';

/** What is known of one stream. */
export interface Checked {
  readonly name: string;
  readonly family: string;
  readonly finding:
    | { readonly kind: 'readable' }
    | { readonly kind: 'closed'; readonly scopes: readonly string[] }
    | { readonly kind: 'unoffered' | 'refused'; readonly reason: string };
}

type Sheet = Pick<Screen, 'width' | 'paint'>;

/** What can be read, by family, why the rest cannot, and the scopes to add, to be copied. */
export function describeCheck(checked: readonly Checked[], sheet: Sheet): readonly string[] {
  const parts = [headline(checked, sheet), tabulate(checked, sheet)];
  const reasons = [
    reasonLines(['Not for such an app:', 'unoffered'], checked, sheet),
    reasonLines(['Refused by Zoom:', 'refused'], checked, sheet),
  ];
  return [...parts, ...reasons, scopeLines(checked, sheet)]
    .filter((part) => part.length > 0)
    .flatMap((part) => ['', ...part]);
}

function headline(checked: readonly Checked[], { width, paint }: Sheet): readonly string[] {
  const readable = checked.filter(({ finding }) => finding.kind === 'readable').length;
  const all = count(checked.length, 'stream');
  if (readable === checked.length)
    return paragraph(`The config works: all ${all} can be read.`, width).map((line) => paint('green', line));
  if (readable === 0) return paragraph('No stream can be read.', width).map((line) => paint('red', line));
  const text = `The config works: ${formatCount(readable)} of ${all} can be read.`;
  return paragraph(text, width).map((line) => paint('green', line));
}

function tabulate(checked: readonly Checked[], sheet: Sheet): readonly string[] {
  const rows = [...groupBy(checked, ({ family }) => family)].map(([family, members]): Row => {
    const many = (kind: Checked['finding']['kind']) =>
      members.filter(({ finding }) => finding.kind === kind).length;
    const missing = [
      { count: many('closed'), word: many('closed') === 1 ? 'needs scopes' : 'need scopes' },
      { count: many('unoffered'), word: 'not for such an app' },
      { count: many('refused'), word: 'refused' },
    ].filter((each) => each.count > 0);
    const readable = many('readable');
    return {
      cells: [
        family,
        `${readable} of ${members.length}`,
        missing.map((each) => `${each.count} ${each.word}`).join(', '),
      ],
      style: readable === 0 ? 'yellow' : undefined,
    };
  });
  return layOut(
    [{ title: 'FAMILY' }, { title: 'CAN BE READ', isNumber: true }, { title: 'MISSING' }],
    rows,
    sheet,
  );
}

type Reasoned = 'unoffered' | 'refused';

/** Each reason once, below those that it holds for. */
function reasonLines(
  [title, kind]: readonly [string, Reasoned],
  checked: readonly Checked[],
  { width, paint }: Sheet,
): readonly string[] {
  const told = checked.flatMap(({ name, finding }) =>
    finding.kind === kind && 'reason' in finding ? [{ name, reason: finding.reason }] : [],
  );
  const reasons = [...groupBy(told, ({ reason }) => reason)].flatMap(([reason, members]) => [
    ...paragraph(members.map(({ name }) => name).join(', '), width).map((line) => paint('yellow', line)),
    ...paragraph(reason, width, '  '),
  ]);
  return told.length === 0 ? [] : [paint('bold', title), ...reasons];
}

/** Lines without anything before them, so that they can be copied as they are. */
function scopeLines(checked: readonly Checked[], { width, paint }: Sheet): readonly string[] {
  const scopes = new Set(checked.flatMap(({ finding }) => (finding.kind === 'closed' ? finding.scopes : [])));
  if (scopes.size === 0) return [];
  return [
    paint('bold', scopes.size === 1 ? 'The scope to add:' : `The ${scopes.size} scopes to add:`),
    '',
    ...[...scopes].sort(),
    '',
    ...paragraph(addScopes('them'), width),
  ];
}
