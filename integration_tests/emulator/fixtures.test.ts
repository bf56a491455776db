import { afterEach, describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import { type Endpoint, listFixtures, type Row, readFixture } from './endpoint.ts';
import { answer } from './listing.ts';
import type { ListingContext } from './listing-context.ts';
import { findRoute, loadRoutes, toRoute } from './routes.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet } from './test-client.ts';

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

describe.each(listFixtures())('%s', (name) => {
  const fixture = readFixture(name);

  test('says where its facts were read, in Zoom’s public documents', () => {
    expect(fixture.source).toMatch(/^https:\/\/developers\.zoom\.us\//);
  });

  test('names scopes to read with, and a published label or the one that answers carry', () => {
    const scopes = [...fixture.scopes.granular, ...fixture.scopes.classic];
    expect(scopes.filter((scope) => !/^[a-z_]+(:[a-z_]+)*$/.test(scope))).toEqual([]);
    expect(scopes.length).toBeGreaterThan(0);
    expect(fixture.label ?? fixture.answeredLabel).toMatch(/^(LIGHT|MEDIUM|HEAVY|RESOURCE-INTENSIVE)$/);
  });

  test('knows the parameters that its rules speak of', () => {
    const named = [
      ...(fixture.required ?? []),
      ...Object.keys(fixture.filters ?? {}),
      ...Object.keys(fixture.optionalFields ?? {}),
      ...(fixture.window === undefined ? [] : ['from', 'to']),
      ...(fixture.window?.fieldParameter === undefined ? [] : [fixture.window.fieldParameter]),
    ];
    expect(named.filter((parameter) => !(parameter in fixture.parameters))).toEqual([]);
  });

  test('has an example with the fields that its rules speak of', () => {
    const [example = {}] = fixture.records;
    const named = [
      fixture.key,
      fixture.window?.field,
      fixture.oldCollection?.from,
      ...Object.values(fixture.filters ?? {}).map(({ field }) => field),
    ].filter((field) => field !== undefined);
    expect(named.filter((field) => !(field in example))).toEqual([]);
  });

  test('has invented values only', () => {
    const text = JSON.stringify(fixture.records);
    const hosts = [...text.matchAll(/(?:https?:\/\/|@)([\w.-]+\.[a-z]{2,})/g)].map(([, host]) => host);
    expect(hosts.filter((host) => host !== 'example.com')).toEqual([]);
  });

  test('is answered, with nothing that it does not document', async () => {
    emulator = await startEmulator();
    const route = loadRoutes().find((candidate) => candidate.name === name);
    const ids: Record<string, unknown> = {
      '/meetings': emulator.account.rows('meetings')[0]?.['id'],
      '/past_meetings': emulator.account.addPastMeeting({}, 3)['meeting_id'],
    };
    const path = route?.template
      .replace(/^(\/\w+)\/\{meetingId\}/, (_, start) => `${start}/${ids[String(start)]}`)
      .replace('{userId}', 'me');
    const day = new Date().toISOString().slice(0, 10);
    const { status, body } = await createGet(emulator)(String(path), { from: day, to: day });
    expect(status).toBe(200);
    const rows = fixture.collection === undefined ? [body] : (body[fixture.collection] as Row[]);
    const known = new Set(fixture.records.flatMap((row) => Object.keys(row)));
    expect(rows.flatMap((row) => Object.keys(row)).filter((field) => !known.has(field))).toEqual([]);
  });
});

describe('an endpoint that needs no code', () => {
  const shared = { source: '', label: 'LIGHT', scopes: { granular: [], classic: [] } } as const;
  const things: Endpoint = {
    ...shared,
    request: 'GET /users/{userId}/things',
    parameters: { page_size: { max: 2 }, next_page_token: {}, kind: { enum: ['a', 'b'] } },
    collection: 'things',
    parent: 'users',
    key: 'id',
    filters: { kind: { field: 'kind' } },
    records: [],
  };
  const account = new Account();
  const context: ListingContext = {
    account,
    now: 0,
    pageTokenLifetimeMs: 1000,
    toIsExclusive: false,
    pageTokens: new Map(),
    authoriserId: String(account.rows('users')[0]?.['id']),
  };
  const ask = (endpoint: Endpoint, path: string, query: Record<string, string> = {}) => {
    const match = findRoute([toRoute('things', endpoint)], path);
    return match === undefined ? undefined : answer(match, query, context);
  };
  const [first, second] = account.rows('users').map(({ id }) => String(id));
  account.setRows(
    'things',
    [
      { id: 1, kind: 'a' },
      { id: 2, kind: 'b' },
      { id: 3, kind: 'a' },
    ],
    first,
  );
  account.setRows('things', [], second);

  test('has its rows below each parent, page by page', () => {
    const page = ask(things, `/users/${first}/things`, { page_size: '9' });
    expect(page).toMatchObject({ status: 200, body: { things: [{ id: 1 }, { id: 2 }] } });
    const token = String((page?.body as Row | undefined)?.['next_page_token']);
    expect(ask(things, '/users/me/things', { page_size: '9', next_page_token: token })?.status).toBe(400);
    expect(
      ask(things, `/users/${first}/things`, { page_size: '9', next_page_token: token })?.body,
    ).toMatchObject({ things: [{ id: 3 }], next_page_token: '' });
    expect(ask(things, `/users/${second}/things`)?.body).toMatchObject({ things: [] });
  });

  test('is filtered, and refuses parents that there are not', () => {
    expect(ask(things, '/users/me/things', { kind: 'b' })?.body).toMatchObject({ things: [{ id: 2 }] });
    expect(ask(things, '/users/nobody/things')).toMatchObject({ status: 404 });
  });

  test('may answer with one object, or with a bare list', () => {
    const { collection: _, ...rest } = things;
    expect(
      ask({ ...rest, isObject: true, request: 'GET /users/{userId}/things/{thingId}' }, '/users/me/things/3'),
    ).toEqual({
      status: 200,
      body: { id: 3, kind: 'a' },
    });
    expect(ask({ ...things, collection: '' }, '/users/me/things')?.body).toEqual([
      { id: 1, kind: 'a' },
      { id: 2, kind: 'b' },
    ]);
  });
});
