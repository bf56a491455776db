import { expect, test } from '@jest/globals';
import { createGrant } from './grant.ts';

const users = { granular: ['user:read:list_users:admin', 'user:read:user'], classic: ['user:read:admin'] };

test.each<[string, boolean]>([
  ['user:read:list_users:admin', true],
  ['user:read:admin', true],
  ['user:read:user', true],
  ['meeting:read:admin user:read:admin', true],
  ['user:write:admin', true],
  ['user:read:list_users:master', true],
  ['user:master', false],
  ['user:read', false],
  ['user:write:list_users:admin', false],
  ['user:read:list_users', false],
])('a token with %s opens the users: %s', (scopes, isOpen) => {
  expect(createGrant(scopes.split(' ')).opens(users)).toBe(isOpen);
});

test('what has no scope needs none', () => {
  expect(createGrant(['user:read']).opens({ granular: [], classic: [] })).toBe(true);
});

test('what is missing is named as the app has its scopes', () => {
  expect(createGrant(['meeting:read:meeting:admin']).missing(users)).toBe('user:read:list_users:admin');
  expect(createGrant(['meeting:read:admin', 'phone:read']).missing(users)).toBe('user:read:admin');
  expect(createGrant(['user:read:settings']).missing(users)).toBe('user:read:user');
  expect(createGrant(['phone:read']).missing({ granular: ['a:read:b'], classic: [] })).toBe('a:read:b');
});

test('what Zoom offers to apps of the other sort alone can be added by nobody', () => {
  const [account, user] = [createGrant(['phone:read:list:admin']), createGrant(['phone:read:list'])];
  const contacts = { granular: ['contacts:read:list'], classic: ['contacts:read'] };
  const reports = { granular: ['report:read:list:admin'], classic: ['report:read:admin'] };
  const offers = (scopes: typeof contacts) => [account.isOffered(scopes), user.isOffered(scopes)];
  expect(offers(contacts)).toEqual([false, true]);
  expect(offers(reports)).toEqual([true, false]);
  expect(offers(users)).toEqual([true, true]);
});
