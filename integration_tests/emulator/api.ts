import { isForUsersAlone } from './apps.ts';
import type { Fixtures, Label } from './endpoint.ts';
import { answer } from './listing.ts';
import type { HttpAnswer, ListingContext } from './listing-context.ts';
import type { OAuth } from './oauth.ts';
import { listsForAccount, namesUser } from './parents.ts';
import type { LimitKeeper } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Match, Route } from './routes.ts';

export interface Reply extends HttpAnswer {
  readonly headers: Readonly<Record<string, string>>;
}

/** What the API answers from. */
export interface Api {
  readonly oauth: OAuth;
  readonly limits: LimitKeeper;
  readonly listingContext: () => ListingContext;
}

/** Answers a request below `/v2`: token, endpoint, method, limits, scopes, then the rows. */
export function answerApi(api: Api, request: LoggedRequest, match: Match | undefined): Reply {
  if (match === undefined) {
    const unknown = error(404, 2300, 'This API endpoint is not recognized.');
    return { ...(refuseToken(api.oauth, request) ?? unknown), headers: {} };
  }
  const { template } = match.route;
  const label = labelOf(match.route);
  const headers = { 'x-ratelimit-category': label.charAt(0) + label.slice(1).toLowerCase() };
  const refused = refuseToken(api.oauth, request) ?? refuseMethod(request);
  if (refused !== undefined) return { ...refused, headers };
  const limited = api.limits.check(template, label);
  if (limited !== undefined) return { ...limited, headers: { ...headers, ...limited.headers } };
  const context = api.listingContext();
  const unauthorised = refuseScopes(match, api.oauth.find(request.token), context.account.fixtures);
  return { ...(unauthorised ?? answer(match, request.query, context)), headers };
}

/** The label that an endpoint counts under: the published one, else the one its answers carry. */
export function labelOf({ endpoint }: Route): Label {
  return endpoint.label ?? endpoint.answeredLabel ?? 'HEAVY';
}

/** Tokens in the query string have not been taken since February 2023. (developers.zoom.us, OAuth) */
function refuseToken(oauth: OAuth, { token, query }: LoggedRequest): HttpAnswer | undefined {
  const found = 'access_token' in query ? undefined : oauth.find(token);
  if (found === undefined) return error(401, 124, 'Invalid access token.');
  return found === 'expired' ? error(401, 124, 'Access token is expired.') : undefined;
}

function refuseMethod({ method }: LoggedRequest): HttpAnswer | undefined {
  return method === 'GET' ? undefined : error(405, 300, 'Request Method Not Supported.');
}

/**
 * Names the scopes that would open the endpoint unless one of them is there. A user-level app sees its authoriser as `me`
 * and nobody else; an app of the account does not see what Zoom shows to users alone. Unverified: where Zoom documents a scope
 * of user-level apps for a list of everybody's, that it is refused to them. Zoom Phone says the same under a code of its own.
 */
function refuseScopes(
  { route, ids }: Match,
  token: ReturnType<OAuth['find']>,
  fixtures: Fixtures,
): HttpAnswer | undefined {
  if (typeof token !== 'object') return undefined;
  const { scopes, level } = token.client;
  const { granular, classic } = route.endpoint.scopes;
  const isSomebodyElse =
    level === 'user' && (namesUser(route) ? ids[0] !== 'me' : listsForAccount(fixtures, route.name));
  const isNobody = level !== 'user' && isForUsersAlone(route.endpoint);
  const isOpen = [...granular, ...classic].some((scope) => scopes.includes(scope));
  if (isOpen && !isSomebodyElse && !isNobody) return undefined;
  const admin = granular.filter((scope) => scope.endsWith(':admin'));
  const missing = [admin, granular, classic].find(({ length }) => length > 0) ?? [];
  const code = route.template.startsWith('/phone/') ? 104 : 4711;
  return error(400, code, `Invalid access token, does not contain scopes:[${missing.join(', ')}].`);
}

function error(status: number, code: number, message: string): HttpAnswer {
  return { status, body: { code, message } };
}
