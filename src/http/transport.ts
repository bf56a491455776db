import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { isLoopback } from './loopback.ts';
import type { Headers } from './retry-after.ts';

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
}

/** The network failed: nothing, or not all, was answered. Holds no header and so no token. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
}

export interface Transport {
  /** @throws TransportFailure */
  send(request: WireRequest): Promise<WireResponse>;
}

export interface TransportOptions {
  /** Longest silence on a connection. */
  readonly silenceMs?: number;
  /** Longest time from request to the end of the body. */
  readonly totalMs?: number;
}

/**
 * Sends requests over connections that are kept open. Redirects are not followed, so that the token goes to the
 * configured host only. Proxies are taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (through CONNECT for https); this machine
 * itself is never asked through one.
 */
export function createTransport({ silenceMs = 60_000, totalMs = 300_000 }: TransportOptions = {}): Transport {
  const agent = { keepAlive: true, keepAliveMsecs: 30_000, scheduling: 'lifo' as const };
  const client = axios.create({
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
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
      const proxy = isLoopback(new URL(url)) ? { proxy: false as const } : {};
      try {
        const response: AxiosResponse<Readable> = await client.request({
          method,
          url,
          headers: { accept: 'application/json', ...headers },
          ...(body === undefined ? {} : { data: body }),
          signal: deadline,
          ...proxy,
        });
        const { status, data } = response;
        return { status, headers: response.headers as Headers, chunks: readChunks(data, silenceMs) };
      } catch (error) {
        throw toTransportFailure(error);
      }
    },
  };
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

/** The client's own timeout ends with the headers. While the reader is busy it is not Zoom that is silent. */
async function* readChunks(stream: Readable, silenceMs: number): AsyncGenerator<Buffer> {
  const giveUp = () => stream.destroy(new TransportFailure(`no answer in time (silent for ${silenceMs} ms)`));
  let silence = setTimeout(giveUp, silenceMs);
  try {
    for await (const chunk of stream) {
      clearTimeout(silence);
      yield chunk as Buffer;
      silence = setTimeout(giveUp, silenceMs);
    }
  } catch (error) {
    throw toTransportFailure(error);
  } finally {
    clearTimeout(silence);
    stream.destroy();
  }
}
