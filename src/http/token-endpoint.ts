import type { Clock } from '../clock.ts';
import { ConfigError, TransientError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { readBody } from './body.ts';
import type { Redactor } from './redact.ts';
import { readRateLimitNotice } from './retry-after.ts';
import { isRetried, longestWaitMs, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import { type Transport, TransportFailure } from './transport.ts';

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
interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly lifetimeMs: number;
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
  const { credentials, clock, retry, random = Math.random } = parts;
  const form = grantOf(credentials, refreshToken);
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
      'The config holds neither a good access_token nor a refresh_token. Authenticate the source again in the platform, or put a new refresh_token into the config.',
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
    const { status, headers, chunks } = await transport.send({
      method: 'POST',
      url: credentials.tokenUrl,
      headers: { authorization: `Basic ${pair}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const parsed = await readBody(chunks, undefined);
    if (status === 429 || status >= 500 || parsed.kind === 'broken') {
      const { until } = readRateLimitNotice(headers, '', clock.now());
      const waitMs = until === undefined ? undefined : Math.max(0, until - clock.now());
      const failure = parsed.kind === 'broken' && status < 400 ? 'network' : status;
      return { reason: `HTTP ${status}`, failure, waitMs, isUnreachable: false };
    }
    const body = parsed.kind === 'json' ? parsed.body.envelope : undefined;
    const answer = status === 200 && body !== undefined ? readAnswer(body) : undefined;
    if (answer !== undefined) return answer;
    throw refusedCredentials(
      credentials,
      status,
      body,
      redactor.redact(parsed.kind === 'text' ? parsed.text : ''),
    );
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

function readAnswer(body: JsonObject): TokenAnswer | undefined {
  const { access_token, refresh_token, expires_in } = body;
  if (typeof access_token !== 'string' || access_token === '') return undefined;
  const seconds = Number(expires_in);
  return {
    accessToken: access_token,
    refreshToken: typeof refresh_token === 'string' && refresh_token !== '' ? refresh_token : undefined,
    lifetimeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : 3600) * 1000,
  };
}

/** Zoom's token errors are `{"reason": …, "error": …}` and no `{code, message}`. */
function refusedCredentials(
  credentials: TokenCredentials,
  status: number,
  body: JsonObject | undefined,
  text: string,
): ConfigError {
  const detail = `POST ${credentials.tokenUrl} answered HTTP ${status} ${text}`.trim();
  if (!isJsonObject(body)) {
    return new ConfigError(
      `${credentials.tokenUrl} is not Zoom's token endpoint: it answered HTTP ${status} and no JSON. Check token_url.`,
      { detail },
    );
  }
  const reason = String(body['reason'] ?? body['message'] ?? body['error_description'] ?? 'no reason given');
  const error = String(body['error'] ?? '');
  const said = `(Zoom says: ${reason})`;
  const options = { detail: `${detail} ${error} ${reason}` };
  if (/disabled/i.test(reason)) {
    return new ConfigError(
      `The Zoom app is deactivated ${said}. Activate it in the Zoom App Marketplace.`,
      options,
    );
  }
  if (error === 'invalid_client') {
    return new ConfigError(
      `Zoom does not know this client_id with this client_secret ${said}. Copy both again from the app's page in the Zoom App Marketplace.`,
      options,
    );
  }
  if (credentials.authType === 'oauth2.0') {
    return new ConfigError(
      `The refresh token is no longer good ${said}: it was used elsewhere, has expired or was revoked. Authenticate the source again in the platform, or put a new refresh_token into the config.`,
      options,
    );
  }
  return new ConfigError(
    `Zoom refused the Server-to-Server credentials ${said}. Check account_id, client_id and client_secret, and that the app is activated.`,
    options,
  );
}
