import { describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import type { AccountOptions } from './account-options.ts';
import type { Endpoint, Fixtures, Row } from './endpoint.ts';
import { answer } from './listing.ts';
import type { HttpAnswer, ListingContext } from './listing-context.ts';
import { createNamedRandom } from './random.ts';
import { findRoute, loadRoutes } from './routes.ts';
import { vary } from './vary.ts';

const now = Date.UTC(2026, 9, 15, 12);
const shared = { source: '', label: 'LIGHT', scopes: { granular: [], classic: [] } } as const;
const pages = { page_size: { max: 2 }, next_page_token: {} };

const clubs: Endpoint = {
  ...shared,
  request: 'GET /clubs',
  parameters: { ...pages, kind: { enum: ['a', 'b'] }, hidden: { default: 'false' } },
  collection: 'clubs',
  key: 'id',
  filters: {
    kind: { field: 'kind' },
    hidden: { field: 'hidden_since', present: { true: true, false: false } },
  },
  varies: ['id', 'name'],
  gaps: { hidden_since: 'absent' },
  record: {
    id: 'Gq7mUoK1S1mEWbT2oM0eXw',
    name: 'Chess',
    kind: 'a',
    open: true,
    hidden_since: '{now-5d+10m}',
    founded: '{day-5d}',
  },
};
const club: Endpoint = {
  ...shared,
  request: 'GET /clubs/{clubId}',
  parameters: {},
  rows: 'clubs',
  key: 'id',
  unknown: { status: 404, code: 4130, message: 'No club {clubId}.' },
  record: { id: '', name: '', motto: 'Onwards' },
};
const members: Endpoint = {
  ...shared,
  request: 'GET /clubs/{clubId}/members',
  parameters: pages,
  collection: 'members',
  below: { collection: 'clubs', in: 'clubId', field: 'id', only: [{ field: 'open', in: [true] }] },
  unknown: { status: 404, code: 4130, message: 'No club {clubId}.' },
  varies: ['id', 'email', 'name'],
  gaps: { id: 'absent', email: '' },
  record: { id: 'KDcuGIm1QgePTO8WbOqwIQ', email: 'mara@example.com', name: 'Mara' },
};
const badges: Endpoint = {
  ...shared,
  request: 'GET /clubs/{clubId}/members/{memberId}/badges',
  parameters: {},
  collection: '',
  below: { collection: 'members', in: 'memberId', field: 'id', same: { member: 'id' } },
  varies: ['id'],
  record: { id: 1, member: '' },
};
const plans: Endpoint = {
  ...shared,
  request: 'GET /users/{userId}/plan',
  parameters: { option: { enum: ['video'] } },
  below: { collection: 'users', in: 'userId', field: 'id' },
  lacksLicence: { status: 400, code: 200, message: 'A plan is missing.' },
  streams: [
    {
      name: 'plans',
      kind: 'snapshot',
      key: ['option'],
      cursor: '_ab_cdc_updated_at',
      addsValue: { parameter: 'option', field: 'option', unset: 'general' },
    },
  ],
  varies: ['code'],
  variants: { parameter: 'option', bodies: { video: { video_code: 'v' } } },
  record: { code: 'QgePTO8WbOqwIQKDcuGIm1' },
};
const visits: Endpoint = {
  ...shared,
  request: 'GET /visits',
  parameters: { ...pages, from: {}, to: {}, club_id: {} },
  window: { format: 'date', field: 'time' },
  collection: 'visits',
  below: { collection: 'clubs', in: 'club_id', field: 'id' },
  streams: [{ name: 'visits', kind: 'windowed', key: ['id'], cursor: 'time', lookbackDays: 1 }],
  varies: ['id'],
  record: { id: 81_234_567_890, time: '{now-5d}', left: '{now-5d+10m}' },
};
const rules: Endpoint = {
  ...shared,
  request: 'GET /accounts/{accountId}/rules/{ruleType}',
  parameters: { hours: { enum: ['closed'] } },
  placeholders: { ruleType: { enum: ['calls', 'texts'] } },
  streams: [
    {
      name: 'rules',
      kind: 'snapshot',
      key: ['type', 'hours'],
      cursor: '_ab_cdc_updated_at',
      addsValue: [
        { parameter: 'ruleType', field: 'type' },
        { parameter: 'hours', field: 'hours', unset: 'open' },
      ],
    },
  ],
  variants: { parameter: 'hours', bodies: { closed: { until: 8, number: 100 } } },
  varies: ['number'],
  record: { number: 100 },
};
const domains: Endpoint = {
  ...shared,
  request: 'GET /domains',
  parameters: {},
  collection: 'domains',
  strings: 'domain',
  beside: { as_of: '{day}', owner: 'Mara' },
  varies: ['domain'],
  record: { domain: 'partner0.example.com' },
};
const games: Endpoint = {
  ...shared,
  request: 'GET /clubs/{clubId}/games',
  parameters: { ...pages, from: {}, to: {} },
  window: { format: 'date-time', keptMonths: 6, defaultDays: 1 },
  collection: 'past.games',
  totals: ['from', 'to', 'total_records'],
  beside: { club: 'Chess' },
  below: { collection: 'clubs', in: 'clubId', field: 'id' },
  varies: ['id'],
  record: { id: 1_000_001 },
};
const fixtures: Fixtures = { clubs, club, members, badges, plans, visits, rules, domains, games };

const makeAccount = (options: AccountOptions = {}) =>
  new Account({ fixtures, now, pastMeetings: 0, ...options });

const contextOf = (account: Account): ListingContext => ({
  account,
  now,
  pageTokenLifetimeMs: 1000,
  toIsExclusive: false,
  pageTokens: new Map(),
  authoriserId: String(account.users[0]?.['id']),
});

function ask(account: Account, path: string, query: Record<string, string> = {}): HttpAnswer {
  const match = findRoute(loadRoutes(fixtures), path);
  if (match === undefined) throw new Error(`no endpoint ${path}`);
  return answer(match, query, contextOf(account));
}

const listOf = (reply: HttpAnswer, name: string) =>
  (reply.body as Record<string, readonly Row[]>)[name] ?? [];
const idOf = (row: Row | undefined) => encodeURIComponent(String(row?.['id']));

describe('rows made from a fixture', () => {
  test('are the same for the same seed, whatever is asked first, and others for another one', () => {
    const [one, other] = [makeAccount(), makeAccount()];
    one.rows('visits');
    expect(one.rows('members')).toEqual(other.rows('members'));
    expect(makeAccount({ seed: 2 }).rows('members')).not.toEqual(other.rows('members'));
  });

  test('are as many as the options say', () => {
    const account = makeAccount({ rows: { clubs: 3, members: 2 } });
    expect([account.rows('clubs').length, account.rows('members').length]).toEqual([3, 4]);
  });

  test('look like the example: ids, addresses and names differ, instants are relative', () => {
    const rows = makeAccount().rows('members');
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length);
    expect(rows[0]?.['id']).toMatch(/^[A-Za-z\d]{22}$/);
    expect(rows[0]?.['email']).toMatch(/^mara\.\d+@example\.com$/);
    expect(makeAccount().rows('clubs')[0]).toMatchObject({
      hidden_since: '2026-10-10T12:10:00Z',
      founded: '2026-10-10',
    });
  });

  test('have other numbers, in text too: short ones count on', () => {
    const random = createNamedRandom(1, 'numbers');
    const varied = [0, 1, 2].map((index) => [vary('1', random, index), vary(7, random, index)]);
    expect(varied).toEqual([
      ['1', 7],
      ['2', 8],
      ['3', 9],
    ]);
    expect(vary('730218', random, 1)).toMatch(/^(?!730218)\d{6}$/);
  });

  test('lack what may be missing, one by one, and two people share a name and have no e-mail', () => {
    const [first] = makeAccount().store('clubs').entries();
    const rows = first === undefined ? [] : makeAccount().store('members').below(first);
    expect(rows.map(({ row }) => ['id' in row, row['email'] !== ''])).toEqual([
      [true, true],
      [false, true],
      [true, false],
      [true, false],
    ]);
    expect(rows[3]?.row['name']).toBe(rows[2]?.row['name']);
    expect(rows[3]?.row['id']).not.toBe(rows[2]?.row['id']);
  });

  test('of a window lie all over the history, one of them within the last day', () => {
    const ages = makeAccount({ days: 30, rows: { clubs: 1, visits: 3 } })
      .rows('visits')
      .map(({ time }) => (now - Date.parse(String(time))) / 86_400_000);
    expect(ages.map(Math.floor)).toEqual([0, 10, 20]);
  });
});

