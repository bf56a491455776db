import { ConfigError, quote } from '../errors.ts';
import { readInstant } from '../instant.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';

/** Newest shape of a stream's state that this program writes. */
export const stateVersion = 1;

/** The cursor of snapshot streams: when this connector met the record as it is. */
export const updatedAtField = '_ab_cdc_updated_at';

export function cursorFieldOf(declaration: StreamDeclaration): string {
  return declaration.kind === 'snapshot' ? updatedAtField : declaration.cursor;
}

/** @throws ConfigError when a newer program wrote the state. */
export function checkVersion(stream: string, input: JsonObject): void {
  const { version } = input;
  if (version === undefined || version === null || (typeof version === 'number' && version <= stateVersion))
    return;
  throw new ConfigError(
    `The state of ${stream} has the version ${quote(version)}, and this program knows ${stateVersion}. Use the newer source-zoom that wrote it, or reset the stream.`,
  );
}

/** @throws ConfigError when the field is there and no instant. */
export function instantIn(stream: string, input: JsonObject, field: string): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  const instant = readInstant(value);
  if (instant !== undefined) return instant;
  throw new ConfigError(
    `The state of ${stream} has ${field} = ${quote(value)}, which is no instant such as "2026-01-31T00:00:00Z". Pass the last state that this connector wrote, or reset the stream.`,
  );
}

export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}
