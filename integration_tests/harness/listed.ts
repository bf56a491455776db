import { readFileSync } from 'node:fs';
import type { PromisedStream } from './promised.ts';

/** An entry of `streams --json`. */
export interface ListedStream {
  readonly name: string;
  readonly family: string;
  readonly path: string;
  readonly records: string | null;
  readonly incremental: 'windowed' | 'derived' | 'snapshot';
  readonly primary_key: readonly string[];
  readonly cursor_field: string;
  readonly tombstones: boolean;
  readonly label: string | null;
  readonly scopes: { readonly classic: readonly string[]; readonly granular: readonly string[] };
}

/** Rows of the README's table of streams, cell by cell. */
export const readmeRows: readonly (readonly string[])[] = readFileSync(
  new URL('../../README.md', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

/** A path in which it does not matter what placeholders are called, or that the account is one's own. */
export function withoutNames(path: string): string {
  return path.replace(/\{\w+\}/g, '{}').replace('/accounts/me/', '/accounts/{}/');
}

/** What the README's cells say of a stream, apart from its scopes. */
export function readmeCells({ promise, endpoint }: PromisedStream): readonly string[] {
  const { name, kind, key, cursor, tombstones, list } = promise;
  const path = `\`${withoutNames(endpoint.request.slice('GET '.length))}${queryOf({ promise, endpoint })}\``;
  const incremental = kind === 'embedded' ? 'windowed' : kind;
  return [
    `\`${name}\``,
    list === undefined ? path : `\`${list}\` in ${path}`,
    tombstones === true ? `${incremental}, with deletions` : incremental,
    key.map((field) => `\`${field}\``).join(', '),
    `\`${cursor}\``,
  ];
}

/** The parameter that lets Zoom list the stream's rows, where it shares its endpoint and there is one value. */
function queryOf({ promise, endpoint }: Pick<PromisedStream, 'promise' | 'endpoint'>): string {
  const pairs = (promise.only ?? []).flatMap((condition) => {
    const filter = Object.entries(endpoint.filters ?? {}).find(([, { field }]) => field === condition.field);
    const values = 'in' in condition ? condition.in : [];
    return filter !== undefined && values.length === 1 ? `${filter[0]}=${values[0]}` : [];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The scopes that a README's cell names: granular ones before the slash, classic ones behind it. */
export function scopesIn(cell: string): {
  readonly granular: readonly string[];
  readonly classic: readonly string[];
} {
  const [granular = '', classic = ''] = cell.split(' / ');
  const read = (part: string) => [...part.matchAll(/`([^`]+)`/g)].map(([, scope]) => String(scope));
  return { granular: read(granular), classic: read(classic) };
}
