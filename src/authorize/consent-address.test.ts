import { expect, test } from '@jest/globals';
import { consentAddress } from './consent-address.ts';

const request = {
  authorizationUrl: 'https://zoom.us/oauth/authorize',
  clientId: 'id',
  redirectUrl: 'http://127.0.0.1:8080/callback',
};
const scopeIn = (scope: string | undefined) =>
  new URL(consentAddress({ ...request, scope }, { state: 's', challenge: 'c' })).searchParams.get('scope');

test('the scopes of the config are asked for', () => {
  expect(scopeIn(' user:read:admin \n meeting:read:admin ')).toBe('user:read:admin meeting:read:admin');
});

test.each([undefined, '', ' \n'])('none are where the config has %j', (scope) => {
  expect(scopeIn(scope)).toBeNull();
});

test('so many that the address would be refused are left to the app', () => {
  const scope = Array.from({ length: 200 }, (_, index) => `meeting:read:thing_${index}:admin`).join(' ');
  expect(scopeIn(scope)).toBeNull();
  expect(consentAddress({ ...request, scope }, { state: 's', challenge: 'c' }).length).toBeLessThan(1_000);
});
