import type { Clock } from '../clock.ts';
import { parseConfig } from '../config/config.ts';
import { createGrant } from '../engine/grant.ts';
import { createProber } from '../engine/probe.ts';
import { survey } from '../engine/survey.ts';
import { ConfigError, TransientError } from '../errors.ts';
import type { Variables } from '../http/proxy.ts';
import type { Redactor } from '../http/redact.ts';
import { UnreachableError } from '../http/token-endpoint.ts';
import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Writer } from '../protocol/writer.ts';
import { familyOf } from '../streams/index.ts';
import { describeCheck } from '../terminal/check-report.ts';
import { describeFailure, type Screen, sayAfter } from '../terminal/screen.ts';
import { describeFinding, describeFindings, type Found } from './check-message.ts';
import { createSession } from './session.ts';

export interface CheckParts {
  readonly rawConfig: unknown;
  readonly writer: Writer;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly isDebug: boolean;
  /** The environment, which names proxies. */
  readonly variables: Variables;
  /** Absent where nobody looks. */
  readonly screen?: Screen | undefined;
}

/**
 * Asks Zoom for a first row of a stream of each family and says which can be read, and what is missing for the others.
 * @throws TransientError when Zoom is in trouble, so that nothing can be said about the config.
 */
export async function check(parts: CheckParts): Promise<void> {
  const { status, message, found } = await findStatus(parts);
  const { writer, screen, redactor } = parts;
  await writer.write({ type: 'CONNECTION_STATUS', connectionStatus: { status, message } });
  if (screen === undefined) return;
  const words =
    found === undefined ? describeFailure(redactor.redact(message), screen) : describeCheck(found, screen);
  await sayAfter(writer, screen, words);
}

/** Zoom's code for a path that it does not know. */
const unknownEndpoint = 2300;

interface Status {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly message: string;
  /** What is known of each stream; absent where the message says all there is. */
  readonly found?: readonly Found[];
}

async function findStatus(parts: CheckParts): Promise<Status> {
  try {
    const config = parseConfig(parts.rawConfig);
    const rawConfig: JsonObject = isJsonObject(parts.rawConfig) ? parts.rawConfig : {};
    const session = createSession({ ...parts, config, rawConfig, onWait: () => undefined });
    await session.signIn();
    const scopes = session.scopes();
    const findings = await survey({
      sync: session.sync,
      prober: createProber(session.sync),
      grant: scopes === undefined ? undefined : createGrant(scopes),
      familyOf,
    });
    const found = [...session.sync.streams.values()].flatMap((declaration) => {
      const finding = findings.get(declaration);
      const { name } = declaration;
      return finding === undefined ? [] : { name, family: familyOf(name) ?? '', finding };
    });
    for (const { name, finding } of found) session.sync.log('INFO', `${name}: ${describeFinding(finding)}`);
    return judge(found, config.apiUrl);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof UnreachableError)
      return { status: 'FAILED', message: error.message };
    throw error;
  }
}

function judge(found: readonly Found[], apiUrl: string): Status {
  if (found.some(({ finding }) => finding.kind === 'readable'))
    return { status: 'SUCCEEDED', message: describeFindings(found), found };
  const refusals = found.flatMap(({ finding }) => (finding.kind === 'refused' ? [finding.refusal] : []));
  if (refusals.length === 0) return { status: 'FAILED', message: describeFindings(found), found };
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
  return { status: 'FAILED', message: describeFindings(found), found };
}
