import { ConfigError, quote } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/** What the platform hands back, per stream. */
export interface InputState {
  readonly byStream: Map<string, JsonObject>;
  /** Why parts of the input hold no state that this source can use; worth a WARN. */
  readonly warnings: readonly string[];
}

const otherTypes: readonly unknown[] = [
  'RECORD',
  'LOG',
  'TRACE',
  'CONTROL',
  'SPEC',
  'CONNECTION_STATUS',
  'CATALOG',
];

export function noState(): InputState {
  return { byStream: new Map(), warnings: [] };
}

/**
 * Reads a state file: a list of STATE messages' `state` objects, or whole STATE messages, as platforms and people pass them.
 * What holds no state of ours (empty, legacy, global, of no stream) counts as none.
 * @throws ConfigError when an entry's `stream_state` is not an object.
 */
export function parseInputState(value: unknown, file: string): InputState {
  const byStream = new Map<string, JsonObject>();
  const warnings: string[] = [];
  const entries = Array.isArray(value) ? value : [value];
  for (const entry of entries) {
    const stream = streamOf(entry);
    if (stream === undefined) {
      if (!isEmpty(entry) && !isOtherMessage(entry)) {
        warnings.push(`An entry of ${file} is not the state of a stream and counts as none.`);
      }
      continue;
    }
    const { name, state } = stream;
    if (name === undefined || state === null || state === undefined) continue;
    if (!isJsonObject(state)) {
      throw new ConfigError(
        `The state ${file} is wrong for the stream ${quote(name)}: stream_state has to be an object. Pass the last state that this connector wrote, or none.`,
      );
    }
    byStream.set(name, state);
  }
  return { byStream, warnings: [...new Set(warnings)] };
}

/** Of a whole output that somebody made a list of. */
function isOtherMessage(entry: unknown): boolean {
  return isJsonObject(entry) && otherTypes.includes(entry['type']);
}

function streamOf(entry: unknown): { name: string | undefined; state: unknown } | undefined {
  const state = unwrap(entry);
  const stream = isJsonObject(state) ? state['stream'] : undefined;
  if (!isJsonObject(stream)) return undefined;
  const descriptor = stream['stream_descriptor'];
  const name = isJsonObject(descriptor) ? descriptor['name'] : undefined;
  return { name: typeof name === 'string' ? name : undefined, state: stream['stream_state'] };
}

function unwrap(entry: unknown): unknown {
  if (!isJsonObject(entry)) return entry;
  return entry['type'] === 'STATE' && isJsonObject(entry['state']) ? entry['state'] : entry;
}

function isEmpty(entry: unknown): boolean {
  return entry === null || entry === undefined || (isJsonObject(entry) && Object.keys(entry).length === 0);
}
