import type { JsonObject } from '../json.ts';

/** A name with what follows it, up to the next name that stands beside it or outside of it. */
interface Field {
  readonly name: string;
  /** Where the object begins that holds it, and where the list or object that holds that one. */
  readonly holder: number;
  readonly outer: number | undefined;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * The fields of what ought to be a JSON object, as far as they can be told apart: quotes within texts may not be escaped, names and
 * texts may have other quotes or none, and the end may be missing. Names and values are as they come; each value is a text, an
 * object or a list of objects.
 */
export function readBrokenJson(text: string): JsonObject {
  const start = text.search(/[{[]/);
  const fields = findFields(text);
  if (text[start] === '[') return { errors: readValue(text.slice(start), start, { text, fields }) };
  const object = readObject(start, { text, fields });
  // A bracket within a text may have hidden the rest.
  return fields.some(({ holder }) => holder === start) ? object : readAll({ text, fields });
}

interface Source {
  readonly text: string;
  readonly fields: readonly Field[];
}

function readAll({ text, fields }: Source): JsonObject {
  return Object.fromEntries(
    fields.map(({ name, valueStart, valueEnd }) => [name, toText(text.slice(valueStart, valueEnd))]),
  );
}

function readObject(at: number, source: Source): JsonObject {
  const members = source.fields.filter(({ holder }) => holder === at);
  return Object.fromEntries(
    members.map(({ name, valueStart, valueEnd }) => [
      name,
      readValue(source.text.slice(valueStart, valueEnd), valueStart, source),
    ]),
  );
}

function readValue(raw: string, at: number, source: Source): unknown {
  const start = at + raw.search(/\S|$/);
  const opener = source.text[start];
  if (opener !== '{' && opener !== '[') return toText(raw);
  const isWithin = ({ holder, outer }: Field) => (opener === '{' ? holder : outer) === start;
  const holders = [...new Set(source.fields.filter(isWithin).map(({ holder }) => holder))];
  if (holders.length === 0) return toText(raw.trimStart().slice(1));
  const objects = holders.map((holder) => readObject(holder, source));
  return opener === '{' ? objects[0] : objects;
}

/** A text ends with the last quote of its kind that nothing but ends of lists and objects follows. */
function toText(raw: string): string {
  const text = raw.trim();
  const number = /^\d+(?=\s*([,}\]]|$))/.exec(text)?.[0];
  if (number !== undefined) return number;
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return cleanUp(text.replace(/[\s,}]+$/, '').replace(/^null$/, ''));
  const end = text.lastIndexOf(quote);
  const isClosed = end > 0 && /^[\s,}\]]*$/.test(text.slice(end + 1));
  return cleanUp(text.slice(1, isClosed ? end : undefined));
}

function cleanUp(text: string): string {
  return text
    .replace(/\\(["'\\/])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

const quotedNames = /[{[,]\s*(?:(?<quote>["'])(?<name>\w+)\k<quote>\s*[:=])?|[}\]]/g;
const bareNames = /[{[,]\s*(?:(?<name>\w+)\s*[:=])?|[}\]]/g;

interface Opened {
  readonly mark: string;
  readonly at: number;
  /** A name follows. */
  readonly isObject: boolean;
}

function findFields(text: string): readonly Field[] {
  const isQuoted = /[{,]\s*(["'])\w+\1\s*[:=]/.test(text);
  const open: Opened[] = [];
  const found: (Omit<Field, 'valueEnd'> & { readonly depth: number })[] = [];
  for (const { 0: part, index: at, groups } of text.matchAll(isQuoted ? quotedNames : bareNames)) {
    const name = groups?.['name'];
    follow(open, { mark: part.slice(0, 1), at, isObject: name !== undefined }, isQuoted);
    const holder = open.at(-1);
    if (name === undefined || holder?.isObject !== true) continue;
    const outer = open.at(-2)?.at;
    found.push({
      name,
      holder: holder.at,
      outer,
      depth: open.length,
      start: at,
      valueStart: at + part.length,
    });
  }
  return found.map(({ depth, ...field }, index) => {
    const next = found.slice(index + 1).find((other) => other.depth <= depth);
    return { ...field, valueEnd: next?.start ?? text.length };
  });
}

/** Brackets that nothing closes belong to a text, and so do those that a name follows which only an object can hold. */
function follow(open: Opened[], met: Opened, isQuoted: boolean): void {
  const { mark, isObject } = met;
  if (mark === '{' || mark === '[') open.push({ ...met, isObject: isObject && mark === '{' });
  else if (mark === '}') close(open);
  else if (mark === ']' && open.at(-1)?.mark === '[') open.pop();
  else if (mark === ',' && isObject && isQuoted) while (open.at(-1)?.isObject === false) open.pop();
}

/** What is around all ends with the text. */
function close(open: Opened[]): void {
  const at = open.findLastIndex(({ mark }) => mark === '{');
  if (at > 0) open.splice(at);
}
