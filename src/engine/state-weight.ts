import { type JsonObject, toJsonPieces } from '../json.ts';
import { formatCount } from '../wording.ts';
import { Digests } from './digests.ts';

/** A state of more keys is heavier than some platforms take. */
const mostUnremarked = 300_000;

/** What a very large state weighs, in words; undefined for others. */
export function describeWeight(state: JsonObject): string | undefined {
  const keys = Object.values(state).reduce<number>(
    (sum, value) => sum + (value instanceof Digests ? value.size : 0),
    0,
  );
  if (keys <= mostUnremarked) return undefined;
  let bytes = 0;
  for (const piece of toJsonPieces(state)) bytes += Buffer.byteLength(piece);
  const megabytes = (bytes / 1e6).toFixed(1);
  return `its state knows ${formatCount(keys)} keys and weighs ${megabytes} MB, which the platform has to take (docs/performance.md says what is known of limits)`;
}
