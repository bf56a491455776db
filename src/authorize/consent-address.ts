import type { ConsentSecrets } from './secrets.ts';

/** What the consent page has to know of the app. */
export interface ConsentRequest {
  readonly authorizationUrl: string;
  readonly clientId: string;
  /** As it stands in the app, character by character: Zoom compares. */
  readonly redirectUrl: string;
  /** Names separated by spaces. Zoom documents no such parameter, and gives all that the app has where it is absent. */
  readonly scope: string | undefined;
}

/** Servers take an address of 8 KB; Zoom gives all that the app has when no scopes are named. */
const longestScopes = 4_000;

export function consentAddress(
  { authorizationUrl, clientId, redirectUrl, scope }: ConsentRequest,
  { state, challenge }: Pick<ConsentSecrets, 'state' | 'challenge'>,
): string {
  const address = new URL(authorizationUrl);
  const names = (scope ?? '').trim().replace(/\s+/g, ' ');
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUrl,
    ...(names === '' || names.length > longestScopes ? {} : { scope: names }),
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}
