import { type Endpoint, readFixtures } from './endpoint.ts';
import type { OAuthClient } from './token-store.ts';

type ScopeKind = 'granular' | 'classic';

/** An app of each kind, with every read scope that a fixture names and Zoom offers to such an app. */
export const standardClients: readonly OAuthClient[] = [
  {
    clientId: 's2s-app',
    clientSecret: 'canary-s2s-client-secret',
    kind: 'server_to_server',
    scopes: allScopes('granular', 'classic').filter((scope) => !isUserLevel(scope)),
  },
  {
    clientId: 'oauth-app',
    clientSecret: 'canary-oauth-client-secret',
    kind: 'user',
    level: 'admin',
    scopes: allScopes('classic', 'granular').filter((scope) => !isUserLevel(scope)),
  },
  {
    clientId: 'user-level-app',
    clientSecret: 'canary-user-level-secret',
    kind: 'user',
    level: 'user',
    scopes: allScopes('granular', 'classic').filter(isUserLevel),
  },
];

/** Whether an app that its authoriser alone is seen by may have the scope. */
export function isUserLevel(scope: string): boolean {
  return !/:(admin|master)$/.test(scope);
}

/** Whether only an app that its authoriser alone is seen by may open the endpoint: no scope opens it for the account. */
export function isForUsersAlone({ scopes }: Pick<Endpoint, 'scopes'>): boolean {
  return [...scopes.granular, ...scopes.classic].every(isUserLevel);
}

/** Scopes of one kind; those of the other kind only for endpoints that have none of it. */
function allScopes(kind: ScopeKind, other: ScopeKind): readonly string[] {
  const scopesOf = ({ scopes }: Endpoint) => (scopes[kind].length > 0 ? scopes[kind] : scopes[other]);
  return [...new Set(Object.values(readFixtures()).flatMap(scopesOf))];
}
