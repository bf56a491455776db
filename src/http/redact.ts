/** Removes secrets from what people will read. */
export interface Redactor {
  /** Makes a value a secret from now on. */
  add(secret: string | undefined): void;
  redact(text: string): string;
}

const mask = '****';
/** Shorter values would blank out ordinary words. */
const shortestSecret = 6;

const shapes: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${mask}`],
  [/\b(access_token|refresh_token|client_secret|zak|pwd|tk|token)=[^&\s"'\\]+/gi, `$1=${mask}`],
];

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    add(secret) {
      if (secret === undefined || secret.length < shortestSecret) return;
      // What is written is well-formed, and encodeURIComponent takes nothing else.
      const text = secret.toWellFormed();
      for (const form of [secret, text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
        secrets.add(form);
    },
    redact(text) {
      let clean = text;
      for (const secret of secrets) clean = clean.replaceAll(secret, mask);
      for (const [shape, replacement] of shapes) clean = clean.replace(shape, replacement);
      return clean;
    },
  };
}
