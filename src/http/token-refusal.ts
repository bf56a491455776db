import { ConfigError } from '../errors.ts';
import type { ZoomError } from './zoom-error.ts';

/** What the token endpoint said to who asked it for a token. */
export interface TokenRefusal {
  readonly authType: 'server_to_server' | 'oauth2.0';
  /** A person has just agreed, and waits: what was shown is the code of the consent page, not a refresh token. */
  readonly isConsent?: boolean | undefined;
  readonly tokenUrl: string;
  readonly status: number;
  /** The `error` of RFC 6749; empty where there is none. */
  readonly error: string;
  /** Zoom's number and words, as far as there are any; without secrets. */
  readonly said: ZoomError | undefined;
  /** The words of a page, where the answer was no JSON. */
  readonly page: string | undefined;
  /** Who may block the way there. */
  readonly between: string;
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
const reasonsByError: Readonly<Record<string, Reason>> = {
  invalid_client: 'client',
  invalid_grant: 'grant',
  invalid_token: 'grant',
  invalid_request: 'request',
  unsupported_grant_type: 'kind',
  unauthorized_client: 'kind',
  unsupported_response_type: 'kind',
  invalid_scope: 'scopes',
  access_denied: 'forbidden',
};

/** Zoom's own trouble, whatever the HTTP status: 4732 is its look-up service. */
const passingErrors = new Set(['server_error', 'temporarily_unavailable']);
const passingCodes = new Set([4732]);

export function isPassingTokenError({ error, said }: TokenRefusal): boolean {
  return passingErrors.has(error) || (said?.code !== undefined && passingCodes.has(said.code));
}

const again =
  'Authenticate the source again in the platform, or run source-zoom authorize for a new refresh_token.';
const copyBoth = "Copy both again from the app's page in the Zoom App Marketplace.";

/** What helps whatever kind of app it is. */
const cures = {
  disabled: {
    what: 'The Zoom app is deactivated',
    cure: "Activate it in the Zoom App Marketplace; where it was disabled by Zoom, ask Zoom's support.",
  },
  client: {
    what: 'Zoom does not know this client_id with this client_secret',
    cure: copyBoth,
  },
  incomplete: {
    what: 'A part of the request for a token did not arrive',
    cure: 'Check that client_id and client_secret are whole, and that no proxy between changes requests.',
  },
  redirect: {
    what: "The platform's redirect URL is not one of the app's",
    cure: "Add it to the app's redirect URLs in the Zoom App Marketplace, exactly as it is, then authenticate the source again.",
  },
  forbidden: {
    what: 'An admin of the Zoom account does not allow this app',
    cure: 'Have the app approved for the account in the Zoom App Marketplace, then authenticate the source again.',
  },
  damaged: {
    what: 'Zoom cannot read the token that it was shown',
    cure: 'Check that it is whole, or authenticate the source again.',
  },
  unexplained: {
    what: 'Zoom refused the token and gave no reason',
    cure: "Authenticate the source again, or try again later; if it stays, show Zoom's support the tracking id of this answer.",
  },
  code: {
    what: 'The authorization code has expired or was used before',
    cure: 'Authenticate the source again; a code is good once, for five minutes.',
  },
  owner: {
    what: 'Whoever authorised the app is no longer in the Zoom account',
    cure: 'Let somebody who stays authorise it: authenticate the source again, or make the app anew (Server-to-Server).',
  },
  forgotten: {
    what: 'Zoom no longer has the authorization that this token stands for',
    cure: again,
  },
  overused: {
    what: 'The refresh token was used too often',
    cure: `${again} Let nothing else use it.`,
  },
  superseded: {
    what: 'The token was revoked, as happens when the same user authorises the same app once more',
    cure: `${again} A second connection needs an app or a user of its own.`,
  },
} as const;

const serverCredentials = {
  what: 'Zoom refused the Server-to-Server credentials',
  cure: 'Check account_id, client_id and client_secret, and that the app is activated.',
};

const curesByKind = {
  kind: {
    server_to_server: {
      what: 'The app is no Server-to-Server OAuth app, or may not act as one',
      cure: 'Use the account_id, client_id and client_secret of a Server-to-Server OAuth app; for a General app (user-authorised OAuth) set auth_type to oauth2.0 and authenticate the source.',
    },
    'oauth2.0': {
      what: 'The app is no General app (user-authorised OAuth), or may not refresh tokens',
      cure: 'Use the client_id and client_secret of the app that was authorised; for a Server-to-Server OAuth app set auth_type to server_to_server and give its account_id.',
    },
  },
  grant: {
    server_to_server: serverCredentials,
    'oauth2.0': {
      what: 'The refresh token is no longer good: it was used elsewhere, has expired or was revoked',
      cure: again,
    },
  },
  request: {
    server_to_server: {
      what: 'Zoom does not take this account_id from this app',
      cure: "Copy account_id, client_id and client_secret again, all from the same app's page in the Zoom App Marketplace.",
    },
    'oauth2.0': {
      what: 'Zoom does not understand the request for a token',
      cure: 'Check that refresh_token, client_id and client_secret are whole and belong together, or authenticate the source again in the platform.',
    },
  },
  scopes: {
    server_to_server: {
      what: "The app's scopes have changed, or lack what was asked for",
      cure: "Check the app's scopes in the Zoom App Marketplace, then activate it again.",
    },
    'oauth2.0': {
      what: "The app's scopes are no longer those that were authorised",
      cure: `Check the app's scopes in the Zoom App Marketplace, then authorise them anew. ${again}`,
    },
  },
  unknown: {
    server_to_server: serverCredentials,
    'oauth2.0': {
      what: "Zoom refused the app's credentials or its refresh token",
      cure: 'Check client_id and client_secret, or authenticate the source again in the platform.',
    },
  },
} as const;

const onceMore = 'Then run authorize again.';

/** What is otherwise for whoever has just agreed in a browser: no platform, and no refresh token yet. */
const curesOfConsent: Readonly<Partial<Record<Reason, Cure>>> = {
  client: {
    what: 'Zoom does not know this client_id with this client_secret',
    cure: `Copy both again from the app's page in the Zoom App Marketplace into the config; an app has one pair for development and another for production. ${onceMore}`,
  },
  incomplete: {
    what: 'A part of the request for the tokens did not arrive',
    cure: `Check that client_id, client_secret and redirect_url of the config are whole, and that no proxy between changes requests. ${onceMore}`,
  },
  redirect: {
    what: 'The redirect_url of the config is not the one that the app has',
    cure: `Make them the same, character by character, in the config and in the app's OAuth redirect URL and allow list. ${onceMore}`,
  },
  forbidden: {
    what: 'An admin of the Zoom account does not allow this app',
    cure: `Have the app approved for the account in the Zoom App Marketplace. ${onceMore}`,
  },
  damaged: {
    what: 'Zoom cannot read the code that it was shown',
    cure: 'Run authorize again, and paste the whole address where it asks for one.',
  },
  unexplained: {
    what: 'Zoom refused the code and gave no reason',
    cure: "Run authorize again; if it stays, show Zoom's support the tracking id of this answer.",
  },
  code: {
    what: 'The code of the consent page has expired or was used before',
    cure: 'Run authorize again and agree once more; a code is good once, for five minutes.',
  },
  owner: {
    what: 'Whoever agreed is no longer in the Zoom account',
    cure: 'Run authorize again and let somebody agree who stays.',
  },
  kind: {
    what: 'The app is no General app (user-authorised OAuth)',
    cure: 'Use the client_id and client_secret of a General app. A Server-to-Server OAuth app needs no consent: set auth_type to server_to_server and give its account_id.',
  },
  grant: {
    what: 'Zoom does not take the code of its consent page',
    cure: 'Run authorize again and agree once more; a code is good once, for five minutes, and for the app that it was given to.',
  },
  request: {
    what: 'Zoom does not understand the request for the tokens',
    cure: `Check client_id, client_secret and redirect_url of the config. ${onceMore}`,
  },
  scopes: {
    what: 'Zoom does not give this app the scopes that it asks for',
    cure: `Check the app's scopes in the Zoom App Marketplace, and scope in the config, which may be left out. ${onceMore}`,
  },
  unknown: {
    what: 'Zoom refused to give tokens for the code of its consent page',
    cure: `Check client_id, client_secret and redirect_url of the config. ${onceMore}`,
  },
};

interface Cure {
  readonly what: string;
  readonly cure: string;
}

type Reason = keyof typeof cures | keyof typeof curesByKind;

/** The cure for what the token endpoint refused: its number decides, else its `error`, else its words. */
export function refusedCredentials(refusal: TokenRefusal): ConfigError {
  const { tokenUrl, status, said, page, between, detail } = refusal;
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
  const { what, cure } = cureOf(reason, refusal);
  return new ConfigError(`${what} (Zoom says: ${words}). ${cure}`, { detail });
}

function cureOf(reason: Reason, { authType, isConsent }: TokenRefusal): Cure {
  const ofConsent = isConsent === true ? curesOfConsent[reason] : undefined;
  if (ofConsent !== undefined) return ofConsent;
  return reason in curesByKind
    ? curesByKind[reason as keyof typeof curesByKind][authType]
    : cures[reason as keyof typeof cures];
}

/** @returns undefined where it is not the token endpoint that answers. */
function reasonOf({ authType, isConsent, status, error, said }: TokenRefusal): Reason | undefined {
  const byCode = said?.code === undefined ? undefined : reasonsByCode[said.code];
  if (byCode !== undefined) return byCode;
  const words = said?.message ?? '';
  if (isConsent === true) {
    // All of them are called invalid_request.
    if (/\bredirect/i.test(words)) return 'redirect';
    if (/\b(authorization code|code verifier|code (is|has) expired)\b/i.test(words)) return 'code';
  }
  if (/\b(disabled|deactivated|not activated)\b/i.test(words)) return 'disabled';
  // An older form of what is called invalid_grant today.
  const isOldToken = error === 'invalid_request' && /\b(invalid|expired) token\b/i.test(words);
  if (isOldToken && authType === 'oauth2.0') return 'grant';
  const byError = reasonsByError[error];
  if (byError !== undefined) return byError;
  return status === 404 || status === 405 ? undefined : 'unknown';
}
