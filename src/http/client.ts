import type { Clock } from '../clock.ts';
import { TransientError } from '../errors.ts';
import { nameCalls } from '../wording.ts';
import type { AccessToken } from './access-token.ts';
import { isBlockPage, textOf } from './block-page.ts';
import { type ParsedBody, readBody } from './body.ts';
import { blames, classify, namedScopes, type ResponseAction } from './classify.ts';
import type { Body, Refusal, Reply, Request } from './exchange.ts';
import type { Gate } from './gate.ts';
import type { Call, CallPace, Quota, RateLimiter } from './rate-limiter.ts';
import type { Redactor } from './redact.ts';
import { type Headers, parseRetryAfter, readRateLimitNotice } from './retry-after.ts';
import { isPassingStatus, isRetried, longestWaitMs, type RetryPolicy, retryDelayMs } from './retry-policy.ts';
import { createTokenProof, type Sent, type TokenProof, type Verdict } from './token-proof.ts';
import { type Transport, TransportFailure } from './transport.ts';
import { readBrokenZoomError, readZoomError, readZoomErrorOfSuccess, type ZoomError } from './zoom-error.ts';

/** Asks Zoom. Sign, limit, send, classify and back off are separate pieces; this puts them in order. */
export interface Client {
  /**
   * Sends a request, again where the retry policy says so, and returns what Zoom answered about it.
   * @throws ConfigError when Zoom refuses the credentials.
   * @throws TransientError when a quota is used up.
   */
  get(request: Request): Promise<Reply>;
  quota(call: Call): Quota;
}

export interface ClientEvents {
  /** Called before a wait. */
  waiting(wait: Wait): void;
  /** One line for each answer. */
  debug(message: string): void;
  /** Called when a request has its answer, or will have none. */
  answered(request: AnsweredRequest): void;
}

/** Somebody waits before a request. */
export interface Wait {
  readonly stream: string;
  /** Ms since the epoch. */
  readonly until: number;
  readonly reason: 'rate_limited' | 'retry';
  readonly message: string;
}

/** A request of Zoom's API that was sent. */
export interface AnsweredRequest {
  /** Who asked. */
  readonly stream: string;
  readonly pace: CallPace;
  /** Ms since the epoch. */
  readonly sentAt: number;
  /** Absent when nothing was answered. */
  readonly status?: number;
}

export interface ClientParts {
  readonly apiUrl: string;
  readonly accessToken: AccessToken;
  readonly limiter: RateLimiter;
  readonly transport: Transport;
  readonly retry: RetryPolicy;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly events: ClientEvents;
  readonly random?: () => number;
}

/** Shorter waits for a rate limit are not worth a word. */
const announcedWaitMs = 2_000;
/** Requests that are refused together are told to wait until the same instant, give or take. */
const sameInstantMs = 1_000;

export function createClient(parts: ClientParts): Client {
  const announce = createAnnouncer(parts);
  const proof = createTokenProof((request, token) =>
    testify({ ...parts, announce }, request, token).catch(unknownIfQuotaIsGone),
  );
  return {
    get: (request) => get({ ...parts, announce, proof }, request),
    quota: (call) => parts.limiter.quota(call),
  };
}

/** Where the day's quota of a path is used up, nothing is known by it. */
function unknownIfQuotaIsGone(error: unknown): Verdict {
  if (error instanceof TransientError) return 'unknown';
  throw error;
}

interface AskingParts extends ClientParts {
  /** Tells everybody who waits for the label of this request that it is paused, if it is. */
  readonly announce: (request: Request) => void;
}

interface RunningParts extends AskingParts {
  readonly proof: TokenProof;
}

async function get(parts: RunningParts, request: Request): Promise<Reply> {
  const { accessToken, proof } = parts;
  const tries: Tries = { retries: 0, refusedTokens: 0 };
  for (;;) {
    parts.announce(request);
    await parts.limiter.acquire(request);
    const token = await accessToken.get();
    let order = 0;
    const attempt = await parts.gate.run(() => {
      order = proof.next();
      return sendUnlessPaused(parts, request, token);
    });
    if (attempt === undefined) continue;
    const sent: Sent = { request, token, order };
    if (attempt.action === 'success') {
      accessToken.accepted(token);
      proof.accepted(sent);
      return { action: 'success', body: attempt.body };
    }
    const reply = await prepareRetry(parts, sent, attempt, tries);
    if (reply !== undefined) return reply;
  }
}

/** What one request has cost so far. */
interface Tries {
  retries: number;
  refusedTokens: number;
}

