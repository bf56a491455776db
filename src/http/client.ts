import type { Clock } from '../clock.ts';
import type { AccessToken } from './access-token.ts';
import { type ParsedBody, readBody } from './body.ts';
import { classify, namedScopes, type ResponseAction } from './classify.ts';
import type { Body, Refusal, Reply, Request } from './exchange.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Redactor } from './redact.ts';
import { type Headers, parseRetryAfter, readRateLimitNotice } from './retry-after.ts';
import { isRetried, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import { type Transport, TransportFailure } from './transport.ts';

/** Asks Zoom. Sign, limit, send, classify and back off are separate pieces; this puts them in order. */
export interface Client {
  /**
   * Sends a request, again where the retry policy says so, and returns what Zoom answered about it.
   * @throws ConfigError when Zoom refuses the credentials.
   * @throws TransientError when a quota is used up.
   */
  get(request: Request): Promise<Reply>;
}

interface ClientEvents {
  /** Called before a wait: who waits, until when (ms since the epoch), and for what. */
  waiting(wait: { stream: string; until: number; reason: 'rate_limited' | 'retry'; message: string }): void;
  /** One line for each answer. */
  debug(message: string): void;
}

export interface ClientParts {
  readonly apiUrl: string;
  readonly accessToken: AccessToken;
  readonly limiter: RateLimiter;
  readonly transport: Transport;
  readonly retry: RetryPolicy;
  /** Bounds the requests in flight. */
  readonly gate: <T>(task: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly events: ClientEvents;
  readonly random?: () => number;
}

/** Shorter waits for a rate limit are not worth a word. */
const announcedWaitMs = 2_000;

export function createClient(parts: ClientParts): Client {
  return { get: (request) => get(parts, request) };
}

async function get(parts: ClientParts, request: Request): Promise<Reply> {
  const { limiter, accessToken, retry, clock, events, random = Math.random } = parts;
  let retries = 0;
  let isRenewed = false;
  for (;;) {
    announcePause(parts, request);
    await limiter.acquire(request);
    const token = await accessToken.get();
    const attempt = await parts.gate(() => send(parts, request, token));
    if (attempt.action !== 'rate_limited') limiter.succeeded(request, attempt.category);
    if (attempt.action === 'success') accessToken.accepted(token);
    switch (attempt.action) {
      case 'success':
        return { action: 'success', body: attempt.body };
      case 'refresh_token_then_retry':
        accessToken.refused(token);
        // Others are answered with the new token: it is this endpoint that the app may not have.
        if (isRenewed) return { action: 'unavailable', refusal: attempt.refusal };
        isRenewed = true;
        continue;
      case 'rate_limited':
        if (!isRetried(retry, 429)) return { action: 'refused', refusal: attempt.refusal };
        limiter.refused(request, readRateLimitNotice(attempt.headers, attempt.refusal.message, clock.now()));
        continue;
      case 'retry': {
        if (retries >= retry.countMax) return { action: 'refused', refusal: attempt.refusal };
        retries += 1;
        const delay =
          parseRetryAfter(attempt.headers['retry-after'], clock.now()) ??
          retryDelayMs(retry, retries, random());
        events.waiting({
          stream: request.stream,
          until: clock.now() + delay,
          reason: 'retry',
          message: `retry ${retries} of ${retry.countMax} in ${Math.round(delay / 1000)} s (${attempt.refusal.detail})`,
        });
        await clock.sleep(delay);
        continue;
      }
      default:
        return { action: attempt.action, refusal: attempt.refusal };
    }
  }
}

function announcePause({ limiter, clock, events }: ClientParts, request: Request): void {
  const until = limiter.pausedUntil(request);
  if (until === undefined || until - clock.now() < announcedWaitMs) return;
  const message = `Zoom's rate limit is reached; waiting until ${new Date(until).toISOString()}`;
  events.waiting({ stream: request.stream, until, reason: 'rate_limited', message });
}

/** One request and what its answer means. */
type Attempt =
  | { readonly action: 'success'; readonly body: Body; readonly category: string | undefined }
  | {
      readonly action: Exclude<ResponseAction, 'success'>;
      readonly refusal: Refusal;
      readonly headers: Headers;
      readonly category: string | undefined;
    };

async function send(parts: ClientParts, request: Request, token: string): Promise<Attempt> {
  const { clock, redactor, events, retry } = parts;
  const startedAt = clock.now();
  const line = `GET ${request.path}${toQuery(request.query)}`;
  try {
    const { status, headers, chunks } = await parts.transport.send({
      method: 'GET',
      url: `${parts.apiUrl}${request.path}${toQuery(request.query)}`,
      headers: { authorization: `Bearer ${token}` },
    });
    const body = await readBody(chunks, status < 400 ? request.records : undefined);
    events.debug(redactor.redact(`${line} ${status} ${clock.now() - startedAt} ms`));
    return judge(parts, request, { status, headers, body, line });
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    const message = redactor.redact(error.message);
    events.debug(redactor.redact(`${line} failed: ${message}`));
    const refusal = {
      message,
      isTransient: true,
      missingScopes: [],
      detail: redactor.redact(`${line}: ${message}`),
    };
    const action = isRetried(retry, 'network') ? 'retry' : 'refused';
    return { action, refusal, headers: {}, category: undefined };
  }
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ParsedBody;
  readonly line: string;
}

function judge(
  { retry, redactor }: ClientParts,
  request: Request,
  { status, headers, body, line }: Answered,
): Attempt {
  const category = headers['x-ratelimit-category'];
  const error = body.kind === 'json' ? readError(body.body, request, status) : undefined;
  if (body.kind === 'json' && error === undefined && status >= 200 && status < 300) {
    return { action: 'success', body: body.body, category };
  }
  const isBroken = body.kind === 'broken' || (body.kind === 'text' && status >= 200 && status < 300);
  const facts = {
    status,
    code: error?.code,
    message: redactor.redact(error?.message ?? textOf(body)),
    isJson: body.kind === 'json',
  };
  const isRetriedStatus = (code: number) =>
    isBroken && code < 400 ? isRetried(retry, 'network') : isRetried(retry, code);
  const action = classify(facts, request.answers ?? [], isRetriedStatus) as Exclude<
    ResponseAction,
    'success'
  >;
  const tracking = headers['x-zm-trackingid'];
  return {
    action,
    headers,
    category,
    refusal: {
      status,
      ...(facts.code === undefined ? {} : { code: facts.code }),
      message: facts.message,
      isTransient:
        action === 'retry' ||
        action === 'rate_limited' ||
        (action === 'refused' && isPassing(status, isBroken)),
      missingScopes: namedScopes(facts.message),
      detail: redactor.redact(
        `${line} answered HTTP ${status}${facts.code === undefined ? '' : `, Zoom code ${facts.code}`}: ${facts.message}${tracking === undefined ? '' : ` (x-zm-trackingid ${tracking})`}`,
      ),
    },
  };
}

/** What usually passes by itself, whether the policy retries it or not. */
function isPassing(status: number, isBroken: boolean): boolean {
  return isBroken || status >= 500 || status === 408 || status === 425 || status === 429;
}

/** Zoom's error in a body, which may come with HTTP 200 as well; there it lacks the list that was asked for. */
function readError(
  body: Body,
  { records }: Request,
  status: number,
): { code: number; message: string } | undefined {
  const { code, message } = body.envelope;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return status < 400 && records !== undefined && body.hasList() ? undefined : { code, message };
}

function textOf(body: ParsedBody): string {
  if (body.kind === 'text') return body.text;
  return body.kind === 'broken' ? 'the answer is garbled or ends too early' : 'no reason given';
}

function toQuery(query: Request['query']): string {
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}
