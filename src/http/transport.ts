import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { ConfigError } from '../errors.ts';
import { unknownSigner } from './certificate.ts';
import { isLoopback } from './loopback.ts';
import { findProxy, type HttpProxy, type Variables } from './proxy.ts';
import type { Headers } from './retry-after.ts';
import { createTunnelAgent, ProxyFailure } from './tunnel.ts';

/** One request as it goes over the wire. */
interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  /** The body. Has to be read to its end or given up (`return`), so that its connection can be used again. Throws TransportFailure. */
  readonly chunks: AsyncGenerator<Buffer>;
  /** The proxy that the answer came through, without its password. */
  readonly proxy?: string | undefined;
}

/** The network failed: nothing, or not all, was answered. Holds no header and so no token. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
}

export interface Transport {
  /**
   * @throws TransportFailure
   * @throws ConfigError when a proxy will not have us, or nobody here knows who signed the host's certificate.
   */
  send(request: WireRequest): Promise<WireResponse>;
}

export interface TransportOptions {
  /** Longest silence on a connection. */
  readonly silenceMs?: number;
  /** Longest time from request to the end of the body. */
  readonly totalMs?: number;
  /** The environment, which names proxies. */
  readonly variables?: Variables;
}

const agentOptions = { keepAlive: true, keepAliveMsecs: 30_000, scheduling: 'lifo' as const };

/**
 * Sends requests over connections that are kept open. Redirects are not followed, so that the token goes to the
 * configured host only. Everything but this machine itself is reached through the proxy that the environment names.
 */
export function createTransport({
  silenceMs = 60_000,
  totalMs = 300_000,
  variables = {},
}: TransportOptions = {}): Transport {
  const httpsAgent = new HttpsAgent(agentOptions);
  const tunnels = new Map<string, HttpsAgent>();
  const tunnelThrough = (proxy: HttpProxy) => {
    const agent = tunnels.get(proxy.name) ?? createTunnelAgent(proxy, agentOptions, silenceMs);
    tunnels.set(proxy.name, agent);
    return agent;
  };
  const client = axios.create({
    httpAgent: new HttpAgent(agentOptions),
    // Of proxies axios knows less than we do.
    proxy: false,
    maxRedirects: 0,
    responseType: 'stream',
    // What a status means is for others to say.
    validateStatus: () => true,
    transitional: { clarifyTimeoutError: true },
    maxContentLength: -1,
    timeout: silenceMs,
  });
  return {
    async send({ method, url, headers, body }) {
      const deadline = AbortSignal.timeout(totalMs);
      const target = new URL(url);
      const proxy = isLoopback(target) ? undefined : findProxy(target, variables);
      try {
        const response: AxiosResponse<Readable> = await client.request({
          method,
          url,
          headers: { accept: 'application/json', ...headers },
          ...(body === undefined ? {} : { data: body }),
          signal: deadline,
          httpsAgent: proxy === undefined ? httpsAgent : tunnelThrough(proxy),
        });
        const { status, data } = response;
        const chunks = readChunks(data, { silenceMs, isRefusal: status >= 400 && status < 500 });
        return { status, headers: response.headers as Headers, chunks, proxy: proxy?.name };
      } catch (error) {
        throw toFailure(error, target.host);
      }
    },
  };
}

function toFailure(error: unknown, host: string): TransportFailure | ConfigError {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof ConfigError) return cause;
  if (cause instanceof ProxyFailure) return new TransportFailure(cause.message);
  return unknownSigner(error, host) ?? toTransportFailure(error);
}

/** axios hands its errors' config around, headers and token included; only their words go on. */
function toTransportFailure(error: unknown): TransportFailure {
  if (error instanceof TransportFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const reason = error instanceof Error ? error.message : String(error);
  return new TransportFailure(explain(code, reason));
}

function explain(code: string | undefined, reason: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `connection refused (${reason || code})`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `host name not found (${reason})`;
    case 'ETIMEDOUT':
    case 'ECONNABORTED':
    case 'ERR_CANCELED':
      return `no answer in time (${reason})`;
    default:
      return code === undefined || reason.includes(code) ? reason : `${reason} (${code})`;
  }
}

/**
 * The client's own timeout ends with the headers. While the reader is busy it is not Zoom that is silent. A refusal that cannot
 * be unpacked is an answer none the less: it ends there.
 */
async function* readChunks(
  stream: Readable,
  { silenceMs, isRefusal }: { readonly silenceMs: number; readonly isRefusal: boolean },
): AsyncGenerator<Buffer> {
  const giveUp = () => stream.destroy(new TransportFailure(`no answer in time (silent for ${silenceMs} ms)`));
  let silence = setTimeout(giveUp, silenceMs);
  try {
    for await (const chunk of stream) {
      clearTimeout(silence);
      yield chunk as Buffer;
      silence = setTimeout(giveUp, silenceMs);
    }
  } catch (error) {
    if (!isRefusal || !isPackedWrongly(error)) throw toTransportFailure(error);
  } finally {
    clearTimeout(silence);
    stream.destroy();
  }
}

/** Of gzip and deflate, of Brotli, and of zstd. */
function isPackedWrongly(error: unknown): boolean {
  return /^(Z_|ERR__|ERR_BROTLI|ZSTD_)/.test(String((error as NodeJS.ErrnoException).code));
}
