/** What the token endpoint refused, and what helps. */
export interface Cure {
  readonly what: string;
  readonly cure: string;
}

/** Whom a cure is for: who has an app of one kind or the other, or has just agreed in a browser. */
export type Audience = 'server_to_server' | 'oauth2.0' | 'consent';

/** Why the token endpoint refuses. */
export type Reason = keyof typeof cures;

export function cureFor(reason: Reason, audience: Audience): Cure {
  return others[audience][reason] ?? cures[reason];
}

const again =
  'Authenticate the source again in the platform, or run source-zoom authorize for a new refresh_token.';
const copyBoth = "Copy both again from the app's page in the Zoom App Marketplace.";

/** What helps a General app, and where nothing else is said whoever it is. */
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
    what: 'Zoom refused the token',
    cure: "Authenticate the source again, or try again later; if it stays, show Zoom's support the tracking id of this answer.",
  },
  code: {
    what: 'The authorization code has expired or was used before',
    cure: 'Authenticate the source again; a code is good once, for five minutes.',
  },
  owner: {
    what: 'Whoever authorised the app is no longer in the Zoom account, or not active',
    cure: 'Let somebody who stays authorise it: authenticate the source again.',
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
  kind: {
    what: 'The app is no General app (user-authorised OAuth), or may not refresh tokens',
    cure: 'Use the client_id and client_secret of the app that was authorised; for a Server-to-Server OAuth app set auth_type to server_to_server and give its account_id.',
  },
  grant: {
    what: 'The refresh token is no longer good: it was used elsewhere, has expired or was revoked',
    cure: again,
  },
  request: {
    what: 'Zoom does not understand the request for a token',
    cure: 'Check that refresh_token, client_id and client_secret are whole and belong together, or authenticate the source again in the platform.',
  },
  scopes: {
    what: "The app's scopes are no longer those that were authorised",
    cure: `Check the app's scopes in the Zoom App Marketplace, then authorise them anew. ${again}`,
  },
  unknown: {
    what: "Zoom refused the app's credentials or its refresh token",
    cure: 'Check client_id and client_secret, or authenticate the source again in the platform.',
  },
} as const;

const serverCredentials = {
  what: 'Zoom refused the Server-to-Server credentials',
  cure: 'Check account_id, client_id and client_secret, and that the app is activated.',
};
const activateAgain =
  'Activate the app again in the Zoom App Marketplace, or make it anew and copy account_id, client_id and client_secret.';

/** Nobody has authorised such an app, and it has neither a refresh token nor a redirect URL. */
const curesOfServerToServer: Others = {
  redirect: serverCredentials,
  forbidden: {
    what: 'An admin of the Zoom account does not allow this app',
    cure: 'Have the app approved for the account in the Zoom App Marketplace, then activate it.',
  },
  damaged: serverCredentials,
  unexplained: {
    what: serverCredentials.what,
    cure: `${serverCredentials.cure} If it stays, show Zoom's support the tracking id of this answer.`,
  },
  code: serverCredentials,
  owner: {
    what: 'Who owns the app is no longer in the Zoom account, or not active',
    cure: 'Make the app anew, with an owner who stays, and copy account_id, client_id and client_secret.',
  },
  forgotten: { what: 'Zoom no longer has what allows this app', cure: activateAgain },
  overused: serverCredentials,
  superseded: { what: 'Zoom has revoked what allows this app', cure: activateAgain },
  kind: {
    what: 'The app is no Server-to-Server OAuth app, or may not act as one',
    cure: 'Use the account_id, client_id and client_secret of a Server-to-Server OAuth app; for a General app (user-authorised OAuth) set auth_type to oauth2.0 and authenticate the source.',
  },
  grant: serverCredentials,
  request: {
    what: 'Zoom does not take this account_id from this app',
    cure: "Copy account_id, client_id and client_secret again, all from the same app's page in the Zoom App Marketplace.",
  },
  scopes: {
    what: "The app's scopes have changed, or lack what was asked for",
    cure: "Check the app's scopes in the Zoom App Marketplace, then activate it again.",
  },
  unknown: serverCredentials,
};

const onceMore = 'Then run authorize again.';
const agreeAgain = 'Run authorize again and agree once more; a code is good once, for five minutes.';

/** What is otherwise for whoever has just agreed in a browser: no platform, and no refresh token yet. */
const curesOfConsent: Others = {
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
    what: 'Zoom refused the code',
    cure: "Run authorize again; if it stays, show Zoom's support the tracking id of this answer.",
  },
  code: {
    what: 'The code of the consent page has expired or was used before',
    cure: agreeAgain,
  },
  owner: {
    what: 'Whoever agreed is no longer in the Zoom account, or not active',
    cure: 'Run authorize again and let somebody agree who stays.',
  },
  forgotten: {
    what: 'Zoom no longer has the authorization that the code stands for',
    cure: agreeAgain,
  },
  overused: {
    what: 'The code of the consent page was used too often',
    cure: agreeAgain,
  },
  superseded: {
    what: 'The code was revoked, as happens when the same user authorises the same app once more',
    cure: agreeAgain,
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

type Others = Readonly<Partial<Record<Reason, Cure>>>;

const others: Readonly<Record<Audience, Others>> = {
  server_to_server: curesOfServerToServer,
  'oauth2.0': {},
  consent: curesOfConsent,
};
