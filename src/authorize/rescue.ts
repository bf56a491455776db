import { randomBytes } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes what could not be saved where it belongs into the first of these folders that takes it, for its owner's eyes alone.
 * @returns where it is; undefined when no folder takes it.
 */
export async function keepElsewhere(text: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, `source-zoom-config-${randomBytes(4).toString('hex')}.json`);
    if (await writeNew(path, text)) return path;
  }
  return undefined;
}

/** @returns false where the file cannot be written. */
async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
      return true;
    } catch {
      await unlink(path).catch(() => undefined);
      return false;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
