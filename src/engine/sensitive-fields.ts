import { isJsonObject, type JsonObject } from '../json.ts';

/** Credentials inside Zoom's payloads, at any depth, where their value is a string or a number. */
const sensitiveNames: ReadonlySet<string> = new Set([
  'start_url',
  'host_key',
  'dynamic_host_key',
  'download_access_token',
  'activation_code',
  'leader_pin',
  'stream_key',
  'authorized_channel_token',
]);
const sensitiveEndings = /(password|passcode|pin_code)$/i;

/** Links that are public but for the passcode or the invitation in their query. */
const linksWithSecretQuery: ReadonlySet<string> = new Set(['join_url', 'registration_url']);
/** Parameters of other links that open something. */
const secretParameters = 'pwd|tk|zak|jwt|token|access_token';
/** A value ends with its parameter, and with the link where it stands in a text: before the few marks that may follow one. */
const valueInLink = `(?:(?!;[\\w.%-]+=|[.,)\\]]{1,4}(?:\\s|$|https?:))[^&#?\\s"'<>])*`;
/** In links; links in HTML have the separator escaped. */
const secretsOfLinks = secretsBetween({
  opening: '[?#]',
  separator: '(?:&(?:amp;|#38;|#x26;)*|;)',
  secret: `(?:${secretParameters})=${valueInLink}`,
});
/** In a link that is itself a parameter of another one. */
const secretsOfLinksInside = secretsBetween({
  opening: '%(?:3F|23)',
  separator: '%26',
  secret: `(?:${secretParameters})%3D(?:(?!%2[36])[^&#?\\s"'<>])*`,
});

/** Matches a run of secret parameters after what opens the list, with the separator behind them, or one after a separator. */
function secretsBetween({
  opening,
  separator,
  secret,
}: Record<'opening' | 'separator' | 'secret', string>): RegExp {
  return new RegExp(
    `(${opening})${secret}(?:${separator}${secret})*(${separator})?|${separator}${secret}`,
    'gi',
  );
}

/** Fields that a stream declares beside those that their names give away: by the fields that lead there. */
interface Declared extends Map<string, Declared> {}

/** Takes the credentials out of the rows of a stream. */
export interface Cleaner {
  /** A row without its credentials: a copy, or the row itself when it has none. */
  clean(row: JsonObject): JsonObject;
  /** A copy of a JSON Schema without the properties that `clean` removes. */
  cleanSchema(schema: JsonObject): JsonObject;
}

/** @param sensitive dotted names of fields, `[]` after those that are lists. */
export function createCleaner(sensitive: readonly string[] = []): Cleaner {
  const declared: Declared = new Map();
  for (const name of sensitive) {
    let level = declared;
    for (const step of name.replaceAll('[]', '').split('.')) {
      const below: Declared = level.get(step) ?? new Map();
      level.set(step, below);
      level = below;
    }
  }
  return {
    clean: (row) => cleanObject(row, declared),
    cleanSchema: (schema) => cleanSchema(schema, declared),
  };
}

/** By name, since the same few hundred names come a million times. */
const knownNames = new Map<string, boolean>();

function isSensitiveName(field: string): boolean {
  let isSensitive = knownNames.get(field);
  if (isSensitive === undefined) {
    isSensitive = sensitiveNames.has(field.toLowerCase()) || sensitiveEndings.test(field);
    // Zoom makes field names of ids here and there.
    if (knownNames.size < 10_000) knownNames.set(field, isSensitive);
  }
  return isSensitive;
}

function isDeclared(declared: Declared | undefined): boolean {
  return declared?.size === 0;
}

function cleanObject(object: JsonObject, declared: Declared | undefined): JsonObject {
  let copy: JsonObject | undefined;
  for (const field in object) {
    const value = object[field];
    const below = declared?.get(field);
    const isText = typeof value === 'string' || typeof value === 'number';
    if (isText && (isSensitiveName(field) || isDeclared(below))) {
      copy ??= { ...object };
      delete copy[field];
      continue;
    }
    const cleaned = clean(field, value, below);
    if (cleaned === value) continue;
    copy ??= { ...object };
    copy[field] = cleaned;
  }
  return copy ?? object;
}

/** @returns the value itself when nothing in it has to go. */
function clean(field: string, value: unknown, declared: Declared | undefined): unknown {
  if (typeof value === 'string') return mayHoldQuery(value) ? cleanLinks(field, value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => clean(field, item, declared));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return isJsonObject(value) ? cleanObject(value, declared) : value;
}

function mayHoldQuery(value: string): boolean {
  return value.includes('=') || value.includes('?') || value.includes('%');
}

/** Links may stand in texts too: agendas and invitations are full of them. */
function cleanLinks(field: string, value: string): string {
  const text = linksWithSecretQuery.has(field.toLowerCase()) ? (value.split('?', 1)[0] as string) : value;
  const start = text.search(/https?:\/\//i);
  if (start < 0) return text;
  return (
    text.slice(0, start) + [secretsOfLinks, secretsOfLinksInside].reduce(withoutSecrets, text.slice(start))
  );
}

/** What follows the secrets takes their place. */
function withoutSecrets(links: string, secrets: RegExp): string {
  return links.replace(secrets, (_, opening?: string, separator?: string) =>
    opening === undefined || separator === undefined ? '' : opening,
  );
}

function cleanSchema(schema: JsonObject, declared: Declared | undefined): JsonObject {
  const copy: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' && isJsonObject(value)) {
      const kept = Object.entries(value).filter(
        ([field, child]) =>
          !(holdsText(child) && (isSensitiveName(field) || isDeclared(declared?.get(field)))),
      );
      copy[keyword] = Object.fromEntries(
        kept.map(([field, child]) => [field, cleanAnySchema(child, declared?.get(field))]),
      );
    } else {
      copy[keyword] = cleanAnySchema(value, declared);
    }
  }
  return copy;
}

function cleanAnySchema(value: unknown, declared: Declared | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => cleanAnySchema(item, declared));
  return isJsonObject(value) ? cleanSchema(value, declared) : value;
}

/** A property of no type at all may hold a text too. */
function holdsText(schema: unknown): boolean {
  const types = isJsonObject(schema) ? [schema['type'] ?? 'string'].flat() : [];
  return types.some((type) => type === 'string' || type === 'number' || type === 'integer');
}
