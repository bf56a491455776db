import { expect, test } from '@jest/globals';
import { createRedactor } from './redact.ts';

test.each<{ text: string; expected: string }>([
  { text: 'the secret s3cr3t/value+1 was refused', expected: 'the secret **** was refused' },
  { text: 'refresh_token=s3cr3t%2Fvalue%2B1&x=1', expected: 'refresh_token=****&x=1' },
  { text: 'Authorization: Bearer abcdefgh.ijk-lm', expected: 'Authorization: Bearer ****' },
  {
    text: 'https://example.com/s/1?zak=abc.def&other=1',
    expected: 'https://example.com/s/1?zak=****&other=1',
  },
  { text: 'https://example.com/j/1?pwd=abc', expected: 'https://example.com/j/1?pwd=****' },
  { text: 'next_page_token=abc stays readable', expected: 'next_page_token=abc stays readable' },
])('$text', ({ text, expected }) => {
  const redactor = createRedactor();
  redactor.add('s3cr3t/value+1');
  redactor.add('no');
  redactor.add(undefined);
  expect(redactor.redact(text)).toBe(expected);
});

test('a secret with half a character in it is known as it is written', () => {
  const redactor = createRedactor();
  redactor.add('half \ud800 character');
  expect(redactor.redact('it is half \ufffd character')).toBe('it is ****');
});
