import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkReplaceable, replaceFile } from './atomic-file.ts';
import { keepElsewhere } from './authorize/rescue.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-zoom-'));
  path = join(folder, 'config.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([0o600, 0o640, 0o664])('the mode stays: %o', async (mode) => {
  writeFileSync(path, 'old');
  chmodSync(path, mode);
  const { ino } = statSync(path);
  await replaceFile(path, 'new');
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', mode]);
  // Another file has taken its place: nobody can have read a half of it.
  expect(statSync(path).ino).not.toBe(ino);
  expect(readdirSync(folder)).toEqual(['config.json']);
});

test('a new file is for its owner alone', async () => {
  await replaceFile(path, 'new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('links stay links, also to what is not there yet', async () => {
  mkdirSync(join(folder, 'deep'));
  const link = join(folder, 'link.json');
  symlinkSync('deep/link.json', link);
  symlinkSync('real.json', join(folder, 'deep/link.json'));
  for (const text of ['first', 'second']) {
    await replaceFile(link, text);
    expect(readFileSync(join(folder, 'deep/real.json'), 'utf8')).toBe(text);
  }
  expect([readlinkSync(link), readdirSync(join(folder, 'deep')).sort()]).toEqual([
    'deep/link.json',
    ['link.json', 'real.json'],
  ]);
});

test('what cannot be replaced is said before, and leaves nothing behind', async () => {
  mkdirSync(path);
  writeFileSync(join(folder, 'file'), '');
  await expect(checkReplaceable(join(folder, 'none/config.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(checkReplaceable(join(folder, 'file/config.json'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  // A mount point of its own.
  await expect(checkReplaceable('/proc')).rejects.toMatchObject({ code: 'EBUSY' });
  await expect(replaceFile(path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
  await checkReplaceable(join(folder, 'file'));
  expect(readdirSync(folder).sort()).toEqual(['config.json', 'file']);
});

test('what has no place is kept in the first folder that takes it, for its owner alone', async () => {
  const kept = await keepElsewhere('tokens', [join(folder, 'none'), folder, tmpdir()]);
  expect(kept).toMatch(new RegExp(`^${folder}/source-zoom-config-[0-9a-f]{8}\\.json$`));
  expect([readFileSync(String(kept), 'utf8'), statSync(String(kept)).mode & 0o777]).toEqual([
    'tokens',
    0o600,
  ]);
  expect(await keepElsewhere('tokens', [join(folder, 'none')])).toBeUndefined();
});
