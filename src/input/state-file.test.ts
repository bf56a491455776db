import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, LargeObject } from '../json.ts';
import { parseLongState, readStateFile } from './state-file.ts';

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

class Fields extends LargeObject {
  readonly #fields = new Map<string, unknown>();

  add(fields: JsonObject): void {
    for (const [field, value] of Object.entries(fields)) this.#fields.set(field, value);
  }

  freeze(): void {}
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

async function readFile(content: string | Buffer): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'source-zoom-'));
  const path = join(folder, 's.json');
  await writeFile(path, content);
  const read = readStateFile(path, large);
  return read.finally(() => rm(folder, { recursive: true }));
}

const message = (count: number) => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: {
      stream_descriptor: { name: 'users' },
      stream_state: {
        version: 1,
        digests: Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`user${index}`, 'abcd-_12'.repeat(500)]),
        ),
      },
    },
  },
});
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const log = { type: 'LOG', log: { message: 'x' } };

test.each([
  { size: 'short', many: 2 },
  { size: 'long', many: 300 },
])('the output of a read gives its states, the $size ones too', async ({ many }) => {
  const output = lines(log, message(many), log, message(many + 1), log);
  const torn = output + JSON.stringify(message(many + 2)).slice(0, -20);
  const expected = [message(many), message(many + 1)];
  for (const text of [output, torn, Buffer.from(`\uFEFF${torn}`, 'utf16le')])
    expect(inFull(await readFile(text))).toEqual(expected);
});

test('one long state message is taken as it is, on one line or on many', async () => {
  const one = message(300);
  expect(inFull(await readFile(lines(one)))).toEqual(one);
  expect(inFull(await readFile(JSON.stringify(one, null, 2)))).toEqual(one);
  expect(inFull(await readFile(JSON.stringify([one.state], null, 2)))).toEqual([one.state]);
});

const stateOf = (name: string, count: number) => {
  const one = message(count);
  return { ...one, state: { ...one.state, stream: { ...one.state.stream, stream_descriptor: { name } } } };
};
const sorted = ({ type, ...rest }: { type: string }) => ({ ...rest, type });

describe.each([
  { size: 'short', many: 2 },
  { size: 'long', many: 300 },
])('$size states', ({ many }) => {
  const entries = ['users', 'groups', 'roles'].map((name) => stateOf(name, name === 'users' ? many : 2));
  const [first] = entries;

  test('in a list, an entry a line, are all read', async () => {
    const list = `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]\n`;
    expect(inFull(await readFile(list))).toEqual(entries);
  });

  test('of a list that broke off are not read in part', async () => {
    for (const opening of ['[\n', '[', '\n [ ']) {
      const list = `${opening}${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n`;
      await expect(readFile(list)).rejects.toThrow(/not JSON.*one message a line/);
    }
  });

  test('whose type is their last field are read, too', async () => {
    expect(inFull(await readFile(lines(sorted(log), ...entries.map(sorted))))).toEqual(entries);
  });

  test('stand in a list with other messages', async () => {
    expect(inFull(await readFile(JSON.stringify([log, first])))).toEqual([log, first]);
  });
});

test('a long file that is no state is refused in a sentence', async () => {
  const refused = await readFile(`{"a":\n${'x'.repeat(2 * 1024 * 1024)}`).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigError);
  expect(String(refused)).toContain('is not JSON');
});
