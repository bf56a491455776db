import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { withScopeLists } from './docs/scope-lists.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('docs/zoom-app.md lists the scopes that are declared (npm run docs writes them)', () => {
  const document = read('docs/zoom-app.md');
  expect(document).toBe(withScopeLists(document));
});

test('docs/zoom-app.md has a cure for every code that the token endpoint is known to give', () => {
  const codes = read('src/http/token-refusal.ts').match(/^ {2}4\d{3}(?=: ')/gm) ?? [];
  expect(codes.length).toBeGreaterThan(10);
  const rows = read('docs/zoom-app.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const missing = codes.filter((code) => !rows.some((row) => row.split('|')[1]?.includes(code.trim())));
  expect(missing).toEqual([]);
});
