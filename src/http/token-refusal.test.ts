import { expect, test } from '@jest/globals';
import { errorOf, isPassingTokenError, refusedCredentials, type TokenRefusal } from './token-refusal.ts';

type Answer = Partial<Pick<TokenRefusal, 'error' | 'status' | 'page' | 'proxy'>> & {
  code?: number;
  words?: string;
};

const toRefusal = (
  authType: TokenRefusal['authType'],
  { code, words, error = '', status = 400, page, proxy }: Answer,
): TokenRefusal => ({
  authType,
  tokenUrl: 'https://zoom.us/oauth/token',
  status,
  error,
  said: words === undefined && code === undefined ? undefined : { code, message: words ?? '' },
  page,
  proxy,
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
  { kind: oauth, error: 'invalid_request', words: 'Refresh token has expired', expected: spent },
  { kind: oauth, error: 'invalid_request', words: 'Invalid refresh token', expected: spent },
  { kind: oauth, error: 'invalid_request', words: 'Token is expired', expected: spent },
  {
    kind: oauth,
    error: 'invalid_request',
    words: 'Invalid client_id or client_secret',
    expected: /Copy both/,
  },
  {
    kind: s2s,
    error: 'invalid_request',
    words: 'Invalid client_id or client_secret',
    expected: /Copy both/,
  },
  { kind: s2s, error: 'invalid_client', words: 'The app has not been activated', expected: /Activate it/ },
  { kind: s2s, error: 'invalid_request', words: 'The app is inactive', expected: /Activate it/ },
  { kind: oauth, error: 'invalid_grant', words: 'The user is disabled', expected: /somebody who stays/ },
  { kind: s2s, error: 'invalid_grant', words: 'The user is inactive', expected: /owner who stays/ },
  { kind: s2s, error: 'invalid_request', words: 'The account is inactive', expected: /Copy account_id/ },
  { kind: oauth, error: 'constructor', expected: /^Zoom refused the app's credentials/ },
  { kind: oauth, status: 401, code: 124, words: 'Invalid access token.', expected: /Check token_url\.$/ },
  { kind: s2s, code: 2300, words: 'This API endpoint is not recognized.', expected: /Check token_url\.$/ },
  {
    kind: oauth,
    status: 407,
    page: 'Authenticate',
    proxy: 'http://10.0.0.1:3128',
    expected:
      /the proxy http:\/\/10\.0\.0\.1:3128, or one behind it, wants a user and a password \(HTTP 407\)/,
  },
  { kind: s2s, status: 407, words: 'No.', expected: /a proxy or firewall, or one behind it, wants a user/ },
  { kind: s2s, page: 'Blocked', expected: /a proxy or firewall stands in the way.*Blocked.*token_url/ },
])('$kind $status $error $code "$words" gets its own cure', ({ kind, expected, ...answer }) => {
  const { message, failureType } = refusedCredentials(toRefusal(kind, answer));
  expect(message).toMatch(expected);
  expect(failureType).toBe('config_error');
});

/** Of a Server-to-Server app that is to be a General app is said elsewhere. */
const codes = [4700, 4702, 4704, 4706, 4709, 4711, 4717, 4724, 4733, 4734, 4735, 4737, 4738, 4740, 4741];

test.each(codes)('%s asks nobody for what is not theirs', (code) => {
  const { message } = refusedCredentials(toRefusal(s2s, { code, words: 'No.' }));
  expect(message).not.toMatch(/authenticate|authorize|refresh_token|refresh token|redirect|platform/i);
  const consent = refusedCredentials({ ...toRefusal(oauth, { code, words: 'No.' }), isConsent: true });
  expect(consent.message).not.toMatch(/platform|refresh_token|refresh token/i);
  for (const said of [message, consent.message]) expect(said).not.toMatch(/no reason.*says/);
});

test.each<{ body: Record<string, unknown>; expected: string }>([
  { body: { error: 'invalid_grant' }, expected: 'invalid_grant' },
  { body: { error: ' Invalid_Client\n' }, expected: 'invalid_client' },
  { body: { code: 'invalid_client', message: 'No.' }, expected: 'invalid_client' },
  { body: { errorCode: 'INVALID_GRANT' }, expected: 'invalid_grant' },
  { body: { error: { error: 'invalid_grant' } }, expected: 'invalid_grant' },
  { body: { error: { code: 'invalid_scope' } }, expected: 'invalid_scope' },
  { body: { error: 'Bad Request', code: 'server_error' }, expected: 'server_error' },
  { body: { error: 'constructor' }, expected: 'constructor' },
  { body: { error: 7, code: 4702 }, expected: '' },
])('the error of $body is $expected', ({ body, expected }) => {
  expect(errorOf(body)).toBe(expected);
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
