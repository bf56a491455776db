import { describe, expect, test } from '@jest/globals';
import { createCleaner } from './sensitive-fields.ts';

describe('sensitive fields', () => {
  test('are left out at any depth, and links lose their query', () => {
    const row = {
      id: 1,
      password: 'x',
      settings: {
        host_key: 'x',
        rooms: [{ passcode: 'x', name: 'kept' }],
        password_requirement: { length: 8 },
      },
      join_url: 'https://example.com/j/1?pwd=x',
      list: [{ join_url: 'https://example.com/j/2?pwd=x' }],
      other_url: 'https://example.com/?q=1',
    };
    const before = structuredClone(row);
    expect(createCleaner().clean(row)).toEqual({
      id: 1,
      settings: { rooms: [{ name: 'kept' }], password_requirement: { length: 8 } },
      join_url: 'https://example.com/j/1',
      list: [{ join_url: 'https://example.com/j/2' }],
      other_url: 'https://example.com/?q=1',
    });
    expect(row).toEqual(before);
  });

  test('cost no copy where there are none', () => {
    const row = { id: 1, list: [{ a: null }, ['b']], object: { url: 'https://example.com/?q=1' } };
    expect(createCleaner().clean(row)).toBe(row);
  });

  test('leave the schema too', () => {
    const schema = {
      type: 'object',
      properties: {
        id: { type: 'string' },
        password: { type: 'string' },
        rooms: { type: 'array', items: { type: 'object', properties: { passcode: {}, name: {} } } },
      },
    };
    expect(createCleaner().cleanSchema(schema)).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string' },
        rooms: { type: 'array', items: { type: 'object', properties: { name: {} } } },
      },
    });
  });

  test('are known by their endings, where their value is a text or a number', () => {
    const row = {
      pmi_password: '1',
      room_passcode: 2,
      phone_pin_code: '3',
      require_password: true,
      meeting_password: { length: 8 },
      authorized_channel_token: 'x',
      stream_key: 'x',
      token: 'kept',
    };
    expect(createCleaner().clean(row)).toEqual({
      require_password: true,
      meeting_password: { length: 8 },
      token: 'kept',
    });
  });

  test.each([
    { link: 'https://example.com/a?access_token=x', expected: 'https://example.com/a' },
    { link: 'https://example.com/a?id=1&pwd=x&b=2#end', expected: 'https://example.com/a?id=1&b=2#end' },
    { link: 'HTTP://example.com/a?TK=x&zak=y#z', expected: 'HTTP://example.com/a#z' },
    { link: 'https://example.com/a?passwd=kept', expected: 'https://example.com/a?passwd=kept' },
    { link: 'what about ?pwd=x', expected: 'what about ?pwd=x' },
    { link: 'https://example.com/a?a=1&amp;pwd=x&amp;b=2', expected: 'https://example.com/a?a=1&amp;b=2' },
    { link: 'https://example.com/a?pwd=x&amp;b=2', expected: 'https://example.com/a?b=2' },
    { link: 'https://example.com/#/j/1?ZAK=x', expected: 'https://example.com/#/j/1' },
    { link: 'https://example.com/a#access_token=x&id=1', expected: 'https://example.com/a#id=1' },
    { link: 'https://example.com/a b?jwt=x', expected: 'https://example.com/a b' },
    {
      link: 'Join: https://example.com/j/1?pwd=x.1 or <a href="https://example.com/j/2?tk=x&amp;c=3">here</a>. Why?',
      expected: 'Join: https://example.com/j/1 or <a href="https://example.com/j/2?c=3">here</a>. Why?',
    },
    { link: "https://example.com/a?name=O'Brien&pwd=x", expected: "https://example.com/a?name=O'Brien" },
    { link: 'https://example.com/a?a="b"&tk=x&c=<d>&jwt=y', expected: 'https://example.com/a?a="b"&c=<d>' },
    {
      link: 'https://example.com/a?a=1&#38;pwd=x&#x26;tk=y&amp;amp;b=2',
      expected: 'https://example.com/a?a=1&amp;amp;b=2',
    },
    { link: 'https://example.com/a?a=1;pwd=x;b=2', expected: 'https://example.com/a?a=1;b=2' },
    {
      link: 'https://example.com/in?to=https%3A%2F%2Fexample.com%2Fj%2F1%3Fpwd%3Dx%26id%3D1%26tk%3Dy&b=2',
      expected: 'https://example.com/in?to=https%3A%2F%2Fexample.com%2Fj%2F1%3Fid%3D1&b=2',
    },
    {
      link: 'https://example.com/in?to=https%3a%2f%2fexample.com%2Fj%2F1%3fpwd%3dx%23y',
      expected: 'https://example.com/in?to=https%3a%2f%2fexample.com%2Fj%2F1%23y',
    },
    {
      link: 'https://example.com/a?pwd=x,https://example.com/b?tk=y and more',
      expected: 'https://example.com/a,https://example.com/b and more',
    },
    {
      link: '[Join](https://example.com/j/1?pwd=x.1) now, or [call](https://example.com/c?jwt=a,b).',
      expected: '[Join](https://example.com/j/1) now, or [call](https://example.com/c).',
    },
    { link: 'https://example.com/a?pwd=x&tk=y&id=1', expected: 'https://example.com/a?id=1' },
    { link: 'https://example.com/a?b=pwd&c=token', expected: 'https://example.com/a?b=pwd&c=token' },
    { link: 'Why? https://example.com/a?id=1#2', expected: 'Why? https://example.com/a?id=1#2' },
  ])('leave links, whatever their field: $link', ({ link, expected }) => {
    expect(createCleaner().clean({ any: [link] })).toEqual({ any: [expected] });
  });

  test('are taken out of the longest texts in no time of their own', () => {
    const long = 200_000;
    for (const filling of ['.', ')', ';', '&', '&amp;', '?pwd=', ';a', '%3F', '#tk=x&'])
      expect(
        createCleaner().clean({ text: `https://example.com/?pwd=x${filling.repeat(long)}x` }),
      ).toBeDefined();
  }, 60_000);

  test('are known in upper case too, and links by every name', () => {
    const row = {
      hostPassword: 'x',
      PASSCODE: 1,
      Host_Key: 'x',
      JOIN_URL: 'https://example.com/j/1?pwd=x&id=1',
      registration_url: 'https://example.com/r/1#zak=x',
      personal_meeting_url: 'https://example.com/j/1?pwd=x&id=1',
      list: [['https://example.com/j/1?pwd=x'], { pic: 'https://example.com/p?access_token=x' }],
    };
    expect(createCleaner().clean(row)).toEqual({
      JOIN_URL: 'https://example.com/j/1',
      registration_url: 'https://example.com/r/1',
      personal_meeting_url: 'https://example.com/j/1?id=1',
      list: [['https://example.com/j/1'], { pic: 'https://example.com/p' }],
    });
  });

  test('are none of the fields that are called as what every object has', () => {
    const row = { constructor: 'x', toString: 'y', valueOf: 1, hasOwnProperty: 'z' };
    expect(createCleaner().clean(row)).toBe(row);
  });

  test('may be declared, at any depth', () => {
    const cleaner = createCleaner(['schedule_meeting.default', 'channels[].token']);
    const row = {
      token: 1,
      schedule_meeting: { default: 'x', other: 1 },
      channels: [{ token: 'x', id: 1 }],
      default: 1,
    };
    expect(cleaner.clean(row)).toEqual({
      token: 1,
      schedule_meeting: { other: 1 },
      channels: [{ id: 1 }],
      default: 1,
    });
    const text = { type: ['null', 'string'] };
    const schema = {
      properties: {
        token: text,
        channels: { type: 'array', items: { properties: { token: text, id: text } } },
        require_password: { type: ['null', 'boolean'] },
      },
    };
    expect(cleaner.cleanSchema(schema)).toEqual({
      properties: {
        token: text,
        channels: { type: 'array', items: { properties: { id: text } } },
        require_password: { type: ['null', 'boolean'] },
      },
    });
  });
});
