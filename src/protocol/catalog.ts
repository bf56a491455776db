import { ConfigError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { SyncMode } from './messages.ts';

/** One stream that the platform wants to be read. */
export interface ConfiguredStream {
  readonly name: string;
  /** As the catalog says it; anything but Airbyte's two words is for the reader to refuse. */
  readonly syncMode: SyncMode | string;
}

/**
 * Reads a configured catalog as leniently as clients write it: nulls for every optional key, no cursors, unknown keys,
 * the same stream twice.
 * @throws ConfigError when there is no list of named streams.
 */
export function parseConfiguredCatalog(value: unknown, file: string): readonly ConfiguredStream[] {
  const entries = isJsonObject(value) ? value['streams'] : undefined;
  if (!Array.isArray(entries)) {
    throw new ConfigError(
      `The catalog ${file} has no list "streams". Pass a configured catalog: {"streams": [{"stream": {"name": "users"}, "sync_mode": "incremental"}]}.`,
    );
  }
  const streams = new Map<string, ConfiguredStream>();
  entries.forEach((entry: unknown, index) => {
    const stream = isJsonObject(entry) ? entry['stream'] : undefined;
    const name = isJsonObject(stream) ? stream['name'] : undefined;
    if (typeof name !== 'string' || name === '') {
      throw new ConfigError(
        `The catalog ${file} has no stream.name in streams[${index}]. Name the stream to be read.`,
      );
    }
    const mode = (isJsonObject(entry) ? entry['sync_mode'] : undefined) ?? 'full_refresh';
    const syncMode = typeof mode === 'string' ? mode : JSON.stringify(mode);
    if (!streams.has(name)) streams.set(name, { name, syncMode });
  });
  return [...streams.values()];
}
