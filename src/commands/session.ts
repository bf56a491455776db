import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { withRotatedTokens } from '../config/rotated.ts';
import { createGate } from '../engine/concurrency.ts';
import type { SyncContext } from '../engine/sync-context.ts';
import type { SyncEvents } from '../engine/sync-events.ts';
import { createAccessToken } from '../http/access-token.ts';
import { createClient } from '../http/client.ts';
import { proxySecrets, type Variables } from '../http/proxy.ts';
import { createRateLimiter } from '../http/rate-limiter.ts';
import type { Redactor } from '../http/redact.ts';
import { createTransport } from '../http/transport.ts';
import type { JsonObject } from '../json.ts';
import { controlMessage, type LogLevel, logMessage } from '../protocol/messages.ts';
import type { Writer } from '../protocol/writer.ts';
import { readSchema } from '../resources.ts';
import { listings, streams } from '../streams/index.ts';

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
  /** Absent where nobody looks. */
  readonly watch?: SessionWatch | undefined;
}

/** Somebody who looks on while Zoom is asked. */
export interface SessionWatch {
  readonly events: SyncEvents;
  sent(stream: string): void;
  waiting(wait: Pick<Wait, 'stream' | 'until' | 'reason'>): void;
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
  const { config, writer, redactor, clock, isDebug } = parts;
  const log = createLog(writer);
  for (const secret of proxySecrets(parts.variables)) redactor.add(secret);
  const transport = createTransport({ variables: parts.variables });
  const events = {
    waiting: ({ stream, until, reason, message }: Wait) => {
      if (reason === 'rate_limited') parts.onWait(stream, until);
      parts.watch?.waiting({ stream, until, reason });
      if (until - clock.now() >= shownWaitMs)
        log(reason === 'rate_limited' ? 'WARN' : 'INFO', `${stream}: ${message}`);
    },
    sent: (stream: string) => parts.watch?.sent(stream),
    debug: (message: string) => {
      if (isDebug) log('DEBUG', message);
    },
  };
  const accessToken = createAccessToken({
    credentials: config.credentials,
    transport,
    retry: config.retry,
    clock,
    redactor,
    onRotation: (tokens) =>
      writer.write(controlMessage(withRotatedTokens(parts.rawConfig, tokens), clock.now())),
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
      nulls: new Map(),
      log,
      events: parts.watch?.events,
    },
  };
}

interface Wait {
  readonly stream: string;
  readonly until: number;
  readonly reason: 'rate_limited' | 'retry';
  readonly message: string;
}

/** Logs through stdout. That it is closed is noticed by whoever writes records. */
function createLog(writer: Writer): (level: LogLevel, message: string) => void {
  return (level, message) => {
    writer.write(logMessage(level, message)).catch(() => undefined);
  };
}
