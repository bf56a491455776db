import type { Answer } from '../streams/declaration.ts';
import type { RefusalAction } from './exchange.ts';

/** What a response means for the request loop. */
export type ResponseAction =
  | 'success'
  | 'retry'
  | 'rate_limited'
  | 'refresh_token_then_retry'
  | RefusalAction;

/** What is known of a response when it has arrived. */
export interface ResponseFacts {
  readonly status: number;
  /** Zoom's code, where the body is one of Zoom's errors; such a body may come with any status, 200 included. */
  readonly code: number | undefined;
  readonly message: string;
  readonly isJson: boolean;
}

/*
 * Codes of https://developers.zoom.us/docs/api/errors and of the endpoints' own pages. The same code comes with different
 * HTTP statuses, so these decide before the status does.
 */
const rateLimitCodes = new Set([429, 4001]);
const scopeCodes = new Set([104, 4700, 4711]);
/** Plan, licence or role (Zoom Phone echoes its HTTP status, 403); Zoom Phone off; not enabled for the account. */
const unavailableCodes = new Set([200, 403, 2013, 2031, 3306, 4137, 6720, 12703]);
const notReadyCodes = new Set([802]);
const pageTokenText = /next page token is (invalid|expired)|page token.*(invalid|expired)/i;
const scopeText = /does not contain (the )?scopes?|does not contain .*\bscope/i;
const tokenText = /access token|requires an access token/i;

/** Decides what a response means. Declared answers win over the general codes, and codes over the status. */
export function classify(
  { status, code, message, isJson }: ResponseFacts,
  answers: readonly Answer[],
  isRetriedStatus: (status: number) => boolean,
): ResponseAction {
  if (code === undefined && isJson && status >= 200 && status < 300) return 'success';
  const declared = answers.find((answer) => answer.code === code && holds(message, answer.says));
  if (declared !== undefined) return declared.action;
  if (code !== undefined) {
    const action = classifyCode(status, code, message);
    if (action !== undefined) return action;
  }
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'refresh_token_then_retry';
  return isRetriedStatus(status) ? 'retry' : 'refused';
}

/** Zoom has one code for several refusals here and there; its words tell them apart. */
function holds(message: string, words: string | undefined): boolean {
  return words === undefined || message.toLowerCase().includes(words.toLowerCase());
}

function classifyCode(status: number, code: number, message: string): ResponseAction | undefined {
  if (pageTokenText.test(message)) return 'expired_page_token';
  if (scopeCodes.has(code) || scopeText.test(message)) return 'unavailable';
  if (code === 124 && (status === 401 || tokenText.test(message))) return 'refresh_token_then_retry';
  if (code === 30031002 || code === 30031004) return 'refresh_token_then_retry';
  if (rateLimitCodes.has(code)) return 'rate_limited';
  if (notReadyCodes.has(code)) return 'not_ready';
  return unavailableCodes.has(code) ? 'unavailable' : undefined;
}

/** The scopes that Zoom names in its refusal: `… does not contain scopes:[a, b].` or `… role:read:admin scope.` */
export function namedScopes(message: string): readonly string[] {
  const list = /scopes?:?\s*\[([^\]]*)\]/i.exec(message)?.[1];
  if (list !== undefined)
    return list
      .split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== '');
  const single = /contain\s+([a-z_]+(?::[a-z_]+)+)\s+scope/i.exec(message)?.[1];
  return single === undefined ? [] : [single];
}
