import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { pickFalsehood, readDeclarations } from './falsehood.ts';
import { falsifications } from './falsifications.ts';
import { findDeclarations } from './literals.ts';

/** Declarations of no use but for their shape. */
const source = `
import type { Listing, StreamDeclaration } from './declaration.ts';

export const listings: readonly Listing[] = [{ name: 'lists', path: '/lists' }];

export const some: readonly StreamDeclaration[] = [
  {
    kind: 'snapshot',
    name: 'members',
    path: '/groups/{group_id}/members',
    records: 'members',
    rateLimit: 'medium',
    scopes: { granular: ['group:read:list_members:admin'], classic: ['group:read:admin', 'profile'] },
    pageSize: 2000,
    // A brace in a comment: }, and a quote that isn't closed.
    query: { type: 'scheduled', deep: true, level: 2 },
    parent: { name: 'groups', parameters: { group_id: 'id' }, adds: { group_id: 'id' } },
    primaryKey: ['group_id', 'id'],
    recordHash: [['id'], ['email', 'join_time']],
    tombstones: true,
    volatile: ['start_url'],
  },
  // Another one.
  {
    kind: 'windowed',
    name: 'calls',
    path: '/calls',
    records: 'calls',
    scopes: { granular: ['call:read:admin'], classic: [] },
    values: { parameter: 'status', values: ['', 'new'], adds: 'status', unset: 'old' },
    window: { maxDays: 28, format: 'date', keptMonths: 6 },
    fallback: { path: '/me/calls', records: 'calls', rateLimit: 'light', pageSize: 0, window: { maxDays: 7, format: 'date' } },
    primaryKey: ['id'],
    cursor: 'end_time', // its end
    lookbackDays: 1
  },
  { kind: 'snapshot', name: 'rooms', path: '/rooms/{id}', primaryKey: ['id'] },
  {
    kind: 'windowed',
    name: 'hosts',
    window: { maxDays: 1, format: 'date', parameters: ['since', 'before'], sumsByDay: 'day', until: 'yesterday' },
  },
  { kind: 'embedded', name: 'files', parent: { name: 'calls', adds: { call_id: 'id' } }, list: 'files' },
];
`;
const declarations = findDeclarations(source);
const textOf = (name: string) => declarations.find((declaration) => declaration.name === name)?.text ?? '';
const fields = ['id', 'email', 'name', 'topic', '_ab_cdc_deleted_at'];

test('the declarations of streams are found where they are, and nothing else', () => {
  expect(declarations.map(({ name }) => name)).toEqual(['members', 'calls', 'rooms', 'hosts', 'files']);
  for (const { start, text } of declarations) {
    expect(source.slice(start, start + text.length)).toBe(text);
    expect([text.at(0), text.at(-1)]).toEqual(['{', '}']);
  }
});

/** What a declaration says. */
function read(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(runInNewContext(`(${text})`))) as Readonly<Record<string, unknown>>;
}

/** The fields that a false declaration says something else of, as it says them; null for what it leaves out. */
function falseFieldsOf(truth: string, falsehood: string): Readonly<Record<string, unknown>> {
  const [one, other] = [read(truth), read(falsehood)];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const differing = keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
  return Object.fromEntries(differing.map((key) => [key, other[key] ?? null]));
}

