import { homedir, tmpdir } from 'node:os';
import { checkReplaceable, replaceFile } from '../atomic-file.ts';
import { type Consent, obtainConsent } from '../authorize/consent.ts';
import { completeCredentials } from '../authorize/credentials.ts';
import { donePage, failedPage, unsavedPage } from '../authorize/pages.ts';
import { createPrompt, type Prompt, type Terminal } from '../authorize/prompt.ts';
import { parseRedirectUrl } from '../authorize/redirect-url.ts';
import { keepElsewhere } from '../authorize/rescue.ts';
import type { Clock } from '../clock.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { withRotatedTokens } from '../config/rotated.ts';
import { ConfigError, ConnectorError } from '../errors.ts';
import type { RotatedTokens } from '../http/access-token.ts';
import { proxySecrets, type Variables } from '../http/proxy.ts';
import type { Redactor } from '../http/redact.ts';
import { exchangeCode } from '../http/token-endpoint.ts';
import { createTransport } from '../http/transport.ts';
import { readJsonFile } from '../input/files.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { inShell, programName } from '../shell.ts';
import { fold } from '../terminal/text.ts';

export interface AuthorizeParts {
  /** The config file, which need not be there yet. */
  readonly path: string;
  readonly terminal: Terminal;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly variables: Variables;
  /** What is given to it is brought to its end although the run is stopped. */
  untilDone<T>(work: () => Promise<T>): Promise<T>;
}

interface Run extends AuthorizeParts {
  readonly prompt: Prompt;
  say(text: string): void;
}

/**
 * Obtains the tokens of a General app in a browser and saves them in the config file, talking to a person.
 * @returns false when there are no tokens, or none where they belong; what to do has been said.
 * @throws ConfigError when the config file is there and cannot be read.
 */
export async function authorize(parts: AuthorizeParts): Promise<boolean> {
  const raw = await readIfThere(parts.path);
  const prompt = createPrompt(parts.terminal, parts.signal);
  const { output } = parts.terminal;
  const say = (text: string) =>
    void output.write(`${fold(parts.redactor.redact(text), output.columns).join('\n')}\n`);
  try {
    return await converse({ ...parts, prompt, say }, raw);
  } catch (error) {
    if (error instanceof ConnectorError) say(`\n${error.message}`);
    else if (parts.signal.aborted)
      say(`\nStopped; ${parts.path} is as it was. Run authorize again to go on.`);
    else throw error;
    return false;
  } finally {
    prompt.close();
  }
}

async function readIfThere(path: string): Promise<JsonObject | undefined> {
  try {
    const raw = await readJsonFile('config', path);
    if (isJsonObject(raw)) return raw;
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw error;
  }
  throw new ConfigError(`The config has to be a JSON object: ${path}. Correct it, or name another file.`);
}

async function converse(run: Run, known: JsonObject | undefined): Promise<boolean> {
  const raw = await prepare(run, known);
  const config = parseConfig(raw);
  const { credentials } = config;
  if (credentials.authType !== 'oauth2.0') throw new Error('a Server-to-Server app got here');
  const redirectUrl = redirectUrlOf(raw);
  const { prompt, signal, variables, say } = run;
  const consent = await obtainConsent({
    request: { ...credentials, redirectUrl },
    prompt,
    signal,
    variables,
    say,
  });
  return run.untilDone(async () => {
    const note = () => say('One moment: what Zoom gives now is saved first.');
    signal.addEventListener('abort', note);
    try {
      return await finish(run, { config, raw, consent, redirectUrl });
    } finally {
      signal.removeEventListener('abort', note);
    }
  });
}

function redirectUrlOf(raw: JsonObject): string {
  const { redirect_url } = raw['credentials'] as JsonObject;
  return parseRedirectUrl(String(redirect_url).trim()).text;
}

/**
 * Asks for what is missing, and sees to it that the file can be written before anybody agrees to anything: consent ends the
 * tokens of an earlier one.
 */
