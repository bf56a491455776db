import type { Clock } from '../clock.ts';
import { parseConfig } from '../config/config.ts';
import { createProber, type Probe } from '../engine/probe.ts';
import { ConfigError, TransientError } from '../errors.ts';
import type { Variables } from '../http/proxy.ts';
import type { Redactor } from '../http/redact.ts';
import { UnreachableError } from '../http/token-endpoint.ts';
import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Writer } from '../protocol/writer.ts';
import { sortedStreams } from './catalog.ts';
import { createSession } from './session.ts';

export interface CheckParts {
  readonly rawConfig: unknown;
  readonly writer: Writer;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly isDebug: boolean;
  /** The environment, which names proxies. */
  readonly variables: Variables;
}

/**
 * Asks Zoom for a first row of each stream and says which can be read, and what is missing for the others.
 * @throws TransientError when Zoom is in trouble, so that nothing can be said about the config.
 */
export async function check(parts: CheckParts): Promise<void> {
  const { status, message } = await findStatus(parts);
  await parts.writer.write({ type: 'CONNECTION_STATUS', connectionStatus: { status, message } });
}

/** Zoom's code for a path that it does not know. */
const unknownEndpoint = 2300;

interface Status {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly message: string;
}

async function findStatus(parts: CheckParts): Promise<Status> {
  try {
    const config = parseConfig(parts.rawConfig);
    const rawConfig: JsonObject = isJsonObject(parts.rawConfig) ? parts.rawConfig : {};
    const session = createSession({ ...parts, config, rawConfig, onWait: () => undefined });
    await session.signIn();
    const prober = createProber(session.sync);
    const names = sortedStreams();
    const probes = await Promise.all(names.map((declaration) => prober.probe(declaration)));
    return judge(
      names.map(({ name }, index) => ({ name, probe: probes[index] as Probe })),
      config.apiUrl,
    );
  } catch (error) {
    if (error instanceof ConfigError || error instanceof UnreachableError)
      return { status: 'FAILED', message: error.message };
    throw error;
  }
}

function judge(results: readonly { name: string; probe: Probe }[], apiUrl: string): Status {
  const readable = results.filter(({ probe }) => probe.isReadable).map(({ name }) => name);
  const missing = results.flatMap(({ name, probe }) => (probe.isReadable ? [] : [{ name, ...probe }]));
  if (readable.length > 0) {
    if (missing.length === 0)
      return { status: 'SUCCEEDED', message: `All ${readable.length} streams can be read.` };
    return {
      status: 'SUCCEEDED',
      message: `Can be read: ${readable.join(', ')}. Cannot be read: ${list(missing)}`,
    };
  }
  const refusals = missing.map(({ refusal }) => refusal);
  if (refusals.every(({ status }) => status === undefined)) {
    const reason = refusals[0]?.message;
    return {
      status: 'FAILED',
      message: `${apiUrl} does not answer (${reason}). Check api_url and the network or proxy between.`,
    };
  }
  // Zoom's own errors carry a code, whatever the status.
  if (refusals.every(({ code, status }) => code === undefined && (status ?? 0) < 500)) {
    const { status, message } = refusals[0] ?? {};
    return {
      status: 'FAILED',
      message: `${apiUrl} answers, but not as Zoom does (${status} "${message}"). Check api_url, and the proxy or firewall between.`,
    };
  }
  if (refusals.every(({ code }) => code === unknownEndpoint)) {
    return {
      status: 'FAILED',
      message: `${apiUrl} is Zoom's, but not the root of its API (code ${unknownEndpoint} for every path). Check api_url: it is https://api.zoom.us/v2, or the same of another Zoom cloud.`,
    };
  }
  const transient = refusals.find(({ isTransient }) => isTransient);
  if (transient !== undefined) {
    throw new TransientError(
      `Zoom is in trouble and did not answer in spite of retries (${transient.message}). Try again later.`,
      {
        detail: transient.detail,
      },
    );
  }
  return { status: 'FAILED', message: `No stream can be read. ${list(missing)}` };
}

/** Streams with the same reason share a sentence. */
function list(missing: readonly { name: string; reason: string }[]): string {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of missing) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason}`).join(' ');
}
