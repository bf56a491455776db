import { loadRoutes } from './routes.ts';
import type { OAuthClient } from './token-store.ts';

/** An app of each kind, with every read scope that a fixture names. */
export const standardClients: readonly OAuthClient[] = [
  {
    clientId: 's2s-app',
    clientSecret: 'canary-s2s-client-secret',
    kind: 'server_to_server',
    scopes: allScopes('granular'),
  },
  {
    clientId: 'oauth-app',
    clientSecret: 'canary-oauth-client-secret',
    kind: 'user',
    level: 'admin',
    scopes: allScopes('classic'),
  },
  {
    clientId: 'user-level-app',
    clientSecret: 'canary-user-level-secret',
    kind: 'user',
    level: 'user',
    scopes: allScopes('granular').filter((scope) => !/:(admin|master)$/.test(scope)),
  },
];

function allScopes(kind: 'granular' | 'classic'): readonly string[] {
  return [...new Set(loadRoutes().flatMap(({ endpoint }) => endpoint.scopes[kind]))];
}
