import { isJsonObject, type JsonObject } from '../json.ts';

/** Why Zoom refused, as its body says. */
export interface ZoomError {
  /** Zoom's number for the reason, be it written as a number or as text. */
  readonly code: number | undefined;
  /** Its words with all that it adds to them: a code of letters, and the fields and reasons of `errors`. */
  readonly message: string;
}

const codeFields = ['code', 'errorCode', 'error_code'];
const wordFields = ['message', 'errorMessage', 'error_message', 'reason', 'error_description', 'error'];
const reasonsShown = 5;

/**
 * Reads the error forms of Zoom's services: `{code, message, errors}`, `{status, errorCode, errorMessage}`,
 * `{status, error, path}`, `{error, reason}`, and any of them within an `error`.
 * @returns undefined for a body that says nothing.
 */
export function readZoomError(body: JsonObject): ZoomError | undefined {
  const { error: inner, ...others } = body;
  if (isJsonObject(inner)) return readZoomError({ ...others, ...inner });
  const code = firstOf(body, codeFields);
  const words = firstOf(body, wordFields);
  const reasons = listReasons(body['errors']);
  if (code === undefined && words === undefined && reasons === '') return undefined;
  const number = toCode(code);
  const names = [number === undefined ? code : undefined, firstOf(body, ['error'])];
  const label = names.find((name) => name !== undefined && name !== words);
  const said = words ?? (reasons === '' ? 'no reason given' : 'refused');
  return { code: number, message: `${said}${label === undefined ? '' : ` (${label})`}${reasons}` };
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
 * `"message":"… does not contain scopes:["a:b"]"}`. Words end where another field or the body does.
 * @param text the beginning of the body.
 */
export function readBrokenZoomError(text: string): ZoomError | undefined {
  const code = /"(?:code|errorCode|error_code)"\s*:\s*"?(\d+)/.exec(text)?.[1];
  const read = (field: string) =>
    new RegExp(String.raw`"${field}"\s*:\s*"([\s\S]*?)(?:"\s*,\s*"\w+"\s*:|"[\s}\]]*$|"?\s*$)`).exec(
      text,
    )?.[1];
  const fields = [...wordFields, 'code', 'errorCode'].flatMap((field) => {
    const value = unquote(read(field) ?? '');
    return value === '' ? [] : [[field, value]];
  });
  const reasons = /"field"\s*:\s*"([^"]*)"\s*,\s*"message"\s*:\s*"([\s\S]*?)"\s*(?:\}|$)/g;
  const errors = [...text.matchAll(reasons)].map(([, field, message = '']) => ({
    field,
    message: unquote(message),
  }));
  return readZoomError({ ...Object.fromEntries(fields), ...(code === undefined ? {} : { code }), errors });
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

/** ` (from: The report can only be for the last 6 months.)` of Zoom's `errors`. */
function listReasons(errors: unknown): string {
  if (!Array.isArray(errors)) return '';
  const reasons = errors.flatMap((error) => {
    const field = isJsonObject(error) ? firstOf(error, ['field', 'name', 'path']) : undefined;
    const words = isJsonObject(error) ? firstOf(error, wordFields) : firstOf({ error }, ['error']);
    const parts = [field, words].filter((part) => part !== undefined);
    return parts.length === 0 ? [] : [parts.join(': ')];
  });
  if (reasons.length === 0) return '';
  const others = reasons.length - reasonsShown;
  return ` (${reasons.slice(0, reasonsShown).join('; ')}${others > 0 ? `; and ${others} more` : ''})`;
}

function unquote(text: string): string {
  return text
    .replace(/\\(["\\/])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}
