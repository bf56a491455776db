import type { Refusal } from '../http/exchange.ts';
import { isJsonObject } from '../json.ts';
import type { EmbeddedStream } from '../streams/declaration.ts';
import { type Partition, pick } from './partition.ts';
import { createShaper, type Shaped } from './records.ts';
import type { SyncContext } from './sync-context.ts';
import type { WindowedRun } from './window-run.ts';

/** Emits what a stream makes of a windowed endpoint's rows. */
export interface Taker {
  take(records: readonly Shaped[], partition: Partition): Promise<void>;
  /** Its own rows without a key that the partition has given; asked for once. */
  keyless(partition: Partition): Refusal | undefined;
}

export function createTaker(sync: SyncContext, run: WindowedRun): Taker {
  const { declaration, output } = run;
  if (declaration.kind === 'embedded') return createEmbeddedTaker(sync, run, declaration);
  return { take: (records) => output.records(records), keyless: () => undefined };
}

/** The members of a list inside each row are the records. */
function createEmbeddedTaker(sync: SyncContext, { output }: WindowedRun, declaration: EmbeddedStream): Taker {
  const { list, parent } = declaration;
  const shaper = createShaper(sync, declaration);
  const keyless = new Map<string, Refusal>();
  const embedded = (row: Shaped['record'], partition: Partition): readonly Shaped[] => {
    const members = row[list];
    if (!Array.isArray(members)) return [];
    const given = pick(row, Object.values(parent.adds));
    const adds = Object.entries(parent.adds).map(([name, field]) => [name, given[field]]);
    const shape = shaper(Object.fromEntries(adds));
    const records = shape.records(members.filter(isJsonObject));
    const lacking = shape.keyless();
    if (lacking !== undefined) keyless.set(partition.key, lacking);
    return records;
  };
  return {
    take: (records, partition) =>
      output.records(records.flatMap(({ record }) => embedded(record, partition))),
    keyless({ key }) {
      const lacking = keyless.get(key);
      keyless.delete(key);
      return lacking;
    },
  };
}
