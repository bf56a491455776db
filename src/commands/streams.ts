import { cursorFieldOf } from '../engine/stream-state.ts';
import { ConfigError, quote } from '../errors.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { endpointOf, families, familyOf } from '../streams/index.ts';
import { layOut } from '../terminal/table.ts';
import { createPaint } from '../terminal/text.ts';
import { sortedStreams } from './catalog.ts';

/**
 * What can be read, for a program: one JSON array.
 * @param family leaves out all others.
 * @throws ConfigError for a family that there is not.
 */
export function listStreamsAsJson(family?: string): string {
  const members = family === undefined ? undefined : membersOf(family);
  const listed = sortedStreams().filter((declaration) => members?.includes(declaration) ?? true);
  const list = listed.map((declaration) => {
    const { path, rateLimit = null, scopes } = endpointOf(declaration);
    return {
      name: declaration.name,
      family: familyOf(declaration.name),
      path,
      records: recordsOf(declaration),
      incremental: kindOf(declaration),
      primary_key: declaration.primaryKey,
      cursor_field: cursorFieldOf(declaration),
      tombstones: declaration.kind === 'snapshot' && declaration.tombstones === true,
      label: rateLimit,
      scopes: { classic: scopes.classic, granular: scopes.granular },
    };
  });
  return `${JSON.stringify(list)}\n`;
}

const screenColumns = 80;

/** What can be read, for a person: a line a family, no wider than a screen. */
export function listFamilies(): string {
  const indent = Math.max(...Object.keys(families).map((family) => family.length));
  const lines = Object.entries(families).map(([family, members]) => {
    const head = `${family.padEnd(indent)}  ${String(members.length).padStart(3)}  `;
    const names = members.map(({ name }) => name);
    return head + asManyAsFit(names, screenColumns - head.length);
  });
  return `${lines.join('\n')}\n\nsource-zoom streams FAMILY shows them all, with keys, cursors and scopes.\n`;
}

/**
 * One family, for a person: a table.
 * @throws ConfigError for a family that there is not.
 */
export function listFamily(family: string): string {
  const titles = ['STREAM', 'INCREMENTAL', 'KEY', 'CURSOR', 'SCOPE (GRANULAR)', 'SCOPE (CLASSIC)'];
  const rows = membersOf(family).map((declaration) => {
    const { scopes } = endpointOf(declaration);
    return [
      declaration.name,
      kindOf(declaration),
      declaration.primaryKey.join(', '),
      cursorFieldOf(declaration),
      scopes.granular[0] ?? '-',
      scopes.classic[0] ?? '-',
    ];
  });
  const lines = layOut(
    titles.map((title) => ({ title })),
    rows.map((cells) => ({ cells })),
    { width: Number.POSITIVE_INFINITY, paint: createPaint(false) },
  );
  return `${lines.join('\n')}\n`;
}

function membersOf(family: string): readonly StreamDeclaration[] {
  const members = Object.hasOwn(families, family) ? families[family] : undefined;
  if (members !== undefined) return members;
  const known = Object.keys(families).join(', ');
  throw new ConfigError(`There is no family ${quote(family)}. The families are ${known}.`);
}

/** Words with commas between them, and dots for those that there is no room for. */
function asManyAsFit(words: readonly string[], width: number): string {
  const whole = words.join(', ');
  if (whole.length <= width) return whole;
  const room = whole.slice(0, width - ', …'.length + 1);
  return `${room.slice(0, room.lastIndexOf(', '))}, …`;
}

/** Embedded streams are read with their windowed parent, which is all that matters outside. */
function kindOf({ kind }: StreamDeclaration): 'windowed' | 'derived' | 'snapshot' {
  return kind === 'embedded' ? 'windowed' : kind;
}

/** Response field of the rows: dotted where it is inside something, several by commas, empty for a bare array, null for a body. */
function recordsOf(declaration: StreamDeclaration): string | null {
  const { records = null, lists } = endpointOf(declaration);
  if (declaration.kind === 'embedded') return `${records}.${declaration.list}`;
  return lists === undefined ? records : Object.keys(lists.of).join(',');
}
