import { describe, expect, test } from '@jest/globals';
import type { Answer, Listing, StreamDeclaration } from '../streams/declaration.ts';
import { errorReply, FakeZoom } from './fake-zoom.ts';

const at = (text: string) => Date.parse(text);
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const answers: readonly Answer[] = [{ code: 200, says: 'webinar plan', action: 'unlicensed' }];
const ofUser = { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } };

const planned: Listing = {
  ...list,
  name: 'planned',
  path: '/users/{user_id}/planned',
  parent: ofUser,
  answers,
};
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'users', path: '/users', primaryKey: ['id'] },
  {
    ...list,
    kind: 'snapshot',
    name: 'webinars',
    path: '/users/{user_id}/webinars',
    parent: ofUser,
    answers,
    primaryKey: ['user_id', 'id'],
  },
  {
    ...list,
    kind: 'windowed',
    name: 'recordings',
    path: '/users/{user_id}/recordings',
    window: { maxDays: 28, format: 'date' },
    parent: ofUser,
    answers,
    primaryKey: ['user_id', 'id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  {
    ...list,
    kind: 'snapshot',
    name: 'panelists',
    path: '/webinars/{webinar_id}/panelists',
    parent: { name: 'planned', parameters: { webinar_id: 'id' }, adds: { webinar_id: 'id' } },
    primaryKey: ['webinar_id', 'id'],
  },
];
const streams = ['webinars', 'recordings', 'panelists'];

const noPlan = { status: 400, code: 200, message: 'Webinar plan is missing. You must subscribe to it.' };
const noPermission = { status: 400, code: 200, message: 'No permission.' };

/** An account of users, of whom some have a licence; the others get an answer. */
function createZoom(isLicensed: readonly boolean[], { answer = noPlan, oddOne = -1 } = {}) {
  return new FakeZoom({
    declarations,
    listings: [planned],
    pageSize: 300,
    rows: (path) => {
      if (path === '/users') return isLicensed.map((_, id) => ({ id }));
      const [, user] = /^\/users\/(\d+)/.exec(path) ?? [];
      return [{ id: user ?? 'p', end_time: '2028-01-10T10:00:00Z' }];
    },
    instead: (request) => {
      const [, user] = /^\/users\/(\d+)\//.exec(request.path) ?? [];
      if (user === undefined || isLicensed[Number(user)] === true) return undefined;
      return errorReply(request, Number(user) === oddOne ? noPermission : answer);
    },
  });
}

const many = (count: number, isLicensed: boolean) => Array.from({ length: count }, () => isLicensed);

describe('what only some users have a licence for', () => {
  test.each([
    { name: '290 without come first', isLicensed: [...many(290, false), ...many(10, true)] },
    { name: '290 without come last', isLicensed: [...many(10, true), ...many(290, false)] },
    { name: 'one of 300 has it', isLicensed: [...many(150, false), true, ...many(149, false)] },
  ])('is read of those who have it: $name', async ({ isLicensed }) => {
    const zoom = createZoom(isLicensed);
    const { of, log } = await zoom.sync(at('2028-02-01'), streams);
    const licensed = isLicensed.filter((isOne) => isOne).length;
    for (const stream of streams) expect(of(stream).length).toBe(licensed);
    for (const stream of ['webinars', 'recordings'])
      expect(log.join('\n')).toContain(`${stream}: skipped ${300 - licensed} as final (400/200`);
    for (const stream of streams) expect(zoom.states.get(stream)).not.toHaveProperty('owed');
  });

  test('is asked of each user without it once, by whichever stream comes first', async () => {
    const isLicensed = [...many(20, false), ...many(2, true)];
    const zoom = createZoom(isLicensed);
    await zoom.sync(at('2028-02-01'), streams);
    const asked = (user: number) => zoom.asked.filter((path) => path.startsWith(`/users/${user}/`));
    expect(isLicensed.map((_, user) => asked(user).length).slice(0, 20)).toEqual(Array(20).fill(1));
    expect(new Set(asked(20))).toEqual(
      new Set(['/users/20/webinars', '/users/20/recordings', '/users/20/planned']),
    );
  });

  test('fails alone when nobody has it, and is named', async () => {
    const zoom = createZoom(many(30, false));
    const sync = await zoom.sync(at('2028-02-01'), ['users', ...streams], { isComplete: false });
    for (const stream of streams) {
      const error = sync.errorOf(stream);
      expect(error?.failure_type).toBe('config_error');
      expect(error?.message).toContain(stream);
      expect(error?.message).toContain('Webinar plan is missing');
    }
    expect(sync.of('users').length).toBe(30);
    expect(sync.errorOf('users')).toBeUndefined();
  });

  test('is not what a missing permission says under the same code', async () => {
    const zoom = createZoom(many(30, false), { answer: noPermission });
    const sync = await zoom.sync(at('2028-02-01'), streams, { isComplete: false });
    for (const stream of streams)
      expect(sync.errorOf(stream)).toMatchObject({ failure_type: 'config_error' });
    expect(sync.log.join('\n')).not.toContain('skipped');
    expect(sync.errorOf('webinars')?.message).toContain('No permission.');
    for (const path of ['webinars', 'recordings', 'planned'])
      expect(zoom.asked.filter((asked) => asked.endsWith(path)).length).toBeLessThanOrEqual(3);
  });

  test.each([
    { name: 'after those who have it', isLicensed: [...many(5, true), ...many(5, false)], oddOne: 7 },
    { name: 'before them', isLicensed: [...many(5, false), ...many(5, true)], oddOne: 2 },
  ])('a missing permission of one user is owed, and not skipped: $name', async ({ isLicensed, oddOne }) => {
    const zoom = createZoom(isLicensed, { oddOne });
    const sync = await zoom.sync(at('2028-02-01'), ['webinars', 'recordings'], { isComplete: false });
    for (const stream of ['webinars', 'recordings']) {
      expect(sync.of(stream).length).toBe(5);
      expect(Object.keys(zoom.states.get(stream)?.['owed'] ?? {})).toEqual([String(oddOne)]);
    }
  });
});

test('a forecast counts calls, of one partition one for each value, and no rows', async () => {
  const statuses = ['pending', 'approved', 'denied'];
  const registrants: StreamDeclaration = {
    ...list,
    kind: 'snapshot',
    name: 'registrants',
    path: '/users/{user_id}/registrants',
    values: [{ parameter: 'status', values: statuses }],
    parent: ofUser,
    primaryKey: ['user_id', 'id'],
  };
  const zoom = new FakeZoom({
    declarations: [...declarations, registrants],
    rows: (path) => Array.from({ length: path === '/users' ? 2 : 40 }, (_, id) => ({ id })),
    pageSize: 300,
    quota: { label: 'heavy', day: { calls: 24_000, left: 10 } },
  });
  await zoom.sync(at('2028-02-01'), ['registrants']);
  const { log } = await zoom.sync(at('2028-02-02'), ['registrants', 'recordings']);
  const told = log.join('\n');
  expect(told).toContain('registrants: about 6 heavy calls to come for as many as had rows');
  expect(told).not.toContain('not be the last one');
  expect(told).toContain('recordings: about 2 heavy calls to come');
});
