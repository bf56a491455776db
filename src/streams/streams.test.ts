import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type {
  Endpoint,
  Fallback,
  Listing,
  Parent,
  SnapshotStream,
  StreamDeclaration,
} from './declaration.ts';
import { families, listings, streams } from './index.ts';

type Declared = StreamDeclaration | Listing;

const schemas = new URL('../../schemas/', import.meta.url);

/** What is wrong with a list of declarations, in words. */
function findProblems(declarations: readonly Declared[]): readonly string[] {
  return declarations.flatMap((declaration) => [
    ...nameProblems(declaration, declarations),
    ...parentProblems(declaration, declarations),
    ...('path' in declaration ? endpointProblems(declaration, declaration.name) : []),
    ...('kind' in declaration ? streamProblems(declaration) : []),
  ]);
}

function nameProblems({ name }: Declared, declarations: readonly Declared[]): readonly string[] {
  return [
    ...(declarations.filter((other) => other.name === name).length > 1 ? [`${name}: not unique`] : []),
    ...(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) ? [] : [`${name}: not snake_case`]),
  ];
}

function endpointProblems(endpoint: Endpoint | Fallback, name: string): readonly string[] {
  const { path, parent, values = [], records, pageSize } = endpoint;
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => String(placeholder));
  const filled = [...Object.keys(parent?.parameters ?? {}), ...values.map(({ parameter }) => parameter)];
  const fallback = 'fallback' in endpoint ? endpoint.fallback : undefined;
  return [
    ...placeholders.filter((one) => !filled.includes(one)).map((one) => `${name}: nothing fills {${one}}`),
    ...values.flatMap(({ values: each, adds, unset }) => [
      ...(adds === undefined || each.includes('') === (unset !== undefined)
        ? []
        : [`${name}: what is added for no value goes with leaving the parameter out`]),
      ...(unset !== undefined && adds === undefined ? [`${name}: unset without adds`] : []),
    ]),
    ...(records === undefined && pageSize !== undefined ? [`${name}: a body has no pages`] : []),
    ...(fallback === undefined ? [] : endpointProblems(fallback, `${name} fallback`)),
  ];
}

/** Rows with a time are found in windows: only these have derived streams, and no snapshot stands on them. */
function parentProblems(declaration: Declared, declarations: readonly Declared[]): readonly string[] {
  const { name, parent } = declaration;
  if (parent === undefined) return [];
  const found = declarations.find((other) => other.name === parent.name);
  if (found === undefined) return [`${name}: unknown parent ${parent.name}`];
  return [
    ...kindProblems(declaration, found),
    ...('parameters' in parent ? withoutProblems(declaration, parent) : []),
    ...('query' in parent ? queryProblems(declaration, found) : []),
  ];
}

/** The call without the parent is one of a listing that is read as a whole, and knows its rows without the parent. */
function withoutProblems(declaration: Declared, { without, parameters, adds }: Parent): readonly string[] {
  const { name } = declaration;
  if (without === undefined) return [];
  const isSnapshot = 'kind' in declaration && declaration.kind === 'snapshot';
  const isFilled = (parameter: string) =>
    'path' in declaration && declaration.path.includes(`{${parameter}}`);
  return [
    ...(isSnapshot ? [] : [`${name}: only a snapshot is read without its parent`]),
    ...(Object.keys(parameters).some(isFilled) ? [`${name}: its path cannot do without the parent`] : []),
    ...(adds === undefined ? [] : [`${name}: without its parent there is nothing to add`]),
  ];
}

function queryProblems(declaration: Declared, parent: Declared): readonly string[] {
  const { name } = declaration;
  const isDerived = 'kind' in declaration && declaration.kind === 'derived';
  return [
    ...(isDerived ? [] : [`${name}: only a windowed parent is listed with a query`]),
    ...('fallback' in parent ? [`${name}: what replaces ${parent.name} takes no query of its own`] : []),
  ];
}

function kindProblems(declaration: Declared, found: Declared): readonly string[] {
  const { name } = declaration;
  const parentKind = 'kind' in found ? found.kind : 'listing';
  const kind = 'kind' in declaration ? declaration.kind : 'listing';
  const isWindowed = kind === 'derived' || kind === 'embedded';
  const isFitting = isWindowed
    ? parentKind === 'windowed'
    : parentKind === 'snapshot' || parentKind === 'listing';
  return isFitting ? [] : [`${name}: no ${kind} stands on a ${parentKind} (${found.name})`];
}

function streamProblems(declaration: StreamDeclaration): readonly string[] {
  const { name, primaryKey, recordHash } = declaration;
  const isAdded = (field: string) => field in (declaration.parent?.adds ?? {});
  const isOfParent = declaration.kind === 'derived' || declaration.kind === 'embedded';
  return [
    ...(isOfParent && !isAdded(declaration.cursor) ? [`${name}: its cursor is not added`] : []),
    ...(primaryKey.includes('record_hash') === (recordHash !== undefined)
      ? []
      : [`${name}: record_hash without identity, or the other way round`]),
  ];
}

const declared: readonly Declared[] = [...streams, ...listings];

test('the declarations are sound', () => {
  expect(findProblems(declared)).toEqual([]);
});

