import { cursorFieldOf } from '../engine/stream-state.ts';
import { sortedStreams } from './catalog.ts';

/** What can be read, for a program: one JSON array. */
export function listStreamsAsJson(): string {
  const list = sortedStreams().map((declaration) => ({
    name: declaration.name,
    path: declaration.path,
    incremental: declaration.incremental.kind,
    primary_key: declaration.primaryKey,
    cursor_field: cursorFieldOf(declaration),
    scopes: { classic: declaration.scopes.classic, granular: declaration.scopes.granular },
  }));
  return `${JSON.stringify(list)}\n`;
}

/** What can be read, for a person: a table. */
export function listStreamsAsTable(): string {
  const head = ['STREAM', 'INCREMENTAL', 'KEY', 'CURSOR', 'SCOPE (GRANULAR)', 'SCOPE (CLASSIC)'];
  const rows = sortedStreams().map((declaration) => [
    declaration.name,
    declaration.incremental.kind,
    declaration.primaryKey.join(', '),
    cursorFieldOf(declaration),
    declaration.scopes.granular[0] ?? '-',
    declaration.scopes.classic[0] ?? '-',
  ]);
  return alignColumns([head, ...rows]);
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
