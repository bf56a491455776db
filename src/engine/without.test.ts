import { describe, expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { JsonObject } from '../json.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom, outageReply } from './fake-zoom.ts';
import { createProber } from './probe.ts';

const dayMs = 86_400_000;
const start = Date.parse('2028-02-01');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const below = (name: string, without: 'also' | 'instead'): StreamDeclaration => ({
  ...list,
  kind: 'snapshot',
  name,
  path: `/${name}`,
  parent: { name: 'sites', parameters: { site_id: 'id' }, without },
  primaryKey: ['id'],
  tombstones: true,
});
const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'snapshot',
    name: 'sites',
    path: '/sites',
    primaryKey: ['id'],
    tombstones: true,
  },
  below('rules', 'also'),
  below('accounts', 'instead'),
];

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const outage = () => outageReply();
const noPermission = (request: Request) =>
  errorReply(request, { status: 400, code: 200, message: 'No permission.' });
const noScope = (request: Request) =>
  errorReply(request, { status: 400, code: 4711, message: 'It does not contain scopes:[sites:read].' });
const unknown = (request: Request) =>
  errorReply(request, { status: 400, code: 300, message: 'Multiple sites are off.' });
const wantsSite = (request: Request) =>
  errorReply(request, { status: 400, code: 300, message: 'site_id is required.' });

/** What Zoom answers, by `site_id`; without one under the empty name, and the sites under `sites`. */
type Answers = Readonly<Record<string, readonly JsonObject[] | ((request: Request) => unknown)>>;

function createZoom(first: Answers) {
  const zoom = { answers: first };
  const asked: string[] = [];
  const fake = new FakeZoom({
    declarations,
    rows: () => [],
    instead: (request) => {
      const name = request.path === '/sites' ? 'sites' : String(request.query['site_id'] ?? '');
      asked.push(name);
      const answer = zoom.answers[name] ?? [];
      return typeof answer === 'function'
        ? (answer(request) as ReturnType<typeof outageReply>)
        : bodyReply(answer, {});
    },
  });
  return {
    asked,
    fake,
    /** A sync later by so many days, of Zoom as it is then. */
    sync: (days: number, stream: string, answers: Answers = first, isComplete = true) => {
      zoom.answers = answers;
      asked.length = 0;
      return fake.sync(start + days * dayMs, [stream], { isComplete });
    },
    probe: async (stream: string) => {
      asked.length = 0;
      const declaration = declarations.find(({ name }) => name === stream) as StreamDeclaration;
      const probe = await createProber(fake.context(start)).probe(declaration);
      return probe.isReadable || probe.reason;
    },
  };
}

const idsIn = (records: readonly JsonObject[]) => records.map(({ id }) => id).sort();
const deletedIn = (records: readonly JsonObject[]) =>
  idsIn(records.filter(({ _ab_cdc_deleted_at: deleted }) => deleted !== null));
const twoSites: Answers = { sites: rows('s', 't'), s: rows('1', '2'), t: rows('3'), '': rows('2', '4') };

describe('one call without the parent beside the others', () => {
  test('gives its rows, and what both show leaves once', async () => {
    const { sync, asked } = createZoom(twoSites);
    const { of } = await sync(0, 'rules');
    expect(idsIn(of('rules'))).toEqual(['1', '2', '3', '4']);
    expect([...asked].sort()).toEqual(['', 's', 'sites', 't']);
    expect((await sync(1, 'rules')).of('rules')).toEqual([]);
  });

  test('is made where the parent has no rows', async () => {
    const { sync } = createZoom({ sites: [], '': rows('4') });
    expect(idsIn((await sync(0, 'rules')).of('rules'))).toEqual(['4']);
  });

  test.each([
    { what: 'an outage', refusal: outage },
    { what: 'a missing scope', refusal: noScope },
  ])('gives its rows though the parent is refused, which fails the stream: $what', async ({ refusal }) => {
    const { sync } = createZoom({ sites: refusal, '': rows('4') });
    const { of, errorOf } = await sync(0, 'rules', undefined, false);
    expect(idsIn(of('rules'))).toEqual(['4']);
    expect(errorOf('rules')?.message).toContain('sites');
  });

  test('is owed by a name of its own, and tolerated in the third sync', async () => {
    const { sync, fake } = createZoom({ ...twoSites, '': outage });
    const owed = () => fake.states.get('rules')?.['owed'];
    const { of } = await sync(0, 'rules', undefined, false);
    expect(idsIn(of('rules'))).toEqual(['1', '2', '3']);
    expect(owed()).toEqual({
      'without site_id': expect.objectContaining({ parameters: {}, adds: {}, refusals: 1 }),
    });
    await sync(1, 'rules', undefined, false);
    const { warnings } = await sync(2, 'rules');
    expect(warnings.join()).toContain('without site_id is owed (503, in 3 syncs in a row)');
    expect(idsIn((await sync(3, 'rules', twoSites)).of('rules'))).toEqual(['4']);
    expect(owed()).toBeUndefined();
  });

  test.each<{ what: string; after: Answers; deleted: string[]; isComplete: boolean }>([
    { what: 'all are whole', after: { ...twoSites, '': rows('2') }, deleted: ['4'], isComplete: true },
    {
      what: 'one moves from a site to nobody',
      after: { ...twoSites, s: rows('1'), '': rows('2', '3', '4'), t: [] },
      deleted: [],
      isComplete: true,
    },
    {
      what: 'a site goes with its rows',
      after: { ...twoSites, sites: rows('s') },
      deleted: ['3'],
      isComplete: true,
    },
    {
      what: 'the call itself is refused',
      after: { ...twoSites, s: [], '': outage },
      deleted: [],
      isComplete: false,
    },
    { what: 'a site is refused', after: { ...twoSites, s: outage, '': [] }, deleted: [], isComplete: false },
    {
      what: 'the sites are refused',
      after: { sites: outage, '': rows('2') },
      deleted: [],
      isComplete: false,
    },
    {
      what: 'the call is short of what it announces',
      after: { ...twoSites, '': () => bodyReply(rows('2'), { total_records: 2 }) },
      deleted: [],
      isComplete: true,
    },
  ])(
    'what is gone leaves as deleted where all of it proves that: $what',
    async ({ after, deleted, isComplete }) => {
      const { sync } = createZoom(twoSites);
      await sync(0, 'rules');
      const { of } = await sync(1, 'rules', after, isComplete);
      expect(deletedIn(of('rules'))).toEqual(deleted);
    },
  );
});

