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

/** A path in which it does not matter what placeholders are called, or that the account is one's own. */
export function withoutNames(path: string): string {
  return path.replace(/\{\w+\}/g, '{}').replace('/accounts/me/', '/accounts/{}/');
}
