import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from './json.ts';

// This file lies in a folder directly below the root, as all files of dist do, so that one relative path is right in both.
const root = new URL('../', import.meta.url);

/** The connector specification, as the platform is given it. */
export function readSpec(): JsonObject {
  return readJsonObject('spec.json');
}

/** The JSON Schema of a stream's records, sensitive fields included. */
export function readSchema(stream: string): JsonObject {
  return readJsonObject(`schemas/${stream}.json`);
}

function readJsonObject(path: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  if (!isJsonObject(value)) throw new Error(`${path} is not a JSON object`);
  return value;
}
