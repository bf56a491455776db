import { parseConfig } from '../config/config.ts';
import type { Writer } from '../protocol/writer.ts';
import { sortedStreams, toAirbyteStream } from './catalog.ts';

/**
 * Prints the whole catalog without asking Zoom, so that it does not depend on what one app may see.
 * @throws ConfigError for an invalid config.
 */
export async function discover(rawConfig: unknown, writer: Writer): Promise<void> {
  const { includeSensitiveFields } = parseConfig(rawConfig);
  const catalog = {
    streams: sortedStreams().map((declaration) => toAirbyteStream(declaration, includeSensitiveFields)),
  };
  await writer.write({ type: 'CATALOG', catalog });
}
