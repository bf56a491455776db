import { randomBytes } from 'node:crypto';
import { authorize } from './consent.ts';
import { createGrants } from './grants.ts';
import type { Answer, Query } from './listing-context.ts';

/** An app in the Marketplace. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly kind: 'server_to_server' | 'user';
  /** `user`: an app that its authoriser alone is seen by; it has to say `me`. */
  readonly level?: 'admin' | 'user';
  /** Where consent may send its code; absent: anywhere. */
  readonly redirectUris?: readonly string[];
  /** May be changed at any time: tokens that were given have what their app has. */
  scopes: readonly string[];
  isDisabled?: boolean;
}

interface IssuedToken {
  readonly client: OAuthClient;
  readonly expiresAt: number;
}

interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What consent gave: good once, for five minutes, for the redirect URI and the PKCE challenge it was given for. */
interface Code {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  /** Of method S256. */
  readonly challenge?: string;
  readonly expiresAt: number;
}

/** Zoom's authorisation server. */
export interface OAuth {
  readonly clients: OAuthClient[];
  /** Answers `POST /oauth/token`. */
  token(authorization: string | undefined, form: URLSearchParams): Answer;
  /** Answers `GET /oauth/authorize` as if a person had agreed at once. */
  authorize(query: Query): Answer & { readonly location?: string };
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

export interface OAuthOptions {
  readonly clients: readonly OAuthClient[];
  readonly accountId: string;
  readonly lifetimeSeconds: number;
  /** How long a refresh token stays good after it was used; Zoom has been seen to allow some time. */
  readonly refreshGraceSeconds: number;
  readonly now: () => number;
}

/** What the server remembers. */
export interface TokenStore {
  readonly accessTokens: Map<string, IssuedToken>;
  readonly refreshTokens: Map<string, { readonly client: OAuthClient; readonly goodUntil: number }>;
  readonly codes: Map<string, Code>;
  /** Bodies of `/oauth/token`. */
  issueAccess(client: OAuthClient): { readonly access_token: string };
  issueBoth(client: OAuthClient): { readonly access_token: string; readonly refresh_token: string };
  issueCode(code: Code): string;
}

export function createOAuth(options: OAuthOptions): OAuth {
  const clients = options.clients.map((client) => ({ ...client }));
  const secrets = new Set(clients.map(({ clientSecret }) => clientSecret));
  const store = createStore(options, secrets);
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
    authorize: (query) => authorize(store, clients, query, options.now()),
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

function createStore({ lifetimeSeconds, now }: OAuthOptions, secrets: Set<string>): TokenStore {
  const mint = (prefix: string) => {
    const value = `${prefix}.${randomBytes(24).toString('base64url')}`;
    secrets.add(value);
    return value;
  };
  const store: TokenStore = {
    accessTokens: new Map(),
    refreshTokens: new Map(),
    codes: new Map(),
    issueAccess(client) {
      const access_token = mint('at');
      store.accessTokens.set(access_token, { client, expiresAt: now() + lifetimeSeconds * 1000 });
      const scope = client.scopes.join(' ');
      const shared = { token_type: 'bearer', expires_in: lifetimeSeconds, scope };
      return { access_token, ...shared, api_url: 'https://api-us.zoom.us' };
    },
    issueBoth(client) {
      const refresh_token = mint('rt');
      store.refreshTokens.set(refresh_token, { client, goodUntil: Number.POSITIVE_INFINITY });
      return { ...store.issueAccess(client), refresh_token };
    },
    issueCode(code) {
      const value = mint('code');
      store.codes.set(value, code);
      return value;
    },
  };
  return store;
}
