import { describe, expect, test } from '@jest/globals';
import type { Trouble } from '../emulator/faults.ts';
import { errorsOf } from '../harness/messages.ts';
import { runConnector } from '../harness/run.ts';
import {
  bystander,
  configOf,
  expectNoSecret,
  expectOutcome,
  kinds,
  readThrough,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();
const respond = (status: number, body: unknown): Trouble => ({ kind: 'respond', status, body });

/** What is refused here is not read elsewhere. */
const withoutFallback = kinds.filter((kind) => !('fallback' in kind));

describe.each(withoutFallback)('$kind: $stream from $template', ({ stream, template }) => {
  test.each([400, 401])(
    'a missing scope in JSON that its quotes break (HTTP %s) is one answer, and named',
    async (status) => {
      const body =
        '{"code":104, "message":"Invalid access token, does not contain scopes:["some:read:scope:admin"]"}';
      zoom().faults.add({ template, trouble: respond(status, body) });
      const result = await readThrough(zoom(), `${stream},${bystander}`);
      expectOutcome(result, stream, zoom(), {
        outcome: 'failed',
        failure: 'config_error',
        says: /Zoom names some:read:scope:admin.*Marketplace/,
      });
      expect(new Set(triesOfTroubled(zoom()))).toEqual(new Set([1]));
    },
  );

  test('the fields and reasons of a refusal arrive', async () => {
    const errors = [{ field: 'from', message: 'The report can only be for the last 6 months.' }];
    const body = { code: 300, message: 'Validation Failed.', errors };
    zoom().faults.add({ template, trouble: respond(400, body) });
    const { messages } = await readThrough(zoom(), `${stream},${bystander}`);
    for (const { message } of errorsOf(messages))
      expect(message).toContain('Validation Failed. (from: The report can only be for the last 6 months.)');
    expect(errorsOf(messages).length).toBe(1);
  });
});

const blame = /plan|licence|role|scope/i;

describe('check says what Zoom said', () => {
  test.each<{ name: string; status?: number; body: unknown; says: RegExp; blames?: RegExp }>([
    {
      name: 'fields and reasons',
      body: { code: 300, message: 'Validation Failed.', errors: [{ field: 'from', message: 'Too old.' }] },
      says: /400\/300 "Validation Failed\. \(from: Too old\.\)"/,
    },
    {
      name: 'errorCode and errorMessage',
      body: { status: 400, errorCode: 1234, errorMessage: 'Something odd.' },
      says: /400\/1234 "Something odd\."/,
    },
    { name: 'a code as text', body: { code: '3001', message: 'Odd.' }, says: /400\/3001 "Odd\."/ },
    {
      name: 'status, error and path',
      status: 404,
      body: { status: 404, error: 'Not Found', path: '/v2/rooms' },
      says: /404 "Not Found"/,
    },
    { name: 'error and reason', body: { error: 'oops', reason: 'Odd.' }, says: /400 "Odd\. \(oops\)"/ },
    {
      name: 'a plan',
      body: { code: '200', message: 'Only available for Paid account: x.' },
      says: /Only available for Paid account: x\./,
      blames: /plan or licence/,
    },
    {
      name: 'a parameter, by the code of a plan',
      body: { code: 200, message: "Channel Id can't be empty or not exist." },
      says: /400\/200 "Channel Id can't be empty or not exist\."/,
    },
    {
      name: 'a field whose value is not allowed',
      body: {
        code: 300,
        message: 'Validation Failed.',
        errors: [{ field: 'tier', message: 'Not allowed.' }],
      },
      says: /400\/300 "Validation Failed\. \(tier: Not allowed\.\)"/,
    },
    {
      name: 'a scope in broken JSON',
      body: '{"code":"4711","message":"does not contain scopes:["room:read:some:admin"]"}',
      says: /^The app lacks scopes \(.*rooms: room:read:some:admin\)\./,
    },
  ])('in $name', async ({ status = 400, body, says, blames = /^$/ }) => {
    zoom().faults.add({ template: '/rooms', trouble: respond(status, body) });
    const result = await runConnector(['check'], { config: configOf(zoom()) });
    expectNoSecret(zoom(), result);
    const message = result.messages.at(-1)?.connectionStatus?.message ?? '';
    // What Zoom has for apps of single users is always missing.
    const about = message.replace(/chat_contacts: Zoom offers it to user-managed apps[^.]*\. /, '');
    const [, said = '', lacking = ''] =
      /Cannot be read: (.*?)(The app lacks scopes .*)?The log lists every stream\.$/.exec(about) ?? [];
    expect(said === '' ? lacking : said).toMatch(says);
    if (blames.source === '^$') expect(said).not.toMatch(blame);
    else expect(said).toMatch(blames);
  });
});

test.each<{ body: { code: number; message: string }; failure: string; says: RegExp }>([
  { body: { code: 30055008, message: 'no permission.' }, failure: 'config_error', says: /plan or licence/ },
  {
    body: { code: 400, message: 'This API is only available for ZMP and Business or higher accounts.' },
    failure: 'config_error',
    says: /plan or licence/,
  },
  {
    body: { code: 13000, message: 'Only power pack user can.' },
    failure: 'config_error',
    says: /plan or licence/,
  },
  { body: { code: 200, message: 'Invalid parameters' }, failure: 'system_error', says: /report it/ },
])('read says what check says of $body', async ({ body, failure, says }) => {
  zoom().faults.add({ template: '/rooms', trouble: respond(400, body) });
  const { messages } = await readThrough(zoom(), `rooms,${bystander}`);
  expect(errorsOf(messages)).toMatchObject([{ failure_type: failure, message: expect.stringMatching(says) }]);
  const checked = await runConnector(['check'], { config: configOf(zoom()) });
  const message = checked.messages.at(-1)?.connectionStatus?.message ?? '';
  expect(/plan or licence/.test(message)).toBe(failure === 'config_error');
});
