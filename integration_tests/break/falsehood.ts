import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { falsifications } from './falsifications.ts';
import { findDeclarations } from './literals.ts';

/** One falsehood in one file of the tree. */
export interface Falsehood {
  readonly stream: string;
  readonly kind: string;
  /** From the root. */
  readonly file: string;
  readonly content: string;
  /** The lines that differ. */
  readonly before: string;
  readonly after: string;
}

/** A text that says something of one stream. */
interface Statement {
  readonly stream: string;
  readonly file: string;
  readonly source: string;
  readonly start: number;
  readonly text: string;
}

/**
 * The falsehood that a seed stands for: of one stream, and of a kind that applies to it.
 * @param family only its streams; default: all.
 * @throws Error for a family that there is not.
 */
export function pickFalsehood(root: string, seed: string, family = ''): Falsehood {
  const choose = createChoice(seed);
  const declarations = readDeclarations(root).filter(({ file }) => file.startsWith(`src/streams/${family}`));
  if (declarations.length === 0) throw new Error(`src/streams has no family ${family}`);
  const declaration = choose(declarations);
  const fields = fieldsOf(root, declaration.stream);
  const kinds = Object.entries(falsifications).map(([kind, falsify]) => ({
    kind,
    falsehoods: falsify(declaration.text, fields),
  }));
  const { kind, falsehoods } = choose(kinds.filter((each) => each.falsehoods.length > 0));
  const text = choose(falsehoods);
  if (text === declaration.text)
    throw new Error(`${kind} of ${declaration.stream} says what was said before`);
  return toFalsehood(kind, declaration, text);
}

function toFalsehood(
  kind: string,
  { stream, file, source, start, text }: Statement,
  after: string,
): Falsehood {
  const content = source.slice(0, start) + after + source.slice(start + text.length);
  return { stream, kind, file, content, ...compare(source, content) };
}

function compare(source: string, content: string): Pick<Falsehood, 'before' | 'after'> {
  const before = source.split('\n');
  const after = content.split('\n');
  while (before.length > 0 && before[0] === after[0]) {
    before.shift();
    after.shift();
  }
  while (before.length > 0 && before.at(-1) === after.at(-1)) {
    before.pop();
    after.pop();
  }
  const join = (lines: readonly string[]) => lines.map((line) => line.trim()).join(' ');
  return { before: join(before), after: join(after) };
}

/** All streams, in the order of their names, whatever file they are in. */
export function readDeclarations(root: string): readonly Statement[] {
  const files = readdirSync(join(root, 'src/streams'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((name) => {
      const file = join('src/streams', name);
      const source = readFileSync(join(root, file), 'utf8');
      return findDeclarations(source).map((found) => ({ ...found, stream: found.name, file, source }));
    })
    .sort((one, other) => (one.stream < other.stream ? -1 : 1));
}

function fieldsOf(root: string, stream: string): readonly string[] {
  const schema = JSON.parse(readFileSync(join(root, 'schemas', `${stream}.json`), 'utf8')) as {
    readonly properties: Readonly<Record<string, unknown>>;
  };
  return Object.keys(schema.properties);
}

/** Chooses the same for the same seed, call by call. */
function createChoice(seed: string): <T>(items: readonly T[]) => T {
  let calls = 0;
  return <T>(items: readonly T[]) => {
    calls += 1;
    const digest = createHash('sha256').update(`${seed} ${calls}`).digest();
    return items[digest.readUInt32LE(0) % items.length] as T;
  };
}