describe('a broken declaration is noticed', () => {
  const find = (name: string) => streams.find((stream) => stream.name === name) as StreamDeclaration;
  const users = find('users') as SnapshotStream;
  const participants = find('past_meeting_participants') as Extract<StreamDeclaration, { kind: 'derived' }>;
  test.each<{ broken: StreamDeclaration; expected: string }>([
    { broken: users, expected: 'users: not unique' },
    { broken: { ...users, name: 'Xs' }, expected: 'Xs: not snake_case' },
    { broken: { ...users, name: 'xs', path: '/x/{id}' }, expected: 'xs: nothing fills {id}' },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'nobody' } },
      expected: 'xs: unknown parent nobody',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'users' } },
      expected: 'xs: no derived stands on a snapshot (users)',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'recordings', parameters: { id: 'id' } },
      },
      expected: 'xs: no snapshot stands on a windowed (recordings)',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, adds: {} } },
      expected: 'xs: its cursor is not added',
    },
    {
      broken: { ...users, name: 'xs', recordHash: [['a']] },
      expected: 'xs: record_hash without identity, or the other way round',
    },
    {
      broken: { ...users, name: 'xs', values: [{ parameter: 'a', values: ['', 'b'], adds: 'a' }] },
      expected: 'xs: what is added for no value goes with leaving the parameter out',
    },
    {
      broken: { ...users, name: 'xs', values: [{ parameter: 'a', values: [''], unset: 'b' }] },
      expected: 'xs: unset without adds',
    },
    {
      broken: { ...find('meetings'), name: 'xs', pageSize: 10 } as StreamDeclaration,
      expected: 'xs: a body has no pages',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, without: 'also' } },
      expected: 'xs: only a snapshot is read without its parent',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'groups', parameters: { id: 'id' }, without: 'also' },
      },
      expected: 'xs: its path cannot do without the parent',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        parent: { name: 'groups', parameters: { id: 'id' }, adds: { group_id: 'id' }, without: 'instead' },
      },
      expected: 'xs: without its parent there is nothing to add',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        parent: { name: 'groups', parameters: { id: 'id' }, query: { a: 'b' } },
      },
      expected: 'xs: only a windowed parent is listed with a query',
    },
    {
      broken: {
        ...participants,
        name: 'xs',
        parent: { ...participants.parent, name: 'phone_voicemails', query: { a: 'b' } },
      },
      expected: 'xs: what replaces phone_voicemails takes no query of its own',
    },
  ])('$expected', ({ broken, expected }) => {
    expect(findProblems([...declared, broken])).toContain(expected);
  });
});

test('parents make no circle', () => {
  for (const { name } of declared) {
    const path = [name];
    for (let next = parentOf(name); next !== undefined; next = parentOf(next)) {
      expect(path).not.toContain(next);
      path.push(next);
    }
  }
});

function parentOf(name: string): string | undefined {
  return declared.find((other) => other.name === name)?.parent?.name;
}

test('every family has streams, and its name is a word', () => {
  for (const [family, members] of Object.entries(families))
    expect([/^[a-z]+$/.test(family), members.length > 0]).toEqual([true, true]);
});

test('no file of the engine or of http names a stream', () => {
  const names = new RegExp(`['"\`](${declared.map(({ name }) => name).join('|')})['"\`]`);
  for (const room of ['engine', 'http']) {
    const folder = new URL(`../${room}/`, import.meta.url);
    for (const file of readdirSync(folder).filter((name) => !name.endsWith('.test.ts')))
      expect([file, names.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1]]).toEqual([file, undefined]);
  }
});

test('there is a schema for each stream, and a stream for each schema', () => {
  expect(readdirSync(schemas).sort()).toEqual(streams.map(({ name }) => `${name}.json`).sort());
});

describe.each(streams)('$name', (stream) => {
  const addedByValue = 'values' in stream ? (stream.values ?? []).flatMap(({ adds = [] }) => adds) : [];

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(stream))).toEqual(stream);
  });

  test('its key, cursor and added fields are in its schema, and nothing but the key is never null', () => {
    const schema = JSON.parse(readFileSync(new URL(`${stream.name}.json`, schemas), 'utf8')) as {
      additionalProperties: boolean;
      properties: Record<string, { type?: unknown; format?: string; airbyte_type?: string }>;
    };
    const cursor = stream.kind === 'snapshot' ? '_ab_cdc_updated_at' : stream.cursor;
    const marks = stream.kind === 'snapshot' ? ['_ab_cdc_updated_at', '_ab_cdc_deleted_at'] : [];
    const added = [...Object.keys(stream.parent?.adds ?? {}), ...addedByValue];
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining([...stream.primaryKey, cursor, ...added, ...marks]),
    );
    const isByDay = stream.kind !== 'snapshot' && stream.precision === 'day';
    const instant = { format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
    expect(schema.properties[cursor]).toMatchObject(isByDay ? { format: 'date' } : instant);
    expect(schema.additionalProperties).toBe(true);
    const notNull = Object.entries(schema.properties).filter(
      ([, { type }]) => !(Array.isArray(type) && type.includes('null')),
    );
    expect(notNull.map(([field]) => field).sort()).toEqual([...stream.primaryKey].sort());
  });
});
