import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Account } from './account.ts';
import { type Label, loadRoutes, type Route } from './endpoint.ts';
import { createFaults, type Faults, type Trouble } from './faults.ts';
import { type Answer, answer, type ListingContext, type PageToken } from './listing.ts';
import { createOAuth, type IssuedToken, type OAuth, type OAuthClient } from './oauth.ts';
import { createLimitKeeper, type Plan } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';

export interface EmulatorOptions {
  /** 0: any free one. */
  readonly port?: number;
  readonly account?: Account;
  /** Whose limits are enforced; `unlimited` by default. */
  readonly plan?: Plan;
  readonly clients?: readonly OAuthClient[];
  readonly accessTokenLifetimeSeconds?: number;
  readonly pageTokenLifetimeSeconds?: number;
  readonly toIsExclusive?: boolean;
  /** Ms since the epoch. */
  readonly now?: () => number;
  /** Keeps every answer and gives it again for the same URL, so that making it does not count in measurements. */
  readonly keepsAnswers?: boolean;
  /** Hears of every request when it is answered. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

/** A Zoom on this machine, written from Zoom's documents. */
export interface Emulator {
  readonly url: string;
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly account: Account;
  readonly oauth: OAuth;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  /** A config with which the connector reads from here. */
  config(clientId?: string): Record<string, unknown>;
  close(): Promise<void>;
}

/** An app of each kind, with every read scope. */
export const standardClients: readonly OAuthClient[] = [
  {
    clientId: 's2s-app',
    clientSecret: 'canary-s2s-client-secret',
    kind: 'server_to_server',
    scopes: allScopes('granular'),
  },
  {
    clientId: 'oauth-app',
    clientSecret: 'canary-oauth-client-secret',
    kind: 'user',
    level: 'admin',
    scopes: allScopes('classic'),
  },
  {
    clientId: 'user-level-app',
    clientSecret: 'canary-user-level-secret',
    kind: 'user',
    level: 'user',
    scopes: allScopes('granular').filter((scope) => !/:(admin|master)$/.test(scope)),
  },
];

function allScopes(kind: 'granular' | 'classic'): readonly string[] {
  return [...new Set(loadRoutes().flatMap(({ endpoint }) => endpoint.scopes[kind]))];
}

interface Running {
  readonly routes: readonly Route[];
  readonly options: EmulatorOptions;
  readonly account: Account;
  readonly oauth: OAuth;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  readonly limits: ReturnType<typeof createLimitKeeper>;
  readonly pageTokens: Map<string, PageToken>;
  readonly kept: Map<string, Reply>;
  readonly now: () => number;
}

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const now = options.now ?? (() => Date.now());
  const account = options.account ?? new Account({ now: now() });
  const running: Running = {
    routes: loadRoutes(),
    options,
    account,
    oauth: createOAuth(
      options.clients ?? standardClients,
      account.id,
      options.accessTokenLifetimeSeconds ?? 3599,
      now,
    ),
    faults: createFaults(),
    requests: [],
    limits: createLimitKeeper(options.plan ?? 'unlimited', now),
    pageTokens: new Map(),
    kept: new Map(),
    now,
  };
  const server = createServer((request, response) => {
    handle(running, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apiUrl: `${url}/v2`,
    tokenUrl: `${url}/oauth/token`,
    account,
    oauth: running.oauth,
    faults: running.faults,
    requests: running.requests,
    config: (clientId = 's2s-app') => configFor(running, url, clientId),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function configFor({ oauth, account }: Running, url: string, clientId: string): Record<string, unknown> {
  const client = oauth.clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined) throw new Error(`no app ${clientId}`);
  const shared = {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    token_url: `${url}/oauth/token`,
  };
  const credentials =
    client.kind === 'server_to_server'
      ? { auth_type: 'server_to_server', account_id: account.id, ...shared }
      : { auth_type: 'oauth2.0', ...shared, refresh_token: oauth.issuePair(clientId).refreshToken };
  return { credentials, api_url: `${url}/v2`, zoom_plan: 'unlimited' };
}

async function handle(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://emulator');
  const route = findRoute(running, pathname);
  const query = Object.fromEntries(searchParams);
  const logged: LoggedRequest = {
    method: request.method ?? '',
    path: pathname,
    template: route?.route.template ?? (pathname.startsWith('/oauth/') ? pathname : ''),
    query,
    unknownParameters:
      route === undefined
        ? []
        : Object.keys(query).filter((name) => !(name in route.route.endpoint.parameters)),
    startedAt: running.now(),
    status: 0,
    endedAt: 0,
    token: /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '',
  };
  running.requests.push(logged);
  const body = await readText(request);
  const trouble = running.faults.next(logged);
  const reply = trouble?.kind === 'respond' ? undefined : recall(running, request, logged, route, body);
  await deliver(running, response, logged, reply, trouble);
}

/** The kept answer, where answers are kept, else a new one. */
function recall(
  running: Running,
  request: IncomingMessage,
  logged: LoggedRequest,
  found: ReturnType<typeof findRoute>,
  body: string,
): Reply {
  const url = request.url ?? '';
  const kept = running.kept.get(url);
  if (kept !== undefined) return kept;
  const reply = respond(running, request, logged, found, body);
  if (running.options.keepsAnswers !== true || found === undefined || reply.status !== 200) return reply;
  const text = { ...reply, body: JSON.stringify(reply.body) };
  running.kept.set(url, text);
  return text;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function findRoute(
  { routes }: Running,
  pathname: string,
): { route: Route; ids: readonly string[] } | undefined {
  if (!pathname.startsWith('/v2/')) return undefined;
  // Zoom's front end decodes a path once before it is routed: a slash that was encoded once is a slash again where an id
  // begins with one or holds two in a row.
  const path = pathname
    .slice('/v2'.length)
    .replace(/\/%2F/gi, '//')
    .replace(/%2F%2F/gi, '//');
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match !== null) return { route, ids: match.slice(1).map(decodeId) };
  }
  return undefined;
}

function decodeId(segment: string): string {
  const once = decodeURIComponent(segment);
  return /%2F/i.test(once) ? decodeURIComponent(once) : once;
}

function respond(
  running: Running,
  request: IncomingMessage,
  logged: LoggedRequest,
  found: ReturnType<typeof findRoute>,
  body: string,
): Reply {
  if (logged.path === '/oauth/token') {
    if (request.method !== 'POST')
      return plain({ status: 405, body: { reason: 'Method Not Allowed', error: 'invalid_request' } });
    return plain(running.oauth.token(request.headers.authorization, new URLSearchParams(body)));
  }
  if (logged.path === '/oauth/authorize') return authorize(running, logged);
  const token = running.oauth.find(logged.token);
  if (token === undefined)
    return plain({ status: 401, body: { code: 124, message: 'Invalid access token.' } });
  if (found === undefined)
    return plain({ status: 404, body: { code: 2300, message: 'This API endpoint is not recognized.' } });
  if (request.method !== 'GET')
    return plain({ status: 405, body: { code: 300, message: 'Request Method Not Supported.' } });
  return answerApi(running, logged, found, token);
}

function authorize({ oauth }: Running, { query }: LoggedRequest): Reply {
  const target = new URL(query['redirect_uri'] ?? 'http://127.0.0.1/');
  target.searchParams.set('code', oauth.issueCode(query['client_id'] ?? '', query['redirect_uri'] ?? ''));
  if (query['state'] !== undefined) target.searchParams.set('state', query['state']);
  return { status: 302, body: {}, headers: { location: target.href } };
}

function answerApi(
  running: Running,
  logged: LoggedRequest,
  { route, ids }: NonNullable<ReturnType<typeof findRoute>>,
  token: IssuedToken,
): Reply {
  const { endpoint, template } = route;
  const label: Label = endpoint.label ?? endpoint.answeredLabel ?? 'HEAVY';
  const headers = { 'x-ratelimit-category': titleCase(label) };
  const refused = running.limits.check(template, label);
  if (refused !== undefined)
    return { status: 429, body: refused.body, headers: { ...headers, ...refused.headers } };
  const missing = missingScopes(route, ids, token);
  if (missing !== undefined) {
    const isPhone = template.startsWith('/phone/');
    return {
      status: 400,
      body: {
        code: isPhone ? 104 : 4711,
        message: `Invalid access token, does not contain scopes:[${missing.join(', ')}].`,
      },
      headers,
    };
  }
  const context: ListingContext = {
    account: running.account,
    now: running.now(),
    pageTokenLifetimeMs: (running.options.pageTokenLifetimeSeconds ?? 900) * 1000,
    toIsExclusive: running.options.toIsExclusive ?? false,
    pageTokens: running.pageTokens,
    authoriserId: String(running.account.rows('users')[0]?.['id']),
  };
  return { ...answer(route, ids, logged.query, context), headers };
}

/** A user-level app sees its authoriser as `me` and nothing else. */
function missingScopes(
  { endpoint, names }: Route,
  [id]: readonly string[],
  { client }: IssuedToken,
): readonly string[] | undefined {
  const accepted = [...endpoint.scopes.granular, ...endpoint.scopes.classic];
  const admin = endpoint.scopes.granular.filter((scope) => scope.endsWith(':admin'));
  const isOther = client.level === 'user' && names[0] === 'userId' && id !== 'me';
  if (isOther) return admin;
  return accepted.some((scope) => client.scopes.includes(scope))
    ? undefined
    : admin.length > 0
      ? admin
      : endpoint.scopes.granular;
}

async function deliver(
  running: Running,
  response: ServerResponse,
  logged: LoggedRequest,
  reply: Reply | undefined,
  trouble: Trouble | undefined,
): Promise<void> {
  if (trouble?.kind === 'hang') return;
  if (trouble?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms).unref());
  if (trouble?.kind === 'lose_answer' || (trouble?.kind === 'reset' && trouble.when === 'before_headers')) {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, body, headers } = changed(reply, trouble, logged);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-zm-trackingid': `WEB_${randomBytes(8).toString('hex')}`,
    ...headers,
  });
  logged.status = status;
  if (trouble?.kind === 'reset' || trouble?.kind === 'truncate') {
    const part = trouble.kind === 'truncate' ? text.slice(0, Math.floor(text.length / 2)) : '';
    response.flushHeaders();
    response.write(part, () => response.socket?.destroy());
  } else {
    response.end(trouble?.kind === 'malform' ? text.slice(0, -2).padEnd(text.length, '!') : text);
  }
  logged.endedAt = running.now();
  running.options.onRequest?.(logged);
}

function changed(reply: Reply | undefined, trouble: Trouble | undefined, logged: LoggedRequest): Reply {
  if (trouble?.kind === 'respond')
    return { status: trouble.status, body: trouble.body, headers: trouble.headers ?? {} };
  const good = reply ?? { status: 500, body: {}, headers: {} };
  if (trouble?.kind === 'headers') return { ...good, headers: { ...good.headers, ...trouble.headers } };
  if (trouble?.kind !== 'change' || good.status !== 200) return good;
  return { ...good, body: trouble.change(structuredClone(good.body) as Record<string, unknown>, logged) };
}

function plain({ status, body }: Answer): Reply {
  return { status, body, headers: {} };
}

function titleCase(label: Label): string {
  return label.charAt(0) + label.slice(1).toLowerCase();
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
