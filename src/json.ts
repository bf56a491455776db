/** A JSON object of which nothing is known but that it is one. */
export type JsonObject = { [field: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON text in which something could be that `mendJson` mends: both can only stand there as escapes. */
export function mayNeedMending(json: string): boolean {
  return /\\u(?:0000|[dD][89a-fA-F])/.test(json);
}

/** Text columns refuse NUL, and strict parsers a surrogate without its partner: both become U+FFFD. */
export function mendText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** The same for every text in a value, names of fields included. */
export function mendJson(value: unknown): unknown {
  if (typeof value === 'string') return mendText(value);
  if (Array.isArray(value)) return value.map(mendJson);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, member]) => [mendText(field), mendJson(member)]),
  );
}

/** Whether more than so many lists and objects are nested in each other. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= levels && level.length > 0; depth += 1) {
    level = level.flatMap((holder) =>
      typeof holder === 'object' && holder !== null ? Object.values(holder) : [],
    );
  }
  return level.length > 0;
}

/** An object of so many fields that it is never had whole, neither as values nor as text. */
export abstract class LargeObject {
  /** May be called again. */
  abstract entries(): Iterable<readonly [field: string, value: unknown]>;
  /** Changes no more: its text may be made long after it was handed over. */
  abstract freeze(): void;
}

/** The JSON of an object, any of whose fields may be a `LargeObject`, in pieces. */
export function* toJsonPieces(object: JsonObject): Generator<string> {
  yield* piecesOf(Object.entries(object), (value) =>
    value instanceof LargeObject ? piecesOf(value.entries(), toJson) : toJson(value),
  );
}

function* piecesOf(
  entries: Iterable<readonly [string, unknown]>,
  toPieces: (value: unknown) => Iterable<string>,
): Generator<string> {
  let before = '{';
  for (const [field, value] of entries) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(field)}:`;
    yield* toPieces(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

const toJson = (value: unknown) => [JSON.stringify(value)];

const chunkCharacters = 64 * 1024;

/** The same text in fewer parts. */
export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkCharacters) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
