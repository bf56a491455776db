import { randomBytes } from 'node:crypto';

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

export interface IssuedToken {
  readonly client: OAuthClient;
  readonly expiresAt: number;
}

/** A code of the consent page: good once, for five minutes, for the redirect URI and the PKCE challenge it was given for. */
interface Code {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  /** Of method S256. */
  readonly challenge?: string;
  readonly expiresAt: number;
}

export interface OAuthOptions {
  readonly clients: readonly OAuthClient[];
  readonly accountId: string;
  readonly lifetimeSeconds: number;
  /** A refresh token stays good for so long after it was used; Zoom has been seen to allow some time. */
  readonly refreshGraceSeconds: number;
  readonly now: () => number;
}

/** The tokens and codes that were given, and what for. */
export interface TokenStore {
  readonly accessTokens: Map<string, IssuedToken>;
  readonly refreshTokens: Map<string, { readonly client: OAuthClient; readonly goodUntil: number }>;
  readonly codes: Map<string, Code>;
  /** Bodies of `/oauth/token`. */
  issueAccess(client: OAuthClient): { readonly access_token: string };
  issueBoth(client: OAuthClient): { readonly access_token: string; readonly refresh_token: string };
  issueCode(code: Code): string;
  /** Ends all tokens of an app. */
  revoke(client: OAuthClient): void;
}

export function createTokenStore({ lifetimeSeconds, now }: OAuthOptions, secrets: Set<string>): TokenStore {
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
    revoke(client) {
      for (const tokens of [store.accessTokens, store.refreshTokens])
        for (const [token, issued] of tokens) if (issued.client === client) tokens.delete(token);
    },
  };
  return store;
}
