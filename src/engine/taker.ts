import type { Refusal } from '../http/exchange.ts';
import { isJsonObject } from '../json.ts';
import type { EmbeddedStream } from '../streams/declaration.ts';
import { pick } from './partition.ts';
import { createShaper, rowsWithout, type Shaped } from './records.ts';
import type { StreamOutput } from './stream-output.ts';
import type { SyncContext } from './sync-context.ts';
import type { WindowedRun } from './window-run.ts';

/**
 * Emits what a stream makes of a windowed endpoint's rows.
 * @returns what stands for rows of its own that could not be told apart, if there were any.
 */
export type Taker = (records: readonly Shaped[]) => Promise<Refusal | undefined>;

export function createTaker(sync: SyncContext, run: WindowedRun): Taker {
  const { declaration, output } = run;
  if (declaration.kind === 'embedded') return createEmbeddedTaker(sync, output, declaration);
  return async (records) => {
    await output.records(records);
    return undefined;
  };
}

/** The members of a list inside each row are the records. */
function createEmbeddedTaker(sync: SyncContext, output: StreamOutput, declaration: EmbeddedStream): Taker {
  const { name, list, parent } = declaration;
  const shaper = createShaper(sync, declaration);
  return async (rows) => {
    let lacking: Refusal | undefined;
    const records = rows.flatMap(({ record }) => {
      const members = record[list];
      if (!Array.isArray(members)) return [];
      const given = pick(record, Object.values(parent.adds));
      const adds = Object.entries(parent.adds).map(([field, source]) => [field, given[source]]);
      const shape = shaper(Object.fromEntries(adds));
      const shaped = shape.records(members.filter(isJsonObject));
      const strangers = members.filter((member) => !isJsonObject(member)).length;
      lacking ??= shape.keyless();
      if (strangers > 0) lacking ??= rowsWithout(name, `${strangers} entries of ${list} that are no objects`);
      return shaped;
    });
    await output.records(records);
    return lacking;
  };
}
