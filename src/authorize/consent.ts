import { ConfigError, quote } from '../errors.ts';
import { type Answer, readAnswer } from './answer.ts';
import { openBrowser, type Variables } from './browser.ts';
import { type CallbackServer, listenForAnswer } from './callback-server.ts';
import { type ConsentRequest, consentAddress } from './consent-address.ts';
import type { Page } from './page.ts';
import { refusedPage } from './pages.ts';
import type { Prompt } from './prompt.ts';
import { parseRedirectUrl } from './redirect-url.ts';
import { createConsentSecrets } from './secrets.ts';

export interface ConsentParts {
  readonly request: ConsentRequest;
  readonly prompt: Prompt;
  readonly signal: AbortSignal;
  /** The environment, which names browsers. */
  readonly variables: Variables;
  say(text: string): void;
}

/** The person has agreed. */
export interface Consent {
  readonly code: string;
  readonly verifier: string;
  /** Shows in the browser, where it came back to us, how it ended. */
  end(page: Page): void;
}

/**
 * Shows the consent page in a browser and waits for the answer: on this machine, where the redirect URL points to it, and
 * from whoever pastes the address that the browser was sent to.
 * @throws ConfigError when it was declined, or the answer cannot be received.
 * @throws the signal's reason when the run is stopped meanwhile.
 */
export async function obtainConsent(parts: ConsentParts): Promise<Consent> {
  const { request, say, prompt, signal } = parts;
  const secrets = createConsentSecrets();
  const { text: redirectUrl, isLocal } = parseRedirectUrl(request.redirectUrl);
  const onForeign = () => say('An answer came that belongs to another run; it was not used. Still waiting.');
  const server = isLocal
    ? await listenForAnswer({ redirectUrl, state: secrets.state, onForeign })
    : undefined;
  const end = (page: Page) => {
    server?.show(page);
    server?.close();
  };
  try {
    const address = consentAddress(request, secrets);
    say(introduce(address, redirectUrl, isLocal));
    openBrowser(address, parts.variables, (reason) =>
      say(`No browser could be started (${reason}). Open the address above in one, on any machine.`),
    );
    const answers = [pastedAnswer(parts, secrets.state, isLocal), untilStopped(signal)];
    const answer = await Promise.race(server === undefined ? answers : [...answers, server.answer]);
    if (answer.kind === 'code') return { code: answer.code, verifier: secrets.verifier, end };
    const { what, cure } = explainRefusal(answer);
    end(refusedPage(what));
    throw new ConfigError(`${what} ${cure} Nothing has changed.`);
  } catch (error) {
    server?.close();
    throw error;
  } finally {
    prompt.close();
  }
}

type Settled = Awaited<CallbackServer['answer']>;

function introduce(address: string, redirectUrl: string, isLocal: boolean): string {
  const wait = isLocal
    ? `Waiting for the answer at ${redirectUrl}. Where the browser is on another machine, it ends at a page that cannot be reached: then paste its address here.`
    : `Zoom then sends the browser to ${redirectUrl}. Whatever that page shows, copy its whole address, with ?code= in it, and paste it here within five minutes.`;
  return `
Agree in the browser, at this address:

  ${address}

If Zoom shows an error in place of its question, look it up in docs/zoom-app.md; 4700 and 4709 mean that the app's redirect URL is not exactly ${redirectUrl}.
${wait}
Ctrl-C ends this and changes nothing.
`;
}

/** Never settles where the input ends and the answer may still come to us. */
async function pastedAnswer(
  { prompt, say }: ConsentParts,
  state: string,
  isLocal: boolean,
): Promise<Settled> {
  for (;;) {
    const line = await prompt.ask(isLocal ? '' : 'Address: ');
    if (line === undefined) {
      if (isLocal) return new Promise(() => undefined);
      throw new ConfigError(
        'The input ended before the address was pasted. Run authorize again where you can paste it.',
      );
    }
    if (line === '') continue;
    const answer = readPasted(line, state);
    if (answer.kind === 'code' || answer.kind === 'refused') return answer;
    say(
      answer.kind === 'foreign'
        ? 'That address belongs to another run of authorize. Open the address above, and paste the one that the browser then ends at.'
        : `${quote(line)} holds no answer of Zoom. Paste the whole address that the browser ends at after you have agreed; ?code= is in it.`,
    );
  }
}

function readPasted(line: string, state: string): Answer {
  return URL.canParse(line) ? readAnswer(new URL(line).searchParams, state) : { kind: 'none' };
}

function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

interface Refusal {
  readonly what: string;
  readonly cure: string;
}

/** RFC 6749, section 4.1.2.1. */
const refusals: Readonly<Record<string, Refusal>> = {
  access_denied: {
    what: 'The consent was declined, or an admin of the Zoom account has to approve the app first.',
    cure: 'Run authorize again when it is to be given; apps are approved in the Zoom App Marketplace under Manage.',
  },
  invalid_scope: {
    what: 'Zoom does not give this app the scopes that it asks for.',
    cure: 'Add them to the app, or leave credentials.scope out of the config; then run authorize again.',
  },
  unauthorized_client: {
    what: 'This app may not ask for consent.',
    cure: 'Use the client_id of a General app; then run authorize again.',
  },
};

const unknownRefusal: Refusal = {
  what: 'Zoom gave no access.',
  cure: 'Look the reason up in docs/zoom-app.md, then run authorize again.',
};

function explainRefusal({ error, words }: Extract<Settled, { kind: 'refused' }>): Refusal {
  const { what, cure } = (Object.hasOwn(refusals, error) ? refusals[error] : undefined) ?? unknownRefusal;
  const said = words === undefined ? quote(error) : `${quote(error)}, ${quote(words)}`;
  return { what: `${what} Zoom says: ${said}.`, cure };
}
