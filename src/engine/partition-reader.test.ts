import { expect, test } from '@jest/globals';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { FakeZoom } from './fake-zoom.ts';

const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };
const declarations: readonly StreamDeclaration[] = [
  { ...list, kind: 'snapshot', name: 'sites', path: '/sites', primaryKey: ['id'] },
  {
    ...list,
    kind: 'snapshot',
    name: 'phones',
    path: '/sites/{site_id}/phones',
    parent: { name: 'sites', parameters: { site_id: 'id' }, adds: { site_id: 'id' } },
    values: [{ parameter: 'type', values: ['assigned', 'unassigned'], adds: 'type' }],
    primaryKey: ['site_id', 'id'],
  },
];

test('what the parent and the values add to records is there too when their listing began again', async () => {
  const expired = new Set<unknown>();
  const phones = (type: string) => [1, 2, 3, 4, 5].map((number) => ({ id: `${type} ${number}` }));
  const zoom = new FakeZoom({
    declarations,
    pageSize: 2,
    pathOf: ({ path, query: { type } }) => (type === undefined ? path : String(type)),
    rows: (name) => (name === '/sites' ? [{ id: 's' }] : phones(name)),
    instead: ({ query: { type, next_page_token: token } }) => {
      if (token !== '2' || expired.has(type)) return undefined;
      expired.add(type);
      return {
        action: 'expired_page_token',
        refusal: { message: 'expired', isTransient: false, missingScopes: [], detail: '' },
      };
    },
  });
  const { of } = await zoom.sync(Date.parse('2028-02-01'), ['phones']);
  expect([...expired]).toEqual(['assigned', 'unassigned']);
  expect(of('phones').map(({ site_id, type, id }) => ({ site_id, type, id }))).toEqual(
    ['assigned', 'unassigned'].flatMap((type) => phones(type).map(({ id }) => ({ site_id: 's', type, id }))),
  );
});
