import { listSome } from '../wording.ts';

/** A platform may keep all states of a connection in one request; Airbyte's server takes 10,485,760 bytes unless it is told otherwise. */
const mostUnremarked = 8_000_000;
const namesShown = 3;

/**
 * What the states of a sync weigh together, in words, where a platform may refuse so much; undefined where it is less.
 * @param weights bytes by stream.
 */
export function describeWeights(weights: ReadonlyMap<string, number>): string | undefined {
  const heaviestFirst = [...weights].sort(([, one], [, other]) => other - one);
  const bytes = heaviestFirst.reduce((sum, [, weight]) => sum + weight, 0);
  if (bytes <= mostUnremarked) return undefined;
  const names = heaviestFirst.map(([name, weight]) => `${name} ${toMegabytes(weight)}`);
  return `The states weigh ${toMegabytes(bytes)} together (${listSome(names, namesShown)}), and Airbyte's server takes 10.5 MB at once unless it is told otherwise: docs/performance.md says what to set`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
