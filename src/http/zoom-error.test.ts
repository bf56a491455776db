import { expect, test } from '@jest/globals';
import { readBrokenZoomError, readZoomError, readZoomErrorOfSuccess } from './zoom-error.ts';

const lastMonths = 'The report can only be for the last 6 months.';

test.each<{ body: Record<string, unknown>; code?: number; message: string }>([
  { body: { code: 300, message: 'No.' }, code: 300, message: 'No.' },
  { body: { code: '3001', message: 'No.' }, code: 3001, message: 'No.' },
  { body: { code: ' 3001 ', message: 'No.' }, code: 3001, message: 'No.' },
  { body: { code: 'NOT_FOUND', message: 'No.' }, message: 'No. (NOT_FOUND)' },
  { body: { code: 300 }, code: 300, message: 'no reason given' },
  {
    body: { code: 300, message: 'Validation Failed.', errors: [{ field: 'from', message: lastMonths }] },
    code: 300,
    message: `Validation Failed. (from: ${lastMonths})`,
  },
  {
    body: {
      code: 300,
      message: 'Failed.',
      errors: [{ field: 'a', message: 'b' }, { message: 'c' }, 'd', 7, null, {}],
    },
    code: 300,
    message: 'Failed. (a: b; c; d; 7)',
  },
  {
    body: { message: 'Failed.', errors: Array.from({ length: 8 }, (_, field) => ({ field, message: 'x' })) },
    message: 'Failed. (0: x; 1: x; 2: x; 3: x; 4: x; and 3 more)',
  },
  { body: { errors: [{ field: 'a', message: 'b' }] }, message: 'refused (a: b)' },
  {
    body: { status: false, errorCode: 4702, errorMessage: 'Invalid client_id: x', result: null },
    code: 4702,
    message: 'Invalid client_id: x',
  },
  { body: { status: 404, errorCode: '1001', errorMessage: 'Gone.' }, code: 1001, message: 'Gone.' },
  { body: { status: 404, error: 'Not Found', path: '/v2/x' }, message: 'Not Found' },
  {
    body: { status: 400, error: 'Bad Request', message: 'No id.', path: '/v2/x' },
    message: 'No id. (Bad Request)',
  },
  { body: { error: 'invalid_grant', reason: 'Invalid Token!' }, message: 'Invalid Token! (invalid_grant)' },
  { body: { error: { code: 300, message: 'No.' }, status: 'x' }, code: 300, message: 'No.' },
  { body: { error: { error: { code: 300, message: 'No.' } } }, code: 300, message: 'No.' },
  { body: { code: 300, message: 'No.', reason: 'Too old.' }, code: 300, message: 'No. (Too old.)' },
  { body: { Code: 104, Message: 'No.' }, code: 104, message: 'No.' },
  { body: { code: 'INVALID', errorCode: 3001, message: 'No.' }, code: 3001, message: 'No. (INVALID)' },
  { body: { result: { errorCode: 3001, errorMessage: 'Gone.' } }, code: 3001, message: 'Gone.' },
  { body: { data: { code: '3001' } }, code: 3001, message: 'no reason given' },
  { body: { code: 1, message: 'No.', data: { code: 2, message: 'A row.' } }, code: 1, message: 'No.' },
  { body: { errors: { from: ['Too old.'] } }, message: 'refused (from: Too old.)' },
  { body: { errors: { field: 'from', message: 'Too old.' } }, message: 'refused (from: Too old.)' },
  { body: { code: 300, errors: 'Too old.' }, code: 300, message: 'refused (Too old.)' },
  {
    body: { errors: [{ field: 'from', messages: ['Too old.', 'Odd.'] }, { description: 'No.' }] },
    message: 'refused (from: Too old., Odd.; No.)',
  },
  { body: { error: [{ field: 'from', message: 'Too old.' }] }, message: 'refused (from: Too old.)' },
  { body: { error: { from: ['Too old.'] } }, message: 'refused (from: Too old.)' },
  { body: { message: 'No.', details: [{ name: 'from' }, 'Odd.'] }, message: 'No. (from; Odd.)' },
  { body: { message: ['Too old.', 'Odd.'] }, message: 'refused (Too old.; Odd.)' },
  { body: { code: 300, message: { from: 'Too old.' } }, code: 300, message: 'refused (from: Too old.)' },
  { body: { errors: [{ code: '3001', message: 'Gone.' }] }, code: 3001, message: 'refused (Gone.)' },
])('$body says "$message"', ({ body, code, message }) => {
  expect(readZoomError(body)).toEqual({ code, message });
});

test.each([{}, { users: [] }, { code: '', message: null }, { errors: {} }])('%j says nothing', (body) => {
  expect(readZoomError(body)).toBeUndefined();
});

