import { ConfigError } from '../errors.ts';
import { readInstant } from '../instant.ts';
import { requestToken, type TokenCredentials, type TokenEndpointParts } from './token-endpoint.ts';

/** The tokens that Zoom gives for a refresh token, each refresh token being good for one use. */
export interface RotatedTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** RFC 3339, UTC. */
  readonly token_expiry_date: string;
}

export interface AccessToken {
  /**
   * A token that is good for a while; renewed when it is about to expire. One renewal at a time.
   * @throws ConfigError when Zoom refuses the credentials, now and at every later call, without asking again.
   * @throws TransientError when the token endpoint fails in spite of retries.
   */
  get(): Promise<string>;
  /** What the current token may; undefined where Zoom has not told, as of one that the config holds. */
  scopes(): readonly string[] | undefined;
  /** Zoom answered to this token. */
  accepted(token: string): void;
  /**
   * Some path refused this token. One that replaces a refused token is not given up for that.
   * @returns true when the next `get` gives another one.
   * @throws ConfigError when Zoom refuses the credentials.
   */
  refused(token: string): boolean;
  /**
   * Every path refuses this token: the next `get` gives another one.
   * @throws ConfigError when it replaced a refused one and never worked, so that another would be refused too.
   */
  disproved(token: string): void;
}

export interface AccessTokenParts extends TokenEndpointParts {
  /** Has to have saved the tokens when it resolves: only then are they used. */
  onRotation(tokens: RotatedTokens): Promise<void>;
}

interface Token {
  readonly value: string;
  /** Ms since the epoch; absent where it is not known. */
  readonly expiresAt: number | undefined;
  readonly scopes: readonly string[] | undefined;
  /** True when it was asked for because Zoom had refused the one before. */
  readonly isReplacement: boolean;
  /** Zoom has accepted it at least once. */
  hasWorked: boolean;
}

const renewBeforeMs = 120_000;

export function createAccessToken(parts: AccessTokenParts): AccessToken {
  const { credentials, clock, redactor } = parts;
  redactor.add(credentials.clientSecret);
  redactor.add(Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64'));
  let refreshToken = credentials.authType === 'oauth2.0' ? credentials.refreshToken : undefined;
  redactor.add(refreshToken);
  let current = storedToken(credentials);
  redactor.add(current?.value);
  let renewal: Promise<string> | undefined;
  let failure: ConfigError | undefined;
  let isReplacement = false;

  const renew = async (): Promise<string> => {
    const answer = await requestToken(parts, refreshToken);
    redactor.add(answer.accessToken);
    redactor.add(answer.refreshToken);
    const expiresAt = clock.now() + answer.lifetimeMs;
    if (credentials.authType === 'oauth2.0') {
      refreshToken = answer.refreshToken ?? refreshToken;
      await parts.onRotation({
        access_token: answer.accessToken,
        refresh_token: String(refreshToken),
        token_expiry_date: new Date(expiresAt).toISOString(),
      });
    }
    // A token of a few minutes must not be renewed before every request.
    const margin = Math.min(renewBeforeMs, answer.lifetimeMs * 0.4);
    const { accessToken: value, scopes } = answer;
    current = { value, expiresAt: expiresAt - margin, scopes, isReplacement, hasWorked: false };
    isReplacement = false;
    return current.value;
  };

  const drop = () => {
    current = undefined;
    isReplacement = true;
  };

  return {
    async get() {
      if (failure !== undefined) throw failure;
      if (current !== undefined && (current.expiresAt ?? Number.POSITIVE_INFINITY) > clock.now())
        return current.value;
      renewal ??= renew().finally(() => {
        renewal = undefined;
      });
      try {
        return await renewal;
      } catch (error) {
        if (error instanceof ConfigError) failure = error;
        throw error;
      }
    },
    scopes: () => current?.scopes,
    accepted(token) {
      if (token === current?.value) current.hasWorked = true;
    },
    refused(token) {
      if (failure !== undefined) throw failure;
      // Somebody else noticed before and has another one by now.
      if (token !== current?.value) return true;
      if (current.isReplacement) return false;
      drop();
      return true;
    },
    disproved(token) {
      if (failure !== undefined) throw failure;
      if (token !== current?.value) return;
      if (current.isReplacement && !current.hasWorked) {
        failure = new ConfigError(
          'Zoom refuses an access token that it has just given. The app was probably removed, deactivated or changed: check it in the Zoom App Marketplace, then authorise or activate it again.',
        );
        throw failure;
      }
      drop();
    },
  };
}

/** The token that the platform saved, as long as it is good; one whose expiry cannot be read is used until it is refused. */
function storedToken(credentials: TokenCredentials): Token | undefined {
  if (credentials.authType !== 'oauth2.0' || credentials.accessToken === undefined) return undefined;
  return {
    value: credentials.accessToken,
    expiresAt: readInstant(credentials.tokenExpiryDate),
    scopes: undefined,
    isReplacement: false,
    hasWorked: false,
  };
}
