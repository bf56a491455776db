import type { Refusal } from '../http/exchange.ts';
import { isJsonObject } from '../json.ts';
import type { EmbeddedStream } from '../streams/declaration.ts';
import { pick } from './partition.ts';
import { createShaper, rowsWithout, type Shaped } from './records.ts';
import { countNulls, type SyncContext } from './sync-context.ts';
import type { WindowedRun } from './window-run.ts';

/**
 * Emits what a stream makes of a windowed endpoint's rows.
 * @returns its own rows that nothing tells apart, as a refusal.
 */
export type Taker = (records: readonly Shaped[]) => Promise<Refusal | undefined>;

export function createTaker(sync: SyncContext, run: WindowedRun): Taker {
  const { declaration, output, newest } = run;
  if (declaration.kind === 'embedded') return createEmbeddedTaker(sync, run, declaration);
  return async (records) => {
    await output.records(records);
    newest.note(records);
    return undefined;
  };
}

/** The members of a list inside each row are the records. */
function createEmbeddedTaker(
  sync: SyncContext,
  { output, newest }: WindowedRun,
  declaration: EmbeddedStream,
): Taker {
  const { name, list, parent } = declaration;
  const shaper = createShaper(sync, declaration);
  return async (records) => {
    let keyless: Refusal | undefined;
    const embedded = ({ record, row }: Shaped): readonly Shaped[] => {
      // Of the parent's record the values have its own types by now, which are no identity.
      const members: unknown = row[list];
      if (!Array.isArray(members)) return [];
      const given = pick(record, Object.values(parent.adds));
      const adds = Object.entries(parent.adds).map(([field, from]) => [field, given[from]]);
      const shape = shaper(Object.fromEntries(adds));
      const rows = members.filter(isJsonObject);
      const nulls = members.filter((member) => member === null).length;
      countNulls(sync, name, nulls);
      const shaped = shape.records(rows);
      keyless ??= shape.keyless();
      if (rows.length + nulls < members.length)
        keyless ??= rowsWithout(name, `something in ${list} that is no object`);
      return shaped;
    };
    const own = records.flatMap(embedded);
    await output.records(own);
    newest.note(own);
    return keyless;
  };
}
