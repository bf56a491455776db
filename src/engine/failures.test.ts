import { expect, test } from '@jest/globals';
import type { FailureType } from '../errors.ts';
import { namedScopes } from '../http/classify.ts';
import type { Refusal } from '../http/exchange.ts';
import type { Endpoint } from '../streams/declaration.ts';
import { refused } from './failures.ts';

const endpoint: Endpoint = {
  path: '/devices',
  records: 'devices',
  scopes: { granular: ['device:read:list:admin'], classic: ['device:read:admin'] },
};

test.each<{ refusal: Partial<Refusal>; type: FailureType; says: RegExp }>([
  {
    refusal: { code: 30055008, message: 'no permission.' },
    type: 'config_error',
    says: /^devices: Zoom refused \/devices: no permission\. The account's plan or licence, or the role/,
  },
  {
    refusal: { code: 400, message: 'This API is only available for ZMP and Business or higher accounts.' },
    type: 'config_error',
    says: /only available for ZMP.*plan or licence/,
  },
  {
    refusal: { code: 124, message: 'You do not have permission, because the current site is another.' },
    type: 'config_error',
    says: /current site.*role/,
  },
  {
    refusal: { code: 13000, message: 'Only power pack user can get CQ rules.' },
    type: 'config_error',
    says: /power pack.*plan or licence/,
  },
  {
    refusal: { message: 'The app lacks a scope.' },
    type: 'config_error',
    says: /device:read:list:admin.*Marketplace/,
  },
  {
    refusal: { status: 403, message: 'Blocked by policy', blockedHost: 'api.zoom.us' },
    type: 'config_error',
    says: /^devices: The way is blocked to \/devices: 403 "Blocked by policy"\. Have api\.zoom\.us let through/,
  },
  {
    refusal: { code: 300, message: 'Validation Failed. (license: Invalid field.)' },
    type: 'system_error',
    says: /400\/300.*report it/,
  },
  {
    refusal: { code: 503, message: 'Your plan is being moved.', isTransient: true },
    type: 'transient_error',
    says: /next sync goes on/,
  },
])('$refusal is a $type', ({ refusal, type, says }) => {
  const { message = '' } = refusal;
  const whole = { status: 400, message, isTransient: false, missingScopes: namedScopes(message), detail: '' };
  const error = refused('devices', endpoint, { ...whole, ...refusal });
  expect([error.failureType, error.message]).toEqual([type, expect.stringMatching(says)]);
});
