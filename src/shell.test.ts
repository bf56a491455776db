import { expect, test } from '@jest/globals';
import { inShell, programName } from './shell.ts';

test.each([
  ['/home/ann/source-zoom/dist/main.js', '/home/ann/source-zoom', 'node dist/main.js'],
  ['/home/ann/source-zoom/dist/main.js', '/home/ann/other', 'node /home/ann/source-zoom/dist/main.js'],
  ['/home/ann lee/dist/main.js', '/home/ann', "node '/home/ann lee/dist/main.js'"],
  ['/usr/local/bin/source-zoom', '/home/ann', 'source-zoom'],
])('%s, started in %s, is started again by %s', (file, folder, name) => {
  expect(programName({ file, folder })).toEqual(name);
});

test.each([
  ['folder/config.json', 'folder/config.json'],
  ["a folder/it's.json", "'a folder/it'\\''s.json'"],
])('%s is typed as %s', (path, typed) => {
  expect(inShell(path)).toBe(typed);
});
