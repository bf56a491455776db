import { ConfigError, quote } from '../errors.ts';
import { isLoopback } from '../http/loopback.ts';

/** What is offered where the app has none yet. */
export const offeredRedirectUrl = 'http://127.0.0.1:8080/callback';

/** Where Zoom sends the browser when the person has answered. */
export interface RedirectUrl {
  /** As it is written. */
  readonly text: string;
  /** Whether the answer can be received here; else it has to be copied out of the browser. */
  readonly isLocal: boolean;
}

/** @throws ConfigError that says what would be valid. */
export function parseRedirectUrl(text: string): RedirectUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username + url.password + url.hash === '';
  const isLocal = url?.protocol === 'http:' && isLoopback(url);
  if (isPlain && (isLocal || url.protocol === 'https:')) return { text, isLocal };
  throw new ConfigError(
    `credentials.redirect_url has to be an https URL, or one of this machine such as ${offeredRedirectUrl}, without user, password or # (got ${quote(text)}). Enter the same one in the config and in the Zoom app.`,
  );
}
