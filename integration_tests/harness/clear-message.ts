/** What is wrong with a message to the user; empty when nothing is. */
export function problemOfMessage(message: string, secrets: Iterable<string> = []): string {
  if (message.length > 4_000) return `a message of ${message.length} characters`;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(message)) return `more than a line: ${message}`;
  if (
    /\bat \S+:\d+:\d+|\bundefined\b|\[object |is not a function|Cannot read prop|Maximum call/.test(message)
  )
    return `a programmer's words: ${message}`;
  for (const secret of secrets) if (message.includes(secret)) return `a secret: ${message}`;
  return /^\S.*[.!)]$/.test(message) ? '' : `no sentence: ${message}`;
}
