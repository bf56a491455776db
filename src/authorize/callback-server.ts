import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ConfigError } from '../errors.ts';
import { type Answer, readAnswer } from './answer.ts';
import { type Page, pageHeaders, renderPage } from './page.ts';
import { foreignPage, strayPage } from './pages.ts';

type Settled = Extract<Answer, { kind: 'code' | 'refused' }>;

export interface CallbackServer {
  /** The first answer of the consent page to this run. */
  readonly answer: Promise<Settled>;
  /** Shows how it ended, in every tab that brought the answer. */
  show(page: Page): void;
  /** Ends when what was shown has been sent. */
  close(): void;
}

export interface CallbackParts {
  readonly redirectUrl: string;
  readonly state: string;
  /** Hears that an answer came that is not this run's. */
  onForeign(): void;
}

/**
 * Listens where the redirect URL points to, on this machine alone.
 * @throws ConfigError when the port cannot be had.
 */
export async function listenForAnswer(parts: CallbackParts): Promise<CallbackServer> {
  const url = new URL(parts.redirectUrl);
  const sockets = new Set<Socket>();
  const waiting: ServerResponse[] = [];
  let shown: Page | undefined;
  let take: (answer: Settled) => void = () => undefined;
  const answer = new Promise<Settled>((resolve) => {
    take = resolve;
  });
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const read = readRequest(request, url.pathname, parts.state);
    if (read.kind === 'none') return send(response, 404, strayPage);
    if (read.kind === 'foreign') {
      parts.onForeign();
      return send(response, 400, foreignPage);
    }
    // Loaded anew, the same page has the same end.
    if (shown !== undefined) return send(response, 200, shown);
    waiting.push(response);
    take(read);
  };
  const servers: Server[] = [];
  const close = () => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroySoon();
  };
  try {
    for (const host of hostsOf(url)) {
      const server = createServer(handle);
      server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      if (await listen(server, host, Number(url.port || 80))) servers.push(server);
    }
  } catch (error) {
    close();
    throw unavailable(parts.redirectUrl, url.port || '80', error);
  }
  return {
    answer,
    show(page) {
      shown = page;
      for (const response of waiting.splice(0)) send(response, 200, page);
    },
    close,
  };
}

/** Browsers may take either address of `localhost`. */
function hostsOf({ hostname }: URL): readonly string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
}

/** @returns false where the machine has no such address (IPv6 is often off). */
async function listen(server: Server, host: string, port: number): Promise<boolean> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return false;
    throw error;
  }
}

function unavailable(redirectUrl: string, port: string, error: unknown): ConfigError {
  const { code } = error as NodeJS.ErrnoException;
  const other =
    'or choose another port above 1023 and enter the same redirect URL in the config (credentials.redirect_url) and in the Zoom app';
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Another program uses port ${port}. End it, perhaps another authorize, ${other}.`,
    EACCES: `This user may not listen on port ${port}. Run it as a user who may, ${other}.`,
  };
  const reason = reasons[code ?? ''] ?? `It cannot listen there (${code}). Check the address, ${other}.`;
  return new ConfigError(`The answer of Zoom would come to ${redirectUrl}. ${reason}`, { cause: error });
}

function readRequest({ method, url = '/' }: IncomingMessage, path: string, state: string): Answer {
  const address = `http://callback${url}`;
  if (method !== 'GET' || !URL.canParse(address)) return { kind: 'none' };
  const { pathname, searchParams } = new URL(address);
  return pathname === path ? readAnswer(searchParams, state) : { kind: 'none' };
}

function send(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, { ...pageHeaders, connection: 'close' });
  response.end(renderPage(page));
}