/** @returns undefined when the request is to be sent again, now. */
async function prepareRetry(
  parts: RunningParts,
  sent: Sent,
  attempt: Refused,
  tries: Tries,
): Promise<Reply | undefined> {
  const { request } = sent;
  const { retry, clock } = parts;
  const { action, refusal, headers } = attempt;
  switch (action) {
    case 'refresh_token_then_retry':
      tries.refusedTokens += 1;
      return judgeToken(parts, sent, refusal, tries);
    case 'rate_limited':
      return isRetried(retry, 429) ? undefined : { action: 'refused', refusal };
    case 'retry': {
      if (tries.retries >= retry.countMax) return { action: 'refused', refusal };
      const askedMs = parseRetryAfter(headers['retry-after'], clock.now());
      if (askedMs !== undefined && askedMs > longestWaitMs) {
        const until = new Date(clock.now() + askedMs).toISOString();
        return {
          action: 'refused',
          refusal: { ...refusal, message: `${refusal.message} (Zoom asks to come back at ${until})` },
        };
      }
      tries.retries += 1;
      await waitForRetry(parts, request, attempt, tries.retries, askedMs);
      return undefined;
    }
    default:
      return { action, refusal };
  }
}

/** So many tokens of one request may be refused; that each worked elsewhere for a while is an odd Zoom. */
const mostTokens = 4;

/**
 * One path that refuses a token says nothing about the credentials: only when others refuse it as well, another one is asked
 * for. Where they take it, it is this endpoint, or this row of it, that the app may not have.
 * @returns undefined when the request is to be sent again, now.
 * @throws ConfigError when Zoom refuses the credentials.
 */
async function judgeToken(
  { accessToken, proof }: RunningParts,
  sent: Sent,
  refusal: Refusal,
  { refusedTokens }: Tries,
): Promise<Reply | undefined> {
  // A page that blocks the way does not pass by itself.
  const isTransient = refusal.blockedHost === undefined;
  const undecided: Reply = { action: 'refused', refusal: { ...refusal, isTransient } };
  const again = refusedTokens < mostTokens ? undefined : undecided;
  if (accessToken.refused(sent.token)) return again;
  const verdict = await proof.find(sent);
  if (verdict === 'unknown') return undecided;
  if (verdict === 'accepted') {
    accessToken.accepted(sent.token);
    return refusedTokens > 1 ? { action: 'unavailable', refusal } : undefined;
  }
  accessToken.disproved(sent.token);
  return again;
}

/** What a path says to a token that another one has refused. */
async function testify(parts: AskingParts, request: Request, token: string): Promise<Verdict> {
  const { limiter, gate, retry } = parts;
  for (let retries = 0; ; ) {
    parts.announce(request);
    await limiter.acquire(request);
    const attempt = await gate.run(() => sendUnlessPaused(parts, request, token));
    if (attempt === undefined) continue;
    if (attempt.action === 'success') await drain(attempt.body);
    if (attempt.action !== 'retry') return verdictOf(attempt);
    if (retries >= retry.countMax) return 'unknown';
    retries += 1;
    await waitForRetry(parts, request, attempt, retries, undefined);
  }
}

/** Every answer but a 401 that names no scope shows that the token is good; that Zoom is in trouble or out of reach shows nothing. */
function verdictOf(attempt: Attempt): Verdict {
  if (attempt.action === 'success') return 'accepted';
  const { action, refusal } = attempt;
  if (refusal.blockedHost !== undefined) return 'unknown';
  if (action === 'refresh_token_then_retry') return blames(refusal) === 'scopes' ? 'accepted' : 'refused';
  return action === 'refused' && refusal.isTransient ? 'unknown' : 'accepted';
}

/** A body that arrives while it is read holds its connection until its end. */
async function drain({ batches }: Body): Promise<void> {
  try {
    for await (const _ of batches);
  } catch {
    // That it has begun is all there is to know.
  }
}

async function waitForRetry(
  { retry, clock, events, random = Math.random }: ClientParts,
  { stream }: Request,
  { refusal }: Refused,
  retries: number,
  askedMs: number | undefined,
): Promise<void> {
  const delayMs = askedMs ?? retryDelayMs(retry, retries, random());
  const message = `retry ${retries} of ${retry.countMax} in ${Math.round(delayMs / 1000)} s (${refusal.detail})`;
  events.waiting({ stream, until: clock.now() + delayMs, reason: 'retry', message });
  await clock.sleep(delayMs);
}

