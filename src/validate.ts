import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonObject } from './json.ts';

/** One thing wrong with a value, and what would be right. */
export interface Problem {
  /** Dotted path, such as `retry.count_max`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** Compares a value with a JSON Schema (draft-07) and names everything that is wrong with it, once each. */
export function validate(schema: JsonObject, value: unknown): readonly Problem[] {
  // The schemas are this program's own; comparing them with JSON Schema's takes longer than all the rest.
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, meta: false, validateSchema: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(schema);
  if (isValid(value)) return [];
  const problems = (isValid.errors ?? []).map(describe);
  return problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);
}

function describe(error: ErrorObject): Problem {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const parent = error.parentSchema ?? {};
  switch (error.keyword) {
    case 'required':
      return { path: join(path, String(error.params['missingProperty'])), message: 'is missing' };
    case 'enum':
      return { path, message: `has to be one of ${(error.schema as unknown[]).join(', ')}` };
    case 'const':
      return { path, message: `has to be ${JSON.stringify(error.schema)}` };
    case 'type':
      return { path, message: `has to be ${nameType(error.schema, parent)}` };
    case 'minimum':
    case 'maximum':
      return { path, message: `has to be ${nameType(parent['type'], parent)}` };
    case 'minLength':
      return { path, message: 'must not be empty' };
    case 'pattern':
      return { path, message: `has to look like ${String(parent['pattern_descriptor'] ?? error.schema)}` };
    default:
      return { path, message: error.message ?? 'is not valid' };
  }
}

function nameType(type: unknown, schema: JsonObject): string {
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
  const name = String(type);
  return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}${range}`;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
