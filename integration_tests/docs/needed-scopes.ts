import type { Scopes } from '../../src/streams/declaration.ts';
import { listings, streams } from '../../src/streams/index.ts';

/** What of a declaration says which scopes it needs. */
export interface Scoped {
  readonly name?: string;
  readonly scopes?: Scopes;
  readonly parent?: { readonly name: string; readonly without?: 'also' | 'instead' };
  readonly fallback?: Scoped;
}

/** The one scope of an endpoint that an app of some kind asks for. */
export type Pick = (scopes: Scopes) => string | undefined;

export const isWide = (scope: string) => /:(admin|master)$/.test(scope);
/** Of an app that reads the account. */
export const granular: Pick = ({ granular: names }) => names.find(isWide);
/** The same, of an app from before granular scopes. */
export const classic: Pick = ({ classic: names }) => names.find(isWide);
/** Of an app that reads its authoriser alone. */
export const ofUser: Pick = ({ granular: names }) => names.find((name) => !isWide(name));

export const ofUserClassic: Pick = ({ classic: names }) => names.find((name) => !isWide(name));

/** Sorted, each once; of declarations that have none of this kind, none. */
export function neededScopes(declarations: readonly Scoped[], pick: Pick): readonly string[] {
  const scopes = declarations.flatMap((declaration) => scopesOf(declaration, pick) ?? []);
  return [...new Set(scopes)].sort();
}

/** The scopes of an endpoint and of all that it stands on; undefined where one of them has none of this kind. */
export function scopesOf(declaration: Scoped, pick: Pick): readonly string[] | undefined {
  const own = ownScopes(declaration, pick);
  const { parent } = declaration;
  if (own === undefined || parent === undefined) return own;
  const above = [...streams, ...listings].find(({ name }) => name === parent.name);
  if (above === undefined)
    throw new Error(`${declaration.name} is below ${parent.name}, which is not declared`);
  const inherited = scopesOf(above, pick);
  return inherited === undefined ? undefined : [...new Set([...inherited, ...own])];
}

/** Where the main endpoint has no scope of this kind, its fallback may. */
function ownScopes({ scopes, fallback }: Scoped, pick: Pick): readonly string[] | undefined {
  if (scopes === undefined) return [];
  const scope = pick(scopes);
  if (scope !== undefined) return [scope];
  return fallback === undefined ? undefined : scopesOf(fallback, pick);
}
