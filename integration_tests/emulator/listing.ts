import { randomBytes } from 'node:crypto';
import { type Collection, filterRows } from './collection.ts';
import { type Endpoint, type Row, readFixture } from './endpoint.ts';
import { toInstant } from './instant.ts';
import { type Answer, invalid, type ListingContext, type Query } from './listing-context.ts';
import { answerPage } from './pages.ts';
import type { Match } from './routes.ts';
import { applyWindow } from './windows.ts';

/** Answers a GET as the fixture of its endpoint says. */
export function answer({ route, ids }: Match, query: Query, context: ListingContext): Answer {
  const { endpoint } = route;
  const problem = findProblem(endpoint, query);
  if (problem !== undefined) return problem;
  if (endpoint.isObject === true) return answerObject(route, ids, context);
  const parentId = endpoint.parent === undefined ? undefined : findParent(endpoint.parent, ids[0], context);
  const isOrphan = endpoint.parent !== undefined && parentId === undefined;
  const source = isOrphan ? undefined : context.account.collection(endpoint.rows ?? route.name, parentId);
  if (source === undefined) return notFound(endpoint, ids);
  const windowed =
    endpoint.window === undefined
      ? { rows: source, shown: {} }
      : applyWindow(endpoint.window, source, query, context);
  if ('status' in windowed) return windowed;
  const rows = applyFilters(endpoint, windowed.rows, query);
  return answerPage({ subject: [route.name, ...ids], endpoint, query, rows, shown: windowed.shown }, context);
}

/**
 * Missing and unknown values. Unverified: Zoom's documents give the wording for a bad value on some endpoints only; a value
 * that is no member of a documented list is refused here on all.
 */
function findProblem({ required, parameters }: Endpoint, query: Query): Answer | undefined {
  const missing = (required ?? []).find((name) => query[name] === undefined);
  if (missing !== undefined) return invalid(missing, 'This field is required.');
  for (const [name, { enum: values }] of Object.entries(parameters)) {
    const unknown = query[name]?.split(',').find((value) => values?.includes(value) === false);
    if (unknown !== undefined) return invalid(name, `Invalid parameter: ${name}.`);
  }
  return undefined;
}

function answerObject(
  { name, endpoint }: Match['route'],
  ids: readonly string[],
  context: ListingContext,
): Answer {
  const row = findObject(endpoint.rows ?? name, endpoint, ids, context);
  return row === undefined ? notFound(endpoint, ids) : { status: 200, body: row };
}

function findObject(
  rows: string,
  endpoint: Endpoint,
  ids: readonly string[],
  { account, authoriserId, now }: ListingContext,
): Row | undefined {
  const id = ids.at(-1) ?? '';
  if (rows === 'users') return showUser(endpoint, account.user(id === 'me' ? authoriserId : id), now);
  if (rows === 'meetings') return withStartUrl(account.meeting(id));
  const { parent, key } = endpoint;
  const parentId = parent === undefined ? undefined : findParent(parent, ids[0], { account, authoriserId });
  if (parent !== undefined && parentId === undefined) return undefined;
  const all = account.rows(rows, parentId);
  return key === undefined ? all[0] : all.find((row) => String(row[key]) === id);
}

/** A list row's values in the fields of the details. A pending user's `created_at` is the time of the call. */
function showUser({ records }: Endpoint, user: Row | undefined, now: number): Row | undefined {
  if (user === undefined) return undefined;
  const body: Row = { ...records[0] };
  for (const field of Object.keys(body)) if (field in user) body[field] = user[field];
  if (user['status'] !== 'pending') return body;
  const { id: _, ...pending } = body;
  return { ...pending, created_at: toInstant(now) };
}

/** The host's start link is minted for each call. */
function withStartUrl(meeting: Row | undefined): Row | undefined {
  if (meeting === undefined) return undefined;
  const zak = `canary-zak-${randomBytes(8).toString('hex')}`;
  return { ...meeting, start_url: `https://example.com/s/${meeting['id']}?zak=${zak}` };
}

/** The id of what the path's first placeholder names, undefined where there is no such thing. */
function findParent(
  parent: string,
  id = '',
  { account, authoriserId }: Pick<ListingContext, 'account' | 'authoriserId'>,
): string | undefined {
  const idOf = (row: Row | undefined, key: string) => (row === undefined ? undefined : String(row[key]));
  switch (parent) {
    case 'accounts':
      return id === 'me' || id === account.id ? account.id : undefined;
    case 'users':
      return idOf(account.user(id === 'me' ? authoriserId : id), 'id');
    case 'meetings':
      return idOf(account.meeting(id), 'id');
    case 'instances':
      return account.lazyParticipants === undefined ? idOf(account.instance(id), 'meeting_uuid') : id;
    default: {
      const { key = 'id' } = readFixture(parent);
      return account.rows(parent).some((row) => String(row[key]) === id) ? id : undefined;
    }
  }
}

function applyFilters({ filters, parameters }: Endpoint, rows: Collection, query: Query): Collection {
  const wanted = Object.entries(filters ?? {}).flatMap(([parameter, { field, values }]) => {
    const asked = query[parameter] ?? parameters[parameter]?.default;
    const value = asked === undefined ? null : values === undefined ? String(asked) : values[asked];
    return value === null || value === undefined ? [] : [{ field, value }];
  });
  if (wanted.length === 0) return rows;
  return filterRows(rows, (row) => wanted.every(({ field, value }) => String(row[field]) === value));
}

function notFound({ unknown }: Endpoint, ids: readonly string[]): Answer {
  const { status, code, message } = unknown ?? { status: 404, code: 3001, message: 'Not found: {id}.' };
  return { status, body: { code, message: message.replace(/\{\w+\}/, ids.at(-1) ?? '') } };
}
