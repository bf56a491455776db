import { readFile } from 'node:fs/promises';
import { ConfigError } from '../errors.ts';
import { isDeeperThan } from '../json.ts';
import { decodeText } from './encoding.ts';

/**
 * Reads a JSON file that the user named with a flag.
 * @throws ConfigError that names the flag and the file, and what is wrong with it.
 */
export async function readJsonFile(flag: Flag, path: string): Promise<unknown> {
  return parseJson(flag, path, await readTextFile(flag, path));
}

/** @throws ConfigError */
export async function readTextFile(flag: Flag, path: string): Promise<string> {
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    throw unreadable(flag, path, error);
  }
}

/** JSON.stringify ends some thousand levels down, where JSON.parse still goes on. */
const deepestNesting = 500;

type Flag = 'config' | 'catalog' | 'state';

/** @throws ConfigError when the text is no JSON, or JSON that could be read and not be written again. */
export function parseJson(flag: Flag, path: string, text: string): unknown {
  // A platform that has no state yet may pass an empty file.
  if (flag === 'state' && text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw notJson(flag, path);
  }
  return requireShallow(flag, path, value);
}

/**
 * @returns the value.
 * @throws ConfigError
 */
export function requireShallow(flag: Flag, path: string, value: unknown): unknown {
  if (!isDeeperThan(deepestNesting, value)) return value;
  throw new ConfigError(
    `The file of --${flag} nests more than ${deepestNesting} lists and objects in each other: ${path}. Pass the file as the platform wrote it.`,
  );
}

export function unreadable(flag: Flag, path: string, error: unknown): ConfigError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new ConfigError(
    `The file of --${flag} cannot be read: ${path} (${code}). Check the path and its permissions.`,
    { cause: error },
  );
}

/** The parser's own words quote the text, which may hold secrets. */
export function notJson(flag: Flag, path: string): ConfigError {
  const cure =
    flag === 'state'
      ? 'Pass a state as the platform keeps it, or the output of an earlier read as it was written, one message a line.'
      : 'Correct it, for instance with a JSON linter.';
  return new ConfigError(`The file of --${flag} is not JSON: ${path}. ${cure}`);
}
