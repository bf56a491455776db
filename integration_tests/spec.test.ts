import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { Row } from './harness/messages.ts';
import { runConnector } from './harness/run.ts';

/* The rules that Airbyte's connector acceptance tests have for a specification, so that its form shows it. */

const spec = JSON.parse(readFileSync(new URL('../spec.json', import.meta.url), 'utf8')) as Row;

const secretNames =
  /^(client_token|access_token|api_token|token|secret|client_secret|password|key|service_account_info|service_account|tenant_id|certificate|jwt|app_id|appid|refresh_token)$/;
const forbidden = [
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'prefixItems',
  '$ref',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
];

/** Every schema inside a schema, with its path. */
function* walk(
  schema: Row,
  path: readonly string[] = [],
): Generator<{ schema: Row; path: readonly string[] }> {
  yield { schema, path };
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Record<string, Row>))
    yield* walk(child, [...path, name]);
  for (const child of (schema['oneOf'] ?? []) as Row[]) yield* walk(child, path);
}

/** What is wrong with a specification, in words. */
function findProblems(candidate: Row): readonly string[] {
  const root = candidate['connectionSpecification'] as Row;
  return [...walk(root)]
    .flatMap(({ schema, path }) => schemaProblems(schema, path.join('.')))
    .concat(oauthProblems(candidate));
}

function schemaProblems(schema: Row, path: string): readonly string[] {
  const name = path.split('.').at(-1) ?? '';
  const type = schema['type'];
  const problems = forbidden.filter((keyword) => keyword in schema).map((keyword) => `${path}: ${keyword}`);
  if (schema['additionalProperties'] === false) problems.push(`${path}: additionalProperties false`);
  if (Array.isArray(type) && !(type.length === 1 || (type.length === 2 && type[1] === 'null')))
    problems.push(`${path}: type is a list`);
  if (type === 'object' && schema['properties'] === undefined && schema['oneOf'] === undefined)
    problems.push(`${path}: empty object`);
  const isScalar = type === 'string' || type === 'integer' || type === 'number';
  if (
    isScalar &&
    secretNames.test(name) &&
    schema['const'] === undefined &&
    schema['airbyte_secret'] !== true
  )
    problems.push(`${path}: not marked as secret`);
  const values = schema['enum'];
  if (Array.isArray(values) && new Set(values).size !== values.length) problems.push(`${path}: enum repeats`);
  return [...problems, ...orderProblems(schema, path), ...oneOfProblems(schema, path)];
}

function orderProblems(schema: Row, path: string): readonly string[] {
  const orders = Object.values((schema['properties'] ?? {}) as Record<string, Row>).map(({ order }) => order);
  return new Set(orders).size === orders.length ? [] : [`${path}: order repeats`];
}

function oneOfProblems(schema: Row, path: string): readonly string[] {
  const variants = schema['oneOf'] as Row[] | undefined;
  if (variants === undefined) return [];
  if (schema['type'] !== 'object') return [`${path}: oneOf outside an object`];
  const properties = variants.map((variant) => (variant['properties'] ?? {}) as Record<string, Row>);
  const constants = properties.map((fields) =>
    Object.keys(fields).filter((field) => fields[field]?.['const'] !== undefined),
  );
  const shared = (constants[0] ?? []).filter((field) => constants.every((names) => names.includes(field)));
  if (shared.length !== 1) return [`${path}: oneOf without one shared constant`];
  const field = String(shared[0]);
  const wrong = properties.filter(
    (fields) =>
      fields[field]?.['default'] !== fields[field]?.['const'] ||
      JSON.stringify(fields[field]?.['enum']) !== JSON.stringify([fields[field]?.['const']]),
  );
  return wrong.length > 0 ? [`${path}: default or enum differs from const`] : [];
}

