import { expect, test } from '@jest/globals';
import { statesInLines } from './state-lines.ts';

const state = (name: string, value: unknown) => ({
  type: 'STATE',
  state: { type: 'STREAM', stream: { stream_descriptor: { name }, stream_state: { version: 1, value } } },
});
const record = {
  type: 'RECORD',
  record: { stream: 'users', data: { address: '"STATE"', note: '{"type":"STATE"}' } },
};
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

/** Counts the lines that are parsed while they are read. */
async function read(text: string, { chunk = 16, wholeBytes = 1_000_000 } = {}) {
  let long = 0;
  const chunks = async function* () {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += chunk) yield bytes.subarray(from, from + chunk);
  };
  const states = await statesInLines(chunks(), {
    wholeBytes,
    parse: (bytes) => JSON.parse(bytes.toString('utf8')),
    async parseLong(pieces) {
      long += 1;
      const parts: Buffer[] = [];
      for await (const piece of pieces) parts.push(piece);
      return JSON.parse(Buffer.concat(parts).toString('utf8'));
    },
  });
  return { states, long };
}

const output = [
  line({ type: 'LOG', log: { message: 'Syncing' } }),
  line(state('users', 1)),
  line(record),
].join('');
const whole = output + line(state('users', 2));

test.each([
  { what: 'the states in their order, and no other line', text: whole, expected: [1, 2] },
  { what: 'a last line without its end', text: whole.trimEnd(), expected: [1, 2] },
  { what: 'nothing of a last line that is torn', text: whole.slice(0, -4), expected: [1] },
  { what: 'nothing of a line that is torn in the middle', text: `{"type":"ST${whole}`, expected: [1, 2] },
  { what: 'lines that end as on Windows', text: whole.replaceAll('\n', '\r\n'), expected: [1, 2] },
  { what: 'what stands around the messages', text: `\n> source-zoom read\n\n${whole}\n\n`, expected: [1, 2] },
])('gives $what', async ({ text, expected }) => {
  for (const [chunk, wholeBytes] of [
    [7, 1_000_000],
    [1_000_000, 1_000_000],
    [7, 20],
    [64, 100],
  ] as const) {
    const { states } = await read(text, { chunk, wholeBytes });
    const values = (states as ReturnType<typeof state>[]).map(
      (message) => message.state.stream.stream_state.value,
    );
    expect([chunk, wholeBytes, values]).toEqual([chunk, wholeBytes, expected]);
  }
});

test('gives no states where none were written', async () => {
  expect((await read(line(record))).states).toEqual([]);
});

test('gives states that stand alone in their lines', async () => {
  const { states } = await read(line(state('users', 1).state));
  expect(states).toEqual([state('users', 1).state]);
});

test.each(['', 'digests', '[1, 2]\n', '{\n  "stream": {\n    "a": 1\n  }\n}\n', '{"a": 1}\n{"b": 2}\n'])(
  'gives nothing for what is no output: %j',
  async (text) => {
    expect((await read(text)).states).toBeUndefined();
  },
);

test('parses long lines while they are read, and no long record', async () => {
  const long = { ...record, record: { data: 'x'.repeat(500) } };
  const text = line(long) + line(state('users', 'y'.repeat(500))) + line(state('users', 3));
  const { states, long: parsed } = await read(text, { wholeBytes: 200 });
  expect((states ?? []).length).toBe(2);
  expect(parsed).toBe(1);
});

test('what breaks off while it is read is not taken for a torn line', async () => {
  const failing = async function* () {
    yield Buffer.from('{"type":"STATE", "x": "');
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'read' });
  };
  const parsers = {
    wholeBytes: 5,
    parse: () => undefined,
    parseLong: async (pieces: AsyncIterable<Buffer>) => {
      for await (const _ of pieces);
    },
  };
  await expect(statesInLines(failing(), parsers)).rejects.toThrow('EIO');
});
