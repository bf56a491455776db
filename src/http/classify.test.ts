import { expect, test } from '@jest/globals';
import type { Answer } from '../streams/declaration.ts';
import { blames, classify, namedScopes, type ResponseAction } from './classify.ts';

const answers: readonly Answer[] = [
  { code: 3001, action: 'not_ready' },
  { code: 1001, action: 'skip' },
  { code: 200, action: 'skip' },
];

test.each<{
  status: number;
  code?: number;
  message?: string;
  isJson?: boolean;
  answers?: readonly Answer[];
  expected: ResponseAction;
}>([
  { status: 200, expected: 'success' },
  { status: 200, code: 429, expected: 'rate_limited' },
  { status: 200, code: 300, message: 'Validation Failed.', expected: 'refused' },
  {
    status: 400,
    code: 4711,
    message: 'Invalid access token, does not contain scopes:[a:b].',
    expected: 'unavailable',
  },
  {
    status: 401,
    code: 4711,
    message: 'Invalid access token, does not contain scopes:[a:b].',
    expected: 'unavailable',
  },
  {
    status: 400,
    code: 104,
    message: 'Invalid access token, does not contain scopes:[phone:read].',
    expected: 'unavailable',
  },
  {
    status: 400,
    code: 4700,
    message: 'Invalid access token, does not contain role:read:admin scope.',
    expected: 'unavailable',
  },
  { status: 400, code: 124, message: 'Invalid access token.', expected: 'refresh_token_then_retry' },
  { status: 404, code: 124, message: 'Account does not exist', expected: 'refused' },
  { status: 401, code: 124, message: 'Access token is expired.', expected: 'refresh_token_then_retry' },
  { status: 401, expected: 'refresh_token_then_retry' },
  { status: 401, code: 30031004, expected: 'refresh_token_then_retry' },
  {
    status: 400,
    code: 300,
    message: 'The next page token is invalid or expired.',
    expected: 'expired_page_token',
  },
  {
    status: 400,
    code: 400,
    message: 'The next page token is invalid or expired.',
    expected: 'expired_page_token',
  },
  {
    status: 403,
    code: 300,
    message: 'The next page token is invalid or expired.',
    expected: 'expired_page_token',
  },
  { status: 400, code: 200, message: 'Only available for Paid account: x.', expected: 'unavailable' },
  { status: 400, code: 200, message: 'Webinar plan is missing.', answers, expected: 'skip' },
  { status: 403, code: 2031, expected: 'unavailable' },
  { status: 410, code: 4137, expected: 'unavailable' },
  { status: 400, code: 802, expected: 'not_ready' },
  { status: 404, code: 3001, answers, expected: 'not_ready' },
  { status: 404, code: 1001, answers, expected: 'skip' },
  { status: 404, code: 3001, expected: 'refused' },
  { status: 404, expected: 'refused' },
  { status: 403, isJson: false, expected: 'refused' },
  { status: 429, expected: 'rate_limited' },
  { status: 400, code: 4001, expected: 'rate_limited' },
  { status: 503, expected: 'retry' },
  { status: 503, code: 503, expected: 'retry' },
  { status: 302, expected: 'refused' },
  { status: 401, message: 'does not contain scopes:["a:b"]', expected: 'unavailable' },
  { status: 400, message: 'The next page token is invalid or expired.', expected: 'expired_page_token' },
  { status: 400, code: 4741, message: 'The token has been revoked.', expected: 'refresh_token_then_retry' },
  { status: 400, code: 401, message: 'Invalid access token.', expected: 'refresh_token_then_retry' },
  { status: 400, code: 106, message: 'Access token is expired', expected: 'refresh_token_then_retry' },
  { status: 400, code: 124, message: 'Requires an access token.', expected: 'refresh_token_then_retry' },
  {
    status: 400,
    code: 300,
    message: 'Invalid next_page_token or page_size.',
    expected: 'expired_page_token',
  },
  {
    status: 400,
    code: 300,
    message: 'Validation Failed. (next_page_token: Invalid field.)',
    expected: 'expired_page_token',
  },
  { status: 400, code: 200, message: "Channel Id can't be empty or not exist.", expected: 'refused' },
  { status: 400, code: 200, message: 'Invalid parameters', expected: 'refused' },
  { status: 403, code: 403, message: 'Invalid parameters', expected: 'refused' },
  { status: 400, code: 200, message: 'Not available for this account, x', expected: 'unavailable' },
  { status: 400, code: 200, message: 'Zoom Room subscription not found.', expected: 'unavailable' },
  {
    status: 400,
    code: 200,
    message: 'Webinar plan is missing. You must subscribe to the webinar plan.',
    expected: 'unavailable',
  },
  { status: 403, code: 200, message: 'No permission to access the channel', expected: 'unavailable' },
  { status: 403, code: 403, message: 'Access Restricted', expected: 'unavailable' },
  { status: 400, code: 200, message: 'A required scope is missing.', expected: 'unavailable' },
  { status: 400, code: 30055008, message: 'no permission.', expected: 'unavailable' },
])(
  '$status with Zoom code $code "$message" is $expected',
  ({ status, code, message = '', isJson = true, answers: declared = [], expected }) => {
    expect(classify({ status, code, message, isJson }, declared, (retried) => retried >= 500)).toBe(expected);
  },
);

