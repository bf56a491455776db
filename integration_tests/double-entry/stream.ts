import type { StreamDeclaration } from '../../src/streams/declaration.ts';
import { addedValueOf } from '../emulator/collection-facts.ts';
import type { Endpoint } from '../emulator/endpoint.ts';
import { inOrder, same, sortKeys } from './words.ts';

/** What is wrong with what a stream promises. */
export function problemsOfStream(stream: StreamDeclaration, fixture: Endpoint): readonly string[] {
  const promise = fixture.streams?.find(({ name }) => name === stream.name);
  if (promise === undefined) return ['no promise'];
  const isSnapshot = stream.kind === 'snapshot';
  const added = addedValueOf({ ...fixture, streams: [promise] });
  const values = ('values' in stream ? stream.values : undefined)?.find(({ adds }) => adds !== undefined);
  return [
    ...same('kind', stream.kind, promise.kind),
    ...same('key', stream.primaryKey, promise.key),
    ...same('record_hash', stream.recordHash !== undefined, promise.key.includes('record_hash')),
    ...same('cursor', isSnapshot ? '_ab_cdc_updated_at' : stream.cursor, promise.cursor),
    ...same('lookback', isSnapshot ? undefined : stream.lookbackDays, promise.lookbackDays),
    ...same('tombstones', isSnapshot && stream.tombstones === true, promise.tombstones === true),
    ...same('volatile', inOrder((isSnapshot && stream.volatile) || []), inOrder(promise.volatile ?? [])),
    ...same('sensitive', inOrder(stream.sensitive ?? []), inOrder(promise.sensitive ?? [])),
    ...same('adds', sortKeys(stream.parent?.adds ?? {}), sortKeys(promise.adds ?? {})),
    ...same('list', stream.kind === 'embedded' ? stream.list : undefined, promise.list),
    ...same('values.adds', values?.adds, added?.field),
    ...same('values.unset', values?.unset, added?.unset),
    ...same('sumsByDay', 'window' in stream ? stream.window?.sumsByDay : undefined, promise.addsDay),
  ];
}
