import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { withRotatedTokens } from '../config/rotated.ts';
import { createAccountPlan } from '../engine/account-plan.ts';
import { createGate } from '../engine/concurrency.ts';
import { createLicences } from '../engine/licences.ts';
import type { SyncContext } from '../engine/sync-context.ts';
import type { SyncListener } from '../engine/sync-events.ts';
import { createAccessToken } from '../http/access-token.ts';
import { type ClientEvents, createClient, type Wait } from '../http/client.ts';
import { proxySecrets, type Variables } from '../http/proxy.ts';
import { createRateLimiter } from '../http/rate-limiter.ts';
import type { Redactor } from '../http/redact.ts';
import { createTransport } from '../http/transport.ts';
import type { JsonObject } from '../json.ts';
import { controlMessage, logMessage } from '../protocol/messages.ts';
import type { Writer } from '../protocol/writer.ts';
import { readSchema } from '../resources.ts';
import { listings, streams } from '../streams/index.ts';
import { listSome } from '../wording.ts';

/** What the commands that talk to Zoom are given. */
export interface SessionParts {
  readonly config: Config;
  /** The config as the user gave it, which goes back whole when a token is rotated. */
  readonly rawConfig: JsonObject;
  readonly writer: Writer;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly isDebug: boolean;
  /** The environment, which names proxies. */
  readonly variables: Variables;
  /** Hears that somebody waits for a rate limit: who, and until when (ms since the epoch). */
  onWait(requester: string, until: number): void;
  /** Those who hear what the sync does; nobody does where it is absent. */
  readonly listeners?: readonly SyncListener[];
}

export interface Session {
  readonly sync: SyncContext;
  /** @throws ConfigError when Zoom refuses the credentials. */
  signIn(): Promise<void>;
  /** The scopes of the app, once signed in; undefined where Zoom has not told. */
  scopes(): readonly string[] | undefined;
}

/** A wait worth a line in the log. */
const shownWaitMs = 5_000;

/** Puts together token, limiter, transport and client as the config says. */
export function createSession(parts: SessionParts): Session {
  const { config, writer, redactor, clock } = parts;
  const { tell, log, events, requests } = createVoice(parts);
  for (const secret of proxySecrets(parts.variables)) redactor.add(secret);
  const transport = createTransport({ variables: parts.variables });
  const accessToken = createAccessToken({
    credentials: config.credentials,
    transport,
    retry: config.retry,
    clock,
    redactor,
    async onRotation(tokens) {
      await writer.write(controlMessage(withRotatedTokens(parts.rawConfig, tokens), clock.now()));
      // What is in our own buffer alone is lost with us, and the old refresh token is good no more.
      await writer.flushed();
    },
  });
  const gate = createGate(config.concurrency);
  const client = createClient({
    apiUrl: config.apiUrl,
    accessToken,
    limiter: createRateLimiter({ plan: config.zoomPlan, sharePercent: config.rateLimitShare, gate, clock }),
    transport,
    retry: config.retry,
    gate,
    clock,
    redactor,
    events,
  });
  return {
    signIn: async () => void (await accessToken.get()),
    scopes: () => accessToken.scopes(),
    sync: {
      client,
      clock,
      options: {
        startDate: config.startDate,
        endDate: config.endDate,
        lookbackDays: config.lookbackDays,
        detailRefreshDays: config.detailRefreshDays,
        concurrency: config.concurrency,
        includeSensitiveFields: config.includeSensitiveFields,
        mayBeUserLevel: config.credentials.authType === 'oauth2.0',
      },
      startedAt: clock.now(),
      streams: new Map(streams.map((declaration) => [declaration.name, declaration])),
      listings: new Map(listings.map((listing) => [listing.name, listing])),
      schemaOf: readSchema,
      replaced: new Map(),
      accountPlan: createAccountPlan(),
      licences: createLicences(),
      nulls: new Map(),
      requests,
      log,
      tell,
    },
  };
}

type Log = SyncContext['log'];

/** What is said and counted of a sync while it runs. */
function createVoice({ writer, isDebug, clock, onWait, listeners = [] }: SessionParts) {
  const tell: SyncListener = (event) => {
    for (const hear of listeners) hear(event);
  };
  const say = createLog(writer, isDebug);
  const logWait = createWaitLog(say);
  const requests = new Map<string, number>();
  const log: Log = (level, message) => {
    say(level, message);
    if (level === 'WARN') tell({ kind: 'noted', level, message });
  };
  const events: ClientEvents = {
    waiting(wait) {
      const { stream, until, reason } = wait;
      if (reason === 'rate_limited') onWait(stream, until);
      if (until - clock.now() >= shownWaitMs) logWait(wait);
      tell({ kind: 'waiting', wait });
    },
    debug: (message) => say('DEBUG', message),
    answered(request) {
      requests.set(request.stream, (requests.get(request.stream) ?? 0) + 1);
      tell({ kind: 'answered', request });
    },
  };
  return { tell, log, events, requests };
}

/** Logs through stdout. That it is closed is noticed by whoever writes records. */
function createLog(writer: Writer, isDebug: boolean): Log {
  return (level, message) => {
    if (level === 'DEBUG' && !isDebug) return;
    writer.write(logMessage(level, message)).catch(() => undefined);
  };
}

/** Names of who waits that one line holds. */
const namesShown = 3;

/** One line for all who wait for the same thing, which may be hundreds: it names those who began to at once. */
function createWaitLog(log: Log): (wait: Wait) => void {
  const waiting = new Map<string, Wait[]>();
  let told = '';
  return (wait) => {
    if (wait.reason === 'rate_limited' && wait.message === told) {
      log('DEBUG', `${wait.stream}: ${wait.message}`);
      return;
    }
    const together = waiting.get(wait.message) ?? [];
    waiting.set(wait.message, [...together, wait]);
    if (together.length > 0) return;
    queueMicrotask(() => {
      const names = (waiting.get(wait.message) ?? []).map(({ stream }) => stream);
      waiting.delete(wait.message);
      told = wait.message;
      const who = listSome(names, namesShown);
      log(wait.reason === 'rate_limited' ? 'WARN' : 'INFO', `${who}: ${wait.message}`);
    });
  };
}
