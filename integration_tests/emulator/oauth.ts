import { randomBytes } from 'node:crypto';

/** An app in the Marketplace. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly kind: 'server_to_server' | 'user';
  /** `user`: an app that its authoriser alone is seen by; it has to say `me`. */
  readonly level?: 'admin' | 'user';
  scopes: readonly string[];
  isDisabled?: boolean;
}

export interface IssuedToken {
  readonly client: OAuthClient;
  readonly expiresAt: number;
}

interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Zoom's authorisation server. */
export interface OAuth {
  readonly clients: OAuthClient[];
  /** Answers `POST /oauth/token`. */
  token(authorization: string | undefined, form: URLSearchParams): Answer;
  /** A code as the consent page would give, good for one use. */
  issueCode(clientId: string, redirectUri: string): string;
  /** A pair as consent would give it. */
  issuePair(clientId: string): TokenPair;
  /** The token, unless it has expired or was never given. */
  find(accessToken: string): IssuedToken | undefined;
  expireAll(): void;
  revokeRefreshTokens(): void;
  /** Everything that must never be seen in an output. */
  readonly secrets: ReadonlySet<string>;
}

export function createOAuth(
  clients: readonly OAuthClient[],
  accountId: string,
  lifetimeSeconds: number,
  now: () => number,
): OAuth {
  const accessTokens = new Map<string, IssuedToken>();
  const refreshTokens = new Map<string, OAuthClient>();
  const codes = new Map<string, { client: OAuthClient; redirectUri: string; expiresAt: number }>();
  const secrets = new Set(clients.map(({ clientSecret }) => clientSecret));
  const all = [...clients];

  const mint = (prefix: string) => {
    const value = `${prefix}.${randomBytes(24).toString('base64url')}`;
    secrets.add(value);
    return value;
  };
  const issueAccess = (client: OAuthClient) => {
    const accessToken = mint('at');
    accessTokens.set(accessToken, { client, expiresAt: now() + lifetimeSeconds * 1000 });
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: lifetimeSeconds,
      scope: client.scopes.join(' '),
      api_url: 'https://api-us.zoom.us',
    };
  };
  const issueBoth = (client: OAuthClient) => {
    const refreshToken = mint('rt');
    refreshTokens.set(refreshToken, client);
    return { ...issueAccess(client), refresh_token: refreshToken };
  };
  const grants = createGrants({ accountId, refreshTokens, codes, now, issueAccess, issueBoth });

  return {
    clients: all,
    secrets,
    token(authorization, form) {
      const [id, secret] = readBasic(authorization);
      const client = all.find(({ clientId }) => clientId === id);
      if (client === undefined || client.clientSecret !== secret) {
        return {
          status: 401,
          body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
        };
      }
      if (client.isDisabled === true)
        return refuse('invalid_client', 'The app has been disabled by the developer');
      const grant = grants[form.get('grant_type') ?? ''];
      return grant === undefined
        ? refuse('unsupported_grant_type', 'unsupported grant type')
        : grant(client, form);
    },
    issueCode(clientId, redirectUri) {
      const code = mint('code');
      codes.set(code, { client: clientNamed(all, clientId), redirectUri, expiresAt: now() + 5 * 60_000 });
      return code;
    },
    issuePair(clientId) {
      const { access_token, refresh_token } = issueBoth(clientNamed(all, clientId));
      return { accessToken: access_token, refreshToken: refresh_token };
    },
    find(accessToken) {
      const token = accessTokens.get(accessToken);
      return token !== undefined && token.expiresAt > now() ? token : undefined;
    },
    expireAll: () => accessTokens.clear(),
    revokeRefreshTokens: () => refreshTokens.clear(),
  };
}

function clientNamed(clients: readonly OAuthClient[], clientId: string): OAuthClient {
  const client = clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined) throw new Error(`no app ${clientId}`);
  return client;
}

function readBasic(authorization: string | undefined): readonly [string, string] {
  const pair = Buffer.from(/^Basic (.+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}

function refuse(error: string, reason: string): Answer {
  return { status: 400, body: { reason, error } };
}

interface GrantParts {
  readonly accountId: string;
  readonly refreshTokens: Map<string, OAuthClient>;
  readonly codes: Map<string, { client: OAuthClient; redirectUri: string; expiresAt: number }>;
  now(): number;
  issueAccess(client: OAuthClient): unknown;
  issueBoth(client: OAuthClient): unknown;
}

type Grant = (client: OAuthClient, form: URLSearchParams) => Answer;

function createGrants({
  accountId,
  refreshTokens,
  codes,
  now,
  issueAccess,
  issueBoth,
}: GrantParts): Readonly<Record<string, Grant>> {
  return {
    account_credentials(client, form) {
      if (client.kind !== 'server_to_server')
        return refuse('unsupported_grant_type', 'unsupported grant type');
      if (form.get('account_id') !== accountId) return refuse('invalid_request', 'Bad Request');
      return { status: 200, body: issueAccess(client) };
    },
    refresh_token(client, form) {
      const given = form.get('refresh_token') ?? '';
      if (refreshTokens.get(given) !== client) return refuse('invalid_grant', 'Invalid Token!');
      refreshTokens.delete(given);
      return { status: 200, body: issueBoth(client) };
    },
    authorization_code(client, form) {
      const given = form.get('code') ?? '';
      const code = codes.get(given);
      codes.delete(given);
      const isGood =
        code?.client === client && code.redirectUri === form.get('redirect_uri') && code.expiresAt > now();
      return isGood
        ? { status: 200, body: issueBoth(client) }
        : refuse('invalid_request', `Invalid authorization code ${given}`);
    },
  };
}
