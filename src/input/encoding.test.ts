import { describe, expect, test } from '@jest/globals';
import { decodeText, inUtf8 } from './encoding.ts';

const text = '{"name": "Zoë 😀"}';
const utf16be = (value: string) => Buffer.from(value, 'utf16le').swap16();

describe.each([
  { encoding: 'UTF-8', bytes: Buffer.from(text) },
  { encoding: 'UTF-8 with a mark', bytes: Buffer.from(`\uFEFF${text}`) },
  { encoding: 'UTF-16, little end first, with a mark', bytes: Buffer.from(`\uFEFF${text}`, 'utf16le') },
  { encoding: 'UTF-16, little end first', bytes: Buffer.from(text, 'utf16le') },
  { encoding: 'UTF-16, big end first, with a mark', bytes: utf16be(`\uFEFF${text}`) },
  { encoding: 'UTF-16, big end first', bytes: utf16be(text) },
])('$encoding', ({ bytes }) => {
  test('is read whole', () => {
    expect(decodeText(bytes)).toBe(text);
  });

  test.each([5, 7, 1000])('is read in pieces of %d bytes', async (size) => {
    const pieces = async function* () {
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
    };
    const read: Buffer[] = [];
    for await (const chunk of inUtf8(pieces())) read.push(chunk);
    expect(Buffer.concat(read).toString('utf8')).toBe(text);
  });
});

test('an empty file is an empty text', () => {
  expect(decodeText(Buffer.alloc(0))).toBe('');
});
