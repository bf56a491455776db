/**
 * The document with the text between the two comments that are called so.
 * @throws Error when it has no place for it.
 */
export function withSection(document: string, name: string, text: string): string {
  const start = `<!-- ${name}: written by \`npm run docs\` -->`;
  const end = `<!-- /${name} -->`;
  const [before, after] = [document.indexOf(start), document.indexOf(end)];
  if (before === -1 || after < before) throw new Error(`the document needs the lines ${start} and ${end}`);
  return `${document.slice(0, before)}${start}\n\n${text}\n\n${document.slice(after)}`;
}

export const asCode = (text: string) => `\`${text}\``;

/** A line each, to be copied. */
export const asBlock = (lines: readonly string[]) => `\`\`\`text\n${lines.join('\n')}\n\`\`\``;

export const asCodes = (texts: readonly string[]) => texts.map(asCode).join(', ');
