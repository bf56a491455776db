import { isJsonObject, type JsonObject } from '../json.ts';

/** Credentials inside Zoom's payloads, at any depth. */
const sensitiveFields: ReadonlySet<string> = new Set([
  'start_url',
  'password',
  'encrypted_password',
  'encrypted_passcode',
  'h323_password',
  'h323_passcode',
  'pstn_password',
  'passcode',
  'host_key',
  'dynamic_host_key',
  'recording_play_passcode',
  'download_access_token',
  'activation_code',
  'leader_pin',
  'listen_only_password',
  'participant_password',
]);

/** Links that are public but for the passcode or the invitation in their query. */
const linksWithSecretQuery: ReadonlySet<string> = new Set(['join_url', 'registration_url']);

/** A copy of a row without its credentials. */
export function withoutSensitive(row: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const field in row) {
    if (!sensitiveFields.has(field)) copy[field] = clean(field, row[field]);
  }
  return copy;
}

function clean(field: string, value: unknown): unknown {
  if (typeof value === 'string') {
    return linksWithSecretQuery.has(field) ? (value.split('?', 1)[0] as string) : value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => clean(field, item));
  return isJsonObject(value) ? withoutSensitive(value) : value;
}

/** A copy of a JSON Schema without the properties that `withoutSensitive` removes. */
export function withoutSensitiveProperties(schema: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isJsonObject(value)) {
      const kept = Object.entries(value).filter(([field]) => !sensitiveFields.has(field));
      copy[keyword] = Object.fromEntries(kept.map(([field, child]) => [field, cleanSchema(child)]));
    } else {
      copy[keyword] = cleanSchema(value);
    }
  }
  return copy;
}

function cleanSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanSchema);
  return isJsonObject(value) ? withoutSensitiveProperties(value) : value;
}
