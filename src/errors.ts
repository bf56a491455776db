/**
 * What a failure means to whoever can act on it, in Airbyte's terms: `config_error` is the user's to mend,
 * `transient_error` passes by itself, `system_error` is ours to mend.
 */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/**
 * A failure that the user will see. `message` says what happened and what to do about it, in the user's words;
 * the technical story (method, path, status, Zoom's code and words, tracking id) is in `detail`. Neither holds
 * a secret: whoever makes the error has removed them.
 */
export abstract class ConnectorError extends Error {
  abstract readonly failureType: FailureType;
  readonly detail: string | undefined;

  constructor(message: string, options: { detail?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.detail = options.detail;
  }
}

/** The user can mend it: the config, the catalog, the state, or the app in Zoom's Marketplace. */
export class ConfigError extends ConnectorError {
  readonly failureType = 'config_error';
}

/** Time mends it: retries or a quota are used up, or the network is gone. */
export class TransientError extends ConnectorError {
  readonly failureType = 'transient_error';
}

/** We have to mend it: Zoom answered what we do not understand, or the connector has a bug. */
export class SystemError extends ConnectorError {
  readonly failureType = 'system_error';
}

const quotedLength = 80;

/** What somebody wrote into a file, for a message: on one line, and no more of it than helps to find it. */
export function quote(value: unknown): string {
  const json = typeof value === 'number' ? String(value) : String(JSON.stringify(value));
  const text = json.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return text.length <= quotedLength ? text : `${text.slice(0, quotedLength)}…`;
}

/** Whatever was thrown, as something that a user can be told. */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SystemError(`Something went wrong in the connector: ${reason}. Please report it.`, {
    cause: error,
  });
}