function createAnnouncer({ limiter, clock, events }: ClientParts): AskingParts['announce'] {
  const announced = new Map<string, number>();
  return (request) => {
    const until = limiter.pausedUntil(request);
    if (until === undefined || until - clock.now() < announcedWaitMs) return;
    const message = `Zoom's rate limit for ${nameCalls(limiter.paceOf(request))} calls is reached; waiting until ${new Date(until).toISOString()}`;
    for (const stream of new Set([request.stream, ...limiter.waitingStreams(request)])) {
      if (until - (announced.get(stream) ?? 0) < sameInstantMs) continue;
      announced.set(stream, until);
      events.waiting({ stream, until, reason: 'rate_limited', message });
    }
  };
}

/** One request and what its answer means. */
type Attempt =
  | { readonly action: 'success'; readonly body: Body; readonly category: string | undefined }
  | Refused;

interface Refused {
  readonly action: Exclude<ResponseAction, 'success'>;
  readonly refusal: Refusal;
  readonly headers: Headers;
  readonly category: string | undefined;
}

/**
 * The limiter hears of the answer before the gate lets the next request through.
 * @returns undefined when the label was paused while the request stood at the gate.
 * @throws TransientError when a quota is used up.
 */
async function sendUnlessPaused(
  parts: AskingParts,
  request: Request,
  token: string,
): Promise<Attempt | undefined> {
  const { limiter, retry, clock } = parts;
  if (limiter.pausedUntil(request) !== undefined) return undefined;
  const attempt = await send(parts, request, token);
  if (attempt.action !== 'rate_limited') limiter.succeeded(request, attempt.category);
  else if (isRetried(retry, 429)) {
    const { headers, refusal } = attempt;
    limiter.refused(request, readRateLimitNotice(headers, refusal.message, clock.now()));
    parts.announce(request);
  }
  return attempt;
}

async function send(parts: ClientParts, request: Request, token: string): Promise<Attempt> {
  const { clock, redactor, events, retry } = parts;
  const startedAt = clock.now();
  const target = `${request.path}${toQuery(request.query)}`;
  const line = `GET ${target}`;
  const sent = { stream: request.stream, pace: parts.limiter.paceOf(request), sentAt: startedAt };
  try {
    const { status, headers, chunks, proxy } = await parts.transport.send({
      method: 'GET',
      url: `${parts.apiUrl}${target}`,
      headers: { authorization: `Bearer ${token}` },
    });
    const body = await readBody(chunks, status < 400 ? request : {});
    events.debug(redactor.redact(`${line} ${status} ${clock.now() - startedAt} ms`));
    events.answered({ ...sent, status });
    return judge(parts, request, { status, headers, body, line, proxy });
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    const message = redactor.redact(error.message);
    events.answered(sent);
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
  readonly proxy: string | undefined;
}

function judge(
  { apiUrl, retry, redactor }: ClientParts,
  request: Request,
  { status, headers, body, line, proxy }: Answered,
): Attempt {
  const category = headers['x-ratelimit-category'];
  const isSuccess = status >= 200 && status < 300;
  const error = isSuccess ? readErrorOfSuccess(body, request) : readError(body);
  if (body.kind === 'json' && error === undefined && isSuccess) {
    return { action: 'success', body: body.body, category };
  }
  // A refusal that nobody can read is an answer none the less, and comes again as often as it is asked for.
  const isBroken = isSuccess && body.kind !== 'json';
  const blockedHost = isBlockPage(status, body, proxy) ? new URL(apiUrl).host : undefined;
  const facts = {
    status,
    code: error?.code,
    message: redactor.redact(error?.message ?? textOf(body, { proxy, blockedHost })),
    isJson: body.kind === 'json',
  };
  const isRetriedStatus = (code: number) =>
    (isBroken && isRetried(retry, 'network')) || isRetried(retry, code);
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
        (action === 'refused' && (isBroken || isPassingStatus(status))),
      missingScopes: namedScopes(facts.message),
      ...(blockedHost === undefined ? {} : { blockedHost }),
      detail: redactor.redact(
        `${line} answered HTTP ${status}${facts.code === undefined ? '' : `, Zoom code ${facts.code}`}: ${facts.message}${tracking === undefined ? '' : ` (x-zm-trackingid ${tracking})`}`,
      ),
    },
  };
}

/** Zoom's error may come with HTTP 200 as well; there it lacks the list that was asked for. */
function readErrorOfSuccess(body: ParsedBody, { records }: Request): ZoomError | undefined {
  if (body.kind !== 'json' || (records !== undefined && body.body.hasList())) return undefined;
  return readZoomErrorOfSuccess(body.body.envelope);
}

function readError(body: ParsedBody): ZoomError | undefined {
  if (body.kind === 'json') return readZoomError(body.body.envelope);
  return body.kind === 'broken' ? readBrokenZoomError(body.text) : undefined;
}

function toQuery(query: Request['query']): string {
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}
