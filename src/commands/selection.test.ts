import { describe, expect, test } from '@jest/globals';
import { selectStreams } from './selection.ts';

const known = ['meetings', 'past_meetings', 'phone_users', 'phone_call_logs', 'users', 'user_settings'];

test.each<[string, readonly string[]]>([
  ['users', ['users']],
  ['phone_*', ['phone_users', 'phone_call_logs']],
  ['*meetings', ['meetings', 'past_meetings']],
  ['*', known],
  ['u*s', ['users', 'user_settings']],
  ['users,users,phone_users,phone_*', ['users', 'phone_users', 'phone_call_logs']],
])('%s', (patterns, expected) => {
  expect(selectStreams(patterns.split(','), known)).toEqual(expected);
});

describe('what fits no stream is named, with what may be meant', () => {
  test.each<[string, RegExp]>([
    ['user', /No stream is called "user"\. Did you mean users/],
    ['call_logs', /"call_logs"\. Did you mean phone_call_logs\?/],
    ['Phone-Users', /Did you mean phone_users/],
    ['phon_*', /"phon_\*"\. Did you mean/],
    ['use.s', /"use\.s"\./],
    ['zzz', /"zzz"\. source-zoom streams lists/],
    ['pho*(', /No stream is called "pho\*\("/],
  ])('%s', (pattern, says) => {
    expect(() => selectStreams(['meetings', pattern], known)).toThrow(says);
  });
});
