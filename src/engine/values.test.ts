import { expect, test } from '@jest/globals';
import { combine } from './values.ts';

test('an endpoint without values is asked once', () => {
  expect(combine(undefined)).toEqual([{ parameters: {}, added: {} }]);
});

test('each value of one parameter goes with each of the others, the first one slowest', () => {
  const first = { parameter: 'a', values: ['1', '2'] };
  const second = { parameter: 'b', values: ['x', 'y'] };
  expect(combine([first, second]).map(({ parameters }) => parameters)).toEqual([
    { a: '1', b: 'x' },
    { a: '1', b: 'y' },
    { a: '2', b: 'x' },
    { a: '2', b: 'y' },
  ]);
});

test('the empty value leaves the parameter out, and something else is added for it', () => {
  expect(combine([{ parameter: 'option', values: ['', 'x'], adds: 'section', unset: 'general' }])).toEqual([
    { parameters: {}, added: { section: 'general' } },
    { parameters: { option: 'x' }, added: { section: 'x' } },
  ]);
});
