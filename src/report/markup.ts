/** Text that is markup already. Only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

type Value = Markup | readonly Markup[] | string | number;

/** Puts together markup; whatever is put in is text, unless it is markup itself. */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const markup = pieces.reduce((whole, piece, index) => whole + toMarkup(values[index - 1] ?? '') + piece);
  return { markup };
}

function toMarkup(value: Value): string {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
/** What HTML cannot hold, and what turns the direction of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(unprintable, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&${names[character]};`);
}
