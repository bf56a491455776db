import { expect, test } from '@jest/globals';
import { fillPath } from './path.ts';

test.each<{ value: unknown; expected: string }>([
  { value: 81234567890, expected: '/m/81234567890' },
  { value: 'aDYlohsHRtCd4ii1uC2+hA==', expected: '/m/aDYlohsHRtCd4ii1uC2%2BhA%3D%3D' },
  { value: '/abc==', expected: '/m/%252Fabc%253D%253D' },
  { value: 'a//b==', expected: '/m/a%252F%252Fb%253D%253D' },
  { value: 'a/b+c==', expected: '/m/a%252Fb%252Bc%253D%253D' },
  { value: 'half \ud800', expected: '/m/half%20%EF%BF%BD' },
  { value: 'user@example.com', expected: '/m/user%40example.com' },
])('$value becomes $expected', ({ value, expected }) => {
  expect(fillPath('/m/{id}', { id: value })).toBe(expected);
});

test.each([undefined, null, ''])('a path without a value for its placeholder (%s) is a mistake', (id) => {
  expect(() => fillPath('/m/{id}', { id })).toThrow('{id}');
});
