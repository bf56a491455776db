import { ConfigError } from '../errors.ts';

/** A proxy that is asked for a tunnel. */
export interface HttpProxy {
  /** Scheme, host and port, without user and password: how messages call it. */
  readonly name: string;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
  /** The environment variable that names it. */
  readonly variable: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an https URL, as curl finds it: https_proxy or all_proxy, in either case, lower case first, unless no_proxy
 * lists the host. A proxy without a scheme is spoken to over http.
 * @throws ConfigError for what is no address of a proxy; it is not shown, since it may hold a password.
 */
export function findProxy(url: URL, variables: Variables): HttpProxy | undefined {
  const [variable, value] = firstOf(variables, ['https_proxy', 'all_proxy']) ?? [];
  if (variable === undefined || value === undefined || isExempt(url, variables)) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy === undefined || proxy.hostname === '' || endsInPassword(address, proxy))
    throw new ConfigError(
      `${variable} is no address of a proxy. Write it as http://user:password@host:port, special characters of user and password percent-encoded.`,
    );
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')
    throw new ConfigError(
      `${variable} names a proxy of another kind (${proxy.protocol}//) than this connector can use. Name an http or https proxy, or list ${url.hostname} in NO_PROXY.`,
    );
  const isSecure = proxy.protocol === 'https:';
  return {
    name: `${proxy.protocol}//${proxy.host}`,
    isSecure,
    host: withoutBrackets(proxy.hostname),
    port: Number(proxy.port || (isSecure ? 443 : 80)),
    authorization: authorizationOf(proxy),
    variable,
  };
}

/** The password ended the address too early: the @ behind it was not read as the end of user and password, or not the last one. */
function endsInPassword(address: string, { username, pathname, search, hash }: URL): boolean {
  const rest = `${pathname}${search}${hash}`;
  return rest.includes('@') || (address.includes('@') && username === '');
}

/** What must never be printed of the proxies that the environment names. Where there is no password the user is a key. */
export function proxySecrets(variables: Variables): readonly string[] {
  return ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'http_proxy', 'HTTP_PROXY'].flatMap(
    (name) => {
      const [, user, password = ''] =
        /^(?:[^:/]*:\/\/)?([^:]*)(?::(.*))?@/.exec(variables[name]?.trim() ?? '') ?? [];
      if (user === undefined) return [];
      const secret = password === '' ? user : password;
      const pair = `${decode(user)}:${decode(password)}`;
      return [secret, decode(secret), Buffer.from(pair).toString('base64')];
    },
  );
}

function firstOf(
  variables: Variables,
  names: readonly string[],
): readonly [name: string, value: string] | undefined {
  for (const lower of names) {
    for (const name of [lower, lower.toUpperCase()]) {
      const value = variables[name]?.trim();
      if (value !== undefined && value !== '') return [name, value];
    }
  }
  return undefined;
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

/** A password may hold percent signs that begin no escape, beside others that do. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    }
  });
}

/** A domain of no_proxy stands for all below it, with or without a dot or `*.` before it; `*` for all there is. */
function isExempt(url: URL, variables: Variables): boolean {
  const [, list = ''] = firstOf(variables, ['no_proxy']) ?? [];
  const host = withoutBrackets(url.hostname).toLowerCase();
  const port = url.port || '443';
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, only = port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
      const domain = withoutBrackets(name).replace(/^\*?\.|\.$/g, '');
      return domain !== '' && only === port && (host === domain || host.endsWith(`.${domain}`));
    });
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
