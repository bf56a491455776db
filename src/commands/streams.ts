import { cursorFieldOf } from '../engine/stream-state.ts';
import type { Endpoint, StreamDeclaration } from '../streams/declaration.ts';
import { families, streams } from '../streams/index.ts';
import { sortedStreams } from './catalog.ts';

/** What can be read, for a program: one JSON array. */
export function listStreamsAsJson(): string {
  const list = sortedStreams().map((declaration) => {
    const { path, rateLimit = null, scopes } = endpointOf(declaration);
    return {
      name: declaration.name,
      family: familyOf(declaration),
      path,
      records: recordsOf(declaration),
      incremental: declaration.kind === 'embedded' ? 'windowed' : declaration.kind,
      primary_key: declaration.primaryKey,
      cursor_field: cursorFieldOf(declaration),
      tombstones: declaration.kind === 'snapshot' && declaration.tombstones === true,
      label: rateLimit,
      scopes: { classic: scopes.classic, granular: scopes.granular },
    };
  });
  return `${JSON.stringify(list)}\n`;
}

/** What can be read, for a person: a table. */
export function listStreamsAsTable(): string {
  const head = ['STREAM', 'INCREMENTAL', 'KEY', 'CURSOR', 'SCOPE (GRANULAR)', 'SCOPE (CLASSIC)'];
  const rows = sortedStreams().map((declaration) => {
    const { scopes } = endpointOf(declaration);
    return [
      declaration.name,
      declaration.kind === 'embedded' ? 'windowed' : declaration.kind,
      declaration.primaryKey.join(', '),
      cursorFieldOf(declaration),
      scopes.granular[0] ?? '-',
      scopes.classic[0] ?? '-',
    ];
  });
  return alignColumns([head, ...rows]);
}

/** The endpoint that a stream's records come from: an embedded one's is its parent's. */
function endpointOf(declaration: StreamDeclaration): Endpoint {
  if (declaration.kind !== 'embedded') return declaration;
  const parent = streams.find(({ name }) => name === declaration.parent.name);
  if (parent === undefined || parent.kind === 'embedded')
    throw new Error(`${declaration.name} is embedded in ${declaration.parent.name}, which has no endpoint`);
  return parent;
}

/** Response field of the rows, dotted where it is inside other rows; null where the body is the row. */
function recordsOf(declaration: StreamDeclaration): string | null {
  const { records = null } = endpointOf(declaration);
  return declaration.kind === 'embedded' ? `${records}.${declaration.list}` : records;
}

function familyOf({ name }: StreamDeclaration): string | undefined {
  return Object.keys(families).find((family) => families[family]?.some((stream) => stream.name === name));
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
