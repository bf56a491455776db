import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Prompt } from './prompt.ts';
import { offeredRedirectUrl, parseRedirectUrl } from './redirect-url.ts';

/** The app, as far as somebody at the keyboard has to name it. */
interface Question {
  readonly field: string;
  readonly words: string;
  readonly isHidden?: boolean;
  readonly offered?: string;
  /** Throws what would be valid. */
  readonly check?: (answer: string) => void;
}

const questions: readonly Question[] = [
  { field: 'client_id', words: 'Client ID: ' },
  { field: 'client_secret', words: 'Client secret (not shown): ', isHidden: true },
  {
    field: 'redirect_url',
    words: `Redirect URL, as entered in the app [${offeredRedirectUrl}]: `,
    offered: offeredRedirectUrl,
    check: parseRedirectUrl,
  },
];

export interface Asking {
  readonly prompt: Prompt;
  say(text: string): void;
  /** Said before the first question. */
  readonly introduction: string;
}

/**
 * Asks for what the config does not say of the app.
 * @returns the config with it; the very same object where nothing was missing.
 * @throws ConfigError when nobody answers, or the app is of the kind that needs no consent.
 */
export async function completeCredentials(raw: JsonObject, asking: Asking): Promise<JsonObject> {
  const given = raw['credentials'] ?? {};
  if (!isJsonObject(given)) return raw;
  const isFlat = raw['credentials'] === undefined && raw['account_id'] !== undefined;
  if (String(given['auth_type']).trim() === 'server_to_server' || isFlat) {
    throw new ConfigError(
      'The config is of a Server-to-Server OAuth app, which needs no consent: source-zoom check and read work with it as it is. To use a General app, set credentials.auth_type to oauth2.0 and give its client_id and client_secret.',
    );
  }
  const missing = questions.filter(({ field }) => isEmpty(given[field]));
  if (missing.length === 0) return raw;
  asking.say(asking.introduction);
  const answers: JsonObject = isEmpty(given['auth_type']) ? { auth_type: 'oauth2.0' } : {};
  for (const question of missing) answers[question.field] = await askUntilGood(question, asking);
  return { ...raw, credentials: { ...given, ...answers } };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

async function askUntilGood(
  { field, words, isHidden, offered, check }: Question,
  { prompt, say }: Asking,
): Promise<string> {
  for (;;) {
    const line = await prompt.ask(words, isHidden);
    if (line === undefined) {
      throw new ConfigError(
        `The config has no credentials.${field}, and the input ended before it was given. Write it into the config, or type it where it is asked for.`,
      );
    }
    const answer = line === '' ? offered : line;
    if (answer === undefined) continue;
    try {
      check?.(answer);
      return answer;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
}
