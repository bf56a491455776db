import type { Row } from './messages.ts';
import { isSensitive } from './secrets.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/**
 * Documented fields that a schema lacks, at any depth that it describes.
 * @param isLeftOut whether a field that holds a text or a number is not missed.
 */
export function missingFields(
  example: Row,
  schema: Schema,
  isLeftOut: (path: string) => boolean,
  above = '',
): readonly string[] {
  const { properties } = schema;
  if (properties === undefined) return [];
  return Object.entries(example).flatMap(([field, value]) => {
    const path = `${above}${field}`;
    const isScalar = typeof value === 'string' || typeof value === 'number';
    if (isScalar && isLeftOut(path)) return [];
    const known = properties[field];
    if (known === undefined) return [path];
    const [child, below] = Array.isArray(value) ? [value[0], known.items ?? {}] : [value, known];
    return typeof child === 'object' && child !== null
      ? missingFields(child as Row, below, isLeftOut, `${path}.`)
      : [];
  });
}

/** Fields of a schema that may not leave. */
export function sensitiveFields(
  schema: Schema,
  sensitive: readonly string[] = [],
  above = '',
): readonly string[] {
  const nested = schema.items === undefined ? [] : sensitiveFields(schema.items, sensitive, above);
  const own = Object.entries(schema.properties ?? {}).flatMap(([field, property]) => {
    const path = `${above}${field}`;
    const isScalar = [property.type ?? []].flat().some((type) => /string|number|integer/.test(type));
    return [
      ...(isScalar && isSensitive(path, sensitive) ? [path] : []),
      ...sensitiveFields(property, sensitive, `${path}.`),
    ];
  });
  return [...nested, ...own];
}
