import type { Request } from '../http/exchange.ts';
import type { Answer, Endpoint } from '../streams/declaration.ts';
import { fillPath, placeholdersOf } from './path.ts';

/** A listing that is asked for, page by page. */
export interface PageRequest {
  readonly stream: string;
  readonly endpoint: Endpoint;
  /** Values for the path's braces and for the query. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly answers: readonly Answer[];
}

const defaultPageSize = 300;

/** Rows on a page at most; 0 where there are no pages. */
export function pageSizeOf({ pageSize, records }: Endpoint): number {
  return pageSize ?? (records === undefined ? 0 : defaultPageSize);
}

/** The request for a page of a listing: the first, or one by its token or its number. */
export function toRequest(
  { stream, endpoint, parameters, answers }: PageRequest,
  { token = '', number }: { readonly token?: string; readonly number?: number | undefined } = {},
): Request {
  const { lists, records = '' } = endpoint;
  const isFirst = token === '' && number === undefined;
  const pageSize = pageSizeOf(endpoint);
  return {
    stream,
    endpoint: endpoint.path,
    path: fillPath(endpoint.path, parameters),
    query: {
      ...queryOf(endpoint.path, parameters),
      ...(pageSize > 0 ? { page_size: pageSize } : {}),
      ...(token === '' ? {} : { next_page_token: token }),
      ...(number === undefined ? {} : { page_number: number }),
    },
    rateLimit: endpoint.rateLimit,
    records: endpoint.records,
    lists: lists && { adds: lists.adds, names: isFirst ? Object.keys(lists.of) : [records] },
    strings: endpoint.strings,
    answers,
  };
}

/** The parameters that fill no brace of the path. What the parent's row does not have is not passed. */
function queryOf(path: string, parameters: PageRequest['parameters']): Request['query'] {
  const filled = placeholdersOf(path);
  const given = Object.entries(parameters).filter(
    ([name, value]) => !filled.includes(name) && value !== undefined && value !== null && value !== '',
  );
  return Object.fromEntries(given) as Request['query'];
}
