import type { StreamDeclaration } from '../../src/streams/declaration.ts';
import { addedValuesOf } from '../emulator/collection-facts.ts';
import type { Endpoint, StreamPromise } from '../emulator/endpoint.ts';
import { inOrder, same, sortKeys } from './words.ts';

/** What is wrong with what a stream promises. */
export function problemsOfStream(stream: StreamDeclaration, fixture: Endpoint): readonly string[] {
  const promise = fixture.streams?.find(({ name }) => name === stream.name);
  if (promise === undefined) return ['no promise'];
  const isSnapshot = stream.kind === 'snapshot';
  return [
    ...same('kind', stream.kind, promise.kind),
    ...same('key', stream.primaryKey, promise.key),
    ...same('record_hash', identityOf(stream), promise.identity),
    ...same('cursor', isSnapshot ? '_ab_cdc_updated_at' : stream.cursor, promise.cursor),
    ...same('lookback', isSnapshot ? undefined : stream.lookbackDays, promise.lookbackDays),
    ...same('tombstones', isSnapshot && stream.tombstones === true, promise.tombstones === true),
    ...same('volatile', inOrder((isSnapshot && stream.volatile) || []), inOrder(promise.volatile ?? [])),
    ...same('sensitive', inOrder(stream.sensitive ?? []), inOrder(promise.sensitive ?? [])),
    ...same('adds', sortKeys(stream.parent?.adds ?? {}), sortKeys(promise.adds ?? {})),
    ...same('list', stream.kind === 'embedded' ? stream.list : undefined, promise.list),
    ...same('lists.adds', listsOf(stream)?.adds, promise.addsList?.field),
    ...same('lists.cursor', timesOf(stream), promise.addsList && sortKeys(promise.addsList.times)),
    ...same('sumsByDay', 'window' in stream ? stream.window?.sumsByDay : undefined, promise.addsDay),
    ...problemsOfAdded(stream, promise),
  ];
}

/** What else than the parent's fields is added to the rows. */
function problemsOfAdded(stream: StreamDeclaration, promise: StreamPromise): readonly string[] {
  const { values = [], envelope = [] } = stream.kind === 'embedded' ? {} : stream;
  const adding = values.filter(({ adds }) => adds !== undefined);
  const added = addedValuesOf({ streams: [promise] });
  const pick = <T>(of: readonly T[], field: keyof T) => of.map((item) => item[field] ?? null);
  return [
    ...same('envelope', inOrder(envelope), inOrder(promise.addsBeside ?? [])),
    ...same('values.adds', pick(adding, 'adds'), pick(added, 'field')),
    ...same('values.unset', pick(adding, 'unset'), pick(added, 'unset')),
  ];
}

function listsOf(stream: StreamDeclaration) {
  return 'lists' in stream ? stream.lists : undefined;
}

/** Each list has an identity of its own, or the stream has one. */
function identityOf(stream: StreamDeclaration): unknown {
  const lists = listsOf(stream);
  if (lists === undefined) return stream.recordHash;
  return Object.fromEntries(Object.entries(lists.of).map(([list, { recordHash }]) => [list, recordHash]));
}

function timesOf(stream: StreamDeclaration): unknown {
  const lists = listsOf(stream);
  if (lists === undefined) return undefined;
  return sortKeys(Object.fromEntries(Object.entries(lists.of).map(([list, { cursor }]) => [list, cursor])));
}
