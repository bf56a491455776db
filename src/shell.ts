import { basename, isAbsolute, relative } from 'node:path';

interface Started {
  /** The file that Node runs. */
  readonly file?: string | undefined;
  readonly folder?: string;
}

/** What is typed to start this program, for commands that are to be typed next: `source-zoom`, or `node dist/main.js`. */
export function programName({ file = process.argv[1], folder = process.cwd() }: Started = {}): string {
  if (file === undefined || basename(file) !== 'main.js') return 'source-zoom';
  const near = relative(folder, file);
  return `node ${inShell(near.startsWith('..') || isAbsolute(near) ? file : near)}`;
}

/** A path as it is typed in a shell, in quotes where it needs them. */
export function inShell(path: string): string {
  return /^[\w./~+@%-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
