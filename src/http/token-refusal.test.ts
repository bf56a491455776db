import { expect, test } from '@jest/globals';
import { isPassingTokenError, refusedCredentials, type TokenRefusal } from './token-refusal.ts';

type Answer = Partial<Pick<TokenRefusal, 'error' | 'status' | 'page'>> & { code?: number; words?: string };

const toRefusal = (
  authType: TokenRefusal['authType'],
  { code, words, error = '', status = 400, page }: Answer,
): TokenRefusal => ({
  authType,
  tokenUrl: 'https://zoom.us/oauth/token',
  status,
  error,
  said: words === undefined && code === undefined ? undefined : { code, message: words ?? '' },
  page,
  between: 'a proxy or firewall',
  detail: '',
});

const oauth = 'oauth2.0';
const s2s = 'server_to_server';
const spent = /refresh token is no longer good.*Authenticate/;

test.each<Answer & { kind: TokenRefusal['authType']; expected: RegExp }>([
  { kind: s2s, error: 'invalid_client', expected: /client_id.*client_secret.*Copy both/ },
  { kind: oauth, error: 'invalid_client', expected: /client_id.*client_secret.*Copy both/ },
  { kind: oauth, error: 'invalid_client', words: 'The app has been disabled', expected: /Activate it/ },
  { kind: oauth, error: 'invalid_grant', words: 'Invalid Token!', expected: spent },
  { kind: oauth, error: 'invalid_request', words: 'Invalid Token!', expected: spent },
  { kind: s2s, error: 'invalid_grant', expected: /account_id.*activated/ },
  { kind: oauth, error: 'invalid_request', words: 'Bad Request', expected: /refresh_token.*whole/ },
  { kind: s2s, error: 'invalid_request', words: 'Bad Request', expected: /Copy account_id/ },
  { kind: oauth, error: 'unsupported_grant_type', expected: /auth_type to server_to_server.*account_id/ },
  { kind: s2s, error: 'unsupported_grant_type', expected: /auth_type to oauth2\.0/ },
  { kind: oauth, error: 'unauthorized_client', expected: /auth_type to server_to_server/ },
  { kind: s2s, error: 'unauthorized_client', expected: /auth_type to oauth2\.0/ },
  { kind: s2s, error: 'invalid_scope', expected: /scopes.*activate it again/ },
  { kind: oauth, error: 'invalid_scope', expected: /scopes.*Authenticate/ },
  { kind: oauth, error: 'access_denied', expected: /approved.*authenticate/ },
  { kind: oauth, error: 'brand_new_error', expected: /^Zoom refused the app's credentials/ },
  { kind: s2s, error: 'brand_new_error', expected: /^Zoom refused the Server-to-Server credentials/ },
  { kind: oauth, code: 4700, expected: /tracking id/ },
  { kind: oauth, code: 4702, expected: /Copy both/ },
  { kind: oauth, code: 4704, expected: /Copy both/ },
  { kind: s2s, code: 4705, expected: /auth_type to oauth2\.0/ },
  { kind: oauth, code: 4705, expected: /auth_type to server_to_server/ },
  { kind: oauth, code: 4706, expected: /client_id and client_secret are whole/ },
  { kind: oauth, code: 4709, expected: /redirect URLs/ },
  { kind: oauth, code: 4711, expected: /scopes/ },
  { kind: oauth, code: 4717, expected: /Activate it/ },
  { kind: oauth, code: 4724, expected: /whole/ },
  { kind: oauth, code: 4733, expected: /five minutes/ },
  { kind: oauth, code: 4734, expected: /Authenticate the source again/ },
  { kind: oauth, code: 4735, expected: /somebody who stays/ },
  { kind: oauth, code: 4737, expected: /Authenticate the source again/ },
  { kind: oauth, code: 4738, words: 'The token is disabled by admin.', expected: /approved/ },
  { kind: oauth, code: 4740, expected: /too often.*Authenticate/ },
  { kind: oauth, code: 4741, error: 'invalid_grant', expected: /app or a user of its own/ },
  { kind: s2s, status: 404, words: 'Not Found', expected: /no(t Zoom's)? token endpoint.*Check token_url/ },
  { kind: s2s, page: 'Blocked', expected: /a proxy or firewall stands in the way.*Blocked.*token_url/ },
])('$kind $status $error $code "$words" gets its own cure', ({ kind, expected, ...answer }) => {
  const { message, failureType } = refusedCredentials(toRefusal(kind, answer));
  expect(message).toMatch(expected);
  expect(failureType).toBe('config_error');
});

test.each<Answer & { expected: boolean }>([
  { error: 'server_error', expected: true },
  { error: 'temporarily_unavailable', expected: true },
  { code: 4732, expected: true },
  { code: 4741, error: 'invalid_grant', expected: false },
])('$error $code passes by itself: $expected', ({ expected, ...answer }) => {
  expect(isPassingTokenError(toRefusal(oauth, answer))).toBe(expected);
});

test.each<Answer & { expected: RegExp }>([
  {
    error: 'invalid_request',
    words: 'Invalid authorization code abc',
    expected: /used before.*five minutes/,
  },
  { code: 4733, words: 'Code is expired', expected: /used before.*Run authorize again/ },
  { code: 4734, words: 'Invalid authorization code.', expected: /used before.*Run authorize again/ },
  { error: 'invalid_request', words: 'Invalid code verifier', expected: /Run authorize again and agree/ },
  {
    error: 'invalid_request',
    words: 'Redirect URI mismatch',
    expected: /redirect_url.*character by character/,
  },
  { code: 4709, words: 'Redirect URI mismatch.', expected: /redirect_url.*allow list/ },
  { error: 'invalid_client', expected: /one pair for development.*Then run authorize again/ },
  { error: 'unsupported_grant_type', expected: /General app.*needs no consent/ },
  { error: 'invalid_request', words: 'Bad Request', expected: /client_id, client_secret and redirect_url/ },
  { error: 'brand_new_error', expected: /client_id, client_secret and redirect_url/ },
  { code: 4738, words: 'The token is disabled by admin.', expected: /approved for the account/ },
  { code: 4717, words: 'The app has been disabled', expected: /Activate it/ },
])('a code of the consent page: $error $code "$words"', ({ expected, ...answer }) => {
  const { message } = refusedCredentials({ ...toRefusal(oauth, answer), isConsent: true });
  expect(message).toMatch(expected);
  // Nobody has a platform or a refresh token yet.
  expect(message).not.toMatch(/platform|refresh_token/);
});