describe('what is asked for', () => {
  const account = makeAccount();
  const [first, second] = account.rows('clubs');

  test('comes page by page where there are pages, and whole where there are none', () => {
    const all = { page_size: '9', hidden: 'true' };
    const page = ask(account, '/clubs', all);
    expect(page.body).toMatchObject({ page_size: 2, next_page_token: expect.stringMatching(/./) });
    const [member] = listOf(ask(account, `/clubs/${idOf(first)}/members`), 'members');
    const list = ask(account, `/clubs/${idOf(first)}/members/${idOf(member)}/badges`).body as readonly Row[];
    expect(list.map((row) => row['member'])).toEqual([member?.['id'], member?.['id'], member?.['id']]);
  });

  test('is filtered by a value that stands for several', () => {
    const kinds = { ...clubs, filters: { kind: { field: 'kind', values: { a: ['a', 'b'], b: 'b' } } } };
    const account = new Account({ fixtures: { clubs: kinds }, now, pastMeetings: 0 });
    const match = findRoute(loadRoutes({ clubs: kinds }), '/clubs');
    if (match === undefined) throw new Error('no route');
    const total = (kind: string) =>
      (answer(match, { kind, page_size: '9' }, contextOf(account)).body as Row)['clubs'] as Row[];
    expect(account.rows('clubs').map(({ kind }) => kind)).toEqual(['a', 'b', 'a', 'b', 'a']);
    expect([total('a'), total('b')].map((rows) => rows.map(({ kind }) => kind))).toEqual([
      ['a', 'b'],
      ['b', 'b'],
    ]);
  });

  test('is filtered by a value, or by whether it is there', () => {
    const kinds = (query: Record<string, string>) =>
      listOf(ask(account, '/clubs', { page_size: '9', ...query }), 'clubs').map(({ kind }) => kind);
    expect(kinds({ kind: 'b', hidden: 'true' })).toEqual(['b', 'b']);
    expect(kinds({})).toHaveLength(1);
  });

  test('shows each endpoint’s own fields of one row', () => {
    const { body } = ask(account, `/clubs/${idOf(first)}`);
    expect(body).toEqual({ id: first?.['id'], name: first?.['name'], motto: 'Onwards' });
  });

  test('is an empty list below a row that has none, and an error below one that there is not', () => {
    expect(second?.['open']).toBe(false);
    const none = ask(account, `/clubs/${idOf(second)}/members`);
    expect([none.status, listOf(none, 'members')]).toEqual([200, []]);
    expect(ask(account, '/clubs/nobody/members')).toEqual({
      status: 404,
      body: { code: 4130, message: 'No club nobody.' },
    });
  });

  test('names the right one at every level of the path', () => {
    const [member] = listOf(ask(account, `/clubs/${idOf(first)}/members`), 'members');
    expect(ask(account, `/clubs/${idOf(second)}/members/${idOf(member)}/badges`).status).toBe(404);
  });

  test('may name the parent in the query, or none at all', () => {
    const days = { from: '2026-04-01', to: '2026-10-15', page_size: '2' };
    const own = listOf(ask(account, '/visits', { ...days, club_id: String(first?.['id']) }), 'visits');
    const [entry] = account.store('clubs').entries();
    const rows = entry === undefined ? [] : account.store('visits').below(entry);
    expect(own).toEqual(rows.slice(0, 2).map(({ row }) => row));
    expect(account.store('visits').list()?.length).toBe(account.rows('visits').length);
  });

  test('is another row for each value of a parameter, with fields of its own', () => {
    const general = ask(account, '/users/me/plan').body as Row;
    expect(Object.keys(general)).toEqual(['code']);
    expect(ask(account, '/users/me/plan', { option: 'video' }).body).toEqual({ video_code: 'v' });
    expect(ask(account, '/users/me/plan', { option: 'sound' }).status).toBe(400);
  });

  test('is refused to users without a licence, who stay the same when others leave', () => {
    const some = makeAccount({ licensedUsers: 2 });
    const [lacking, licensed] = [some.users[0], some.users.at(-1)];
    some.removeUser(String(some.users.at(-2)?.['email']));
    expect(ask(some, `/users/${idOf(lacking)}/plan`)).toEqual({
      status: 400,
      body: { code: 200, message: 'A plan is missing.' },
    });
    expect(ask(some, `/users/${idOf(licensed)}/plan`).status).toBe(200);
    expect(some.rows('plans')).toHaveLength(2);
  });
});

