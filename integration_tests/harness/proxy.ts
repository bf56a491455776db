import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Emulator } from '../emulator/server.ts';

/** Of nobody: made for these tests, and signed by itself. For zoom.test and what is below it. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6bNM9A0j7LZ4Y1J3
9/1Pj2NCrL10rYLMpM1lzzACX/KhRANCAASXsu0RzjTIN/lr7Mul/h+qSOsj6lDt
tthzru52JmtR4pOjtqzLJ8O3GTrlMU9y0brYmfJRIk63L2zNfDurgJ0H
-----END PRIVATE KEY-----`;
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBojCCAUigAwIBAgIUeSfKwP7S7wwnMl3tRDEGiZyXlf8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJem9vbS50ZXN0MCAXDTI2MTEyNzA0MjkwMFoYDzIxMjYxMTAz
MDQyOTAwWjAUMRIwEAYDVQQDDAl6b29tLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASXsu0RzjTIN/lr7Mul/h+qSOsj6lDttthzru52JmtR4pOjtqzLJ8O3
GTrlMU9y0brYmfJRIk63L2zNfDurgJ0Ho3YwdDAdBgNVHQ4EFgQUSNr7g0uekjFi
Bfo58yxirKajIzQwHwYDVR0jBBgwFoAUSNr7g0uekjFiBfo58yxirKajIzQwDwYD
VR0TAQH/BAUwAwEB/zAhBgNVHREEGjAYggl6b29tLnRlc3SCCyouem9vbS50ZXN0
MAoGCCqGSM49BAMCA0gAMEUCIHrX0TTv+C7frUBvQQX76U+PgyF+2UcJEhRSAN/6
nLsZAiEAgiWy+/6nBroXrzI55vSypNu09+PdWhVX3iBZPFSob3w=
-----END CERTIFICATE-----`;

/** What a proxy does with who asks for a tunnel; without an answer the tunnel is given. */
export interface Asked {
  readonly target: string;
  readonly authorization: string | undefined;
}

export interface ProxyToZoom {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Everybody who has asked for a tunnel. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/**
 * A proxy on this machine that makes believe that zoom.test is the emulator, behind TLS.
 * @param refuse text to answer a CONNECT with in place of a tunnel.
 * @param page what is behind the tunnel in place of Zoom.
 */
export async function startProxy(
  emulator: Emulator,
  { refuse, page }: { refuse?: (asked: Asked) => string | undefined; page?: string | undefined } = {},
): Promise<ProxyToZoom> {
  const asked: Asked[] = [];
  const sockets = new Set<Duplex>();
  const zoom = createSecureServer({ key, cert: certificate }, (incoming, response) => {
    if (page !== undefined) response.writeHead(403, { 'content-type': 'text/html' }).end(page);
    else
      pass(incoming, new URL(emulator.apiUrl).port, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
  });
  const zoomPort = await listen(zoom);
  const proxy = createServer((_, response) => response.writeHead(500).end());
  proxy.on('connection', (socket) => sockets.add(socket));
  zoom.on('connection', (socket) => sockets.add(socket));
  proxy.on('connect', ({ url = '', headers }, socket) => {
    const one = { target: url, authorization: headers['proxy-authorization'] };
    asked.push(one);
    socket.on('error', () => undefined);
    const answer = refuse?.(one);
    if (answer !== undefined) return socket.end(answer);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const tunnel = connect(zoomPort, '127.0.0.1');
    tunnel.on('error', () => socket.destroy());
    return tunnel.pipe(socket).pipe(tunnel);
  });
  const port = await listen(proxy);
  return {
    address: `127.0.0.1:${port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([proxy, zoom].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function pass(incoming: IncomingMessage, port: string, answered: (answer: IncomingMessage) => void): void {
  const { method, url, headers } = incoming;
  incoming.pipe(request({ host: '127.0.0.1', port, method, path: url, headers }, answered));
}
