import { afterEach, describe, expect, test } from '@jest/globals';
import { Account } from './account.ts';
import { isForUsersAlone } from './apps.ts';
import { addedValuesOf, factsOf, listCollections } from './collection-facts.ts';
import {
  fixtureOf,
  type Row,
  readFixtures,
  recordsOf,
  type StreamPromise,
  type WindowRule,
} from './endpoint.ts';
import { exampleRequest } from './example-path.ts';
import { readField } from './fields.ts';
import { listIn } from './pages.ts';
import { type Emulator, startEmulator } from './server.ts';
import { createGet } from './test-client.ts';

const fixtures = readFixtures();
const account = new Account();
let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

/** Values at a dotted path, those in lists one by one. */
function valuesAt(value: unknown, [field, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, field === undefined ? [] : [field, ...rest]));
  if (field === undefined) return [value];
  return typeof value === 'object' && value !== null && field in value
    ? valuesAt((value as Row)[field], rest)
    : [];
}

function hasField(row: Row, path: string): boolean {
  return valuesAt(row, path.replaceAll('[]', '').split('.')).length > 0;
}

function parametersOf({ format, parameters = ['from', 'to'] }: WindowRule): readonly string[] {
  return format === 'month' ? ['year', 'month'] : parameters;
}

function sumFields({ of, by }: NonNullable<WindowRule['sums']>): readonly string[] {
  return [...of, ...by];
}

