import type { Answer } from '../streams/declaration.ts';
import type { Refusal, RefusalAction } from './exchange.ts';

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
const accountCodes = new Set([200, 403, 2013, 2031, 3306, 6720, 12703, 30055008]);
/** What was asked for is wrong; Zoom's general codes for that. */
const validationCodes = new Set([300, 301, 400]);
/** Zoom Phone is off for the account. */
const phoneCodes = new Set([2013, 2031]);
/** An endpoint that Zoom has given up. */
const goneCodes = new Set([4137]);
/** A token that is missing, expired or revoked, whatever the HTTP status: of Zoom Rooms, and of Zoom's authorisation. */
const tokenCodes = new Set([30031002, 30031004, 4737, 4741]);
const notReadyCodes = new Set([802]);
const pageTokenText = /\b(invalid|expired)\b.*page[ _]token|page[ _]token.*\b(invalid|expired)\b/i;
const scopeText = /does not contain .*\bscope/i;
const anyScopeText =
  /\b(contain|lack|miss|need|require|grant|insufficient)\w*\b.*(?<!\bout of )\bscopes?\b|\bscopes? (is|are) (missing|required|needed|insufficient)\b/i;
const accountText =
  /\b(plan|licen[cs]e[ds]?|paid|subscription|add-?on|power pack|only available for|account (cannot|has not enabled)|access restricted|permissions?|privileges?|permitted|not allow(ed)?|your role|super admin)\b/i;
const planText = /\b(plan|licen[cs]e[ds]?|paid|subscription|add-?on|(not|yet to) (been )?enabled)\b/i;
const roleText = /\b(permissions?|privileges?|permitted|not allowed|roles?)\b/i;
/** What no parameter is called alone. */
const lackText = new RegExp(`${planText.source}|\\b(permissions?|privileges?)\\b`, 'i');
const requestText =
  /\b(invalid|incorrect|malformed|must|required?|empty|fields?|parameters?|values?|formats?|out of (range|scope)|bad request)\b|\b(not|n't) exist\b/i;
const tokenText =
  /\b(invalid|expired) access token\b|\baccess token (is|has) (been )?(invalid|expired|required|revoked)\b|\brequires an access token\b/i;

/** Decides what a response means. Declared answers win over the general codes, and codes over the status. */
export function classify(
  { status, code, message, isJson }: ResponseFacts,
  answers: readonly Answer[],
  isRetriedStatus: (status: number) => boolean,
): ResponseAction {
  if (code === undefined && isJson && status >= 200 && status < 300) return 'success';
  const declared = answers.find((answer) => answer.code === code && holds(message, answer.says));
  if (declared !== undefined) return declared.action;
  const action = classifyReason(status, code, message);
  if (action !== undefined) return action;
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'refresh_token_then_retry';
  return isRetriedStatus(status) ? 'retry' : 'refused';
}

/** Zoom has one code for several refusals here and there; its words tell them apart. */
function holds(message: string, words: string | undefined): boolean {
  return words === undefined || message.toLowerCase().includes(words.toLowerCase());
}

function classifyReason(
  status: number,
  code: number | undefined,
  message: string,
): ResponseAction | undefined {
  if (pageTokenText.test(message)) return 'expired_page_token';
  if (scopeText.test(message)) return 'unavailable';
  if (code === undefined) return undefined;
  if (scopeCodes.has(code)) return 'unavailable';
  // Zoom has several codes for it, its HTTP status among them.
  if (tokenText.test(message) || (code === 124 && status === 401)) return 'refresh_token_then_retry';
  if (tokenCodes.has(code)) return 'refresh_token_then_retry';
  if (rateLimitCodes.has(code)) return 'rate_limited';
  if (notReadyCodes.has(code)) return 'not_ready';
  if (isAboutRequest(code, message)) return undefined;
  return accountCodes.has(code) || goneCodes.has(code) ? 'unavailable' : undefined;
}

/**
 * What was asked for is wrong, and nobody lacks anything: the words of a validation error are about a parameter, whatever its name.
 * Zoom gives the codes of plan, licence and role to some of these, too.
 */
function isAboutRequest(code: number | undefined, message: string): boolean {
  if (code === undefined) return false;
  if (/^validation (failed|error)/i.test(message)) return true;
  if (!requestText.test(message) || anyScopeText.test(message)) return false;
  // The reasons of single fields stand in brackets.
  const sentence = message.replace(/ \(.*$/s, '');
  return validationCodes.has(code)
    ? !lackText.test(sentence)
    : accountCodes.has(code) && !accountText.test(sentence);
}

/** What a refusal blames, by its code or its words; undefined where it says something else. */
export function blames({ code, message, missingScopes }: Blaming): 'scopes' | 'account' | undefined {
  if (missingScopes.length > 0 || code === 104 || code === 4711) return 'scopes';
  if (isAboutRequest(code, message)) return undefined;
  if (anyScopeText.test(message)) return 'scopes';
  // A page of words without a code is not Zoom's.
  if (code === undefined) return undefined;
  return accountCodes.has(code) || accountText.test(message) ? 'account' : undefined;
}

/** What is to be bought or switched on for the account, and no role can help. */
export function isAboutPlan(refusal: Blaming): boolean {
  if (blames(refusal) !== 'account' || roleText.test(refusal.message)) return false;
  return phoneCodes.has(refusal.code ?? Number.NaN) || planText.test(refusal.message);
}

type Blaming = Pick<Refusal, 'code' | 'message' | 'missingScopes'>;

/** The scopes that Zoom names in its refusal: `… does not contain scopes:[a, b].` or `… role:read:admin scope.`, be they quoted or not. */
export function namedScopes(message: string): readonly string[] {
  if (!/\bscopes?\b/i.test(message)) return [];
  const whole = /\b(?:contains?|scopes?)\b(.*)/is.exec(message)?.[1] ?? '';
  // Of a list that is cut off the last name may be a part of one.
  const said = /\[[^\]]*$/.test(whole) ? whole.replace(/[\w:]+$/, '') : whole;
  const names = said.replace(/(?<!:)\bscopes?\s*:/gi, ' ').match(/\b[a-z]\w*(?::[a-z]\w*)+/gi);
  return [...new Set(names ?? [])];
}
