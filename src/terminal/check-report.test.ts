import { expect, test } from '@jest/globals';
import { type Checked, describeCheck } from './check-report.ts';
import { createPaint } from './text.ts';

const sheet = { width: 80, paint: createPaint(false) };
const readable = { kind: 'readable' } as const;
const closed = (...scopes: string[]) => ({ kind: 'closed', scopes }) as const;
const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
const unoffered = (reason: string) => ({ kind: 'unoffered', reason }) as const;
const of = (family: string, ...findings: Checked['finding'][]): readonly Checked[] =>
  findings.map((finding, index) => ({ name: `${family}_${index}`, family, finding }));

test('families, reasons and scopes, each once', () => {
  const checked = [
    ...of('users', readable, readable),
    ...of('phone', closed('phone:read:b', 'phone:read:a'), closed('phone:read:a'), readable),
    ...of('webinars', refused('No webinar plan.'), refused('No webinar plan.'), closed('webinar:read:c')),
    ...of('chat', readable, unoffered('Zoom offers it to others.')),
  ];
  expect(describeCheck(checked, sheet)).toEqual([
    '',
    'The config works: 4 of 10 streams can be read.',
    '',
    'FAMILY    CAN BE READ  MISSING',
    'users          2 of 2',
    'phone          1 of 3  2 need scopes',
    'webinars       0 of 3  1 needs scopes, 2 refused',
    'chat           1 of 2  1 not for such an app',
    '',
    'Not for such an app:',
    'chat_1',
    '  Zoom offers it to others.',
    '',
    'Refused by Zoom:',
    'webinars_0, webinars_1',
    '  No webinar plan.',
    '',
    'The 3 scopes to add:',
    '',
    'phone:read:a',
    'phone:read:b',
    'webinar:read:c',
    '',
    'Add them under Scopes in the Zoom App Marketplace, then activate the app again',
    '(Server-to-Server) or authorise it again (OAuth; an :admin scope needs an',
    'account admin).',
  ]);
});

test('all, and none', () => {
  expect(describeCheck(of('users', readable, readable), sheet)[1]).toBe(
    'The config works: all 2 streams can be read.',
  );
  const [, head, ...rest] = describeCheck(of('users', closed('user:read')), sheet);
  expect([head, rest.includes('user:read')]).toEqual(['No stream can be read.', true]);
});

test('300 streams and what Zoom says stay within 80 columns, but for scopes, which are whole', () => {
  const scope = `phone:read:${'a_rather_long_scope_'.repeat(4)}:admin`;
  const checked = Array.from({ length: 30 }, (_, family) =>
    of(
      `family_with_a_rather_long_name_${family}`,
      ...Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0 ? closed(scope) : refused('Not for you. '.repeat(30)),
      ),
    ),
  ).flat();
  const lines = describeCheck(checked, sheet);
  expect(lines.filter((line) => line.length > 80)).toEqual([scope]);
  expect(lines.filter((line) => line.startsWith('family_with_a_rather_long_name_7 '))).toHaveLength(1);
});
