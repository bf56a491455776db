import type { Endpoint, Fallback } from '../streams/declaration.ts';
import { isAboutScopes, refused, unavailable } from './failures.ts';
import type { Outcome, Refused } from './outcome.ts';
import { type Asked, endpointInUse, type SyncContext } from './sync-context.ts';

/**
 * Reads an endpoint that stands alone, or what replaces it where Zoom refuses it to the app.
 * @returns how the reading ended that gave rows.
 * @throws ConfigError, TransientError or SystemError for whatever is no complete answer.
 */
export async function readRoot(
  sync: SyncContext,
  asked: Asked,
  read: (endpoint: Endpoint) => Promise<Outcome>,
): Promise<Extract<Outcome, { action: 'read' }>> {
  const endpoint: Endpoint = endpointInUse(sync, asked);
  const outcome = await read(endpoint);
  if (outcome.action === 'read') return outcome;
  const fallback = fallbackFor(sync, endpoint, outcome);
  if (fallback === undefined) throw failureOf(asked.name, endpoint, outcome);
  sync.log(
    'INFO',
    `${asked.name}: Zoom refuses ${endpoint.path} to this app (${outcome.refusal.message}); reading ${fallback.path} instead`,
  );
  // The same rows need the same of the account, where it does not say otherwise.
  const { needs } = asked;
  sync.replaced.set(asked, needs === undefined ? fallback : { needs, ...fallback });
  return readRoot(sync, asked, read);
}

/**
 * What may be read where Zoom refuses the endpoint by a code of its own: a firewall's page says nothing about the app. Only an
 * app without the scope sees its authoriser alone, or other users would be lost without a word.
 */
export function fallbackFor(
  { options }: SyncContext,
  { fallback }: Endpoint,
  { action, refusal }: Refused,
): Fallback | undefined {
  // Zoom was not asked: what replaces it needs the same.
  if (refusal.code === undefined || refusal.saidOf !== undefined) return undefined;
  if (fallback?.authoriser !== undefined)
    return action === 'unavailable' && isAboutScopes(refusal) && options.mayBeUserLevel
      ? fallback
      : undefined;
  return action === 'unavailable' || (action === 'refused' && !refusal.isTransient) ? fallback : undefined;
}

/** By which values paths name the rows of an endpoint that shows the authoriser alone: user-level apps may not give an id. */
export function namesInPaths({ replaced }: SyncContext, asked: Asked): Fallback['authoriser'] {
  return replaced.get(asked)?.authoriser;
}

/** The error for a listing that could not be read. */
function failureOf(name: string, endpoint: Endpoint, outcome: Refused) {
  return outcome.action === 'unavailable'
    ? unavailable(name, endpoint, outcome.refusal)
    : refused(name, endpoint, outcome.refusal);
}