describe('one call without the parent instead of the others', () => {
  test('is not made where the parent has rows', async () => {
    const { sync, asked } = createZoom({ ...twoSites, '': wantsSite });
    expect(idsIn((await sync(0, 'accounts')).of('accounts'))).toEqual(['1', '2', '3']);
    expect(asked).not.toContain('');
  });

  test('is made where it has none', async () => {
    const { sync } = createZoom({ sites: [], '': rows('4') });
    expect(idsIn((await sync(0, 'accounts')).of('accounts'))).toEqual(['4']);
  });

  test.each([
    { refusal: noPermission, why: /No permission/ },
    { refusal: noScope, why: /lacks the scope/ },
    { refusal: unknown, why: /Multiple sites are off/ },
  ])('stands for a parent that is refused for good: $why', async ({ refusal, why }) => {
    const { sync } = createZoom({ sites: refusal, '': rows('4') });
    const { of, log } = await sync(0, 'accounts');
    expect(idsIn(of('accounts'))).toEqual(['4']);
    expect(log.join('\n')).toMatch(why);
  });

  test('gives its rows while the parent is in trouble, which fails the stream', async () => {
    const { sync } = createZoom({ sites: outage, '': rows('4') });
    const { of, errorOf } = await sync(0, 'accounts', undefined, false);
    expect(idsIn(of('accounts'))).toEqual(['4']);
    expect(errorOf('accounts')?.failure_type).toBe('transient_error');
  });

  test('leaves the parent’s refusal as the reason where it is refused as well', async () => {
    const { sync } = createZoom({ sites: noScope, '': wantsSite });
    const { errorOf } = await sync(0, 'accounts', undefined, false);
    expect(errorOf('accounts')).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringContaining('sites'),
    });
  });

  test.each<{ what: string; before: Answers; after: Answers; deleted: string[] }>([
    {
      what: 'a row of nobody',
      before: { sites: [], '': rows('4', '5') },
      after: { sites: [], '': rows('5') },
      deleted: ['4'],
    },
    {
      what: 'the account gets sites, which show its rows',
      before: { sites: [], '': rows('4', '5') },
      after: { sites: rows('s'), s: rows('4', '5') },
      deleted: [],
    },
    {
      what: 'nothing while the sites are refused',
      before: twoSites,
      after: { sites: noPermission, '': rows('3') },
      deleted: [],
    },
  ])('leaves as deleted: $what', async ({ before, after, deleted }) => {
    const { sync } = createZoom(before);
    await sync(0, 'accounts');
    const { of } = await sync(1, 'accounts', after);
    expect(deletedIn(of('accounts'))).toEqual(deleted);
  });
});

describe('a probe', () => {
  test.each<{ stream: string; answers: Answers; expected: unknown; asked: string[] }>([
    { stream: 'rules', answers: { sites: [], '': [] }, expected: true, asked: ['sites', ''] },
    { stream: 'accounts', answers: { sites: [], '': [] }, expected: true, asked: ['sites', ''] },
    { stream: 'accounts', answers: twoSites, expected: true, asked: ['sites', 's'] },
    { stream: 'accounts', answers: { sites: unknown, '': [] }, expected: true, asked: ['sites', ''] },
    {
      stream: 'accounts',
      answers: { sites: noPermission, '': wantsSite },
      expected: expect.stringContaining('No permission'),
      asked: ['sites', ''],
    },
    {
      stream: 'accounts',
      answers: { sites: outage, '': [] },
      expected: expect.stringContaining('503'),
      asked: ['sites'],
    },
    {
      stream: 'rules',
      answers: { sites: noScope, '': [] },
      expected: expect.stringContaining('scope'),
      asked: ['sites'],
    },
  ])('of $stream asks $asked', async ({ stream, answers, expected, asked }) => {
    const zoom = createZoom(answers);
    expect(await zoom.probe(stream)).toEqual(expected);
    expect(zoom.asked).toEqual(asked);
  });
});
