import type { HttpAnswer, Query } from './listing-context.ts';
import type { OAuthClient, TokenStore } from './token-store.ts';

/** How long a code is good for. */
const codeLifetimeMs = 5 * 60_000;
/** A SHA-256 in base64url (RFC 7636, section 4.2). */
const challengeShape = /^[\w-]{43}$/;

export interface ConsentContext {
  readonly store: TokenStore;
  readonly clients: readonly OAuthClient[];
  readonly now: number;
}

/** Who asks, and how the question is answered. */
export interface ConsentVisit {
  /** A browser is shown a page; whoever else asks has agreed at once. */
  readonly isBrowser: boolean;
  /** What the person has chosen on the page. */
  readonly decision: string | undefined;
}

export interface ConsentAnswer extends HttpAnswer {
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `/oauth/authorize`: the question, then a redirect with a code, or with `access_denied` (RFC 6749, section 4.1.2.1), the state
 * passed through. Zoom shows errors to the person, with the codes of its OAuth error table (4702: client, 4709: redirect URI,
 * 4717: disabled), and sends nobody back. Unverified: the words of its pages, what it does when a person declines, and the answer in JSON,
 * which is this emulator's own.
 */
export function authorize(context: ConsentContext, query: Query, visit: ConsentVisit): ConsentAnswer {
  const client = context.clients.find(
    ({ clientId, kind }) => clientId === query['client_id'] && kind === 'user',
  );
  const problem = findProblem(client, query);
  if (client === undefined || problem !== undefined) return refuse(problem ?? unknownClient, visit);
  if (visit.isBrowser && visit.decision === undefined) return page(200, question(client, query));
  const isAllowed = visit.decision === undefined || visit.decision === 'allow';
  const answer = isAllowed ? { code: issue(context, client, query) } : { error: 'access_denied' };
  const target = new URL(query['redirect_uri'] ?? '');
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (query['state'] !== undefined) target.searchParams.set('state', query['state']);
  return { status: 302, body: {}, headers: { location: target.href } };
}

interface Problem {
  readonly code: number;
  readonly message: string;
}

const unknownClient: Problem = { code: 4702, message: 'Invalid client_id.' };

function findProblem(client: OAuthClient | undefined, query: Query): Problem | undefined {
  const { redirect_uri, response_type, code_challenge, code_challenge_method } = query;
  if (client === undefined) return unknownClient;
  if (client.isDisabled === true) return { code: 4717, message: 'The app has been disabled.' };
  if (response_type !== 'code') return { code: 4706, message: 'Missing parameter: response_type.' };
  // Compared character by character.
  const isAllowed = redirect_uri !== undefined && (client.redirectUris?.includes(redirect_uri) ?? true);
  if (!isAllowed || !URL.canParse(redirect_uri)) return { code: 4709, message: 'Redirect URI mismatch.' };
  if (code_challenge === undefined) return undefined;
  if (code_challenge_method !== 'S256')
    return { code: 4706, message: 'code_challenge_method has to be S256.' };
  return challengeShape.test(code_challenge)
    ? undefined
    : { code: 4706, message: 'code_challenge is no S256 challenge.' };
}

function issue({ store, now }: ConsentContext, client: OAuthClient, query: Query): string {
  const challenge = query['code_challenge'];
  return store.issueCode({
    client,
    redirectUri: query['redirect_uri'] ?? '',
    expiresAt: now + codeLifetimeMs,
    ...(challenge === undefined ? {} : { challenge }),
  });
}

function refuse({ code, message }: Problem, { isBrowser }: ConsentVisit): ConsentAnswer {
  if (!isBrowser) return { status: 400, body: { code, message }, headers: {} };
  return page(400, `<h1>Invalid request</h1><p>${escapeText(message)} (${code.toLocaleString('en')})</p>`);
}

function question({ clientId, scopes }: OAuthClient, query: Query): string {
  const hidden = Object.entries(query).map(
    ([name, value]) => `<input type="hidden" name="${escapeText(name)}" value="${escapeText(value)}">`,
  );
  return `<h1>${escapeText(clientId)} asks for access to this emulated Zoom</h1>
<p>It would be able to read what ${scopes.length} scopes open.</p>
<form method="post" action="/oauth/authorize">${hidden.join('')}
<button name="decision" value="allow">Allow</button> <button name="decision" value="decline">Decline</button>
</form>`;
}

function page(status: number, content: string): ConsentAnswer {
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Emulated Zoom</title>';
  return {
    status,
    body: `${head}<body>${content}`,
    headers: { 'content-type': 'text/html;charset=UTF-8' },
  };
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