describe('an answer', () => {
  const account = makeAccount();
  const club = idOf(account.rows('clubs')[0]);

  test('lists strings, with other fields behind them', () => {
    const { body } = ask(account, '/domains');
    const known = account.rows('domains').map(({ domain }) => domain);
    expect(body).toEqual({ domains: known, as_of: '2026-10-15', owner: 'Mara' });
    expect(Object.keys(body as Row)).toEqual(['domains', 'as_of', 'owner']);
  });

  test('has its list, its page token and its totals inside an object', () => {
    const days = { from: '2026-10-01T00:00:00Z', to: '2026-10-15T12:00:00Z' };
    const { body } = ask(account, `/clubs/${club}/games`, { ...days, page_size: '2' });
    const token = expect.stringMatching(/./);
    expect(body).toEqual({
      past: {
        games: [expect.anything(), expect.anything()],
        ...days,
        page_size: 2,
        total_records: 3,
        next_page_token: token,
      },
      club: 'Chess',
    });
  });

  test('has the rows of a range, a day apart where they show no time, and those of the last day without one', () => {
    const games = (query: Record<string, string>) =>
      listOf(
        { status: 200, body: (ask(account, `/clubs/${club}/games`, query).body as Row)['past'] },
        'games',
      ).length;
    expect(games({})).toBe(1);
    expect(games({ from: '2026-10-14T00:00:00Z', to: '2026-10-15T12:00:00Z' })).toBe(2);
    expect(games({ from: '2026-10-01T00:00:00Z', to: '2026-10-14T12:00:00Z' })).toBe(2);
  });

  test.each([
    { from: '2026-10-01', to: '2026-10-15' },
    { from: '2026-04-01T00:00:00Z', to: '2026-10-15T12:00:00Z' },
  ])('refuses the range %j: days where instants are wanted, and what is not kept', (range) => {
    expect(ask(account, `/clubs/${club}/games`, range).status).toBe(400);
  });
});

