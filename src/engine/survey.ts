import { groupBy } from '../group-by.ts';
import type { Refusal } from '../http/exchange.ts';
import type { Endpoint, RateLimitLabel, Scopes, StreamDeclaration } from '../streams/declaration.ts';
import { refusalsUntilGivenUp } from './availability.ts';
import type { Grant } from './grant.ts';
import type { Probe, Prober } from './probe.ts';
import { askedFor, askedNamed, type SyncContext } from './sync-context.ts';

/** What is known of one stream. */
export type Finding =
  | { readonly kind: 'readable' }
  /** The app lacks these scopes. */
  | { readonly kind: 'closed'; readonly scopes: readonly string[] }
  /** Zoom has no scope for it that such an app could be given. */
  | { readonly kind: 'unoffered'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly refusal: Refusal };

export interface SurveyParts {
  readonly sync: SyncContext;
  readonly prober: Prober;
  /** What the token may; undefined where Zoom has not told. */
  readonly grant: Grant | undefined;
  familyOf(stream: string): string | undefined;
}

/**
 * Which streams can be read, by few requests. Of those that no granted scope opens nothing is asked; of the others one
 * stands for all of its family that need the same of the account, or three where it is refused.
 * @throws ConfigError, UnreachableError when there is no token to ask with.
 */
export async function survey(parts: SurveyParts): Promise<ReadonlyMap<StreamDeclaration, Finding>> {
  const findings = new Map<StreamDeclaration, Finding>();
  const declarations = [...parts.sync.streams.values()];
  for (const declaration of declarations) {
    const finding = findClosed(parts, askedFor(parts.sync, declaration));
    if (finding !== undefined) findings.set(declaration, finding);
  }
  const open = declarations.filter((declaration) => !findings.has(declaration));
  const groups = groupBy(open, (declaration) => groupOf(parts, declaration));
  await Promise.all([...groups.values()].map((group) => askFor(parts, group, findings)));
  return findings;
}

/** The streams of a group are asked for in turn until one can be read; what they say goes for the others, too. */
async function askFor(
  { sync, prober }: SurveyParts,
  group: readonly StreamDeclaration[],
  findings: Map<StreamDeclaration, Finding>,
): Promise<void> {
  let verdict: Finding | undefined;
  for (const declaration of inOrderOfCost(sync, group).slice(0, refusalsUntilGivenUp)) {
    verdict = toFinding(await prober.probe(declaration));
    findings.set(declaration, verdict);
    if (verdict.kind === 'readable') break;
  }
  for (const declaration of group)
    if (verdict !== undefined && !findings.has(declaration)) findings.set(declaration, verdict);
}

function toFinding(probe: Probe): Finding {
  if (probe.isReadable) return { kind: 'readable' };
  const { reason, refusal, closed } = probe;
  return closed === undefined ? { kind: 'refused', reason, refusal } : { kind: 'closed', scopes: closed };
}

/** @returns what the app lacks for an endpoint and for those that it stands on; undefined where it lacks nothing. */
function findClosed({ sync, grant }: SurveyParts, endpoint: Endpoint): Finding | undefined {
  if (grant === undefined) return undefined;
  const closed = chainOf(sync, endpoint).filter(
    (each) => !hasWay(sync, each, (scopes) => grant.opens(scopes)),
  );
  if (closed.length === 0) return undefined;
  if (closed.some((each) => !hasWay(sync, each, (scopes) => grant.isOffered(scopes))))
    return { kind: 'unoffered', reason: `Zoom offers it to ${grant.others}.` };
  return { kind: 'closed', scopes: [...new Set(closed.map(({ scopes }) => grant.missing(scopes)))] };
}

/** Where the endpoint itself is closed, what replaces it may be open, with all that this stands on. */
function hasWay(sync: SyncContext, endpoint: Endpoint, isOpen: (scopes: Scopes) => boolean): boolean {
  if (isOpen(endpoint.scopes)) return true;
  const { fallback } = endpoint;
  return fallback !== undefined && chainOf(sync, fallback).every((each) => hasWay(sync, each, isOpen));
}

/** An endpoint and those of the parents that it cannot be asked without. */
function chainOf(sync: SyncContext, endpoint: Endpoint): readonly Endpoint[] {
  const { parent } = endpoint;
  if (parent === undefined || parent.without === 'instead') return [endpoint];
  return [endpoint, ...chainOf(sync, askedNamed(sync, parent.name))];
}

function groupOf({ sync, grant, familyOf }: SurveyParts, declaration: StreamDeclaration): string {
  const { needs = [], scopes } = askedFor(sync, declaration);
  // Where Zoom has not told what the token may, each scope has to be tried.
  const scope = grant === undefined ? (scopes.granular[0] ?? scopes.classic[0] ?? '') : '';
  return [familyOf(declaration.name), ...needs, scope].join('\n');
}

const labels: readonly (RateLimitLabel | undefined)[] = [
  'light',
  'medium',
  'heavy',
  undefined,
  'resource_intensive',
];

/** The cheapest first, what it stands on counted in; of equals, those with fewest parents. */
function inOrderOfCost(sync: SyncContext, group: readonly StreamDeclaration[]): readonly StreamDeclaration[] {
  const costs = new Map(
    group.map((declaration) => {
      const chain = chainOf(sync, askedFor(sync, declaration));
      const label = Math.max(...chain.map(({ rateLimit }) => labels.indexOf(rateLimit)));
      return [declaration, label * 100 + chain.length];
    }),
  );
  return group.toSorted((one, other) => (costs.get(one) ?? 0) - (costs.get(other) ?? 0));
}
