import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { RateLimitLabel, SnapshotStream } from '../streams/declaration.ts';
import { errorReply, FakeZoom, type FakeZoomOptions } from './fake-zoom.ts';
import { createGrant } from './grant.ts';
import { createProber } from './probe.ts';
import { type Finding, survey } from './survey.ts';

const now = Date.parse('2028-04-01T12:00:00Z');

/** A stream of the family before its underscore. */
function stream(name: string, rateLimit: RateLimitLabel, more: Partial<SnapshotStream> = {}): SnapshotStream {
  const scopes = { granular: [`${name}:read:list:admin`], classic: [`${name}:read:admin`] };
  const path = `/${name}` as const;
  return { kind: 'snapshot', name, path, records: 'rows', rateLimit, scopes, primaryKey: ['id'], ...more };
}

const below = (name: string) => ({
  path: `/${name}/{id}` as const,
  parent: { name, parameters: { id: 'id' } },
});
const declarations = [
  stream('phone_metrics', 'resource_intensive'),
  stream('phone_calls', 'heavy'),
  stream('phone_users', 'medium'),
  stream('phone_settings', 'light', below('phone_users')),
  stream('phone_charges', 'medium', { needs: ['Charges'] }),
  stream('chat_channels', 'medium'),
];
const everything = declarations.flatMap(({ scopes }) => scopes.granular);

async function find(options: Partial<FakeZoomOptions>, granted: readonly string[] | 'untold' = everything) {
  const zoom = new FakeZoom({ declarations, rows: () => [{ id: 1 }], ...options });
  const sync = zoom.context(now);
  const findings = await survey({
    sync,
    prober: createProber(sync),
    grant: granted === 'untold' ? undefined : createGrant(granted),
    familyOf: (name) => name.replace(/_.*/, ''),
  });
  const found = [...findings].map(([{ name }, finding]) => [name, inShort(finding)] as const);
  return { asked: [...zoom.asked].sort(), found: Object.fromEntries(found) };
}

function inShort(finding: Finding): unknown {
  if (finding.kind === 'readable') return true;
  return finding.kind === 'closed' ? finding.scopes : finding.reason;
}

const all = Object.fromEntries(declarations.map(({ name }) => [name, true]));
const refusing = (path: RegExp, message: string) => (request: Request) =>
  path.test(request.path) ? errorReply(request, { status: 400, code: 200, message }) : undefined;

test('one stream of a family is asked for, the cheapest, and one for each further licence', async () => {
  expect(await find({})).toEqual({ asked: ['/chat_channels', '/phone_charges', '/phone_users'], found: all });
});

test('where Zoom has not told what the token may, each scope is tried', async () => {
  const { asked, found } = await find({}, 'untold');
  expect([found, asked.length]).toEqual([all, declarations.length]);
});

test('nothing is asked of what no granted scope opens, nor of what stands on it', async () => {
  const granted = everything.filter((scope) => !scope.startsWith('phone_users'));
  const missing = ['phone_users:read:list:admin'];
  const { asked, found } = await find({}, granted);
  expect(found).toEqual({ ...all, phone_users: missing, phone_settings: missing });
  expect(asked).toEqual(['/chat_channels', '/phone_calls', '/phone_charges']);
});

test('a fallback opens a stream, too', async () => {
  const fallback = { path: '/me', scopes: { granular: ['user:read:me'], classic: [] } } as const;
  const users = stream('users', 'medium', { fallback });
  const { found } = await find({ declarations: [users] }, ['user:read:me']);
  expect(found).toEqual({ users: true });
});

describe('a refusal', () => {
  test('of one stream is its own where another of the family is answered', async () => {
    const { asked, found } = await find({ instead: refusing(/^\/phone_users$/, 'No permission.') });
    const refused = expect.stringContaining('No permission.');
    expect(found).toEqual({ ...all, phone_users: refused, phone_settings: refused });
    expect(asked).toEqual(['/chat_channels', '/phone_calls', '/phone_charges', '/phone_users']);
  });

  test('of three is that of all that need the same', async () => {
    const { asked, found } = await find({ instead: refusing(/^\/phone_(?!charges)/, 'Not subscribed.') });
    const refused = expect.stringContaining('Not subscribed.');
    const ofPhone = {
      phone_metrics: refused,
      phone_calls: refused,
      phone_users: refused,
      phone_settings: refused,
    };
    expect(found).toEqual({ ...all, ...ofPhone });
    // What is resource-intensive is not asked for that, and what stands on a refused parent costs nothing.
    expect(asked).toEqual(['/chat_channels', '/phone_calls', '/phone_charges', '/phone_users']);
  });

  test('for a scope is told apart from others', async () => {
    const message = 'Invalid access token, does not contain scopes:[chat:read:some:admin].';
    const { found } = await find({
      instead: (request) =>
        request.path === '/chat_channels'
          ? errorReply(request, { status: 400, code: 4711, message })
          : undefined,
    });
    expect(found).toEqual({ ...all, chat_channels: ['chat_channels:read:list:admin'] });
  });
});
