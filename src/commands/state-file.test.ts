import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject } from '../json.ts';
import { parseLongState } from './state-file.ts';

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

class Fields extends LargeObject {
  readonly #fields = new Map<string, unknown>();

  add(fields: JsonObject): void {
    for (const [field, value] of Object.entries(fields)) this.#fields.set(field, value);
  }

  entries(): Iterable<readonly [string, unknown]> {
    return this.#fields;
  }
}

const large = { names: ['digests'], create: () => new Fields() };
const parse = (text: string, size = 1000) => parseLongState(inChunks(text, size), 's.json', large);

/** The same value with every large object in full. */
function inFull(value: unknown): unknown {
  if (value instanceof LargeObject) return Object.fromEntries(value.entries());
  if (Array.isArray(value)) return value.map(inFull);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, member]) => [field, inFull(member)]));
}

test('a long state reads as JSON.parse reads it', async () => {
  const digests = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })), {
    maxKeys: 350,
    size: 'max',
  });
  const state = fc.record({ version: fc.integer(), digests: fc.oneof(digests, fc.jsonValue()) });
  const entry = fc.record({ stream: fc.record({ stream_state: state, rest: fc.jsonValue() }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 3 }),
      fc.integer({ min: 1, max: 5000 }),
      async (entries, size) => {
        const text = JSON.stringify(entries);
        expect(inFull(await parse(text, size))).toEqual(JSON.parse(text));
      },
    ),
    // Shrinking hundreds of digests would take minutes.
    { numRuns: 60, endOnFailure: true },
  );
});

test('many digests are a large object', async () => {
  const digests = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`user${index}`, 'abcd-_12']));
  const [entry] = (await parse(JSON.stringify([{ digests, list: [digests] }]))) as { digests: LargeObject }[];
  expect(entry?.digests).toBeInstanceOf(LargeObject);
  expect(Object.fromEntries(entry?.digests.entries() ?? [])).toEqual(digests);
});

const many = JSON.stringify(Object.fromEntries(Array.from({ length: 250 }, (_, index) => [index, 'x'])));

test.each([
  { what: 'cut short', text: `[{"digests":${many}`, says: 'is not JSON' },
  { what: 'followed by more', text: `[{"digests":${many}}] []`, says: 'is not JSON' },
  { what: 'no JSON', text: 'digests', says: 'is not JSON' },
  { what: 'nested too deep', text: `${'['.repeat(600)}${']'.repeat(600)}`, says: 'nests more than 500' },
  {
    what: 'nested too deep within',
    text: `{"digests":{"a":${'['.repeat(600)}${']'.repeat(600)},${many.slice(1)}}`,
    says: 'nests more than 500',
  },
])('a long state that is $what is refused in a sentence', async ({ text, says }) => {
  const refused = parse(text).catch((error: unknown) => error);
  expect(await refused).toBeInstanceOf(ConfigError);
  expect(String(await refused)).toContain(says);
});

test('of a field that comes twice the last counts', async () => {
  expect(await parse(`{"a":{"digests":${many}},"a":null}`)).toEqual({ a: null });
  expect(await parse(`{"digests":${many},"digests":"x"}`)).toEqual({ digests: 'x' });
});

test('a state that breaks off while it is read names the reason', async () => {
  const failing = async function* () {
    yield Buffer.from('[');
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'read' });
  };
  await expect(parseLongState(failing(), 's.json', large)).rejects.toThrow('cannot be read: s.json (EIO)');
});