test.each<{ message: string; expected: string[] }>([
  {
    message: 'Invalid access token, does not contain scopes:[a:read, b:read:admin].',
    expected: ['a:read', 'b:read:admin'],
  },
  { message: 'Invalid access token, does not contain role:read:admin scope.', expected: ['role:read:admin'] },
  {
    message: 'does not contain scopes:["phone:read:a:admin", "b:c"]',
    expected: ['phone:read:a:admin', 'b:c'],
  },
  { message: "does not contain scopes:['a:b','c:d']", expected: ['a:b', 'c:d'] },
  { message: 'does not contain scopes: a:b, c:d.', expected: ['a:b', 'c:d'] },
  { message: 'does not contain scopes:["a:b", "c:', expected: ['a:b'] },
  { message: 'does not contain scopes:["a:b", "c:d', expected: ['a:b'] },
  { message: 'does not contain scopes:[a:rea', expected: [] },
  { message: 'does not contain scopes:[some:read:scope:admin].', expected: ['some:read:scope:admin'] },
  { message: 'No permission.', expected: [] },
  { message: 'Validation Failed. (field contains a:b)', expected: [] },
])('"$message" names $expected', ({ message, expected }) => {
  expect(namedScopes(message)).toEqual(expected);
});

test.each<{ code?: number; message: string; expected: string | undefined }>([
  { code: 4711, message: '', expected: 'scopes' },
  { message: 'The app lacks a scope.', expected: 'scopes' },
  { code: 300, message: 'The date is out of scope.', expected: undefined },
  { code: 200, message: 'Only available for Paid account: x.', expected: 'account' },
  { code: 2031, message: '', expected: 'account' },
  { code: 3161, message: 'Your user account is not allowed hosting.', expected: 'account' },
  { code: 999, message: 'A webinar plan is missing.', expected: 'account' },
  {
    code: 300,
    message: 'Validation Failed. (from: The report can only be for the last 6 months.)',
    expected: undefined,
  },
  { code: 1034, message: 'The role does not exist.', expected: undefined },
  { code: 4137, message: 'The IM Group APIs are no longer available.', expected: undefined },
  { code: 124, message: 'This API only supports OAuth2 authorization.', expected: undefined },
  { message: 'You have no permission to view this page.', expected: undefined },
  { code: 200, message: "Channel Id can't be empty or not exist.", expected: undefined },
  { code: 200, message: 'Invalid parameters', expected: undefined },
  { code: 200, message: 'Webinar plan is missing. You must subscribe to it.', expected: 'account' },
  { code: 200, message: 'A required scope is missing.', expected: 'scopes' },
  { code: 300, message: 'A required scope is missing.', expected: 'scopes' },
  { code: 300, message: 'Validation Failed. (a: The required scope is odd.)', expected: undefined },
  { code: 300, message: 'A paid plan is required.', expected: 'account' },
  { code: 400, message: 'You must have the permission to see it.', expected: 'account' },
  { code: 200, message: 'Invalid parameters (license: Invalid field.)', expected: undefined },
  { code: 300, message: 'The value is not allowed.', expected: undefined },
  { code: 300, message: 'The required date is out of scope.', expected: undefined },
  { code: 300, message: 'You do not have permission.', expected: 'account' },
  { code: 300, message: 'Validation Failed. (type: The value is not allowed.)', expected: undefined },
  { code: 1, message: 'Validation failed: license is needed. (license: Invalid.)', expected: undefined },
  { code: 301, message: 'Invalid data. (license: Invalid field.)', expected: undefined },
  { code: 400, message: 'Bad Request (license: Unknown.)', expected: undefined },
  {
    code: 300,
    message: 'Validation Failed. (from: The required date is out of scope.)',
    expected: undefined,
  },
  { code: 300, message: 'Validation Failed. (does not contain scopes:[a:read])', expected: 'scopes' },
  {
    code: 400,
    message: 'This API is only available for ZMP and Business or higher accounts that have enabled it.',
    expected: 'account',
  },
  { code: 30055008, message: 'no permission.', expected: 'account' },
  { code: 2024, message: 'Account has not enabled TSP.', expected: 'account' },
  { code: 300520009, message: 'Access restricted.', expected: 'account' },
  { code: 1004, message: 'Not allow to access this account.', expected: 'account' },
  { code: 2001, message: 'Account does not exist: x.', expected: undefined },
  { code: 13000, message: 'Only power pack user can get CQ rules.', expected: 'account' },
  { code: 13001, message: 'Non super admin can only list CQ rules.', expected: 'account' },
  { code: 13002, message: 'Current operation is not allowed, please contact support.', expected: 'account' },
  { code: 12700, message: 'This account cannot query meetings by `end_time`.', expected: 'account' },
])('$code "$message" blames $expected', ({ code, message, expected }) => {
  const missingScopes = namedScopes(message);
  expect(blames({ ...(code === undefined ? {} : { code }), message, missingScopes })).toBe(expected);
});
