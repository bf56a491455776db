import { authorize, type ConsentAnswer, type ConsentVisit } from './consent.ts';
import { createGrants } from './grants.ts';
import type { HttpAnswer, Query } from './listing-context.ts';
import { createTokenStore, type IssuedToken, type OAuthClient, type OAuthOptions } from './token-store.ts';

interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Zoom's authorisation server. */
export interface OAuth {
  readonly clients: OAuthClient[];
  /** Answers `POST /oauth/token`. */
  token(authorization: string | undefined, form: URLSearchParams): HttpAnswer;
  /** Answers `/oauth/authorize`. */
  authorize(query: Query, visit: ConsentVisit): ConsentAnswer;
  /** A code as the consent page would give, good for one use. */
  issueCode(clientId: string, redirectUri: string): string;
  /** A pair as consent would give it. */
  issuePair(clientId: string): TokenPair;
  /** Undefined for a token that was never given. */
  find(accessToken: string): IssuedToken | 'expired' | undefined;
  /** Access tokens. */
  expireAll(): void;
  revokeRefreshTokens(): void;
  /** Everything that must never be seen in an output. */
  readonly secrets: ReadonlySet<string>;
}

export function createOAuth(options: OAuthOptions): OAuth {
  const clients = options.clients.map((client) => ({ ...client }));
  const secrets = new Set(clients.map(({ clientSecret }) => clientSecret));
  const store = createTokenStore(options, secrets);
  const answerToken = createGrants(store, clients, options);
  const named = (clientId: string) => {
    const client = clients.find((candidate) => candidate.clientId === clientId);
    if (client === undefined) throw new Error(`no app ${clientId}`);
    return client;
  };
  return {
    clients,
    secrets,
    token: answerToken,
    authorize: (query, visit) => authorize({ store, clients, now: options.now() }, query, visit),
    issueCode: (clientId, redirectUri) =>
      store.issueCode({ client: named(clientId), redirectUri, expiresAt: options.now() + 5 * 60_000 }),
    issuePair(clientId) {
      const { access_token, refresh_token } = store.issueBoth(named(clientId));
      return { accessToken: access_token, refreshToken: refresh_token };
    },
    find(accessToken) {
      const token = store.accessTokens.get(accessToken);
      return token !== undefined && token.expiresAt <= options.now() ? 'expired' : token;
    },
    expireAll() {
      for (const [token, { client }] of store.accessTokens)
        store.accessTokens.set(token, { client, expiresAt: 0 });
    },
    revokeRefreshTokens: () => store.refreshTokens.clear(),
  };
}