describe('each kind of falsehood changes what it names, and nothing else', () => {
  const granular = ['group:read:list_members:admin'];
  const classic = ['group:read:admin', 'profile'];
  const query = { type: 'scheduled', deep: true, level: 2 };
  const values = { parameter: 'status', values: ['', 'new'], adds: 'status', unset: 'old' };
  const window = { maxDays: 28, format: 'date', keptMonths: 6 };
  const words = {
    maxDays: 1,
    format: 'date',
    parameters: ['since', 'before'],
    sumsByDay: 'day',
    until: 'yesterday',
  };
  const fallback = {
    path: '/me/calls',
    records: 'calls',
    rateLimit: 'light',
    pageSize: 0,
    window: { maxDays: 7, format: 'date' },
  };
  const parent = { name: 'calls', adds: { call_id: 'id' } };

  test.each<{ kind: string; name: string; expected: readonly Readonly<Record<string, unknown>>[] }>([
    {
      kind: 'label',
      name: 'members',
      expected: [{ rateLimit: 'light' }, { rateLimit: 'heavy' }, { rateLimit: 'resource_intensive' }],
    },
    {
      kind: 'label',
      name: 'rooms',
      expected: [{ rateLimit: 'light' }, { rateLimit: 'medium' }, { rateLimit: 'resource_intensive' }],
    },
    { kind: 'label', name: 'files', expected: [] },
    {
      kind: 'scope',
      name: 'members',
      expected: [
        { scopes: { granular: ['group:read:list_members:adminx'], classic } },
        { scopes: { granular, classic: ['group:read:adminx', 'profile'] } },
        { scopes: { granular, classic: ['group:read:admin', 'profilex'] } },
      ],
    },
    { kind: 'scope', name: 'rooms', expected: [] },
    { kind: 'page size', name: 'members', expected: [{ pageSize: 4000 }, { pageSize: 0 }] },
    {
      kind: 'page size',
      name: 'calls',
      expected: [{ pageSize: 600 }, { pageSize: 0 }, { fallback: { ...fallback, pageSize: 300 } }],
    },
    { kind: 'page size', name: 'rooms', expected: [] },
    {
      kind: 'window length',
      name: 'calls',
      expected: [
        { window: { ...window, maxDays: 56 } },
        { window: { ...window, keptMonths: 12 } },
        { fallback: { ...fallback, window: { maxDays: 14, format: 'date' } } },
      ],
    },
    { kind: 'window length', name: 'members', expected: [] },
    {
      kind: 'window words',
      name: 'hosts',
      expected: [
        { window: { ...words, parameters: undefined } },
        { window: { ...words, until: undefined } },
        { window: { ...words, sumsByDay: 'dayx' } },
      ],
    },
    { kind: 'window words', name: 'calls', expected: [] },
    { kind: 'key', name: 'calls', expected: [{ primaryKey: ['email'] }, { primaryKey: ['name'] }] },
    {
      kind: 'key',
      name: 'members',
      expected: [
        { primaryKey: ['id'] },
        { primaryKey: ['email', 'id'] },
        { primaryKey: ['name', 'id'] },
        { primaryKey: ['group_id'] },
        { primaryKey: ['group_id', 'email'] },
        { primaryKey: ['group_id', 'name'] },
        { recordHash: [['email', 'join_time']] },
        { recordHash: [['id']] },
        { recordHash: [['idx'], ['email', 'join_time']] },
        { recordHash: [['id'], ['emailx', 'join_time']] },
        { recordHash: [['id'], ['email', 'join_timex']] },
      ],
    },
    { kind: 'volatile', name: 'members', expected: [{ volatile: [] }] },
    {
      kind: 'volatile',
      name: 'rooms',
      expected: [{ volatile: ['email'] }, { volatile: ['name'] }, { volatile: ['topic'] }],
    },
    { kind: 'volatile', name: 'calls', expected: [] },
    {
      kind: 'added field',
      name: 'files',
      expected: [
        { parent: { ...parent, adds: {} } },
        { parent: { ...parent, adds: { call_id: 'idx' } } },
        { parent: { ...parent, adds: { call_idx: 'id' } } },
      ],
    },
    {
      kind: 'added field',
      name: 'calls',
      expected: [{ values: { ...values, adds: 'statusx' } }, { values: { ...values, unset: 'oldx' } }],
    },
    { kind: 'added field', name: 'rooms', expected: [] },
    { kind: 'tombstones', name: 'members', expected: [{ tombstones: null }] },
    { kind: 'tombstones', name: 'rooms', expected: [{ tombstones: true }] },
    { kind: 'tombstones', name: 'calls', expected: [] },
    {
      kind: 'parameter value',
      name: 'members',
      expected: [
        { query: { deep: true, level: 2 } },
        { query: { ...query, type: 'scheduledx' } },
        { query: { type: 'scheduled', level: 2 } },
        { query: { ...query, deep: false } },
        { query: { type: 'scheduled', deep: true } },
        { query: { ...query, level: 3 } },
      ],
    },
    {
      kind: 'parameter value',
      name: 'calls',
      expected: [
        { values: { ...values, values: ['new'] } },
        { values: { ...values, values: ['x', 'new'] } },
        { values: { ...values, values: [''] } },
        { values: { ...values, values: ['', 'newx'] } },
        { values: { ...values, parameter: 'statusx' } },
      ],
    },
    { kind: 'parameter value', name: 'rooms', expected: [] },
  ])('$kind of $name', ({ kind, name, expected }) => {
    const text = textOf(name);
    const falsehoods = falsifications[kind]?.(text, fields) ?? [];
    expect(falsehoods.map((falsehood) => falseFieldsOf(text, falsehood))).toEqual(expected);
  });
});

test('every stream of the program is found, and the same seed states the same', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const schemas = readdirSync(join(root, 'schemas')).map((file) => file.replace('.json', ''));
  expect(readDeclarations(root).map(({ stream }) => stream)).toEqual(schemas.sort());
  for (const seed of ['1', '2', '3']) {
    const falsehood = pickFalsehood(root, seed);
    expect(falsehood.after).not.toBe(falsehood.before);
    expect(pickFalsehood(root, seed)).toEqual(falsehood);
  }
  expect(pickFalsehood(root, '1', 'phone').stream).toMatch(/^phone_/);
  expect(() => pickFalsehood(root, '1', 'telephony')).toThrow('telephony');
});
