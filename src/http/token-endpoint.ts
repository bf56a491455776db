import type { Clock } from '../clock.ts';
import { ConfigError, TransientError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { type ParsedBody, readBody } from './body.ts';
import { readBrokenJson } from './broken-json.ts';
import type { Redactor } from './redact.ts';
import { type Headers, readRateLimitNotice } from './retry-after.ts';
import { isPassingStatus, isRetried, longestWaitMs, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import { errorOf, isPassingTokenError, refusedCredentials, type TokenRefusal } from './token-refusal.ts';
import { type Transport, TransportFailure } from './transport.ts';
import { readBrokenZoomError, readZoomError } from './zoom-error.ts';

/** The app's credentials, and where they are exchanged for tokens (https://developers.zoom.us/docs/integrations/oauth and …/docs/internal-apps/s2s-oauth). */
export type TokenCredentials = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenUrl: string;
} & (
  | { readonly authType: 'server_to_server'; readonly accountId: string }
  | {
      readonly authType: 'oauth2.0';
      readonly refreshToken: string | undefined;
      readonly accessToken: string | undefined;
      readonly tokenExpiryDate: string | undefined;
    }
);

export interface TokenEndpointParts {
  readonly credentials: TokenCredentials;
  readonly transport: Transport;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly random?: () => number;
}

/** The token endpoint cannot be reached or is not one. */
export class UnreachableError extends TransientError {}

/** A token that Zoom gave. */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly lifetimeMs: number;
  /** What the app may; undefined where Zoom does not tell. */
  readonly scopes: readonly string[] | undefined;
}

/**
 * Asks the token endpoint, again and again where that may help.
 * @throws ConfigError when Zoom refuses the credentials, or there are none to ask with.
 * @throws TransientError when no answer comes in spite of retries.
 */
export async function requestToken(
  parts: TokenEndpointParts,
  refreshToken: string | undefined,
): Promise<TokenAnswer> {
  return ask(parts, grantOf(parts.credentials, refreshToken));
}

/** What the consent page gave, and what it was asked with. */
export interface ConsentCode {
  readonly code: string;
  readonly redirectUrl: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/**
 * Turns the code of the consent page into tokens. All that the user gave before ends with it.
 * @throws ConfigError when Zoom refuses the code or the app.
 * @throws TransientError when no answer comes in spite of retries.
 */
export async function exchangeCode(
  parts: TokenEndpointParts,
  { code, redirectUrl, verifier }: ConsentCode,
): Promise<TokenAnswer> {
  for (const secret of [code, verifier]) parts.redactor.add(secret);
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUrl, code_verifier: verifier };
  return ask(parts, new URLSearchParams(form));
}

async function ask(parts: TokenEndpointParts, form: URLSearchParams): Promise<TokenAnswer> {
  const { clock, retry, random = Math.random } = parts;
  const startedAt = clock.now();
  let retries = 0;
  for (;;) {
    const attempt = await tryRequest(parts, form);
    if ('accessToken' in attempt) return attempt;
    const { failure, waitMs } = attempt;
    // Waiting for a rate limit is no retry.
    const isCounted = failure !== 429;
    const isUsedUp = isCounted ? retries >= retry.countMax : clock.now() - startedAt > longestWaitMs;
    if (!isRetried(retry, failure) || isUsedUp || (waitMs ?? 0) > longestWaitMs)
      throw unanswered(parts, attempt);
    if (isCounted) retries += 1;
    await clock.sleep(waitMs ?? retryDelayMs(retry, Math.max(1, retries), random()));
  }
}

function unanswered(
  { credentials, clock }: TokenEndpointParts,
  { reason, waitMs, isUnreachable }: FailedAttempt,
): TransientError {
  const later = waitMs === undefined ? 'later' : `after ${new Date(clock.now() + waitMs).toISOString()}`;
  const message = `The token endpoint ${credentials.tokenUrl} does not answer (${reason}). Check token_url and the network, or try again ${later}.`;
  return isUnreachable ? new UnreachableError(message) : new TransientError(message);
}

/** @throws ConfigError when there is nothing to ask with. */
function grantOf(credentials: TokenCredentials, refreshToken: string | undefined): URLSearchParams {
  if (credentials.authType === 'server_to_server') {
    return new URLSearchParams({ grant_type: 'account_credentials', account_id: credentials.accountId });
  }
  if (refreshToken === undefined) {
    throw new ConfigError(
      'The config holds neither a good access_token nor a refresh_token. Authenticate the source again in the platform, or run source-zoom authorize for a new refresh_token.',
    );
  }
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
}

