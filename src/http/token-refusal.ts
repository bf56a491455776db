import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { cureFor, type Reason } from './token-cures.ts';
import type { ZoomError } from './zoom-error.ts';

/** What the token endpoint said to who asked it for a token. */
export interface TokenRefusal {
  readonly authType: 'server_to_server' | 'oauth2.0';
  /** A person has just agreed, and waits: what was shown is the code of the consent page, not a refresh token. */
  readonly isConsent?: boolean | undefined;
  readonly tokenUrl: string;
  readonly status: number;
  /** The `error` of RFC 6749, in lower case; empty where there is none. */
  readonly error: string;
  /** Zoom's number and words, as far as there are any; without secrets. */
  readonly said: ZoomError | undefined;
  /** The words of a page, where the answer was no JSON. */
  readonly page: string | undefined;
  /** The proxy that the answer came through. */
  readonly proxy: string | undefined;
  readonly detail: string;
}

/** https://developers.zoom.us/docs/integrations/oauth-error-messages */
const reasonsByCode: Readonly<Record<number, Reason>> = {
  4700: 'unexplained',
  4702: 'client',
  4704: 'client',
  4705: 'kind',
  4706: 'incomplete',
  4709: 'redirect',
  4711: 'scopes',
  4717: 'disabled',
  4724: 'damaged',
  4733: 'code',
  4734: 'code',
  4735: 'owner',
  4737: 'forgotten',
  4738: 'forbidden',
  4740: 'overused',
  4741: 'superseded',
};

/** RFC 6749, sections 4.1.2.1 and 5.2. */
const reasonsByError: ReadonlyMap<string, Reason> = new Map([
  ['invalid_client', 'client'],
  ['invalid_grant', 'grant'],
  ['invalid_token', 'grant'],
  ['invalid_request', 'request'],
  ['unsupported_grant_type', 'kind'],
  ['unauthorized_client', 'kind'],
  ['unsupported_response_type', 'kind'],
  ['invalid_scope', 'scopes'],
  ['access_denied', 'forbidden'],
]);

/** Zoom's own trouble, whatever the HTTP status: 4732 is its look-up service. */
const passingErrors = new Set(['server_error', 'temporarily_unavailable']);
const passingCodes = new Set([4732]);
/** Of Zoom's API, which knows no token endpoint: a request without an access token, and an unknown path. */
const apiCodes = new Set([124, 2300]);

export function isPassingTokenError({ error, said }: TokenRefusal): boolean {
  return passingErrors.has(error) || (said?.code !== undefined && passingCodes.has(said.code));
}

/** The `error` of RFC 6749, which some services call a code or wrap once more; one that is known comes first. */
export function errorOf(body: JsonObject): string {
  const inner = ['error', 'result', 'data'].map((name) => body[name]).filter(isJsonObject);
  const texts = [body, ...inner].flatMap(({ error, code, errorCode }) =>
    [error, code, errorCode].filter((value) => typeof value === 'string'),
  );
  const errors = texts.map((text) => text.trim().toLowerCase());
  return errors.find((error) => reasonsByError.has(error) || passingErrors.has(error)) ?? errors[0] ?? '';
}

/** Who may block the way to the token endpoint. */
function nameBlocker(proxy: string | undefined): string {
  return proxy === undefined ? 'a proxy or firewall' : `the proxy ${proxy}`;
}

/** The cure for what the token endpoint refused: its number decides, else words that are plain, else its `error`. */
export function refusedCredentials(refusal: TokenRefusal): ConfigError {
  const { tokenUrl, status, said, page, detail } = refusal;
  const between = nameBlocker(refusal.proxy);
  if (status === 407) {
    return new ConfigError(
      `On the way to ${tokenUrl} ${between}, or one behind it, wants a user and a password (HTTP 407). Put them into HTTPS_PROXY: http://user:password@host:port, special characters percent-encoded.`,
      { detail },
    );
  }
  if (page !== undefined) {
    return new ConfigError(
      `${tokenUrl} is not Zoom's token endpoint, or ${between} stands in the way: it answered HTTP ${status} and no JSON ("${page}"). Check token_url, and that ${between} lets this machine through.`,
      { detail },
    );
  }
  const reason = reasonOf(refusal);
  const number = said?.code === undefined ? '' : `${said.code} `;
  const words = said === undefined ? 'no reason given' : `${number}${said.message}`;
  if (reason === undefined) {
    return new ConfigError(
      `${tokenUrl} is not Zoom's token endpoint: it answered HTTP ${status} (${words}). Check token_url.`,
      { detail },
    );
  }
  const { what, cure } = cureFor(reason, refusal.isConsent === true ? 'consent' : refusal.authType);
  return new ConfigError(`${what} (Zoom says: ${words}). ${cure}`, { detail });
}

/** @returns undefined where it is not the token endpoint that answers. */
function reasonOf({ isConsent, status, error, said }: TokenRefusal): Reason | undefined {
  const code = said?.code ?? Number.NaN;
  if (apiCodes.has(code)) return undefined;
  const words = said?.message ?? '';
  const reason = reasonsByCode[code] ?? reasonInWords(words, { error, isConsent: isConsent === true });
  if (reason !== undefined) return reason;
  return reasonsByError.get(error) ?? (status === 404 || status === 405 ? undefined : 'unknown');
}

interface Circumstances {
  readonly error: string;
  readonly isConsent: boolean;
}

const clientText =
  /\binvalid client(_?id|_?secret| id| secret)?\b|\bclient[_ ]?(id|secret)\b.*\b(invalid|incorrect|wrong|mismatch)/i;
const oldTokenText =
  /\b(invalid|expired|revoked) (refresh[_ ])?token\b|\btoken (is|has|was) (been )?(invalid|expired|revoked)\b/i;

/** Words say more than the general `error` that comes with them. */
function reasonInWords(words: string, { error, isConsent }: Circumstances): Reason | undefined {
  if (isConsent) {
    // All of them are called invalid_request.
    if (/\bredirect/i.test(words)) return 'redirect';
    if (/\b(authorization code|code verifier|code (is|has) expired)\b/i.test(words)) return 'code';
  }
  if (/\b(disabled|deactivated|inactive|not (been )?activated)\b/i.test(words)) {
    const about = /\b(app|application|client|user|account)\b/i.exec(words)?.[1]?.toLowerCase();
    if (about === 'user') return 'owner';
    if (about !== 'account') return 'disabled';
  }
  if (error !== 'invalid_request') return undefined;
  if (clientText.test(words)) return 'client';
  // An older form of what is called invalid_grant today.
  return oldTokenText.test(words) ? 'grant' : undefined;
}
