import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Account } from './account.ts';
import { type Api, answerApi, labelOf, type Reply } from './api.ts';
import { standardClients } from './apps.ts';
import { deliver } from './delivery.ts';
import { createFaults, type Faults } from './faults.ts';
import type { ListingContext } from './listing-context.ts';
import { createOAuth, type OAuth } from './oauth.ts';
import { createLimitKeeper, type Plan } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import { findRoute, loadRoutes, type Match, type Route } from './routes.ts';
import type { OAuthClient } from './token-store.ts';

export { standardClients } from './apps.ts';

export interface EmulatorOptions {
  /** 0: any free one. */
  readonly port?: number;
  readonly account?: Account;
  /** Whose limits are enforced; `unlimited` by default. */
  readonly plan?: Plan;
  readonly clients?: readonly OAuthClient[];
  readonly accessTokenLifetimeSeconds?: number;
  /** How long a refresh token stays good after it was used; 0 by default. */
  readonly refreshGraceSeconds?: number;
  readonly pageTokenLifetimeSeconds?: number;
  /** Pages hold no more rows than this, whatever is asked for: small accounts have several pages too. */
  readonly largestPage?: number;
  /** Whether the day of `to` is left out of a window; Zoom does not say. */
  readonly toIsExclusive?: boolean;
  /** Ms since the epoch. */
  readonly now?: () => number;
  /** Keeps every answer and gives it again for the same URL, so that making it does not count in measurements. */
  readonly keepsAnswers?: boolean;
  /** Hears of every request when it is answered, or when a fault has swallowed its answer. */
  readonly onRequest?: (request: LoggedRequest) => void;
}

/** A Zoom on this machine, written from Zoom's documents. */
export interface Emulator {
  readonly url: string;
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly authorizeUrl: string;
  readonly account: Account;
  readonly oauth: OAuth;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  clearLog(): void;
  /** A config with which the connector reads from here. */
  config(clientId?: string): Record<string, unknown>;
  /** Cuts all connections, and refuses new ones until `goUp`. */
  goDown(): Promise<void>;
  goUp(): Promise<void>;
  close(): Promise<void>;
}

interface Running extends Api {
  readonly routes: readonly Route[];
  readonly account: Account;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  /** Answers by URL, where they are kept. */
  readonly kept: Map<string, Reply> | undefined;
  readonly now: () => number;
  readonly onRequest: ((request: LoggedRequest) => void) | undefined;
  inFlight: number;
}

/** Listens on loopback. Rejects when the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const running = prepare(options);
  const server = createServer((request, response) => {
    handle(running, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  const line = createLine(server);
  await line.goUp(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { account, oauth, faults, requests } = running;
  return {
    url,
    apiUrl: `${url}/v2`,
    tokenUrl: `${url}/oauth/token`,
    authorizeUrl: `${url}/oauth/authorize`,
    account,
    oauth,
    faults,
    requests,
    clearLog() {
      requests.length = 0;
    },
    config: (clientId = 's2s-app') => createConfig(running, url, clientId),
    goDown: line.goDown,
    goUp: () => line.goUp(port),
    close: line.goDown,
  };
}

/** What connects a server with its callers, and can be cut. */
function createLine(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    goUp: (port: number) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve();
        });
      }),
    goDown: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function prepare(options: EmulatorOptions): Running {
  const now = options.now ?? (() => Date.now());
  const account = options.account ?? new Account({ now: now() });
  const shared: Omit<ListingContext, 'now' | 'authoriserId'> = {
    account,
    pageTokenLifetimeMs: (options.pageTokenLifetimeSeconds ?? 900) * 1000,
    largestPage: options.largestPage ?? Number.POSITIVE_INFINITY,
    toIsExclusive: options.toIsExclusive ?? false,
    pageTokens: new Map(),
  };
  return {
    routes: loadRoutes(account.fixtures),
    account,
    oauth: createOAuth({
      clients: options.clients ?? standardClients,
      accountId: account.id,
      lifetimeSeconds: options.accessTokenLifetimeSeconds ?? 3599,
      refreshGraceSeconds: options.refreshGraceSeconds ?? 0,
      now,
    }),
    faults: createFaults(),
    requests: [],
    limits: createLimitKeeper(options.plan ?? 'unlimited', now),
    listingContext: () => ({
      ...shared,
      now: now(),
      authoriserId: String(account.users[0]?.['id']),
    }),
    kept: options.keepsAnswers === true ? new Map() : undefined,
    now,
    onRequest: options.onRequest,
    inFlight: 0,
  };
}

