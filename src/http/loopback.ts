/** True for this very machine, which is spoken to without TLS and never through a proxy. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
