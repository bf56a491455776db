import { describe, expect, test } from '@jest/globals';
import { isJsonObject, type JsonObject } from '../json.ts';
import { readSchema } from '../resources.ts';
import { streams } from '../streams/index.ts';
import { validate } from '../validate.ts';
import { createTyper } from './declared-types.ts';

const time = { type: ['null', 'string'], format: 'date-time' };
const typed = createTyper({
  properties: {
    at: time,
    day: { type: ['null', 'string'], format: 'date' },
    count: { type: ['null', 'integer'] },
    text: { type: ['null', 'string'] },
    is: { type: ['null', 'boolean'] },
    object: { type: ['null', 'object'], properties: { at: time } },
    numbers: { type: ['null', 'array'], items: { type: ['null', 'integer'] } },
    times: { type: ['null', 'array'], items: time },
    names: { type: ['null', 'array'], items: { type: ['null', 'string'] } },
    inside: { properties: { at: time } },
    list: {
      type: ['null', 'array'],
      items: { type: ['null', 'object'], properties: { at: time, size: { type: ['null', 'number'] } } },
    },
  },
});

describe('a time leaves as RFC 3339', () => {
  test.each([
    { value: 1_767_225_600, expected: '2026-01-01T00:00:00Z' },
    { value: 1_767_225_600_123, expected: '2026-01-01T00:00:00.123Z' },
    { value: '1767225600', expected: '2026-01-01T00:00:00Z' },
    { value: '2026-01-01 09:30:00', expected: '2026-01-01T09:30:00Z' },
    { value: '2026-01-01T09:30:00', expected: '2026-01-01T09:30:00Z' },
    { value: '2026-01-01 07:09:03:216', expected: '2026-01-01T07:09:03.216Z' },
    { value: '2026-01-01', expected: '2026-01-01T00:00:00Z' },
  ])('$value', ({ value, expected }) => {
    expect(typed({ at: value })).toEqual({ record: { at: expected }, nulled: [] });
  });

  test('as it is where it is one already', () => {
    const row = {
      at: '2026-01-01T09:30:00+02:00',
      inside: { at: '2026-01-01T09:30:00.5Z' },
      list: [{ at: null }],
    };
    expect(typed(row).record).toBe(row);
  });
});

test.each([
  { value: 'A', expected: { record: { names: ['A'] }, nulled: [] } },
  { value: ['A', 'B'], expected: { record: { names: ['A', 'B'] }, nulled: [] } },
  { value: [], expected: { record: { names: [] }, nulled: [] } },
  { value: null, expected: { record: { names: null }, nulled: [] } },
  { value: '', expected: { record: { names: null }, nulled: ['names'] } },
])('where a list of strings is declared, $value leaves as $expected.record.names', ({ value, expected }) => {
  expect(typed({ names: value })).toEqual(expected);
});

test.each([
  { value: '2026-01-01', expected: '2026-01-01' },
  { value: '2026-01-01T09:30:00Z', expected: '2026-01-01' },
  { value: 1_767_225_600, expected: '2026-01-01' },
])('where a day is declared, $value leaves as one', ({ value, expected }) => {
  expect(typed({ day: value })).toEqual({ record: { day: expected }, nulled: [] });
});

test.each([
  { field: 'count', value: '7', expected: 7 },
  { field: 'count', value: ' 007 ', expected: 7 },
  // Read as a number it would end in 000.
  { field: 'count', value: '12345678901234567890', expected: '12345678901234567890' },
  { field: 'text', value: 7, expected: '7' },
  { field: 'text', value: false, expected: 'false' },
  { field: 'text', value: { a: [1] }, expected: '{"a":[1]}' },
  { field: 'is', value: 'true', expected: true },
  { field: 'is', value: 'false', expected: false },
  {
    field: 'object',
    value: '{"a":"\\u0000","at":1767225600}',
    expected: { a: '\ufffd', at: '2026-01-01T00:00:00Z' },
  },
  { field: 'list', value: { at: 1_767_225_600 }, expected: [{ at: '2026-01-01T00:00:00Z' }] },
  { field: 'numbers', value: 7, expected: [7] },
  { field: 'numbers', value: ['7', null, 8], expected: [7, null, 8] },
  { field: 'names', value: [7, ''], expected: ['7', ''] },
  {
    field: 'times',
    value: ['2026-01-01', 1_767_225_600],
    expected: ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  },
])('$value leaves as $expected where $field is declared', ({ field, value, expected }) => {
  expect(typed({ [field]: value })).toEqual({ record: { [field]: expected }, nulled: [] });
});

