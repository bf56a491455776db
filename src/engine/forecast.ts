import type { Endpoint, StreamDeclaration } from '../streams/declaration.ts';
import type { SyncContext } from './sync-context.ts';
import { combine } from './values.ts';

/** True for calls that Zoom allows so many of in a day that each one counts. */
export function costsBudget({ client }: SyncContext, declaration: StreamDeclaration): boolean {
  if (declaration.kind === 'embedded') return false;
  const { name, path, rateLimit } = declaration;
  const { label } = client.quota({ stream: name, endpoint: path, rateLimit });
  return label === 'heavy' || label === 'resource_intensive';
}

/**
 * Says before an expensive part what it is expected to cost, beside what the day allows.
 * @param partitions to be asked for, each once for every value of the endpoint.
 */
export function logForecast(
  sync: SyncContext,
  { name, endpoint }: { readonly name: string; readonly endpoint: Endpoint },
  partitions: number,
  forWhat: string,
): void {
  if (partitions === 0) return;
  const calls = partitions * combine(endpoint.values).length;
  const { path, rateLimit } = endpoint;
  const { label, day } = sync.client.quota({ stream: name, endpoint: path, rateLimit });
  const show = (count: number) => count.toLocaleString('en');
  const budget =
    day === undefined ? '' : `; ${show(day.calls)} a day are allowed, ${show(day.left)} are left`;
  const isTooMuch = day !== undefined && calls > day.left;
  const end = isTooMuch ? ', so that this sync will not be the last one needed' : '';
  sync.log(
    'INFO',
    `${name}: about ${show(calls)} ${label.replace('_', '-')} calls to come ${forWhat}${budget}${end}`,
  );
}