interface FailedAttempt {
  readonly reason: string;
  readonly failure: number | 'network';
  readonly waitMs: number | undefined;
  readonly isUnreachable: boolean;
}

/** @throws ConfigError when the answer says that trying again is of no use. */
async function tryRequest(
  parts: TokenEndpointParts,
  form: URLSearchParams,
): Promise<TokenAnswer | FailedAttempt> {
  const { credentials, transport, clock, redactor } = parts;
  const pair = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64');
  try {
    const { status, headers, chunks, proxy } = await transport.send({
      method: 'POST',
      url: credentials.tokenUrl,
      headers: { authorization: `Basic ${pair}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const parsed = await readBody(chunks, {});
    const isConsent = form.has('code');
    const refusal = readRefusal(parts, { status, headers, parsed, proxy, isConsent });
    if (mayPass(refusal, parsed)) return toFailedAttempt(refusal, headers, clock);
    const token = status === 200 && parsed.kind === 'json' ? readAnswer(parsed.body.envelope) : undefined;
    if (token !== undefined) return token;
    throw refusedCredentials(refusal);
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    return {
      reason: redactor.redact(error.message),
      failure: 'network',
      waitMs: undefined,
      isUnreachable: true,
    };
  }
}

function mayPass(refusal: TokenRefusal, { kind }: ParsedBody): boolean {
  const { status } = refusal;
  const isBroken = kind === 'broken' && status < 400;
  return isPassingStatus(status) || isBroken || isPassingTokenError(refusal);
}

function toFailedAttempt(
  { status, said, page, proxy }: TokenRefusal,
  headers: Headers,
  clock: Clock,
): FailedAttempt {
  const { until } = readRateLimitNotice(headers, '', clock.now());
  const words = said?.message ?? page;
  const by =
    page === undefined || proxy === undefined ? '' : ` of the proxy ${proxy}, or what stands behind it`;
  return {
    reason: `HTTP ${status}${words === undefined ? '' : ` "${words}"`}${by}`,
    failure: isPassingStatus(status) ? status : 'network',
    waitMs: until === undefined ? undefined : Math.max(0, until - clock.now()),
    isUnreachable: false,
  };
}

function readAnswer(body: JsonObject): TokenAnswer | undefined {
  const { access_token, refresh_token, expires_in, scope } = body;
  if (typeof access_token !== 'string' || access_token === '') return undefined;
  const seconds = Number(expires_in);
  return {
    accessToken: access_token,
    refreshToken: typeof refresh_token === 'string' && refresh_token !== '' ? refresh_token : undefined,
    lifetimeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : 3600) * 1000,
    scopes: typeof scope === 'string' && scope.trim() !== '' ? scope.trim().split(/\s+/) : undefined,
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly parsed: ParsedBody;
  readonly proxy: string | undefined;
  readonly isConsent: boolean;
}

/** What the answer says of a refusal, be it JSON, broken JSON or a page. */
function readRefusal(
  { credentials: { authType, tokenUrl }, redactor }: TokenEndpointParts,
  { status, headers, parsed, proxy, isConsent }: Answered,
): TokenRefusal {
  // A token that is cut off is not to be shown.
  const broken = parsed.kind === 'broken' && status >= 400 ? parsed.text : undefined;
  const body = parsed.kind === 'json' ? parsed.body.envelope : readBrokenJson(broken ?? '');
  const read = broken === undefined ? readZoomError(body) : readBrokenZoomError(broken);
  const said = read === undefined ? undefined : { ...read, message: redactor.redact(read.message) };
  const page = parsed.kind === 'text' ? redactor.redact(parsed.text) : undefined;
  const tracking = headers['x-zm-trackingid'];
  const id = tracking === undefined ? '' : ` (x-zm-trackingid ${tracking})`;
  const detail = `POST ${tokenUrl} answered HTTP ${status} ${page ?? said?.message ?? ''}${id}`;
  return {
    authType,
    isConsent,
    tokenUrl,
    status,
    error: errorOf(body),
    said,
    page,
    proxy,
    detail,
  };
}
