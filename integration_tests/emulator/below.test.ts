import { expect, test } from '@jest/globals';
import { Account } from './account.ts';
import type { Endpoint, Fixtures, Row } from './endpoint.ts';
import { answer } from './listing.ts';
import { findRoute, loadRoutes } from './routes.ts';

const now = Date.UTC(2026, 9, 15, 12);
const shared = { source: '', label: 'LIGHT', scopes: { granular: [], classic: [] } } as const;

const quays: Endpoint = {
  ...shared,
  request: 'GET /quays',
  parameters: { report: { enum: ['crane', 'buoy'] } },
  collection: 'rows',
  varies: ['id'],
  record: { id: 'Gq7mUoK1S1mEWbT2oM0eXw' },
};
const child = (path: string, below: Partial<Endpoint['below']>): Endpoint => ({
  ...shared,
  request: `GET /${path}`,
  parameters: { quay: {} },
  collection: 'rows',
  below: { collection: 'quays', in: 'quay', field: 'id', ...below },
  varies: ['id'],
  record: { id: 'KDcuGIm1QgePTO8WbOqwIQ', quay: '' },
});
const docks: Endpoint = {
  ...quays,
  request: 'GET /docks',
  parameters: { kind: { enum: ['wide', 'deep', 'closed'] } },
  filters: { kind: { field: 'kind', hidden: ['closed'] } },
  record: { ...quays.record, kind: 'wide' },
};
const fixtures: Fixtures = {
  quays,
  docks,
  rules: child('rules', { without: 'also', same: { quay: 'id' } }),
  tariffs: child('tariffs', { without: 'also', overlaps: true }),
  accounts: child('accounts', { without: 'instead' }),
  berths: child('berths', { overlaps: true }),
  cranes: child('cranes', { listedBy: { report: 'crane' } }),
  crews: {
    ...quays,
    request: 'GET /quays/{quayId}/crews',
    below: { collection: 'quays', in: 'quayId', field: 'id' },
    shared: true,
  },
  sailors: {
    ...quays,
    request: 'GET /quays/{quayId}/crews/{crewId}/sailors',
    below: { collection: 'crews', in: 'crewId', field: 'id' },
  },
  ropes: { ...child('ropes', { sparse: true }), beside: { length: 3 } },
  chains: { ...child('chains', { sparse: true }), beside: { length: 3 }, leavesOut: true },
};

const makeAccount = (quayCount = 6) => new Account({ fixtures, now, rows: { quays: quayCount } });

function ask(account: Account, path: string, query: Record<string, string> = {}) {
  const context = { account, now, pageTokenLifetimeMs: 1000, toIsExclusive: false, pageTokens: new Map() };
  const match = findRoute(loadRoutes(fixtures), path);
  if (match === undefined) throw new Error(`no endpoint ${path}`);
  const { status, body } = answer(match, query, { ...context, authoriserId: '' });
  const list = (body as Record<string, readonly Row[]>)['rows'] ?? [];
  return { status, ids: list.map(({ id }) => String(id)), fields: Object.keys(body as object) };
}

const idsOf = (account: Account, name: string) => account.rows(name).map(({ id }) => String(id));
const quaysOf = (account: Account) => idsOf(account, 'quays').map((quay) => ({ quay }));

test('rows of nobody are listed where no parent is named, and by none of them', () => {
  const account = makeAccount();
  const own = ask(account, '/rules').ids;
  const others = quaysOf(account).flatMap((query) => ask(account, '/rules', query).ids);
  expect([own.length, others.length]).toEqual([5, 18]);
  expect([...own, ...others].sort()).toEqual(idsOf(account, 'rules').sort());
});

test('one that is of a parent may be listed where none is named as well', () => {
  const account = makeAccount();
  expect(ask(account, '/tariffs').ids).toEqual(idsOf(account, 'tariffs'));
  const named = quaysOf(account).map((query) => ask(account, '/tariffs', query).ids.length);
  expect(named).toEqual([3, 3, 3, 3, 3, 3]);
});

