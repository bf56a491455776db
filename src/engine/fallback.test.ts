import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../errors.ts';
import type { Reply, Request } from '../http/exchange.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const scopes = { granular: ['a:read'], classic: [] };
const list = { records: 'rows', scopes };
const ofUser = { name: 'users', parameters: { user_id: 'id' } };
const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'snapshot',
    name: 'users',
    path: '/users',
    primaryKey: ['id'],
    tombstones: true,
    fallback: { path: '/users/me', scopes, authoriser: { id: 'me' } },
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'devices',
    path: '/users/{user_id}/devices',
    parent: { ...ofUser, adds: { user_id: 'id' } },
    primaryKey: ['user_id', 'id'],
    tombstones: true,
  },
  // A row of these may move from one user to another.
  {
    ...list,
    kind: 'snapshot',
    name: 'phones',
    path: '/users/{user_id}/phones',
    parent: ofUser,
    primaryKey: ['id'],
    tombstones: true,
  },
  {
    ...list,
    kind: 'windowed',
    name: 'recordings',
    path: '/recordings',
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
    fallback: {
      ...list,
      path: '/users/{user_id}/recordings',
      window: { maxDays: 28, format: 'date' },
      parent: ofUser,
    },
  },
];

/** A Zoom that refuses one path, while `refuses` gives something. */
function createZoom(path: string, refuses: (request: Request) => Reply | undefined) {
  return new FakeZoom({
    declarations,
    mayBeUserLevel: true,
    rows: (asked) => {
      if (asked === '/users') return [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
      if (asked === '/users/me') return [{ id: 'a' }];
      return asked.includes('recordings') ? [] : [{ id: `x of ${asked.replace('/me/', '/a/')}` }];
    },
    instead: (request) => (request.path === path ? refuses(request) : undefined),
  });
}

const noScope = (request: Request) =>
  errorReply(request, { status: 400, code: 4711, message: 'does not contain scopes:[a:read]' });
/** Nothing that Zoom says: HTTP status and a page's title. */
const firewall = (request: Request) => errorReply(request, { status: 403, message: 'Access denied' });

test.each([
  { selected: ['users'] },
  { selected: ['devices'] },
  { selected: ['phones'] },
  { selected: ['users', 'devices'] },
  { selected: ['users', 'phones'] },
])(
  'an account that is seen by its authoriser alone loses nobody, and nothing of anybody ($selected)',
  async ({ selected }) => {
    let isHidden = false;
    const zoom = createZoom('/users', (request) => (isHidden ? noScope(request) : undefined));
    const first = await zoom.sync(at('2028-02-01'), selected);
    for (const stream of selected) expect(first.of(stream).length).toBe(3);
    isHidden = true;
    const second = await zoom.sync(at('2028-02-02'), selected);
    expect(zoom.asked).toContain('/users/me');
    for (const stream of selected) expect(second.of(stream)).toEqual([]);
    // Nor are they new when all are seen again.
    isHidden = false;
    const third = await zoom.sync(at('2028-02-03'), selected);
    for (const stream of selected) expect(third.of(stream)).toEqual([]);
  },
);

describe('what is read in place of an endpoint', () => {
  const readRecordings = async (refuses: typeof noScope, isComplete: boolean) => {
    const zoom = createZoom('/recordings', refuses);
    await zoom.sync(at('2028-01-10'), ['recordings'], { isComplete });
    return zoom.asked;
  };

  test('is read where Zoom refuses the app by a code of its own', async () => {
    expect(await readRecordings(noScope, true)).toContain('/users/a/recordings');
  });

  test('is not read for the page of a firewall, which says nothing about the app', async () => {
    expect(await readRecordings(firewall, false)).toEqual(['/recordings']);
  });
});

test.each<{ says: string; expected: RegExp }>([
  { says: 'Zoom refuses an access token.', expected: /^devices: Zoom refuses an access token\.$/ },
  { says: 'users: Zoom refused /users.', expected: /^devices cannot be read without users: Zoom refused/ },
])("what concerns every stream is not told as a parent's: $says", async ({ says, expected }) => {
  const zoom = createZoom('/users', () => {
    throw new ConfigError(says);
  });
  const { errorOf } = await zoom.sync(at('2028-02-01'), ['devices'], { isComplete: false });
  expect(errorOf('devices')?.message).toMatch(expected);
});
