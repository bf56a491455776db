/** An entry of an object literal, or an item of a list, whose key is then empty. */
export interface Entry {
  readonly key: string;
  /** Where its key begins. */
  readonly start: number;
  readonly value: string;
  readonly valueStart: number;
  readonly end: number;
}

/** A stream's declaration in the text of its file. */
export interface Declaration {
  readonly name: string;
  readonly start: number;
  readonly text: string;
}

/** The object literals in lists of `StreamDeclaration`. */
export function findDeclarations(source: string): readonly Declaration[] {
  return [...source.matchAll(/: readonly StreamDeclaration\[\] = (?=\[)/g)].flatMap(({ 0: found, index }) => {
    const start = index + found.length;
    const list = source.slice(start, endOf(source, start));
    return entriesOf(list).flatMap(({ value, valueStart }) => {
      const name = value.startsWith('{') ? findValue(value, 'name') : undefined;
      return name === undefined ? [] : [{ name: unquote(name), start: start + valueStart, text: value }];
    });
  });
}

/** What stands between the brackets of an object literal or a list. */
export function entriesOf(literal: string): readonly Entry[] {
  const isList = literal.startsWith('[');
  const entries: Entry[] = [];
  let at = skipSpace(literal, 1);
  while (at < literal.length - 1) {
    const start = at;
    const key = isList ? '' : (/^[\w'"-]+/.exec(literal.slice(at))?.[0] ?? '');
    const valueStart = isList ? at : skipSpace(literal, skipSpace(literal, at + key.length) + 1);
    const end = endOfValue(literal, valueStart);
    entries.push({ key: unquote(key), start, value: literal.slice(valueStart, end), valueStart, end });
    at = skipComma(literal, end);
  }
  return entries;
}

export function findValue(literal: string, key: string): string | undefined {
  return entriesOf(literal).find((entry) => entry.key === key)?.value;
}

/** The literal with the value that `keys` lead to changed, once for each of the new values; none where nothing is there. */
export function replaceAt(
  literal: string,
  keys: readonly string[],
  change: (value: string) => readonly string[],
): readonly string[] {
  const [key, ...rest] = keys;
  if (key === undefined) return change(literal);
  return entriesOf(literal)
    .filter((entry) => entry.key === key)
    .flatMap((entry) => replaceAt(entry.value, rest, change).map((value) => put(literal, entry, value)));
}

/** The literal with another value in place of an entry's. */
export function put(literal: string, { valueStart, end }: Entry, value: string): string {
  return literal.slice(0, valueStart) + value + literal.slice(end);
}

/** The literal without an entry. Comments stay. */
export function remove(literal: string, { start, end }: Entry): string {
  return literal.slice(0, start) + literal.slice(end).replace(/^\s*,?\s*/, '');
}

/** The literal with one more entry or item, at its beginning. */
export function insert(literal: string, entry: string): string {
  return `${literal.slice(0, 1)} ${entry},${literal.slice(1)}`;
}

export function unquote(text: string): string {
  return text.replace(/^(['"])(.*)\1$/s, '$2');
}

/** Behind what begins here: a string, a comment, something in brackets, or one character. */
function endOf(text: string, start: number): number {
  const first = text[start] ?? '';
  if (first === '') throw new Error('a bracket or a quote is not closed');
  if (text.startsWith('//', start)) return endOfLine(text, start);
  if (text.startsWith('/*', start)) return text.indexOf('*/', start) + 2;
  if (`'"\``.includes(first)) return endOfString(text, start, first);
  if (!'{[('.includes(first)) return start + 1;
  let at = start + 1;
  while (!'}])'.includes(text[at] ?? ' ')) at = endOf(text, at);
  return at + 1;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

function endOfString(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (text[at] !== quote) {
    if (at >= text.length) throw new Error('a quote is not closed');
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function endOfValue(literal: string, start: number): number {
  let end = start;
  for (let at = start; at < literal.length - 1 && literal[at] !== ','; at = endOf(literal, at)) {
    if (skipSpace(literal, at) === at) end = endOf(literal, at);
  }
  return end;
}

/** Behind the white space and the comments that begin here. */
function skipSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? '') || text.startsWith('//', at) || text.startsWith('/*', at))
    at = endOf(text, at);
  return at;
}

function skipComma(text: string, start: number): number {
  const at = skipSpace(text, start);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}
