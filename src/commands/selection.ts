import { ConfigError, quote } from '../errors.ts';
import { suggest } from '../suggest.ts';

/**
 * Names of the streams that are meant by names and by patterns, in which `*` stands for any characters: each once.
 * @param known the names of all streams.
 * @throws ConfigError for one that fits no stream.
 */
export function selectStreams(patterns: readonly string[], known: readonly string[]): readonly string[] {
  return [...new Set(patterns.flatMap((pattern) => findStreams(pattern, known)))];
}

function findStreams(pattern: string, known: readonly string[]): readonly string[] {
  const expression = pattern.split('*').map((text) => text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  const found = known.filter((name) => new RegExp(`^${expression.join('.*')}$`).test(name));
  if (found.length > 0) return found;
  throw new ConfigError(
    `No stream is called ${quote(pattern)}.${suggest(pattern, known)} source-zoom streams lists them all.`,
  );
}
