import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { appKinds } from './docs/app-kinds.ts';
import { documentPaths, writeDocument } from './docs/documents.ts';
import { Account } from './emulator/account.ts';
import { expectedRows } from './harness/expected.ts';
import { promisedStreams, streamsOfAccount } from './harness/promised.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test.each(documentPaths)('%s says what is declared (npm run docs writes it)', (path) => {
  const document = read(path);
  expect(document).toBe(writeDocument(path, document));
});

test('which streams each kind of app cannot have is what Zoom documents', () => {
  const account = new Account({ days: 60, licensedUsers: 'all' });
  const authoriser = String(account.users[0]?.['id']);
  const names = promisedStreams().map(({ promise }) => promise.name);
  expect(appKinds.account.lacks).toEqual(names.filter((name) => !streamsOfAccount().includes(name)).sort());
  expect(appKinds.user.lacks).toEqual(
    names.filter((name) => expectedRows(account, name, authoriser).length === 0).sort(),
  );
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