async function prepare(run: Run, known: JsonObject | undefined): Promise<JsonObject> {
  const { path, prompt, say, redactor } = run;
  const introduction =
    known === undefined
      ? `There is no ${path} yet. It is made from the page of your General app in the Zoom App Marketplace (docs/zoom-app.md):`
      : `${path} does not say all of the app. Its page in the Zoom App Marketplace does (docs/zoom-app.md):`;
  const raw = await completeCredentials(known ?? {}, { prompt, say, introduction });
  const { credentials } = parseConfig(raw);
  for (const secret of [credentials.clientSecret, ...proxySecrets(run.variables)]) redactor.add(secret);
  redactor.add(Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64'));
  redirectUrlOf(raw);
  try {
    if (raw === known) {
      await checkReplaceable(path);
    } else {
      await replaceFile(path, toText(raw));
      say(`${path} is saved with it.`);
    }
  } catch (error) {
    throw new ConfigError(
      `${path} cannot be written (${reasonOf(error)}), so that the tokens could not be saved. ${cureOf(error)} Nothing was asked of Zoom.`,
      { cause: error },
    );
  }
  return raw;
}

function toText(config: JsonObject): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

function codeOf(error: unknown): string | undefined {
  const { code, cause } = error as NodeJS.ErrnoException;
  return code ?? (cause === undefined ? undefined : codeOf(cause));
}

function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof ConfigError ? 'it is no JSON object any more' : String(error));
}

function cureOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'Make its folder first, or name another file.';
    case 'EBUSY':
      return 'It is mounted by itself, as with docker run -v FILE; mount its folder instead.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Make room on the disk, or name a file elsewhere.';
    case undefined:
      return 'It was changed meanwhile; see what is in it.';
    default:
      return 'A new file is written beside it and takes its place: let this user write in its folder, or name a copy in another one.';
  }
}

interface Agreed {
  readonly config: Config;
  readonly raw: JsonObject;
  readonly consent: Consent;
  readonly redirectUrl: string;
}

async function finish(run: Run, agreed: Agreed): Promise<boolean> {
  const { consent, raw } = agreed;
  const { path, say } = run;
  let tokens: Partial<RotatedTokens>;
  try {
    tokens = await askForTokens(run, agreed);
  } catch (error) {
    const message =
      error instanceof ConnectorError
        ? error.message
        : 'The command was stopped, or something went wrong in it.';
    consent.end(failedPage(run.redactor.redact(message)));
    throw error;
  }
  const next = `${programName()} check --config ${inShell(path)}`;
  try {
    // It may have been edited meanwhile.
    const current = (await readIfThere(path)) ?? raw;
    await replaceFile(path, toText(withTokens(current, tokens)));
  } catch (error) {
    consent.end(unsavedPage);
    await sayWhereTokensAre(run, withTokens(raw, tokens), error);
    return false;
  }
  consent.end(donePage(next));
  say(`\nZoom gave the tokens, and they are saved in ${path}.`);
  if (tokens.refresh_token === undefined)
    say(
      'There was no refresh token among them: in an hour you have to authorize again. A General app gives one.',
    );
  say(`Next:\n  ${next}`);
  return true;
}

async function askForTokens(
  { redactor, clock, variables }: Run,
  { config: { credentials, retry }, consent, redirectUrl }: Agreed,
): Promise<Partial<RotatedTokens>> {
  const answer = await exchangeCode(
    { credentials, retry, clock, redactor, transport: createTransport({ variables }) },
    { code: consent.code, verifier: consent.verifier, redirectUrl },
  );
  for (const secret of [answer.accessToken, answer.refreshToken]) redactor.add(secret);
  return {
    access_token: answer.accessToken,
    ...(answer.refreshToken === undefined ? {} : { refresh_token: answer.refreshToken }),
    token_expiry_date: new Date(clock.now() + answer.lifetimeMs).toISOString(),
  };
}

/** The config with the new tokens alone: those of an earlier consent have ended. */
function withTokens(config: JsonObject, tokens: Partial<RotatedTokens>): JsonObject {
  const credentials = isJsonObject(config['credentials']) ? config['credentials'] : {};
  const { refresh_token: _, ...others } = credentials;
  return withRotatedTokens({ ...config, credentials: others }, tokens);
}

/** Nothing that Zoom gave is thrown away, and nothing secret goes where others may read it. */
async function sayWhereTokensAre(
  { path, say, variables, terminal }: Run,
  config: JsonObject,
  error: unknown,
): Promise<void> {
  say(`\nZoom gave the tokens, but ${path} cannot be written (${reasonOf(error)}).`);
  const text = toText(config);
  const kept = await keepElsewhere(text, [homedir(), variables['PWD'] ?? '.', tmpdir()]);
  if (kept !== undefined) {
    say(
      `They are kept, with the whole config, in ${kept}, which only you can read. ${cureOf(error)} Then move it:\n\n  mv ${inShell(kept)} ${inShell(path)}\n`,
    );
    return;
  }
  if (terminal.output.isTTY === true) {
    // Only the person in front of it sees a terminal.
    terminal.output.write(
      `No other place takes them either. Copy this config into a file that only you can read:\n\n${text}\n`,
    );
    return;
  }
  say(
    'No other place takes them either, and they are not shown where others may read. Make room, then run authorize again at a terminal.',
  );
}