test('a parent has to be named where there is one, and the rows are of nobody where there is none', () => {
  const account = makeAccount();
  expect(ask(account, '/accounts').status).toBe(400);
  expect(quaysOf(account).flatMap((query) => ask(account, '/accounts', query).ids)).toEqual(
    idsOf(account, 'accounts'),
  );
  const alone = makeAccount(0);
  expect(ask(alone, '/accounts').ids).toEqual(idsOf(alone, 'accounts'));
  expect(idsOf(alone, 'accounts').length).toBe(5);
});

test('the first parent lists what is in the others, too', () => {
  const account = makeAccount();
  const [first, second] = quaysOf(account);
  expect(ask(account, '/berths', first).ids).toEqual(idsOf(account, 'berths'));
  expect(ask(account, '/berths', second).ids.length).toBe(3);
});

test('parents are found by what is below them, where a query says so', () => {
  const account = makeAccount(20);
  const having = quaysOf(account).flatMap(({ quay }) =>
    ask(account, '/cranes', { quay }).ids.length > 0 ? quay : [],
  );
  expect(having.length).toBeGreaterThan(0);
  expect(having.length).toBeLessThan(20);
  expect(ask(account, '/quays', { report: 'crane' }).ids).toEqual(having);
  for (const query of [{ report: 'buoy' }, {}])
    expect(ask(account, '/quays', query).ids).toEqual(idsOf(account, 'quays'));
});

test('some parents have nothing below them, which shows when they are asked for', () => {
  const account = makeAccount(20);
  const counts = quaysOf(account).map((query) => ask(account, '/ropes', query).ids.length);
  expect([...new Set(counts)].sort()).toEqual([0, 3]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(idsOf(account, 'ropes').length);
});

test('a list without rows may be left out of what is beside it', () => {
  const account = makeAccount(20);
  const fieldsOf = (path: string) =>
    new Set(quaysOf(account).map((query) => ask(account, path, query).fields.join()));
  expect([...fieldsOf('/ropes')]).toEqual(['rows,length']);
  expect([...fieldsOf('/chains')].sort()).toEqual(['length', 'rows,length']);
});

test('one parent alone has such rows, whatever the seed', () => {
  const having = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const account = new Account({ fixtures, now, seed, rows: { quays: 1 } });
    return account.rows('cranes').length > 0;
  });
  expect(having).not.toContain(false);
});

test('rows of a kind may be hidden unless it is asked for', () => {
  const account = makeAccount();
  const kinds = (query: Record<string, string>) => ask(account, '/docks', query).ids.length;
  expect([kinds({}), kinds({ kind: 'wide' }), kinds({ kind: 'closed' })]).toEqual([4, 2, 1]);
});

test('a row that moves is the same one below another parent', () => {
  const account = makeAccount(2);
  const [from, to] = account.store('quays').entries();
  const rules = account.generated('rules');
  const [moved] = from === undefined ? [] : (rules?.below(from) ?? []);
  if (rules === undefined || from === undefined || to === undefined || moved === undefined)
    throw new Error('the account is empty');
  rules.move(moved.id, to);
  expect(rules.below(from).length).toBe(2);
  expect(rules.below(to).at(-1)).toMatchObject({ id: moved.id, row: { ...moved.row, quay: to.row['id'] } });
});

test('a row that all parents list is one, and what is below it is there once', () => {
  const account = makeAccount(3);
  const quayIds = idsOf(account, 'quays');
  const crews = quayIds.map((quay) => ask(account, `/quays/${quay}/crews`).ids);
  const [[crew = ''] = []] = crews;
  expect(crews.map(([first]) => first)).toEqual([crew, crew, crew]);
  expect(new Set(crews.flat()).size).toBe(1 + 3 * 2);
  const sailors = quayIds.map((quay) => ask(account, `/quays/${quay}/crews/${crew}/sailors`).ids);
  expect(sailors[0]?.length).toBe(3);
  expect(sailors).toEqual([sailors[0], sailors[0], sailors[0]]);
  const all = idsOf(account, 'sailors');
  expect([all.length, new Set(all).size]).toEqual([7 * 3, 7 * 3]);
  const [, other = ''] = crews[1] ?? [];
  expect(ask(account, `/quays/${quayIds[0]}/crews/${other}/sailors`).ids).toEqual([]);
  const [{ above } = { above: [] }] = account.store('sailors').entries();
  expect(above.length).toBe(3);
});