test.each([
  {
    field: 'at',
    values: [
      '0000-00-00T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00+99:00',
      true,
    ],
  },
  { field: 'day', values: ['0000-00-00', '2026-13-45', '2026-02-29', {}] },
  { field: 'count', values: [1.5, '1.5', true, {}, [], ' '] },
  { field: 'is', values: ['', 'yes', 0, 1, {}, []] },
  {
    field: 'object',
    values: ['', 'x', '{', '[]', '"x"', 1, [], `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
  },
  { field: 'numbers', values: ['', 'x', 1.5, {}] },
  { field: 'list', values: ['', 'x', 1, true] },
])('where $field is declared, $values leave as null and are named', ({ field, values }) => {
  for (const value of values)
    expect(typed({ [field]: value })).toEqual({ record: { [field]: null }, nulled: [field] });
});

test('what cannot be of its type within a list leaves as null and is named once', () => {
  expect(typed({ numbers: [1, '', 'x'], list: [{ at: '' }, 'x', { at: '' }], times: ['', null] })).toEqual({
    record: { numbers: [1, null, null], list: [{ at: null }, null, { at: null }], times: [null, null] },
    nulled: ['numbers', 'times', 'list', 'list.at'],
  });
});

test('what cannot be of its type leaves as null and is named, at any depth', () => {
  const row = {
    at: '',
    day: '',
    count: '',
    text: '',
    inside: { at: 'soon' },
    list: [{ at: 12, size: 'many' }, { size: '7' }],
  };
  const before = structuredClone(row);
  expect(typed(row)).toEqual({
    record: {
      at: null,
      day: null,
      count: null,
      text: '',
      inside: { at: null },
      list: [{ at: null, size: null }, { size: 7 }],
    },
    nulled: ['at', 'day', 'count', 'inside.at', 'list.at', 'list.size'],
  });
  expect(row).toEqual(before);
});

const oddities: readonly unknown[] = [
  null,
  '',
  'x',
  'true',
  '7',
  '{"a":1}',
  '0000-00-00',
  '2026-02-30T00:00:00Z',
  '2026-01-31',
  1_767_225_600,
  0,
  1.5,
  false,
  {},
  { a: '' },
  [],
  [''],
  [7],
  [null],
  [{}],
];

/** A row with the same value in every field, down to where the schema ends. */
function filledWith(value: unknown, schema: JsonObject): JsonObject {
  const entries = Object.entries((schema['properties'] ?? {}) as Record<string, JsonObject>);
  return Object.fromEntries(
    entries.map(([field, property]) => {
      if (isJsonObject(property['items']) && property['items']['properties'] !== undefined)
        return [field, [filledWith(value, property['items']), value]];
      return [field, property['properties'] === undefined ? value : filledWith(value, property)];
    }),
  );
}

/** A row whose key is null does not leave. */
function withoutNullKeys(record: JsonObject, { properties }: JsonObject): JsonObject {
  const isKey = (field: string) =>
    [(properties as Record<string, JsonObject>)[field]?.['type']].flat().length === 1;
  return Object.fromEntries(
    Object.entries(record).filter(([field, value]) => value !== null || !isKey(field)),
  );
}

test.each(streams.map(({ name }) => name))(
  'whatever Zoom sends, records of %s are valid under its schema',
  (name) => {
    const schema = readSchema(name);
    const fields = Object.keys(schema['properties'] as JsonObject);
    const rows = oddities.flatMap((value) => [
      filledWith(value, schema),
      Object.fromEntries(fields.map((field) => [field, value])),
    ]);
    const type = createTyper(schema);
    const records = rows.map((row) => withoutNullKeys(type(row).record, schema));
    expect(validate({ type: 'array', items: schema }, records)).toEqual([]);
  },
);
