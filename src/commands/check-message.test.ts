import { expect, test } from '@jest/globals';
import type { Finding } from '../engine/survey.ts';
import { describeFindings, type Found } from './check-message.ts';

const refusal = { message: 'No permission.', isTransient: false, missingScopes: [], detail: '' };
const readable: Finding = { kind: 'readable' };
const refused = (reason: string): Finding => ({ kind: 'refused', reason, refusal });
const closed = (...scopes: string[]): Finding => ({ kind: 'closed', scopes });

const found = (family: string, ...findings: readonly Finding[]): readonly Found[] =>
  findings.map((finding, index) => ({ name: `${family}_${index}`, family, finding }));

test('all can be read', () => {
  expect(describeFindings(found('users', readable, readable))).toBe('All 2 streams can be read.');
});

test('families are counted, each reason is said once, scopes stand together', () => {
  const message = describeFindings([
    ...found('users', readable, readable),
    ...found('phone', refused('No plan.'), readable, refused('No plan.')),
    ...found('chat', closed('a', 'b'), closed('b'), refused('Odd.')),
  ]);
  expect(message).toMatch(/^3 of 8 streams can be read: users all 2, phone 1 of 3, chat 0 of 3\. /);
  expect(message).toContain(
    'phone_0, phone_2: No plan. chat_2: Odd. The app lacks scopes (chat: a, b). Add them',
  );
});

test('none can be read', () => {
  expect(describeFindings(found('chat', closed('a')))).toMatch(
    /^No stream can be read\. .*lacks scopes \(chat: a\)\./,
  );
});

test.each([400, 4_000])('%i streams with scopes of their own leave fewer than 4,000 characters', (count) => {
  const many = Array.from({ length: count }, (_, index) =>
    closed(`phone:read:something_long_${index}:admin`),
  );
  const message = describeFindings([...found('users', readable), ...found('phone', ...many)]);
  expect(message.length).toBeLessThan(4_000);
  expect(message).toMatch(
    /phone: phone:read:something_long_0:admin, .* and \d+ more\)\. Add them.*The log lists every stream/,
  );
});

test('as many reasons of their own do, too', () => {
  const many = Array.from({ length: 200 }, (_, index) =>
    refused(`Reason ${index}, which goes on for a while.`),
  );
  const message = describeFindings([...found('users', readable), ...found('phone', ...many)]);
  expect(message.length).toBeLessThan(4_000);
  expect(message).toMatch(/^1 of 201 .*phone_0: Reason 0.*… The log lists every stream\.$/);
});
