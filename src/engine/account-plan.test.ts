import { describe, expect, test } from '@jest/globals';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom } from './fake-zoom.ts';

const noPhone = { status: 403, code: 2031, message: 'Zoom Phone has not been enabled for this account.' };
const now = Date.parse('2028-02-01');

const list = (path: `/${string}`, ...needs: readonly string[]): StreamDeclaration => ({
  kind: 'snapshot',
  name: path.replaceAll('/', '_').slice(1),
  path,
  records: 'rows',
  scopes: { granular: ['a:read'], classic: [] },
  primaryKey: ['id'],
  needs,
});
const phone = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => list(`/phone/${name}`, 'Phone'));

/** An account that is refused these paths, whatever it is asked for there. */
function createZoom(
  declarations: readonly StreamDeclaration[],
  isRefused: (path: string) => boolean,
  refusalOf: (path: string) => typeof noPhone = () => noPhone,
) {
  return new FakeZoom({
    declarations,
    rows: () => [{ id: 1 }],
    instead: (request) =>
      isRefused(request.path) ? errorReply(request, refusalOf(request.path)) : undefined,
  });
}

async function readAll(zoom: FakeZoom, declarations: readonly StreamDeclaration[], isComplete = false) {
  const names = declarations.map(({ name }) => name);
  const sync = await zoom.sync(now, names, { isComplete });
  const failed = names.filter((name) => sync.errorOf(name) !== undefined);
  return { sync, names, failed };
}

describe('what the account has not bought', () => {
  test('is asked for at three paths, and fails each stream alone with what was refused', async () => {
    const zoom = createZoom([...phone, list('/users')], (path) => path.startsWith('/phone/'));
    const { sync, failed } = await readAll(zoom, [...phone, list('/users')]);
    expect(zoom.asked.filter((path) => path !== '/users')).toEqual(['/phone/a', '/phone/b', '/phone/c']);
    expect(failed).toEqual(phone.map(({ name }) => name));
    for (const name of failed) {
      expect(sync.errorOf(name)?.failure_type).toBe('config_error');
      expect(sync.errorOf(name)?.message).toContain(noPhone.message);
    }
    expect(sync.errorOf('phone_a')?.message).toContain('Zoom refused /phone/a:');
    expect(sync.errorOf('phone_h')?.message).toContain(
      '/phone/h was not asked, since Zoom refused /phone/a, /phone/b, /phone/c, which need the same:',
    );
    expect(sync.of('users').length).toBe(1);
  });

  test('is not what an account lacks that has had an answer from a path that needs no less', async () => {
    const zoom = createZoom(phone, (path) => path !== '/phone/c');
    const { sync, failed } = await readAll(zoom, phone);
    expect(zoom.asked.length).toBe(phone.length);
    expect(failed.length).toBe(phone.length - 1);
    expect(sync.of('phone_c').length).toBe(1);
  });

  test('is lacked by what needs it and more, and not by what needs less', async () => {
    const more = phone.map(({ name }) => list(`/phone/${name}`, 'Phone', 'Recording'));
    const declarations = [...more, ...phone, list('/phone/x', 'Recording', 'Phone', 'Administrator')];
    const zoom = createZoom(declarations, (path) => path.startsWith('/phone/phone_') || path === '/phone/x');
    const { failed } = await readAll(zoom, declarations);
    expect(zoom.asked.filter((path) => path.startsWith('/phone/phone_')).length).toBe(3);
    expect(zoom.asked).not.toContain('/phone/x');
    expect(failed).toEqual([...more, list('/phone/x')].map(({ name }) => name));
  });

  test.each([
    ['a role lacks', () => ({ status: 400, code: 200, message: 'No permission.' })],
    [
      'each path says in other words',
      (path: string) => ({ ...noPhone, message: `No licence for ${path.slice(-1)}.` }),
    ],
    ['a scope opens', () => ({ status: 400, code: 4711, message: 'does not contain scopes:[a:read].' })],
    ['nobody understands', () => ({ status: 400, code: 300, message: 'Odd.' })],
  ])('is not what %s', async (_, refusalOf) => {
    const zoom = createZoom(phone, () => true, refusalOf);
    await readAll(zoom, phone);
    expect(zoom.asked.length).toBe(phone.length);
  });

  test('is of one product, and of what needs it', async () => {
    const others = [list('/rooms/a', 'Phone'), { ...list('/phone/z'), needs: undefined }] as never;
    const zoom = createZoom([...phone, ...others], (path) => path.startsWith('/phone/'));
    await readAll(zoom, [...phone, ...others]);
    expect(zoom.asked).toEqual(expect.arrayContaining(['/rooms/a', '/phone/z']));
  });

  test('is not what is said of rows, be they the first ones of three streams', async () => {
    const children = ['x', 'y', 'z', 'w'].map(
      (name): StreamDeclaration => ({
        kind: 'snapshot',
        name,
        path: `/phone/{user_id}/${name}`,
        records: 'rows',
        scopes: { granular: ['a:read'], classic: [] },
        needs: ['Phone'],
        parent: { name: 'users', parameters: { user_id: 'id' }, adds: { user_id: 'id' } },
        primaryKey: ['user_id', 'id'],
      }),
    );
    const zoom = new FakeZoom({
      declarations: [list('/users'), ...children],
      rows: (path) => (path === '/users' ? [1, 2, 3, 4].map((id) => ({ id })) : [{ id: 1 }]),
      instead: (request) => (request.path.startsWith('/phone/1/') ? errorReply(request, noPhone) : undefined),
    });
    const { sync } = await readAll(zoom, children);
    for (const { name } of children) expect(sync.of(name).length).toBe(3);
  });

  test('is not what three add-ons are refused for in the same words', async () => {
    const addOns = ['a', 'b', 'c'].map((name) => list(`/phone/${name}`, 'Phone', name));
    const others = ['d', 'e'].map((name) => list(`/phone/${name}`, 'Phone'));
    const zoom = createZoom([...addOns, ...others], (path) =>
      addOns.some((one) => 'path' in one && one.path === path),
    );
    const { failed } = await readAll(zoom, [...addOns, ...others]);
    expect(failed).toEqual(addOns.map(({ name }) => name));
  });

  test('holds nobody up once a long listing has begun to answer', async () => {
    let isSiblingAsked: () => void = () => undefined;
    const sibling = new Promise<void>((resolve) => {
      isSiblingAsked = resolve;
    });
    const zoom = new FakeZoom({
      declarations: phone,
      rows: () => [{ id: 1 }],
      async instead({ path, query }) {
        if (path === '/phone/h') isSiblingAsked();
        if (!['/phone/a', '/phone/b', '/phone/c'].includes(path)) return undefined;
        if (query['next_page_token'] === undefined)
          return bodyReply([{ id: 1 }], { next_page_token: 'more' });
        await sibling;
        return bodyReply([{ id: 2 }], { next_page_token: '' });
      },
    });
    const { sync } = await readAll(zoom, phone, true);
    expect(sync.of('phone_a').length).toBe(2);
  });
});
