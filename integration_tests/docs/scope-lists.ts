import type { Scopes } from '../../src/streams/declaration.ts';
import { families, listings, streams } from '../../src/streams/index.ts';

/** What of a declaration says which scopes it needs. */
interface Scoped {
  readonly name?: string;
  readonly scopes?: Scopes;
  readonly parent?: { readonly name: string };
  readonly fallback?: Scoped;
}

type Pick = (scopes: Scopes) => string | undefined;

const isWide = (scope: string) => /:(admin|master)$/.test(scope);
const granular: Pick = ({ granular: names }) => names.find(isWide) ?? names[0];
const classic: Pick = ({ classic: names }) => names.find(isWide) ?? names[0];
const ofUser: Pick = ({ granular: names }) => names.find((name) => !isWide(name));

const start = '<!-- scopes: written by `npm run docs` from src/streams -->';
const end = '<!-- /scopes -->';

/**
 * The document with the lists as the declarations have them.
 * @throws Error when it has no place for them.
 */
export function withScopeLists(document: string): string {
  const [before, after] = [document.indexOf(start), document.indexOf(end)];
  if (before === -1 || after < before) throw new Error(`the document needs the lines ${start} and ${end}`);
  const lists = Object.keys(families).map(writeFamily).join('\n\n');
  return `${document.slice(0, before)}${start}\n\n${lists}\n\n${document.slice(after)}`;
}

function writeFamily(family: string): string {
  const members = families[family] ?? [];
  const needed = (pick: Pick) => union(members.flatMap((member) => allOf(member, pick) ?? []));
  const readable = members.filter((member) => allOf(member, ofUser) !== undefined);
  const user = needed(ofUser);
  const count =
    readable.length === members.length ? 'all of it' : readable.map(({ name }) => `\`${name}\``).join(', ');
  return [
    `### ${family}`,
    'Granular:',
    `\`\`\`text\n${needed(granular).join('\n')}\n\`\`\``,
    `Classic: ${needed(classic).map(asCode).join(' ')}`,
    user.length === 0
      ? 'User-managed apps read none of it.'
      : `User-managed apps read ${count} with: ${user.map(asCode).join(' ')}`,
  ].join('\n\n');
}

const asCode = (scope: string) => `\`${scope}\``;

/** The scopes of an endpoint and of all that it stands on; undefined where one of them has none of this kind. */
function allOf(declaration: Scoped, pick: Pick): readonly string[] | undefined {
  const own = ownOf(declaration, pick);
  if (own === undefined) return undefined;
  const { parent } = declaration;
  if (parent === undefined) return own;
  const above = [...streams, ...listings].find(({ name }) => name === parent.name);
  if (above === undefined)
    throw new Error(`${declaration.name} is below ${parent.name}, which is not declared`);
  const inherited = allOf(above, pick);
  return inherited === undefined ? undefined : [...inherited, ...own];
}

/** Where the main endpoint has no scope of this kind, its fallback may. */
function ownOf({ scopes, fallback }: Scoped, pick: Pick): readonly string[] | undefined {
  if (scopes === undefined) return [];
  const scope = pick(scopes);
  if (scope !== undefined) return [scope];
  return fallback === undefined ? undefined : allOf(fallback, pick);
}

function union(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes)].sort();
}
