import { ConfigError, quote } from '../errors.ts';
import { isLoopback } from '../http/loopback.ts';
import { parseStatusList, type RetryPolicy } from '../http/retry-policy.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { readSpec } from '../resources.ts';
import { type Problem, validate } from '../validate.ts';
import { writtenExpiry } from './expiry.ts';
import { parseInstant } from './instant.ts';

/** What the user configured: checked, with defaults filled in. Instants are ms since the epoch. */
export interface Config {
  readonly credentials: Credentials;
  readonly startDate: number | undefined;
  /** Exclusive. */
  readonly endDate: number | undefined;
  /** Absent: each stream's own. */
  readonly lookbackDays: number | undefined;
  readonly retry: RetryPolicy;
  readonly zoomPlan: 'free' | 'pro' | 'business' | 'unlimited';
  /** Percent. */
  readonly rateLimitShare: number;
  readonly concurrency: number;
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly includeSensitiveFields: boolean;
  /** 0: in every sync. */
  readonly detailRefreshDays: number;
}

type Credentials =
  | {
      readonly authType: 'oauth2.0';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string | undefined;
      readonly accessToken: string | undefined;
      /** As it was saved; read by whoever needs it, since an unreadable one is no error. */
      readonly tokenExpiryDate: string | undefined;
      readonly tokenUrl: string;
      readonly authorizationUrl: string;
      /** What the app asks for, names separated by spaces; absent: all that it has. */
      readonly scope: string | undefined;
    }
  | {
      readonly authType: 'server_to_server';
      readonly accountId: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tokenUrl: string;
    };

/**
 * Checks a config file's content against `spec.json` and beyond what JSON Schema can say.
 * @throws ConfigError that names every invalid value at once, each with its path and what would be valid.
 */
export function parseConfig(raw: unknown): Config {
  if (!isJsonObject(raw)) throw new ConfigError('The config has to be a JSON object.');
  const config = withWrittenExpiry(trimmed(withoutNulls(fromFlatConfig(raw))));
  const problems: Problem[] = [...validate(schemaFor(config), config)];
  const values = readValues(config, problems);
  if (problems.length === 0) return values;
  const said = problems.map((problem) => say(isFlat(raw) ? withFlatPath(problem) : problem));
  throw new ConfigError(`The config is not valid: ${said.join('; ')}.`);
}

function say({ path, message }: Problem): string {
  return path === '' ? message : `${path} ${message}`;
}

const flatFields = ['account_id', 'client_id', 'client_secret'];

function isFlat(raw: JsonObject): boolean {
  return raw['credentials'] === undefined && flatFields.some((field) => raw[field] !== undefined);
}

/** The path that the user wrote. */
function withFlatPath({ path, message }: Problem): Problem {
  return {
    path: path.replace(/^credentials\.(?=.)/, '').replace(/^token_url$/, 'authorization_endpoint'),
    message,
  };
}

/** Older Zoom connectors have the Server-to-Server credentials at the top level. */
function fromFlatConfig(raw: JsonObject): JsonObject {
  if (!isFlat(raw)) return raw;
  const { account_id, client_id, client_secret, authorization_endpoint, ...rest } = raw;
  const credentials = { auth_type: 'server_to_server', account_id, client_id, client_secret };
  return {
    ...rest,
    credentials:
      authorization_endpoint === undefined
        ? credentials
        : { ...credentials, token_url: authorization_endpoint },
  };
}

/** Platforms write null for what the user left empty. */
function withoutNulls(value: JsonObject): JsonObject {
  const entries = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(
    entries.map(([name, field]) => [name, isJsonObject(field) ? withoutNulls(field) : field]),
  );
}

/** What is copied from a web page or a file brings white space along. */
function trimmed(value: JsonObject): JsonObject {
  const trim = (field: unknown) => {
    if (typeof field === 'string') return field.trim();
    return isJsonObject(field) ? trimmed(field) : field;
  };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, trim(field)]));
}

/** Scripts write an expiry as a number. */
function withWrittenExpiry(config: JsonObject): JsonObject {
  const { credentials } = config;
  if (!isJsonObject(credentials) || credentials['token_expiry_date'] === undefined) return config;
  const expiry = writtenExpiry(credentials['token_expiry_date']);
  return { ...config, credentials: { ...credentials, token_expiry_date: expiry } };
}

/** The specification with only that kind of credentials which the config names, so that messages speak of one kind. */
function schemaFor(config: JsonObject): JsonObject {
  const schema = structuredClone(readSpec()['connectionSpecification']) as JsonObject;
  const properties = schema['properties'] as Record<string, JsonObject>;
  const kinds = (properties['credentials']?.['oneOf'] ?? []) as { properties: Record<string, JsonObject> }[];
  const given = isJsonObject(config['credentials']) ? config['credentials']['auth_type'] : undefined;
  const kind = kinds.find(({ properties: { auth_type } }) => auth_type?.['const'] === given);
  const names = kinds.map(({ properties: { auth_type } }) => auth_type?.['const']);
  const anyKind = { type: 'object', required: ['auth_type'], properties: { auth_type: { enum: names } } };
  return { ...schema, properties: { ...properties, credentials: kind ?? anyKind } };
}

