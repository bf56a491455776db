import { ConfigError, type ConnectorError, SystemError, TransientError } from '../errors.ts';
import { blames } from '../http/classify.ts';
import type { Refusal } from '../http/exchange.ts';
import type { Endpoint, Scopes } from '../streams/declaration.ts';
import { addScopes } from '../wording.ts';

/** The account or the app cannot have this endpoint. Says what to add where. */
export function unavailable(stream: string, endpoint: Endpoint, refusal: Refusal): ConfigError {
  const refused =
    refusal.saidOf === undefined
      ? `${refusal.blockedHost === undefined ? 'Zoom refused' : 'The way is blocked to'} ${endpoint.path}`
      : `${endpoint.path} was not asked, since Zoom refused ${refusal.saidOf.join(', ')}, which need the same`;
  return new ConfigError(`${stream}: ${refused}: ${cure(endpoint, refusal)}`, { detail: refusal.detail });
}

/**
 * A stream without partitions, or its listing, was refused: there is nothing to go on with. Whatever Zoom's code, what its words
 * blame is what the account or the app lacks.
 */
export function refused(stream: string, endpoint: Endpoint, refusal: Refusal): ConnectorError {
  const what = `${nameRefusal(refusal)} "${refusal.message}"`;
  if (refusal.isTransient) {
    return new TransientError(
      `${stream}: Zoom did not answer in spite of retries (${what}). Everything read so far is saved; the next sync goes on from there.`,
      { detail: refusal.detail },
    );
  }
  if (refusal.blockedHost !== undefined || blames(refusal) !== undefined)
    return unavailable(stream, endpoint, refusal);
  return new SystemError(
    `${stream}: Zoom gave an answer that this connector does not understand (${what}). Everything read so far is saved. Please report it if it stays.`,
    { detail: refusal.detail },
  );
}

/** Blames what the refusal blames, and nothing else: what it says is often enough. */
export function cure(endpoint: Endpoint, refusal: Refusal): string {
  if (isAboutScopes(refusal)) {
    const named = refusal.missingScopes.length > 0 ? ` (Zoom names ${refusal.missingScopes.join(', ')})` : '';
    return `the app lacks the scope ${nameScopes(endpoint.scopes)}${named}. ${addScopes('it')}`;
  }
  if (blames(refusal) === 'account') {
    const needed =
      endpoint.needs === undefined ? '' : ` Zoom documents that it needs: ${endpoint.needs.join(', ')}.`;
    return `${refusal.message.replace(/\.?$/, '.')} ${notAllowed}${needed}`;
  }
  const said = `${nameRefusal(refusal)} "${refusal.message}".`;
  return refusal.blockedHost === undefined ? said : `${said} ${letThrough(refusal.blockedHost)}`;
}

/** True when the app lacks a scope, which no partition can help. */
export function isAboutScopes(refusal: Refusal): boolean {
  return blames(refusal) === 'scopes';
}

/** The granular scope first, which is what new apps have. */
function nameScopes({ granular, classic }: Scopes): string {
  const [first, ...others] = [granular[0], classic[0]].filter((scope) => scope !== undefined);
  return others.length === 0 ? String(first) : `${first} (classic: ${others.join(', ')})`;
}

/** What is to be done where somebody else has answered for a host of Zoom's. */
export function letThrough(host: string): string {
  return `Have ${host} let through there, or correct api_url.`;
}

/** What is to be done where neither a scope nor time can help. */
export const notAllowed =
  "The account's plan or licence, or the role of who authorised the app, does not allow it. Change that in Zoom, or leave the stream out.";

/** HTTP status and Zoom's code, as far as there are any: `404/3001`. */
export function nameRefusal({ status, code }: Refusal): string {
  const parts = [status, code].filter((part) => part !== undefined);
  return parts.length === 0 ? 'no answer' : parts.join('/');
}
