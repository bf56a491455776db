import { expect, test } from '@jest/globals';
import { programName } from './program-name.ts';

test.each([
  ['/home/ann/source-zoom/dist/main.js', '/home/ann/source-zoom', 'node dist/main.js'],
  ['/home/ann/source-zoom/dist/main.js', '/home/ann/other', 'node /home/ann/source-zoom/dist/main.js'],
  ['/usr/local/bin/source-zoom', '/home/ann', 'source-zoom'],
])('%s, started in %s, is started again by %s', (file, folder, name) => {
  expect(programName({ file, folder })).toEqual(name);
});