function readValues(config: JsonObject, problems: Problem[]): Config {
  const field = fieldReader(config, problems);
  const startDate = field('start_date', (value) => parseInstant(value, 'start'));
  const endDate = field('end_date', (value) => parseInstant(value, 'end'));
  if (startDate !== undefined && endDate !== undefined && startDate >= endDate) {
    problems.push({
      path: 'start_date',
      message: `has to be before end_date (${config['start_date']} is not before ${config['end_date']})`,
    });
  }
  return {
    credentials: readCredentials(config['credentials'], problems),
    startDate,
    endDate,
    lookbackDays: config['lookback_window_days'] as number | undefined,
    retry: readRetry(config['retry'], problems),
    zoomPlan: (config['zoom_plan'] ?? 'pro') as Config['zoomPlan'],
    rateLimitShare: (config['rate_limit_share'] ?? 80) as number,
    concurrency: (config['concurrency'] ?? 16) as number,
    apiUrl: field('api_url', parseUrl) ?? 'https://api.zoom.us/v2',
    includeSensitiveFields: config['include_sensitive_fields'] === true,
    detailRefreshDays: (config['detail_refresh_days'] ?? 0) as number,
  };
}

function readCredentials(value: unknown, problems: Problem[]): Credentials {
  const credentials = isJsonObject(value) ? value : {};
  const field = fieldReader(credentials, problems, 'credentials.');
  for (const name of copiedFields) field(name, requirePrintable);
  const text = (name: string) => credentials[name] as string;
  const optional = (name: string) =>
    credentials[name] === '' ? undefined : (credentials[name] as string | undefined);
  const shared = {
    clientId: text('client_id'),
    clientSecret: text('client_secret'),
    tokenUrl: field('token_url', parseUrl) ?? 'https://zoom.us/oauth/token',
  };
  const authorizationUrl = field('authorization_url', parseUrl) ?? 'https://zoom.us/oauth/authorize';
  if (credentials['auth_type'] === 'server_to_server') {
    return { authType: 'server_to_server', accountId: text('account_id'), ...shared };
  }
  return {
    authType: 'oauth2.0',
    ...shared,
    refreshToken: optional('refresh_token'),
    accessToken: optional('access_token'),
    tokenExpiryDate: optional('token_expiry_date'),
    authorizationUrl,
    scope: optional('scope'),
  };
}

/** What people copy from Zoom's pages, and what is made of it. */
const copiedFields = ['account_id', 'client_id', 'client_secret', 'refresh_token', 'access_token'];

/** A line break in the middle, or a character that nobody sees, would be refused by Zoom as a wrong credential. */
function requirePrintable(value: string): void {
  const place = value.search(/[^\x21-\x7e]/);
  if (place < 0) return;
  const code = (value.codePointAt(place) as number).toString(16).toUpperCase().padStart(4, '0');
  throw new Error(
    `holds a character that no such value has (U+${code}, at place ${place + 1}): copy it again, without what stands around it`,
  );
}

function readRetry(value: unknown, problems: Problem[]): RetryPolicy {
  const retry = isJsonObject(value) ? value : {};
  const field = fieldReader(retry, problems, 'retry.');
  return {
    mode: (retry['mode'] ?? 'RetryWhenStatusCodeMatch') as RetryPolicy['mode'],
    statusCodes: field('status_code_list', parseStatusList) ?? parseStatusList('408|425|429|500-599'),
    countMax: (retry['count_max'] ?? 5) as number,
    multiplyWaitTime: retry['multiply_wait_time'] !== false,
    waitTimeMs: (retry['wait_time_ms'] ?? 1000) as number,
  };
}

/** Reads text fields with parsers that throw what would be valid; fields that are no text are the schema's to refuse. */
function fieldReader(values: JsonObject, problems: Problem[], prefix = '') {
  return <T>(name: string, parse: (value: string) => T): T | undefined => {
    const value = values[name];
    if (typeof value !== 'string') return undefined;
    try {
      return parse(value);
    } catch (error) {
      const path = `${prefix}${name}`;
      const problem = { path, message: error instanceof Error ? error.message : String(error) };
      const known = problems.findIndex((other) => other.path === path);
      if (known === -1) problems.push(problem);
      else problems[known] = problem;
      return undefined;
    }
  };
}

/** A token must not travel in the clear, except to this very machine. */
function parseUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && url.username + url.password + url.search + url.hash !== '')
    throw new Error('has to be an address alone, without a user, a password, ? or #');
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url)))
    // The look behind keeps a long row of slashes from being tried from each of them.
    return value.replace(/(?<!\/)\/+$/, '');
  throw new Error(
    `has to be an https URL; http is accepted for this machine itself only (got ${quote(value)})`,
  );
}
