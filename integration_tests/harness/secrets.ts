import type { Row } from './messages.ts';

/* What the contract calls sensitive (section 3), written again from its text. */

const names = new Set([
  'start_url',
  'host_key',
  'dynamic_host_key',
  'download_access_token',
  'activation_code',
  'leader_pin',
  'stream_key',
  'authorized_channel_token',
]);
const suffixes = ['password', 'passcode', 'pin_code'];
const linkParameters = ['pwd', 'tk', 'zak', 'jwt', 'token', 'access_token'];

/** Whether a field may not leave; `paths` are those that a stream names, dots going into objects and lists. */
export function isSensitive(path: string, paths: readonly string[] = []): boolean {
  const field = path.split('.').at(-1) ?? '';
  const named = paths.map((own) => own.replaceAll('[]', ''));
  return names.has(field) || suffixes.some((suffix) => field.endsWith(suffix)) || named.includes(path);
}

/** A copy of the row as it may leave. */
export function withoutSecrets(row: Row, paths: readonly string[] = [], above = ''): Row {
  const kept = Object.entries(row).flatMap(([field, value]) => {
    const path = `${above}${field}`;
    const isScalar = typeof value === 'string' || typeof value === 'number';
    if (isScalar && isSensitive(path, paths)) return [];
    return [[field, clean(value, { field, path, paths })]];
  });
  return Object.fromEntries(kept) as Row;
}

function clean(value: unknown, at: { field: string; path: string; paths: readonly string[] }): unknown {
  if (Array.isArray(value)) return value.map((item) => clean(item, at));
  if (typeof value === 'object' && value !== null)
    return withoutSecrets(value as Row, at.paths, `${at.path}.`);
  return typeof value === 'string' ? cleanLink(value, at.field) : value;
}

function cleanLink(text: string, field: string): string {
  if (field === 'join_url' || field === 'registration_url') return text.split('?')[0] ?? '';
  if (!/^https?:\/\/\S+\?/.test(text)) return text;
  const [address = '', query = ''] = text.split(/\?(.*)/s);
  const kept = query.split('&').filter((pair) => !linkParameters.includes(pair.split('=')[0] ?? ''));
  return kept.length === 0 ? address : `${address}?${kept.join('&')}`;
}
