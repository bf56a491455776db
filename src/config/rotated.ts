import type { RotatedTokens } from '../http/access-token.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** The config with the new tokens, whole: the platform replaces the old one by it. */
export function withRotatedTokens(raw: JsonObject, tokens: Partial<RotatedTokens>): JsonObject {
  const credentials = isJsonObject(raw['credentials']) ? raw['credentials'] : {};
  return { ...raw, credentials: { ...credentials, ...tokens } };
}