/** Every path that the platform fills in has to exist, and OAuth has to be the first choice. */
function oauthProblems(candidate: Row): readonly string[] {
  const auth = candidate['advanced_auth'] as Row;
  const root = candidate['connectionSpecification'] as Row;
  const known = new Set([...walk(root)].map(({ path }) => path.join('.')));
  const blobs = Object.entries(auth['oauth_config_specification'] as Record<string, Row>);
  const paths = blobs
    .flatMap(([, blob]) => Object.values((blob['properties'] ?? {}) as Record<string, Row>))
    .flatMap(({ path_in_connector_config }) =>
      path_in_connector_config === undefined ? [] : [(path_in_connector_config as string[]).join('.')],
    );
  const missing = paths.filter((path) => !known.has(path)).map((path) => `advanced_auth: no ${path}`);
  const [predicate, field] = auth['predicate_key'] as [string, string];
  const first = (((root['properties'] as Record<string, Row>)[predicate]?.['oneOf'] ?? []) as Row[])[0];
  const constant = (first?.['properties'] as Record<string, Row> | undefined)?.[field]?.['const'];
  return constant === auth['predicate_value']
    ? missing
    : [...missing, 'advanced_auth: OAuth is not the first choice'];
}

test('the specification keeps the rules', () => {
  expect(findProblems(spec)).toEqual([]);
});

describe('a broken specification is noticed', () => {
  const change = (mutate: (root: Record<string, Row>, whole: Row) => void): Row => {
    const copy = structuredClone(spec);
    mutate((copy['connectionSpecification'] as Row)['properties'] as Record<string, Row>, copy);
    return copy;
  };
  const variants = (root: Record<string, Row>) =>
    root['credentials']?.['oneOf'] as Record<string, Record<string, Row>>[];
  test.each<{ expected: string; broken: Row }>([
    {
      expected: 'concurrency: anyOf',
      broken: change((root) => Object.assign(root['concurrency'] ?? {}, { anyOf: [] })),
    },
    {
      expected: 'retry: additionalProperties false',
      broken: change((root) => Object.assign(root['retry'] ?? {}, { additionalProperties: false })),
    },
    {
      expected: 'api_url: type is a list',
      broken: change((root) => Object.assign(root['api_url'] ?? {}, { type: ['null', 'string'] })),
    },
    {
      expected: 'extra: empty object',
      broken: change((root) => Object.assign(root, { extra: { type: 'object', order: 99 } })),
    },
    {
      expected: 'token: not marked as secret',
      broken: change((root) => Object.assign(root, { token: { type: 'string', order: 99 } })),
    },
    {
      expected: 'zoom_plan: enum repeats',
      broken: change((root) => Object.assign(root['zoom_plan'] ?? {}, { enum: ['pro', 'pro'] })),
    },
    {
      expected: ': order repeats',
      broken: change((root) => Object.assign(root['api_url'] ?? {}, { order: 1 })),
    },
    {
      expected: 'credentials: oneOf without one shared constant',
      broken: change((root) => delete variants(root)[0]?.['properties']?.['auth_type']),
    },
    {
      expected: 'advanced_auth: no credentials.refresh_token',
      broken: change((root) => delete variants(root)[0]?.['properties']?.['refresh_token']),
    },
    {
      expected: 'advanced_auth: OAuth is not the first choice',
      broken: change((root) => variants(root).reverse()),
    },
  ])('$expected', ({ broken, expected }) => {
    expect(findProblems(broken)).toContain(expected);
  });
});

describe('configs', () => {
  const accepts = new Ajv({ strict: false }).compile(spec['connectionSpecification'] as object);
  const sample = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Row;

  test('the sample matches, and the invalid one is invalid for what it says only', () => {
    expect(accepts(sample('sample_config.json'))).toBe(true);
    expect(accepts(sample('invalid_config.json'))).toBe(true);
  });

  test.each([
    { credentials: { auth_type: 'oauth2.0', client_id: 'x' } },
    { credentials: { auth_type: 'jwt' } },
    {},
  ])('%j does not match', (config) => {
    expect(accepts(config)).toBe(false);
  });
});

test('spec prints the file as it is', async () => {
  const { messages } = await runConnector(['spec']);
  expect(messages[0]?.spec).toEqual(spec);
});

test('what only reads offers scopes that only matter, and says that :write is never needed', () => {
  const root = (spec['connectionSpecification'] as Row)['properties'] as Record<string, Row>;
  const variants = (root['credentials']?.['oneOf'] ?? []) as { properties: Record<string, Row> }[];
  const scope = variants[0]?.properties['scope'];
  expect(String(scope?.['default']).split(' ')).toEqual(
    expect.arrayContaining(['meeting:read', 'user_zak:read', 'webinar:write', 'user:read:list_users:admin']),
  );
  expect(scope?.['description']).toContain(':write');
});
