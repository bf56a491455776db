import { ConfigError, quote } from '../errors.ts';
import { readInstant } from '../instant.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { earliestRow } from './slices.ts';

/** A partition that has to be asked again, as the state names it. */
export interface Owed {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly adds: Readonly<Record<string, unknown>>;
  /** Set where the stream's parents were to be listed in it; in older states its parameters tell. */
  readonly above?: true;
  /** RFC 3339: everything before it has been read. */
  readonly read_until: string;
  /** `not_ready`, or the HTTP status and Zoom's code of the refusal. */
  readonly reason: string;
  /** Syncs in a row that ended with this very refusal. */
  readonly refusals: number;
}

/** What a state can say of owed partitions that is of use. */
interface OwedLimits {
  /** The naming without which an owed partition cannot be asked for; the whole account needs none. */
  readonly naming?: string | undefined;
  /** Zoom is asked for nothing older (ms since the epoch). */
  readonly earliest?: number | undefined;
}

/** What a state says of owed partitions. */
interface OwedBefore {
  readonly owed: ReadonlyMap<string, Owed>;
  /** Keys of those that owe something from before what is read. */
  readonly tooOld: readonly string[];
}

/**
 * Reads `owed` of a state. What could not be read of it would be lost, so nothing is left out.
 * @throws ConfigError for an input that is no such thing.
 */
export function readOwed(
  stream: string,
  input: unknown,
  { naming, earliest = earliestRow }: OwedLimits,
): OwedBefore {
  const owed = new Map<string, Owed>();
  const tooOld: string[] = [];
  if (input === undefined || input === null) return { owed, tooOld };
  if (!isJsonObject(input)) throw invalid(stream, 'is not an object');
  for (const [key, entry] of Object.entries(input)) {
    const { parameters, adds = {}, above, read_until, reason, refusals } = isJsonObject(entry) ? entry : {};
    const readUntil = readInstant(read_until);
    const isNamed = key === '' || naming === undefined || isGiven(parameters, naming);
    if (!isPlain(parameters) || !isPlain(adds) || !isNamed || readUntil === undefined) {
      throw invalid(stream, `does not say what ${quote(key)} is and until when it was read`);
    }
    if (readUntil < earliest) tooOld.push(key);
    owed.set(key, {
      parameters,
      adds,
      ...(above === true ? { above } : {}),
      read_until: new Date(Math.max(readUntil, earliest)).toISOString(),
      ...reasonOf(reason, refusals),
    });
  }
  return { owed, tooOld };
}

/** What a state may not say of an owed partition is as if it was not said. */
function reasonOf(reason: unknown, refusals: unknown): Pick<Owed, 'reason' | 'refusals'> {
  return {
    reason: typeof reason === 'string' ? reason : 'unknown',
    refusals: Number.isSafeInteger(refusals) ? Number(refusals) : 1,
  };
}

function invalid(stream: string, what: string): ConfigError {
  return new ConfigError(
    `The state of ${stream} has an "owed" that ${what}. Pass the last state that this connector wrote, or reset the stream.`,
  );
}

/** Values that a request or a record can take, and a state can hold. */
function isPlain(fields: unknown): fields is JsonObject {
  const isScalar = (value: unknown) =>
    typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'object' || value === null;
  return isJsonObject(fields) && Object.values(fields).every(isScalar);
}

function isGiven(parameters: unknown, naming: string): boolean {
  return isJsonObject(parameters) && String(parameters[naming] ?? '') !== '';
}

/** Whether what is owed is a partition that the parent's rows make, and none that the parent is listed in. */
export function isOwn({ above, parameters }: Owed, naming: string): boolean {
  return above !== true && naming in parameters;
}
