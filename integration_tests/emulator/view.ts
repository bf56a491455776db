import { randomBytes } from 'node:crypto';
import { meets } from './conditions.ts';
import type { Endpoint, Fixtures, Row, StreamPromise } from './endpoint.ts';
import { changeField } from './fields.ts';
import { toInstant } from './instant.ts';
import { expandInstants } from './relative-instants.ts';

/** A row as an endpoint shows it: the documented fields, and what Zoom makes anew for each call. */
export function showRow(fixtures: Fixtures, name: string, row: Row, now: number): Row {
  const endpoint = fixtures[name];
  if (endpoint === undefined) return row;
  const owner = fixtures[endpoint.rows ?? name];
  const shown = owner === endpoint || owner === undefined ? row : pick(endpoint, owner, row, now);
  const promises = [...(owner?.streams ?? []), ...(owner === endpoint ? [] : (endpoint.streams ?? []))];
  return mintVolatile(promises, shown, now);
}

/** The row's values in the view's fields. Those that only the view has are as in its example; what a row lacks stays away. */
function pick({ record }: Endpoint, owner: Endpoint, row: Row, now: number): Row {
  const fields = Object.keys(record).flatMap((field) => {
    if (field in row) return [[field, row[field]]];
    return field in owner.record ? [] : [[field, expandInstants(record[field], now)]];
  });
  return Object.fromEntries(fields) as Row;
}

function mintVolatile(promises: readonly StreamPromise[], row: Row, now: number): Row {
  const fields = promises.flatMap(({ volatile = [], only }) => (meets(row, only) ? volatile : []));
  if (fields.length === 0) return row;
  const copy = structuredClone(row);
  for (const field of fields) changeField(copy, field, (value) => mint(value, now));
  return copy;
}

/** An instant is the time of the call; a token is a new one, and a link leads elsewhere and holds a new credential. */
function mint(value: unknown, now: number): unknown {
  if (typeof value === 'number') return value + 1 + randomBytes(4).readUInt32BE(0);
  if (typeof value !== 'string') return value;
  if (!Number.isNaN(Date.parse(value))) return toInstant(now);
  return value.replace(/\?|$/g, (end) => `-${randomBytes(8).toString('hex')}${end}`);
}
