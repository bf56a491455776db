import { escapeHtml } from '../escape-html.ts';

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
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}
