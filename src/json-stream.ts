import { pipeline, Readable } from 'node:stream';
import Assembler from 'stream-json/assembler.js';
import parser from 'stream-json/parser.js';
import { isJsonObject } from './json.ts';

/** What comes of a JSON text that is parsed while it arrives. */
export type JsonPart =
  /** Some members of a large list (a list) or of a large object (an object); they are not in the rest. */
  | { readonly kind: 'members'; readonly path: JsonPath; readonly members: unknown }
  | { readonly kind: 'rest'; readonly value: unknown };

/** Field names and places in lists, from the outside in. */
export type JsonPath = readonly (string | number | null)[];

const membersInPart = 100;

/**
 * Parses JSON while it arrives.
 * @param isLarge true for a list or an object whose members are to leave as they come; it is empty when it is asked about.
 * @throws whatever `chunks` throws; an Error when they are no JSON or end too early.
 */
export async function* parseInParts(
  chunks: AsyncIterable<Buffer>,
  isLarge: (path: JsonPath, holder: unknown) => boolean,
): AsyncGenerator<JsonPart> {
  const tokens = parser.asStream({ streamValues: false });
  // Failures of the source come out of `tokens`.
  pipeline(Readable.from(chunks), tokens, () => undefined);
  const assembler = new Assembler();
  let large: unknown;
  let count = 0;
  for await (const token of tokens) {
    assembler.consume(token);
    if (token.name === 'startArray' || token.name === 'startObject') {
      if (!isLarge(assembler.path as JsonPath, assembler.current)) continue;
      large = assembler.current;
      count = 0;
    } else if (assembler.current === large && token.name !== 'keyValue') {
      count += 1;
      if (count % membersInPart === 0) {
        yield { kind: 'members', path: assembler.path as JsonPath, members: takeMembers(large) };
      }
    }
  }
  if (!assembler.done) throw new SyntaxError('The JSON ends too early.');
  yield { kind: 'rest', value: assembler.current };
}

function takeMembers(holder: unknown): unknown {
  if (Array.isArray(holder)) return holder.splice(0);
  if (!isJsonObject(holder)) return undefined;
  const members = { ...holder };
  for (const field of Object.keys(members)) delete holder[field];
  return members;
}