function createConfig({ oauth, account }: Running, url: string, clientId: string): Record<string, unknown> {
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
      : {
          auth_type: 'oauth2.0',
          ...shared,
          authorization_url: `${url}/oauth/authorize`,
          refresh_token: oauth.issuePair(clientId).refreshToken,
        };
  return { credentials, api_url: `${url}/v2`, zoom_plan: 'unlimited' };
}

async function handle(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  running.inFlight += 1;
  try {
    const url = new URL(request.url ?? '/', 'http://emulator');
    const match = url.pathname.startsWith('/v2/')
      ? findRoute(running.routes, url.pathname.slice('/v2'.length))
      : undefined;
    const logged = toLogged(running, request, url, match);
    running.requests.push(logged);
    const body = await readText(request);
    const trouble = running.faults.next(logged);
    logged.isInTrouble = trouble !== undefined;
    const reply = () =>
      recall(running, request, () => respond(running, { logged, match, headers: request.headers, body }));
    logged.status = await deliver(response, logged, reply, trouble);
    logged.endedAt = logged.status === 0 ? 0 : running.now();
    running.onRequest?.(logged);
  } finally {
    running.inFlight -= 1;
  }
}

function toLogged(
  { now, inFlight }: Running,
  request: IncomingMessage,
  { pathname, searchParams }: URL,
  match: Match | undefined,
): LoggedRequest {
  const query = Object.fromEntries(searchParams);
  const known = match?.route.endpoint.parameters ?? query;
  return {
    method: request.method ?? '',
    path: pathname,
    template: match?.route.template ?? (pathname.startsWith('/oauth/') ? pathname : ''),
    label: match === undefined ? '' : labelOf(match.route),
    query,
    // A token that Zoom gave is taken where pages are documented at all.
    unknownParameters: Object.keys(query).filter(
      (name) => !(name in known || (name === 'next_page_token' && 'page_size' in known)),
    ),
    isInTrouble: false,
    token: /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '',
    inFlight,
    startedAt: now(),
    status: 0,
    endedAt: 0,
  };
}

/** The kept answer, where answers are kept, else a new one. */
function recall({ kept }: Running, { url = '' }: IncomingMessage, make: () => Reply): Reply {
  const known = kept?.get(url);
  if (known !== undefined) return known;
  const reply = make();
  if (kept === undefined || reply.status !== 200 || url.startsWith('/oauth/')) return reply;
  const text = { ...reply, body: typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body) };
  kept.set(url, text);
  return text;
}

interface Received {
  readonly logged: LoggedRequest;
  readonly match: Match | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function respond(running: Running, { logged, match, headers, body }: Received): Reply {
  if (logged.path === '/oauth/token') {
    return logged.method === 'POST'
      ? { ...running.oauth.token(headers.authorization, new URLSearchParams(body)), headers: {} }
      : { status: 405, body: { reason: 'Method Not Allowed', error: 'invalid_request' }, headers: {} };
  }
  if (logged.path === '/oauth/authorize') {
    const { decision, ...form } = Object.fromEntries(new URLSearchParams(body));
    const query = logged.method === 'POST' ? form : logged.query;
    const isBrowser = headers.accept?.includes('text/html') === true;
    return running.oauth.authorize(query, { isBrowser, decision });
  }
  return answerApi(running, logged, match);
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
