import type { Scopes } from '../streams/declaration.ts';

/** What an app may, as Zoom told when it gave the token. */
export interface Grant {
  opens(scopes: Scopes): boolean;
  /** Whether Zoom offers such an app a scope that would open it: one that reads the account has `:admin` scopes, one of a user none. */
  isOffered(scopes: Scopes): boolean;
  /** Who Zoom offers it to, where such an app is not. */
  readonly others: string;
  /** The scope of the app's own sort that would open it. */
  missing(scopes: Scopes): string;
}

/** @param granted as Zoom spells them: a token has granular or classic scopes, never both. */
export function createGrant(granted: readonly string[]): Grant {
  const known = new Set(granted.flatMap((scope) => [scope, ...impliedBy(scope)]));
  const isClassic = granted.length > 0 && granted.every(isClassicScope);
  const isOfAccount = granted.some(isWide);
  return {
    isOffered: ({ granular, classic }) => {
      const scopes = [...granular, ...classic];
      return scopes.length === 0 || scopes.some((scope) => isWide(scope) === isOfAccount);
    },
    others: isOfAccount
      ? 'user-managed apps, which read their authoriser alone'
      : 'Server-to-Server and admin-managed apps, which read the account',
    opens: ({ granular, classic }) => {
      const scopes = [...granular, ...classic];
      return scopes.length === 0 || scopes.some((scope) => known.has(scope));
    },
    missing: ({ granular, classic }) => {
      const [first, second] = isClassic ? [classic, granular] : [granular, classic];
      const fitting = [...first, ...second].find((scope) => isWide(scope) === isOfAccount);
      return fitting ?? first[0] ?? second[0] ?? '';
    },
  };
}

function isWide(scope: string): boolean {
  return /:(admin|master)$/.test(scope);
}

/** `user:read:admin`; a granular one names what is read, too: `user:read:list_users:admin`. */
function isClassicScope(scope: string): boolean {
  return /^\w+(:\w+)?(:admin|:master)?$/.test(scope);
}

/** Who may write may read, in the classic ones; and a master account may what an account may. */
function impliedBy(scope: string): readonly string[] {
  const asAdmin = scope.replace(/:master$/, ':admin');
  const asReader = isClassicScope(asAdmin) ? asAdmin.replace(':write', ':read') : asAdmin;
  return [asAdmin, asReader];
}
