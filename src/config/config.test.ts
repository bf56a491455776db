import { expect, test } from '@jest/globals';
import { parseConfig } from './config.ts';

const padded = (value: string) => ` \t${value}\u00a0\r\n`;

test.each([
  {
    kind: 'a user-authorised app',
    credentials: {
      auth_type: 'oauth2.0',
      client_id: 'client',
      client_secret: 'secret',
      refresh_token: 'refresh',
      access_token: 'access',
      token_expiry_date: '2026-01-31T10:00:00Z',
      token_url: 'https://example.com/token',
    },
  },
  {
    kind: 'a Server-to-Server app',
    credentials: {
      auth_type: 'server_to_server',
      account_id: 'account',
      client_id: 'client',
      client_secret: 'secret',
      token_url: 'https://example.com/token',
    },
  },
])('white space around every credential of $kind is cut off', ({ credentials }) => {
  const spaced = Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, padded(value)]),
  );
  expect(parseConfig({ credentials: spaced })).toEqual(parseConfig({ credentials }));
});

test('white space around the credentials of an older flat config is cut off', () => {
  const flat = { account_id: 'account', client_id: 'client', client_secret: 'secret' };
  const spaced = Object.fromEntries(Object.entries(flat).map(([name, value]) => [name, padded(value)]));
  expect(parseConfig(spaced)).toEqual(parseConfig(flat));
});

test('white space around any other value is cut off', () => {
  const credentials = { auth_type: 'server_to_server', account_id: 'a', client_id: 'c', client_secret: 's' };
  const others = { api_url: 'https://example.com/v2', start_date: '2026-01-31', zoom_plan: 'business' };
  const spaced = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, padded(value)]));
  const retry = { mode: padded('RetryAny'), status_code_list: padded('429') };
  expect(parseConfig({ credentials, ...spaced, retry })).toEqual(
    parseConfig({ credentials, ...others, retry: { mode: 'RetryAny', status_code_list: '429' } }),
  );
});

test.each([
  { value: 'se\ncret', code: 'U+000A, at place 3' },
  { value: 'se cret', code: 'U+0020, at place 3' },
  { value: 'secret\u200b', code: 'U+200B, at place 7' },
  { value: '\u{1f600}secret', code: 'U+1F600, at place 1' },
])('a credential with a character that none has is named without being shown: $code', ({ value, code }) => {
  const refused = (credentials: Record<string, string>) => () => parseConfig({ credentials });
  const app = { client_id: 'c', client_secret: 's' };
  const server = { auth_type: 'server_to_server', account_id: 'a', ...app };
  const user = { auth_type: 'oauth2.0', ...app, refresh_token: 'r', access_token: 'a' };
  for (const [given, names] of [
    [server, ['account_id', 'client_id', 'client_secret']],
    [user, ['refresh_token', 'access_token']],
  ] as const) {
    for (const name of names) {
      expect(refused({ ...given, [name]: value })).toThrow(`credentials.${name} holds a character`);
      expect(refused({ ...given, [name]: value })).toThrow(code);
      expect(refused({ ...given, [name]: value })).not.toThrow('secret\u200b');
    }
  }
});

test('a credential of white space alone is empty', () => {
  const credentials = {
    auth_type: 'server_to_server',
    account_id: 'a',
    client_id: 'c',
    client_secret: ' \n',
  };
  expect(() => parseConfig({ credentials })).toThrow('credentials.client_secret must not be empty');
  const user = { auth_type: 'oauth2.0', client_id: 'c', client_secret: 's', refresh_token: '\n' };
  expect(parseConfig({ credentials: user }).credentials).toMatchObject({ refreshToken: undefined });
});

test('an expiry may be a number', () => {
  const user = { auth_type: 'oauth2.0', client_id: 'c', client_secret: 's' };
  const config = parseConfig({ credentials: { ...user, token_expiry_date: 1_769_853_600 } });
  expect(config.credentials).toMatchObject({ tokenExpiryDate: '2026-01-31T10:00:00.000Z' });
});

test('details are asked for in every sync unless the config says how many days are enough', () => {
  const credentials = { auth_type: 'server_to_server', account_id: 'a', client_id: 'c', client_secret: 's' };
  expect(parseConfig({ credentials })).toMatchObject({ detailRefreshDays: 0 });
  expect(parseConfig({ credentials, detail_refresh_days: 7 })).toMatchObject({ detailRefreshDays: 7 });
});
