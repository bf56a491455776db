import { isJsonObject, type JsonObject } from '../json.ts';
import { readBrokenJson } from './broken-json.ts';

/** Why Zoom refused, as its body says. */
export interface ZoomError {
  /** Zoom's number for the reason, be it written as a number or as text. */
  readonly code: number | undefined;
  /** Its words with all that it adds to them: a code of letters, and the fields and reasons of `errors`. */
  readonly message: string;
}

const codeFields = ['code', 'errorcode', 'error_code'];
const wordFields = ['message', 'errormessage', 'error_message', 'reason', 'error_description', 'error'];
/** Where reasons are listed, be it in a list, an object or a text. */
const reasonFields = ['errors', 'error', 'message', 'messages', 'details'];
const reasonsShown = 5;
const noReason = 'no reason given';
/** Reasons lie no deeper. */
const deepestReason = 6;

/**
 * Reads the error forms of Zoom's services: `{code, message, errors}`, `{status, errorCode, errorMessage}`,
 * `{status, error, path}`, `{error, reason}`, in whatever case, and any of them within an `error`, a `result` or `data`.
 * @returns undefined for a body that says nothing.
 */
export function readZoomError(body: JsonObject): ZoomError | undefined {
  const fields = openInner(inLowerCase(body));
  const codes = codesOf(fields);
  const words = firstOf(fields, wordFields);
  const reasons = reasonFields
    .flatMap((name) => (isText(fields, name) ? [] : reasonsIn(fields[name])))
    .concat(reasonsIn(fields['reason']).filter((reason) => reason !== words));
  if (codes.length === 0 && words === undefined && reasons.length === 0) return undefined;
  const names = [...codes.filter((code) => toCode(code) === undefined), firstOf(fields, ['error'])];
  const label = names.find((name) => name !== undefined && name !== words);
  const said = words ?? (reasons.length === 0 ? noReason : 'refused');
  return {
    code: toCode(codes.find((code) => toCode(code) !== undefined)),
    message: `${said}${label === undefined ? '' : ` (${label})`}${list(reasons)}`,
  };
}

/** The same for a body of HTTP 2xx, where only a code with words is an error: rows have fields of these names too. */
export function readZoomErrorOfSuccess(body: JsonObject): ZoomError | undefined {
  const isError = [
    ['code', 'message'],
    ['errorCode', 'errorMessage'],
  ].some(
    ([code = '', words = '']) =>
      toCode(firstOf(body, [code])) !== undefined && typeof body[words] === 'string',
  );
  return isError ? readZoomError(body) : undefined;
}

/**
 * The same for a body that is broken JSON: Zoom puts what it was asked with into its words without escaping the quotes, as in
 * `"message":"… does not contain scopes:["a:b"]"}`. Where no field says anything the text itself is shown.
 * @param text the beginning of the body.
 */
export function readBrokenZoomError(text: string): ZoomError {
  const read = readZoomError(readBrokenJson(text));
  const words = read === undefined || read.message === noReason ? undefined : read.message;
  const scopes = missingScopesText.exec(text)?.[0];
  const isSaid = scopes === undefined || missingScopesText.test(words ?? '');
  const shown = isSaid ? [words ?? `garbled answer: ${shorten(text)}`] : [words, shorten(scopes)];
  return { code: read?.code, message: shown.filter((part) => part !== undefined).join(' ') };
}

const missingScopesText = /\bdoes not contain .{0,200}?\bscopes?\b[\s\S]*/i;
const shownCharacters = 300;

function shorten(text: string): string {
  return text.slice(0, shownCharacters).replace(/\s+/g, ' ').trim();
}

/** Services differ in the case of names. */
function inLowerCase(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
}

/** An `error` knows better than what is around it; `result` and `data` only where that says nothing. */
function openInner(fields: JsonObject): JsonObject {
  const { error, result, data } = fields;
  if (isError(error)) return openInner({ ...fields, error: undefined, ...inLowerCase(error) });
  if (saysSomething(fields)) return fields;
  const inner = [result, data].find(isError);
  return inner === undefined ? fields : { ...fields, ...inLowerCase(inner) };
}

function isError(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const fields = inLowerCase(value);
  return saysSomething(fields) || isError(fields['error']);
}

function saysSomething(fields: JsonObject): boolean {
  return firstOf(fields, [...codeFields, ...wordFields]) !== undefined;
}

/** All of them; those of the reasons where it has none of its own. */
function codesOf(fields: JsonObject): readonly string[] {
  const own = codeFields.flatMap((name) => firstOf(fields, [name]) ?? []);
  return own.length > 0 ? own : reasonFields.flatMap((name) => codesIn(fields[name]));
}

function codesIn(value: unknown): readonly string[] {
  return [value]
    .flat(deepestReason)
    .filter(isJsonObject)
    .flatMap((error) => codeFields.flatMap((name) => firstOf(inLowerCase(error), [name]) ?? []));
}

function isText(fields: JsonObject, name: string): boolean {
  return wordFields.includes(name) && firstOf(fields, [name]) !== undefined;
}

/** `from: The report can only be for the last 6 months.`, of whatever form. */
function reasonsIn(value: unknown, depth = 0): readonly string[] {
  if (depth > deepestReason) return [];
  if (Array.isArray(value)) return value.flatMap((member) => reasonsIn(member, depth + 1));
  if (!isJsonObject(value)) return [firstOf({ value }, ['value']) ?? []].flat();
  const fields = inLowerCase(value);
  const field = firstOf(fields, ['field', 'name', 'path']);
  const words = [...wordFields, 'messages', 'description', 'errors']
    .map((name) => reasonsIn(fields[name], depth + 1).join(', '))
    .find((text) => text !== '');
  const parts = [field, words].filter((part) => part !== undefined);
  if (parts.length > 0) return [parts.join(': ')];
  // Named by their fields.
  return Object.entries(value).flatMap(([name, inner]) => {
    const said = codeFields.includes(name.toLowerCase()) ? [] : reasonsIn(inner, depth + 1);
    return said.length === 0 ? [] : [`${name}: ${said.join(', ')}`];
  });
}

/** The first of these fields that says something. */
function firstOf(body: JsonObject, fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const value = body[field];
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return undefined;
}

function toCode(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function list(reasons: readonly string[]): string {
  const different = [...new Set(reasons)];
  if (different.length === 0) return '';
  const others = different.length - reasonsShown;
  return ` (${different.slice(0, reasonsShown).join('; ')}${others > 0 ? `; and ${others} more` : ''})`;
}
