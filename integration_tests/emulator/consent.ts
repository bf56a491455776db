import type { HttpAnswer, Query } from './listing-context.ts';
import type { OAuthClient, TokenStore } from './token-store.ts';

/** How long a code is good for. */
const codeLifetimeMs = 5 * 60_000;

/**
 * `GET /oauth/authorize`, agreed to at once: redirects with a code. Zoom shows errors to the person, with the codes of its
 * OAuth error table (4702: client, 4709: redirect URI); an answer in JSON is this emulator's own. Unverified: the rest.
 */
export function authorize(
  store: TokenStore,
  clients: readonly OAuthClient[],
  query: Query,
  now: number,
): HttpAnswer & { readonly location?: string } {
  const { client_id, redirect_uri, response_type, state, code_challenge, code_challenge_method } = query;
  const client = clients.find(({ clientId, kind }) => clientId === client_id && kind === 'user');
  if (client === undefined) return refuse(4702, 'Invalid client_id.');
  if (response_type !== 'code') return refuse(4706, 'Missing parameter: response_type.');
  const isAllowed = redirect_uri !== undefined && (client.redirectUris?.includes(redirect_uri) ?? true);
  if (!isAllowed || !URL.canParse(redirect_uri)) return refuse(4709, 'Redirect URI mismatch.');
  if (code_challenge !== undefined && code_challenge_method !== 'S256')
    return refuse(4706, 'code_challenge_method has to be S256.');
  const code = store.issueCode({
    client,
    redirectUri: redirect_uri,
    expiresAt: now + codeLifetimeMs,
    ...(code_challenge === undefined ? {} : { challenge: code_challenge }),
  });
  const target = new URL(redirect_uri);
  target.searchParams.set('code', code);
  if (state !== undefined) target.searchParams.set('state', state);
  return { status: 302, body: {}, location: target.href };
}

function refuse(code: number, message: string): HttpAnswer {
  return { status: 400, body: { code, message } };
}
