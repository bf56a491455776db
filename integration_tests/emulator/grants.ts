import { createHash } from 'node:crypto';
import type { HttpAnswer } from './listing-context.ts';
import type { OAuthClient, OAuthOptions, TokenStore } from './token-store.ts';

type Grant = (client: OAuthClient, form: URLSearchParams) => HttpAnswer;

/**
 * `POST /oauth/token` with Basic authorisation and a form. Its errors are `{reason, error}`, as recorded from Zoom.
 * A grant of another kind of app is as
 * unsupported as one that nobody knows. Unverified: the wording for a missing parameter.
 */
export function createGrants(
  store: TokenStore,
  clients: readonly OAuthClient[],
  options: OAuthOptions,
): (authorization: string | undefined, form: URLSearchParams) => HttpAnswer {
  const grants: Readonly<Record<string, Grant>> = {
    account_credentials: (client, form) => grantAccount(store, client, form, options.accountId),
    refresh_token: (client, form) => grantRefresh(store, client, form, options),
    authorization_code: (client, form) => grantCode(store, client, form, options.now()),
  };
  return (authorization, form) => {
    const [id, secret] = readBasic(authorization);
    const client = clients.find(({ clientId }) => clientId === id);
    if (client === undefined || client.clientSecret !== secret)
      return {
        status: 401,
        body: { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
      };
    if (client.isDisabled === true)
      return refuse('invalid_client', 'The app has been disabled by the developer');
    const name = form.get('grant_type') ?? '';
    if (name === '') return refuse('invalid_request', 'Missing grant type.');
    const isOfItsKind = (name === 'account_credentials') === (client.kind === 'server_to_server');
    const grant = isOfItsKind ? grants[name] : undefined;
    return grant?.(client, form) ?? refuse('unsupported_grant_type', 'unsupported grant type');
  };
}

function grantAccount(
  store: TokenStore,
  client: OAuthClient,
  form: URLSearchParams,
  accountId: string,
): HttpAnswer {
  return form.get('account_id') === accountId
    ? { status: 200, body: store.issueAccess(client) }
    : refuse('invalid_request', 'Bad Request');
}

/** Every refresh gives a new pair; the old refresh token is good for the grace time at most. */
function grantRefresh(
  store: TokenStore,
  client: OAuthClient,
  form: URLSearchParams,
  { now, refreshGraceSeconds }: OAuthOptions,
): HttpAnswer {
  const given = form.get('refresh_token');
  if (given === null) return refuse('invalid_request', 'Missing parameter: refresh_token');
  const known = store.refreshTokens.get(given);
  if (known?.client !== client || known.goodUntil <= now()) return refuse('invalid_grant', 'Invalid Token!');
  const goodUntil = Math.min(known.goodUntil, now() + refreshGraceSeconds * 1000);
  store.refreshTokens.set(given, { client, goodUntil });
  return { status: 200, body: store.issueBoth(client) };
}

/**
 * A code is gone when it was shown, whether it was good or not. An app has one pair of tokens a user, and there is one user who
 * agrees: those of an earlier consent end.
 */
function grantCode(store: TokenStore, client: OAuthClient, form: URLSearchParams, now: number): HttpAnswer {
  const given = form.get('code');
  if (given === null) return refuse('invalid_request', 'Missing parameter: code');
  const code = store.codes.get(given);
  store.codes.delete(given);
  const isGood =
    code?.client === client && code.redirectUri === form.get('redirect_uri') && code.expiresAt > now;
  if (!isGood) return refuse('invalid_request', `Invalid authorization code ${given}`);
  if (code.challenge !== undefined && code.challenge !== hash(form.get('code_verifier') ?? ''))
    return refuse('invalid_request', 'Invalid code verifier');
  store.revoke(client);
  return { status: 200, body: store.issueBoth(client) };
}

/** PKCE's S256 (RFC 7636). */
function hash(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function readBasic(authorization: string | undefined): readonly [string, string] {
  const pair = Buffer.from(/^Basic (.+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}

function refuse(error: string, reason: string): HttpAnswer {
  return { status: 400, body: { reason, error } };
}
