import { expect, test } from '@jest/globals';
import { parseConfiguredCatalog } from './catalog.ts';

test.each<{ mode: unknown; expected: string }>([
  { mode: 'incremental', expected: 'incremental' },
  { mode: null, expected: 'full_refresh' },
  { mode: undefined, expected: 'full_refresh' },
  { mode: 5, expected: '5' },
  { mode: { toString: 1 }, expected: '{"toString":1}' },
])('the sync mode $mode is $expected', ({ mode, expected }) => {
  const catalog = { streams: [{ stream: { name: 'users' }, sync_mode: mode }] };
  expect(parseConfiguredCatalog(catalog, 'c.json')).toEqual([{ name: 'users', syncMode: expected }]);
});
