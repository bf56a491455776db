import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';

/**
 * Reads a JSON file that the user named with a flag.
 * @throws ConfigError that names the flag and the file, and what is wrong with it.
 */
export async function readJsonFile(flag: 'config' | 'catalog' | 'state', path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigError(
      `The file of --${flag} cannot be read: ${path} (${code}). Check the path and its permissions.`,
      { cause: error },
    );
  }
  // A platform that has no state yet may pass an empty file.
  if (flag === 'state' && text.trim() === '') return [];
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own words quote the text, which may hold secrets.
    throw new ConfigError(
      `The file of --${flag} is not JSON: ${path}. Correct it, for instance with a JSON linter.`,
    );
  }
}
