import type { Row } from './messages.ts';

/** A configured catalog as the strictest clients write it: nulls for everything optional. */
export function configuredCatalog(
  streams: readonly string[],
  syncMode: 'full_refresh' | 'incremental' = 'incremental',
): Row {
  return {
    streams: streams.map((name) => ({
      stream: {
        name,
        namespace: null,
        json_schema: { type: 'object', properties: {} },
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: null,
        default_cursor_field: null,
        source_defined_primary_key: null,
        is_resumable: null,
        is_file_based: null,
      },
      sync_mode: syncMode,
      cursor_field: null,
      destination_sync_mode: 'append',
      primary_key: null,
      generation_id: null,
      minimum_generation_id: null,
      sync_id: null,
    })),
  };
}
