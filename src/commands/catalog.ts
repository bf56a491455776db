import { createCleaner } from '../engine/sensitive-fields.ts';
import { cursorFieldOf } from '../engine/stream-state.ts';
import type { AirbyteStream } from '../protocol/messages.ts';
import { readSchema } from '../resources.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { streams } from '../streams/index.ts';

/** Every stream, by name. */
export function sortedStreams(): readonly StreamDeclaration[] {
  return [...streams].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function toAirbyteStream(
  declaration: StreamDeclaration,
  includeSensitiveFields: boolean,
): AirbyteStream {
  const schema = readSchema(declaration.name);
  return {
    name: declaration.name,
    json_schema: includeSensitiveFields ? schema : createCleaner(declaration.sensitive).cleanSchema(schema),
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: true,
    default_cursor_field: [cursorFieldOf(declaration)],
    source_defined_primary_key: declaration.primaryKey.map((field) => [field]),
    is_resumable: true,
  };
}
