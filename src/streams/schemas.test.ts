import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { streams } from './index.ts';

interface Node {
  readonly type?: string | readonly string[];
  readonly oneOf?: unknown;
  readonly anyOf?: unknown;
  readonly allOf?: unknown;
  readonly format?: string;
  readonly airbyte_type?: string;
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const folder = new URL('../../schemas/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const fileOf = (name: string) => new URL(`${name}.json`, folder);

/** Fields of more than one type, by their path, and why: clients that know one type a field store them as text. */
const severalTypes: Readonly<Record<string, string>> = {};

/** The one form of a schema: what holds fields is open, a field without any is one line. */
function print(value: unknown, indent = '', isOpen = holdsFields(value)): string {
  if (!isOpen) return printLine(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value as object).map(
    ([key, child]) =>
      `${inner}${JSON.stringify(key)}: ${print(child, inner, key === 'properties' || holdsFields(child))}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function printLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}: ${printLine(child)}`);
  return `{ ${entries.join(', ')} }`;
}

function holdsFields(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'properties' in value || Object.values(value).some(holdsFields);
}

/** Every schema inside one, by its path: `a`, `a.b`, `a[]`. */
function nodesOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    nodesOf(child, `${path}.${name}`),
  );
  return [[path, node], ...below, ...(node.items === undefined ? [] : nodesOf(node.items, `${path}[]`))];
}

/** What may be wrong with the schema of one field. */
const rules: Readonly<Record<string, (node: Node, types: readonly string[]) => boolean>> = {
  'not one type': ({ oneOf, anyOf, allOf }, types) =>
    [oneOf, anyOf, allOf].some((choice) => choice !== undefined) ||
    types.filter((type) => type !== 'null').length !== 1,
  'null is not first': (_, types) => types.indexOf('null') > 0,
  closed: ({ additionalProperties }, types) => types.includes('object') && additionalProperties !== true,
  'a list of what?': ({ items }, types) => types.includes('array') && items === undefined,
  'half a date-time': ({ format, airbyte_type }) =>
    (format === 'date-time') !== (airbyte_type === 'timestamp_with_timezone'),
};

/** What is wrong with a schema, in words. */
function findProblems(name: string, schema: Node): readonly string[] {
  const keys = streams.find((stream) => stream.name === name)?.primaryKey ?? [];
  const neverNull = [name, ...keys.map((key) => `${name}.${key}`)];
  return nodesOf(schema, name).flatMap(([path, node]) => {
    if (path in severalTypes) return [];
    const types = [node.type ?? []].flat();
    const broken = Object.keys(rules).filter((problem) => rules[problem]?.(node, types));
    const isNullWrong = neverNull.includes(path) === types.includes('null');
    return [...broken, ...(isNullWrong ? ['null is wrong'] : [])].map((problem) => `${path}: ${problem}`);
  });
}

describe.each(names)('%s', (name) => {
  const text = readFileSync(fileOf(name), 'utf8');
  const schema = JSON.parse(text) as Node;

  test('is printed in the one form; SOURCE_ZOOM_PRINT_SCHEMAS=1 prints it anew', () => {
    const printed = `${print(schema)}\n`;
    if (process.env['SOURCE_ZOOM_PRINT_SCHEMAS'] === '1') writeFileSync(fileOf(name), printed);
    else expect(text).toBe(printed);
  });

  test('has one type a field, and null everywhere but in the key', () => {
    expect(findProblems(name, schema)).toEqual([]);
  });
});

test.each<[string, Node]>([
  ['xs.a: not one type', { type: ['null', 'string', 'integer'] }],
  ['xs.a: not one type', { type: ['null', 'string'], oneOf: [{ type: 'string' }] }],
  ['xs.a: not one type', { type: ['null', 'string'], anyOf: [{ type: 'string' }] }],
  ['xs.a: null is wrong', { type: 'string' }],
  ['xs.a: null is not first', { type: ['string', 'null'] }],
  ['xs.a: closed', { type: ['null', 'object'], properties: {} }],
  ['xs.a: half a date-time', { type: ['null', 'string'], format: 'date-time' }],
  ['xs.a: a list of what?', { type: ['null', 'array'] }],
])('%s', (problem, a) => {
  expect(findProblems('xs', { type: 'object', additionalProperties: true, properties: { a } })).toEqual([
    problem,
  ]);
});
