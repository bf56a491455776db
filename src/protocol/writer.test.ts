import { PassThrough, Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { JsonObject } from '../json.ts';
import { logMessage } from './messages.ts';
import { createWriter, OutputClosed } from './writer.ts';

const data = (record: JsonObject) => ({ record, nulled: [] });

function collect() {
  const output = new PassThrough();
  const writer = createWriter(output, (text) => text.replaceAll('secret', '****'));
  return { writer, text: () => String(output.read() ?? '') };
}

test('escapes what some clients take for the end of a line, and mends broken surrogates', async () => {
  const { writer, text } = collect();
  const row = {
    a: 'x\u2028y\u2029z\u0085',
    b: 'lone \ud800 and \udc00',
    c: 'whole 😀',
    d: '\\ud800 as text',
    e: ['\ud83d'],
  };
  await writer.writeRecords('s', [data(row), data({ a: 1 })], 1_800_000_000_000);
  const lines = text().split('\n');
  expect(lines.length).toBe(3);
  expect(lines[0]).not.toMatch(/[\u0085\u2028\u2029]/);
  expect(lines[0]).not.toMatch(/[^\\]\\ud8/);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    type: 'RECORD',
    record: {
      stream: 's',
      emitted_at: 1_800_000_000_000,
      data: { ...row, b: 'lone \ufffd and \ufffd', e: ['\ufffd'] },
    },
  });
});

test('writes counts with a decimal point, and only there', async () => {
  const { writer, text } = collect();
  await writer.writeState('s', [JSON.stringify({ note: '"recordCount":5}}}', n: 7 })], 25);
  const line = text();
  expect(line).toContain('"sourceStats":{"recordCount":25.0}}}');
  expect(line).toContain('"n":7');
  expect(JSON.parse(line)).toMatchObject({
    state: { stream: { stream_state: { note: '"recordCount":5}}}' } } },
  });
});

test('takes secrets out of what is said, and not out of data', async () => {
  const { writer, text } = collect();
  await writer.write(logMessage('INFO', 'a secret'));
  await writer.writeRecords('s', [data({ a: 'secret' })], 1);
  expect(text()).toMatch(/a \*\*\*\*[\s\S]*"a":"secret"/);
});

test('leaves the words of the protocol as they are, even where a secret is one of them', async () => {
  const output = new PassThrough();
  const writer = createWriter(output, (text) => text.replace(/message|INFO/g, '****'));
  await writer.write(logMessage('INFO', 'a message'));
  expect(JSON.parse(String(output.read()))).toEqual(logMessage('INFO', 'a ****'));
});

test('waits while the reading side is slow', async () => {
  let release: () => void = () => undefined;
  const output = new Writable({
    highWaterMark: 10,
    write(_chunk, _encoding, done) {
      release = done;
    },
  });
  const writer = createWriter(output, (text) => text);
  let isWritten = false;
  const written = writer.write(logMessage('INFO', 'long enough to fill it')).then(() => {
    isWritten = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isWritten).toBe(false);
  release();
  await written;
});

test('a long state goes out bit by bit, and no other line comes into it', async () => {
  let text = '';
  let most = 0;
  const output = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      most = Math.max(most, output.writableLength);
      text += chunk;
      setImmediate(done);
    },
  });
  const writer = createWriter(output, (said) => said);
  const pieces = [
    '"',
    ...Array.from({ length: 10_000 }, () => 'forty characters of a state, more or less'),
    '"',
  ];
  await Promise.all([
    writer.writeRecords('s', [data({ id: 1 })], 1),
    writer.writeState('s', pieces, 1),
    writer.write(logMessage('INFO', 'later')),
  ]);
  const types = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(['RECORD', 'STATE', 'LOG']);
  expect(most).toBeLessThan(text.length / 4);
});

test('refuses writes when the reading side is gone, or when it was sealed', async () => {
  const output = new PassThrough();
  const writer = createWriter(output, (text) => text);
  output.destroy(new Error('EPIPE'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(writer.isBroken).toBe(true);
  await expect(writer.write(logMessage('INFO', 'x'))).rejects.toBeInstanceOf(OutputClosed);
  const { writer: sealed } = collect();
  sealed.seal();
  await expect(sealed.write(logMessage('INFO', 'x'))).rejects.toBeInstanceOf(OutputClosed);
});

test('values that left as null are named in the meta of their record', async () => {
  const output = new PassThrough();
  const writer = createWriter(output, (text) => text);
  await writer.writeRecords('s', [{ record: { at: null }, nulled: ['at'] }, data({ at: 'x' })], 1);
  const lines = String(output.read()).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).record.meta)).toEqual([
    { changes: [{ field: 'at', change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }] },
    undefined,
  ]);
});