describe.each(Object.keys(fixtures))('%s', (name) => {
  const fixture = fixtureOf(fixtures, name);

  test('says where its facts were read, in Zoom’s public documents', () => {
    expect(fixture.source).toMatch(/^https:\/\/developers\.zoom\.us\//);
  });

  test('names scopes to read with, and a published label or the one that answers carry', () => {
    const scopes = [...fixture.scopes.granular, ...fixture.scopes.classic];
    expect(scopes.filter((scope) => !/^[a-z0-9_]+(:[a-z0-9_]+)*$/.test(scope))).toEqual([]);
    expect(scopes.length).toBeGreaterThan(0);
    expect(fixture.label ?? fixture.answeredLabel).toMatch(/^(LIGHT|MEDIUM|HEAVY|RESOURCE-INTENSIVE)$/);
  });

  test('knows the parameters that its rules speak of', () => {
    const { below, request, streams = [] } = fixture;
    const added = addedValuesOf({ streams }).map(({ parameter }) => parameter);
    const named = [
      ...(fixture.required ?? []),
      ...Object.keys(fixture.filters ?? {}),
      ...Object.keys(fixture.optionalFields ?? {}),
      ...(fixture.window === undefined ? [] : parametersOf(fixture.window)),
      ...(fixture.window?.fieldParameter === undefined ? [] : [fixture.window.fieldParameter]),
      ...(below?.value === undefined ? [] : [below.value]),
      ...[...added, ...(below === undefined ? [] : [below.in])].filter(
        (parameter) => !request.includes(`{${parameter}}`),
      ),
    ];
    expect(named.filter((parameter) => !(parameter in fixture.parameters))).toEqual([]);
  });

  test('has an example with the fields that its rules speak of', () => {
    const named = [
      fixture.key,
      ...(fixture.window?.sums === undefined ? [fixture.window?.field] : sumFields(fixture.window.sums)),
      ...Object.values(fixture.window?.fields ?? {}),
      fixture.oldCollection?.from,
      fixture.changes,
      ...(fixture.varies ?? []),
      ...Object.keys(fixture.gaps ?? {}),
      ...Object.values(fixture.filters ?? {}).flatMap(({ field, present }) =>
        present === undefined ? field : [],
      ),
    ].filter((field) => field !== undefined);
    const isThere = (field: string) => recordsOf(fixture).some((record) => hasField(record, field));
    expect(named.filter((field) => !isThere(field))).toEqual([]);
  });

  test('promises keys, cursors and added fields that are there', () => {
    for (const promise of fixture.streams ?? []) {
      const { kind, key, cursor, addsBeside = [], list, lookbackDays, volatile = [] } = promise;
      const [record = {}] = list === undefined ? [fixture.record] : (fixture.record[list] as Row[]);
      const added = addedTo(promise);
      expect(addsBeside.filter((field) => !(field in (fixture.beside ?? {})))).toEqual([]);
      expect(volatile.filter((field) => !hasField(record, field))).toEqual([]);
      const isThere = (field: string) => hasField(record, field) || added.includes(field);
      const marks = ['record_hash', '_ab_cdc_updated_at'];
      expect([...key, cursor].filter((field) => !isThere(field) && !marks.includes(field))).toEqual([]);
      expect([cursor === '_ab_cdc_updated_at', lookbackDays === undefined]).toEqual(
        kind === 'snapshot' ? [true, true] : [false, false],
      );
      // Rows of windows are told apart by Zoom's ids or their hash: nothing else may be missing in a key.
      expect(Object.keys(fixture.gaps ?? {}).filter((field) => key.includes(field))).toEqual([]);
    }
  });

  test('is of a parent that has the field which names it', () => {
    const { below } = fixture;
    if (below === undefined) return;
    const parent = fixtureOf(fixtures, below.collection);
    const fields = [below.field, below.after, ...(below.only ?? []).map(({ field }) => field)];
    const added = (parent.streams ?? []).flatMap((promise) => addedTo(promise));
    const isThere = (field: string) => hasField(parent.record, field) || added.includes(field);
    expect(fields.filter((field) => field !== undefined && !isThere(field))).toEqual([]);
    if (below.value !== undefined)
      expect(parent.streams?.some(({ addsValue }) => addsValue !== undefined)).toBe(true);
    for (const [parameter, value] of Object.entries(below.listedBy ?? {}))
      expect(parent.parameters[parameter]?.enum).toContain(value);
  });

  test('names a field that changes, which is neither key nor cursor, nor made anew for each call', () => {
    // Of a string there is nothing but the key.
    if (fixture.strings !== undefined) return;
    const snapshots = (fixture.streams ?? []).filter(({ kind }) => kind === 'snapshot');
    for (const { key, volatile = [] } of snapshots) {
      expect(fixture.changes).toBeDefined();
      expect([...key, ...volatile]).not.toContain(fixture.changes);
      const values = valuesAt(fixture.record, String(fixture.changes).split('.'));
      expect(values.filter((value) => typeof value === 'object')).toEqual([]);
    }
  });

  test('has invented values, and relative instants, only', () => {
    const text = JSON.stringify(recordsOf(fixture));
    const hosts = [...text.matchAll(/(?:https?:\/\/|@)([\w.-]+\.[a-z]{2,})/g)].map(([, host]) => host);
    expect(hosts.filter((host) => host !== 'example.com')).toEqual([]);
    expect(text).not.toMatch(/"20\d\d-\d\d-\d\d/);
  });

  test('is answered, with nothing that it does not document', async () => {
    emulator = await startEmulator({ account });
    const { path, query } = exampleRequest(account, name);
    const app = isForUsersAlone(fixture) ? 'user-level-app' : 's2s-app';
    const { status, body } = await createGet(emulator, app)(path, query);
    expect([path, status]).toEqual([path, 200]);
    const rows = (fixture.collection === undefined ? [body] : listIn(fixture, body)) as Row[];
    if (fixture.strings !== undefined) expect(rows.filter((row) => typeof row !== 'string')).toEqual([]);
    if (fixture.strings !== undefined) return;
    const known = Object.keys(fixture.record);
    expect(rows.flatMap((row) => Object.keys(row)).filter((field) => !known.includes(field))).toEqual([]);
  });
});

describe.each(listCollections(fixtures))('the rows of %s', (name) => {
  const facts = factsOf(fixtures, name);

  test('are below the same parents for every fixture that shows them', () => {
    const parents = facts.views.flatMap(({ below }) =>
      below === undefined ? [] : `${below.collection} ${below.field}`,
    );
    expect(new Set(parents).size).toBeLessThanOrEqual(1);
  });

  test('lack each field that may be missing in at least one of them, and have it in another', () => {
    if (facts.isSingle && facts.below === undefined) return;
    const rows = account.rows(name);
    for (const [path, how] of Object.entries(facts.owner.gaps ?? {})) {
      const found = rows.map((row) => readField(row, path));
      const missing = how === 'absent' ? undefined : how;
      expect([path, found.includes(missing), found.some((value) => value !== missing)]).toEqual([
        path,
        true,
        true,
      ]);
    }
  });

  test('differ', () => {
    const rows = account.rows(name).map((row) => JSON.stringify(row));
    // What a day holds may be the same below two parents.
    const isOfDays = facts.below?.after !== undefined;
    const isAlike = isOfDays || facts.owner.shared === true;
    if (facts.owner.varies !== undefined && account.generated(name) !== undefined && !isAlike)
      expect(new Set(rows).size).toBe(rows.length);
  });
});

function addedTo(promise: StreamPromise): readonly string[] {
  const { adds = {}, addsBeside = [], addsDay, addsList, cursor } = promise;
  return [
    ...Object.keys(adds),
    ...addedValuesOf({ streams: [promise] }).map(({ field }) => field),
    ...addsBeside,
    ...(addsDay === undefined ? [] : [addsDay]),
    ...(addsList === undefined ? [] : [addsList.field, cursor]),
  ];
}
