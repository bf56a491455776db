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

/** A row without its credentials: a copy, or the row itself when it has none. */
export function withoutSensitive(row: JsonObject): JsonObject {
  return cleanObject(row);
}

/** @returns the value itself when nothing in it has to go. */
function clean(field: string, value: unknown): unknown {
  if (typeof value === 'string') {
    return linksWithSecretQuery.has(field) ? (value.split('?', 1)[0] as string) : value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => clean(field, item));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return isJsonObject(value) ? cleanObject(value) : value;
}

function cleanObject(object: JsonObject): JsonObject {
  let copy: JsonObject | undefined;
  for (const field in object) {
    const isSensitive = sensitiveFields.has(field);
    const value = isSensitive ? undefined : clean(field, object[field]);
    if (!isSensitive && value === object[field]) continue;
    copy ??= { ...object };
    if (isSensitive) delete copy[field];
    else copy[field] = value;
  }
  return copy ?? object;
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
