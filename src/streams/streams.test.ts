import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Endpoint, Fallback, StreamDeclaration } from './declaration.ts';
import { listings, streams } from './index.ts';

const all = [...streams, ...listings];
const schemas = new URL('../../schemas/', import.meta.url);

/** What is wrong with a list of declarations, in words. */
function findProblems(declarations: readonly StreamDeclaration[]): readonly string[] {
  const names = [...declarations, ...listings].map(({ name }) => name);
  return declarations.flatMap((declaration) => [
    ...(names.filter((name) => name === declaration.name).length > 1
      ? [`${declaration.name}: not unique`]
      : []),
    ...(/^[a-z]+(_[a-z]+)*s$/.test(declaration.name) ? [] : [`${declaration.name}: not plural snake_case`]),
    ...placeholderProblems(declaration, declaration.name),
    ...(declaration.fallback === undefined
      ? []
      : placeholderProblems(declaration.fallback, `${declaration.name} fallback`)),
    ...parentProblems(declaration, names),
    ...incrementalProblems(declaration),
  ]);
}

function placeholderProblems({ path, parent }: Endpoint | Fallback, name: string): readonly string[] {
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => String(placeholder));
  return placeholders
    .filter((placeholder) => !(placeholder in (parent?.fields ?? {})))
    .map((placeholder) => `${name}: nothing fills {${placeholder}}`);
}

function parentProblems(
  { name, parent, inject = [] }: StreamDeclaration,
  names: readonly string[],
): readonly string[] {
  const unknown =
    parent !== undefined && !names.includes(parent.name) ? [`${name}: unknown parent ${parent.name}`] : [];
  return [
    ...unknown,
    ...inject
      .filter((field) => !(field in (parent?.fields ?? {})))
      .map((field) => `${name}: nothing gives ${field}`),
  ];
}

function incrementalProblems(declaration: StreamDeclaration): readonly string[] {
  const { name, incremental, primaryKey, embedded, inject = [], recordHash, window } = declaration;
  const problems: string[] = [];
  if (incremental.kind === 'windowed' && embedded === undefined && window === undefined)
    problems.push(`${name}: windowed without a window`);
  if (incremental.kind === 'derived' && !inject.includes(incremental.cursor))
    problems.push(`${name}: its cursor is not injected`);
  if (primaryKey.includes('record_hash') !== (recordHash !== undefined))
    problems.push(`${name}: record_hash without identity, or the other way round`);
  const hasTombstones = incremental.kind === 'snapshot' && incremental.tombstones === true;
  if (hasTombstones && primaryKey.length > 1) problems.push(`${name}: tombstones need a key of one field`);
  return problems;
}

test('the declarations are sound', () => {
  expect(findProblems(streams)).toEqual([]);
});

describe('a broken declaration is noticed', () => {
  const [users] = streams as readonly [StreamDeclaration];
  const participants = streams.find(({ name }) => name === 'past_meeting_participants') as StreamDeclaration;
  test.each<{ broken: StreamDeclaration; expected: string }>([
    { broken: users, expected: 'users: not unique' },
    { broken: { ...users, name: 'user' }, expected: 'user: not plural snake_case' },
    { broken: { ...users, name: 'xs', path: '/x/{id}' }, expected: 'xs: nothing fills {id}' },
    {
      broken: { ...participants, name: 'xs', parent: { name: 'nobody', fields: { meeting_uuid: 'x' } } },
      expected: 'xs: unknown parent nobody',
    },
    { broken: { ...participants, name: 'xs', inject: [] }, expected: 'xs: its cursor is not injected' },
    {
      broken: { ...users, name: 'xs', incremental: { kind: 'windowed', cursor: 'x', lookbackDays: 1 } },
      expected: 'xs: windowed without a window',
    },
    {
      broken: { ...users, name: 'xs', primaryKey: ['id', 'email'] },
      expected: 'xs: tombstones need a key of one field',
    },
    {
      broken: { ...users, name: 'xs', recordHash: [['a']] },
      expected: 'xs: record_hash without identity, or the other way round',
    },
  ])('$expected', ({ broken, expected }) => {
    expect(findProblems([...streams, broken])).toContain(expected);
  });
});

test('parents make no circle', () => {
  for (const { name } of all) {
    const path = [name];
    for (let next = all.find((other) => other.name === name)?.parent?.name; next !== undefined; ) {
      expect(path).not.toContain(next);
      path.push(next);
      next = all.find((other) => other.name === next)?.parent?.name;
    }
  }
});

test('there is a schema for each stream, and a stream for each schema', () => {
  expect(readdirSync(schemas).sort()).toEqual(streams.map(({ name }) => `${name}.json`).sort());
});

describe.each(streams)('$name', (stream) => {
  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(stream))).toEqual(stream);
  });

  test('its key, cursor and injected fields are in its schema, and nothing but the key is never null', () => {
    const schema = JSON.parse(readFileSync(new URL(`${stream.name}.json`, schemas), 'utf8')) as {
      additionalProperties: boolean;
      properties: Record<string, { type?: unknown; oneOf?: unknown; format?: string; airbyte_type?: string }>;
    };
    const cursor = stream.incremental.kind === 'snapshot' ? '_ab_cdc_updated_at' : stream.incremental.cursor;
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining([...stream.primaryKey, cursor, ...(stream.inject ?? [])]),
    );
    expect(schema.properties[cursor]).toMatchObject({
      format: 'date-time',
      airbyte_type: 'timestamp_with_timezone',
    });
    expect(schema.additionalProperties).toBe(true);
    const notNull = Object.entries(schema.properties).filter(
      ([, { type, oneOf }]) => oneOf === undefined && !(Array.isArray(type) && type.includes('null')),
    );
    expect(notNull.map(([field]) => field).sort()).toEqual([...stream.primaryKey].sort());
  });
});