test.each<{ body: Record<string, unknown>; code?: number }>([
  { body: { code: 300, message: 'No.' }, code: 300 },
  { body: { code: '300', message: 'No.' }, code: 300 },
  { body: { errorCode: 300, errorMessage: 'No.' }, code: 300 },
  { body: { code: 'US', message: 'a row' } },
  { body: { code: 300 } },
  { body: { status: 404, error: 'a row', path: '/' } },
  { body: { error: 'a row', reason: 'of a log' } },
])('with HTTP 200 $body has the code $code', ({ body, code }) => {
  expect(readZoomErrorOfSuccess(body)?.code).toBe(code);
});

test.each<{ text: string; code?: number; message: string }>([
  {
    text: '{"code":104, "message":"Invalid access token, does not contain scopes:["phone:read:list_call_logs:admin"]"}',
    code: 104,
    message: 'Invalid access token, does not contain scopes:["phone:read:list_call_logs:admin"]',
  },
  {
    text: '{"message":"No "a","b" of {"c":"d"} here","code":"300"}',
    code: 300,
    message: 'No "a","b" of {"c":"d"} here',
  },
  { text: '{"code":300,"message":"Line\nbreak \\"quoted\\""}\n', code: 300, message: 'Line break "quoted"' },
  { text: '{"code":1001,"message":"User does not ex', code: 1001, message: 'User does not ex' },
  { text: '{"code":1001,"mess', code: 1001, message: 'garbled answer: {"code":1001,"mess' },
  { text: '{"status":404,"errorCode":"1001","errorMessage":"No "x"."}', code: 1001, message: 'No "x".' },
  { text: '{"reason":"No "x"","error":"invalid_client"}', message: 'No "x" (invalid_client)' },
  {
    text: '{"code":300,"message":"Failed.","errors":[{"field":"from","message":"Not "x"."}]}',
    code: 300,
    message: 'Failed. (from: Not "x".)',
  },
])('broken $text says "$message"', ({ text, code, message }) => {
  expect(readBrokenZoomError(text)).toEqual({ code, message });
});

const noScope = 'Invalid access token, does not contain scopes:["a:b"]';

test.each<{ text: string; code?: number; message: string }>([
  {
    text: '{"errors":["does not contain scopes:["a:b"]"]}',
    message: 'refused (does not contain scopes:["a:b"])',
  },
  { text: `{code=104, message=${noScope}}`, code: 104, message: noScope },
  {
    text: `{code: 104, message: does not contain scopes:[a:b, c:d]}`,
    code: 104,
    message: 'does not contain scopes:[a:b, c:d]',
  },
  { text: `{'code':104,'message':'${noScope}'}`, code: 104, message: noScope },
  { text: `{"Code":104,"Message":"${noScope}"}`, code: 104, message: noScope },
  { text: `{"code":104,"message":${noScope}}`, code: 104, message: noScope },
  { text: `{"error":{"code":104,"message":"${noScope}"}}`, code: 104, message: noScope },
  { text: `[{"code":104,"message":"${noScope}"}]`, code: 104, message: `refused (${noScope})` },
  { text: '{"msg":"App does not contain scopes:["a:b"]"}', message: 'does not contain scopes:["a:b"]"}' },
  {
    text: '{"errors":[{"message":"Not "x".","field":"from"},{"reason":"Not "y".","field":"to"}],"code":300,"message":"Not "z"."}',
    code: 300,
    message: 'Not "z". (from: Not "x".; to: Not "y".)',
  },
  { text: '{"message":"No {"code":"12"} here","code":300}', code: 300, message: 'No {"code":"12"} here' },
  { text: '{"message":"No ] and "x" [ here","code":300}', code: 300, message: 'No ] and "x" [ here' },
  { text: '{"message":"No } and "x"","code":300}', code: 300, message: 'No } and "x"' },
  {
    text: '{"errors":[{"field":"a","message":"No [ "x""},{"field":"b","message":"No "y"]"}],"code":300}',
    code: 300,
    message: 'refused (a: No [ "x"; b: No "y"])',
  },
  { text: '{"message":"A "x" { here","code":300}', code: 300, message: 'A "x" { here' },
])('broken $text says "$message" as well', ({ text, code, message }) => {
  expect(readBrokenZoomError(text)).toEqual({ code, message });
});

test('reasons that lie too deep are left out', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}"x"${']'.repeat(50_000)}`);
  expect(readZoomError({ code: 300, message: 'No.', errors: deep })?.message).toBe('No.');
});

test('garbage is shown as it begins, and is soon read', () => {
  expect(readBrokenZoomError('{"users":[{"id":').message).toBe('garbled answer: {"users":[{"id":');
  for (const text of [
    `{"message":"${'" '.repeat(2000)}`,
    '{"a":'.repeat(800),
    '[{'.repeat(2000),
    '{"a":1,'.repeat(600),
  ])
    expect(readBrokenZoomError(text).code).toBeUndefined();
});
