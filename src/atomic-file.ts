import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const ownerOnly = 0o600;

/**
 * Replaces a file at one stroke: whoever reads it finds the old text or the new one. Mode and owner stay; a link stays a link.
 * A new file can be read by its owner alone.
 * @throws Error of the file system; the file is as it was.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await followLinks(path);
  const temporary = await writeBeside(target, text);
  try {
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * Tries all of it but the last step.
 * @throws Error of the file system, as `replaceFile` would.
 */
export async function checkReplaceable(path: string): Promise<void> {
  const target = await followLinks(path);
  const [file, folder] = await Promise.all([statIfThere(target), stat(dirname(target))]);
  // As of a file that a container was given by itself.
  if (file !== undefined && file.dev !== folder.dev)
    throw Object.assign(new Error('it is mounted by itself'), { code: 'EBUSY' });
  await unlink(await writeBeside(target, ''));
}

/** The file itself, which need not be there yet. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink() !== true) return resolve(path);
  return followLinks(resolve(dirname(path), await readlink(path)));
}

/** @returns the path of a file that has all of it, on the disk. */
async function writeBeside(target: string, text: string): Promise<string> {
  const kept = await statIfThere(target);
  const name = `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(target), name);
  const file = await open(temporary, 'wx', ownerOnly);
  try {
    await file.writeFile(text);
    if (kept !== undefined) await takeOver(file, kept);
    await file.sync();
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

async function takeOver(
  file: FileHandle,
  { uid, gid, mode }: { readonly uid: number; readonly gid: number; readonly mode: number },
): Promise<void> {
  const own = await file.stat();
  // Only root may give files away; for others the text counts more than its owner.
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o7777);
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return (error as Partial<NodeJS.ErrnoException>).code === 'ENOENT';
}
