import { expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import { findProxy, proxySecrets, type Variables } from './proxy.ts';

const zoom = new URL('https://api.zoom.us/v2');
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

test.each<{ variables: Variables; name: string; port: number; authorization?: string }>([
  { variables: { HTTPS_PROXY: 'http://10.0.0.1:3128' }, name: 'http://10.0.0.1:3128', port: 3128 },
  { variables: { HTTPS_PROXY: '10.0.0.1:3128' }, name: 'http://10.0.0.1:3128', port: 3128 },
  { variables: { HTTPS_PROXY: ' proxy.test:3128/\n' }, name: 'http://proxy.test:3128', port: 3128 },
  { variables: { https_proxy: 'proxy.test' }, name: 'http://proxy.test', port: 80 },
  { variables: { https_proxy: 'https://proxy.test' }, name: 'https://proxy.test', port: 443 },
  { variables: { HTTPS_PROXY: 'a.test', https_proxy: 'b.test' }, name: 'http://b.test', port: 80 },
  { variables: { ALL_PROXY: '[::1]:8080' }, name: 'http://[::1]:8080', port: 8080 },
  { variables: { all_proxy: 'a.test', HTTPS_PROXY: 'b.test' }, name: 'http://b.test', port: 80 },
  { variables: { all_proxy: 'a.test', HTTPS_PROXY: '' }, name: 'http://a.test', port: 80 },
  {
    variables: { HTTPS_PROXY: 'me%40corp:p%40ss%3Aw%2Frd@proxy.test:8080' },
    name: 'http://proxy.test:8080',
    port: 8080,
    authorization: basic('me@corp:p@ss:w/rd'),
  },
  {
    variables: { HTTPS_PROXY: 'http://me:100%@proxy.test:8080' },
    name: 'http://proxy.test:8080',
    port: 8080,
    authorization: basic('me:100%'),
  },
  {
    variables: { HTTPS_PROXY: 'http://apikey123@proxy.test:8080' },
    name: 'http://proxy.test:8080',
    port: 8080,
    authorization: basic('apikey123:'),
  },
  {
    variables: { HTTPS_PROXY: 'http://me@corp.com:secret@proxy.test:8080' },
    name: 'http://proxy.test:8080',
    port: 8080,
    authorization: basic('me@corp.com:secret'),
  },
])('$variables is $name', ({ variables, name, port, authorization }) => {
  expect(findProxy(zoom, variables)).toMatchObject({ name, port, authorization });
});

test.each([
  { password: '100%p%40ss', expected: '100%p@ss' },
  { password: '50%ü', expected: '50%ü' },
  { password: '50% off', expected: '50% off' },
  { password: '100%^x', expected: '100%^x' },
  { password: '%C3%BC%', expected: 'ü%' },
  { password: '%E4%40', expected: '%E4@' },
])('the password $password is sent as $expected, and a secret', ({ password, expected }) => {
  const variables = { HTTPS_PROXY: `http://me:${password}@proxy.test:8080` };
  expect(findProxy(zoom, variables)?.authorization).toBe(basic(`me:${expected}`));
  const pair = Buffer.from(`me:${expected}`).toString('base64');
  expect(proxySecrets(variables)).toEqual([password, expected, pair]);
});

test.each<{ list: string; isExempt: boolean }>([
  { list: '*', isExempt: true },
  { list: 'zoom.us', isExempt: true },
  { list: '.zoom.us', isExempt: true },
  { list: '*.zoom.us', isExempt: true },
  { list: 'localhost, API.ZOOM.US', isExempt: true },
  { list: 'localhost api.zoom.us:443', isExempt: true },
  { list: 'api.zoom.us:8443', isExempt: false },
  { list: 'oom.us', isExempt: false },
  { list: 'zoom.us.test,127.0.0.1,,', isExempt: false },
])('no_proxy "$list"', ({ list, isExempt }) => {
  for (const name of ['no_proxy', 'NO_PROXY'])
    expect(findProxy(zoom, { HTTPS_PROXY: 'proxy.test', [name]: list }) === undefined).toBe(isExempt);
});

test('an http_proxy is for http alone, and none is none', () => {
  expect(findProxy(zoom, { HTTP_PROXY: 'proxy.test', http_proxy: 'proxy.test' })).toBeUndefined();
  expect(findProxy(zoom, {})).toBeUndefined();
});

test.each([
  'http://me:canary#1@proxy.test:80',
  'http://me:12#canary@proxy.test:80',
  'http://me:canary/1@proxy.test:80',
  'http://me:canary@proxy.test:port',
  'http://me@corp.com:12#34canary@proxy.test:8080',
  'http://me@corp.com:12/34canary@proxy.test:8080',
  'http://me@corp.com:12?34canary@proxy.test:8080',
  'http://',
  'socks5://me:canary@proxy.test:1080',
])('%s is refused and not shown', (value) => {
  const find = () => findProxy(zoom, { https_proxy: value });
  expect(find).toThrow(ConfigError);
  expect(find).toThrow(/^https_proxy /);
  expect(find).not.toThrow(/canary|12/);
});

test('user and password are secrets in every form that they have', () => {
  expect(proxySecrets({ ALL_PROXY: 'me:p%40ss@proxy.test', HTTPS_PROXY: 'proxy.test' })).toEqual([
    'p%40ss',
    'p@ss',
    Buffer.from('me:p@ss').toString('base64'),
  ]);
});

test('a user without a password is a key, and a secret', () => {
  const pair = Buffer.from('apikey123:').toString('base64');
  for (const value of ['http://apikey123@proxy.test', 'apikey123:@proxy.test'])
    expect(proxySecrets({ HTTPS_PROXY: value })).toEqual(['apikey123', 'apikey123', pair]);
});
