import { type ClientRequest, request as requestPlainly } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, request as requestSecurely } from 'node:https';
import type { Duplex } from 'node:stream';
import { ConfigError } from '../errors.ts';
import { unknownSigner } from './certificate.ts';
import type { HttpProxy } from './proxy.ts';

/** The proxy failed, which may pass. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
}

/** Keeps connections open that each go through a tunnel (CONNECT) of the proxy, so that it sees nothing of what is said. */
export function createTunnelAgent(proxy: HttpProxy, options: AgentOptions, silenceMs: number): HttpsAgent {
  const agent = new HttpsAgent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target, done) => {
    openTunnel(proxy, `${bracket(String(target.host))}:${target.port ?? 443}`, silenceMs).then(
      (socket) => done?.(null, connect({ ...target, socket } as typeof target) as Duplex),
      (error: Error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * @throws ConfigError when the proxy will not have us.
 * @throws ProxyFailure when it cannot be reached, or is in trouble.
 */
function openTunnel(proxy: HttpProxy, target: string, silenceMs: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = ask(proxy, target);
    const fail = (reason: string) => {
      request.destroy();
      reject(new ProxyFailure(`the proxy ${proxy.name} cannot be used: ${reason}`));
    };
    request.setTimeout(silenceMs, () => fail(`no answer in time (silent for ${silenceMs} ms)`));
    request.once('error', (error: NodeJS.ErrnoException) => {
      const misconfigured = unknownSigner(error, proxy.name) ?? speaksPlainly(error, proxy);
      if (misconfigured === undefined) fail(error.message || String(error.code));
      else reject(misconfigured);
    });
    request.once('connect', ({ statusCode = 0 }, socket: Duplex, head: Buffer) => {
      request.setTimeout(0);
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      reject(refused(proxy, target, statusCode, pageOf(head)));
    });
    request.end();
  });
}

/** @returns undefined for any other error than that of TLS with a proxy that knows none. */
function speaksPlainly(
  { code, message }: NodeJS.ErrnoException,
  { name, isSecure, variable }: HttpProxy,
): ConfigError | undefined {
  if (!isSecure || !/wrong.version.number|packet.length.too.long/i.test(`${code} ${message}`))
    return undefined;
  return new ConfigError(
    `The proxy ${name} does not speak TLS. Write http:// in place of https:// in ${variable}; what is said to Zoom through it is encrypted none the less.`,
  );
}

function ask({ isSecure, host, port, authorization }: HttpProxy, target: string): ClientRequest {
  return (isSecure ? requestSecurely : requestPlainly)({
    host,
    port,
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
    },
  });
}

function refused({ name, variable }: HttpProxy, target: string, status: number, page: string): Error {
  if (status === 407) {
    return new ConfigError(
      `The proxy ${name} wants another user or password than it was given (HTTP 407). Put them into ${variable}: http://user:password@host:port, special characters percent-encoded.`,
    );
  }
  const answer = `HTTP ${status}${page === '' ? '' : ` "${page}"`}`;
  if (status >= 500 || status === 408 || status === 429)
    return new ProxyFailure(`the proxy ${name} has no way to ${target} (${answer})`);
  return new ConfigError(
    `The proxy ${name} does not let this machine through to ${target} (${answer}). Have it allowed there, or list the host in NO_PROXY if it can be reached directly.`,
  );
}

/** The title of the proxy's page, if it has come with the refusal. */
function pageOf(head: Buffer): string {
  const title = /<title[^>]*>([^<]{1,200})/i.exec(head.toString('utf8'))?.[1] ?? '';
  return title.replace(/\s+/g, ' ').trim();
}
