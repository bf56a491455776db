import type { Row } from './endpoint.ts';
import type { Emulator } from './server.ts';

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: Row;
}

export type Get = (path: string, query?: Readonly<Record<string, string>>) => Promise<Received>;

/** Asks the API with a token of an app, as given by its consent. */
export function createGet(emulator: Emulator, clientId = 's2s-app'): Get {
  const { accessToken } = emulator.oauth.issuePair(clientId);
  return (path, query = {}) =>
    send(`${emulator.apiUrl}${path}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
}

export async function send(url: string, options: RequestInit = {}): Promise<Received> {
  const response = await fetch(url, { redirect: 'manual', ...options });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as Row) : {},
  };
}

/** All rows of a listing, page by page. */
export async function getAll(
  get: Get,
  path: string,
  collection: string,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let token = '';
  do {
    const { body, status } = await get(path, token === '' ? query : { ...query, next_page_token: token });
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    rows.push(...(body[collection] as Row[]));
    token = String(body['next_page_token']);
  } while (token !== '');
  return rows;
}
