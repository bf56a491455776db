const mostSuggested = 5;

/** What may be meant by a name that is not known: a sentence with a blank before it, or nothing. */
export function suggest(name: string, known: readonly string[]): string {
  const similar = similarTo(name, known);
  return similar.length === 0 ? '' : ` Did you mean ${similar.join(', ')}?`;
}

/** The names that most three-letter pieces are shared with, if there are many of them. */
function similarTo(text: string, known: readonly string[]): readonly string[] {
  const pieces = piecesOf(text);
  const shared = (name: string) => {
    const others = piecesOf(name);
    const common = [...pieces].filter((piece) => others.has(piece)).length;
    return common / Math.max(pieces.size, others.size);
  };
  return known
    .map((name) => ({ name, likeness: shared(name) }))
    .filter(({ likeness }) => likeness >= 0.3)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, mostSuggested)
    .map(({ name }) => name);
}

function piecesOf(text: string): ReadonlySet<string> {
  const padded = `  ${text.toLowerCase().replace(/[*\s-]+/g, '_')} `;
  return new Set(Array.from(padded.slice(2), (_, index) => padded.slice(index, index + 3)));
}