describe('values that no row tells', () => {
  const account = makeAccount();
  const ruleOf = (type: string, query: Record<string, string> = {}) =>
    ask(account, `/accounts/me/rules/${type}`, query);

  test('are in the path and in the query, and each combination has a row of its own', () => {
    const rows = [ruleOf('calls'), ruleOf('calls', { hours: 'closed' }), ruleOf('texts')].map(
      ({ body }) => body,
    );
    expect(rows.map((row) => Object.keys(row as Row))).toEqual([['number'], ['until', 'number'], ['number']]);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(3);
    expect(
      account
        .store('rules')
        .entries()
        .map(({ values }) => values),
    ).toEqual([
      ['calls', ''],
      ['calls', 'closed'],
      ['texts', ''],
      ['texts', 'closed'],
    ]);
  });

  test('are refused where Zoom does not know them, as another account is', () => {
    expect(ruleOf('faxes')).toMatchObject({ status: 400, body: { code: 400 } });
    expect(ask(account, '/accounts/other/rules/calls')).toMatchObject({ status: 404, body: { code: 2001 } });
    expect(ask(account, `/accounts/${account.id}/rules/calls`).status).toBe(200);
  });
});

describe('what changes', () => {
  test('a clone keeps what later changes do not reach', () => {
    const account = makeAccount();
    const before = account.clone();
    const store = account.generated('clubs');
    const [first, , last] = store?.entries() ?? [];
    store?.change(String(first?.id), 'name', () => 'Go');
    store?.remove(String(last?.id));
    store?.add();
    const names = (rows: readonly Row[]) => rows.map(({ name }) => name);
    expect(names(account.rows('clubs'))).toContain('Go');
    expect(names(before.rows('clubs'))).not.toContain('Go');
    expect([account.rows('clubs').length, before.rows('clubs').length]).toEqual([5, 5]);
    expect(before.rows('members')).not.toEqual(account.rows('members'));
  });

  test('a new parent has rows of its own, recent ones where they are listed by time', () => {
    const account = makeAccount();
    account.rows('visits');
    const added = account.generated('clubs')?.add();
    if (added === undefined) throw new Error('nothing was added');
    account.generated('visits')?.fillNew(now);
    expect(account.store('members').below(added)).toHaveLength(4);
    const times = account
      .store('visits')
      .below(added)
      .map(({ row }) => row['time']);
    expect(times).toEqual(['2026-10-15T12:00:00Z', '2026-10-15T12:00:00Z', '2026-10-15T12:00:00Z']);
  });

  test('a row that is not there cannot change', () => {
    expect(() => makeAccount().generated('clubs')?.remove('x')).toThrow('no row x in clubs');
    expect(() => makeAccount().store('nothing')).toThrow('no fixture has the rows of nothing');
  });
});
