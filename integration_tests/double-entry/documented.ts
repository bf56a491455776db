import { type Endpoint, recordsOf } from '../emulator/endpoint.ts';
import { inOrder, same } from './words.ts';

/** One GET operation of Zoom's OpenAPI documents. */
export interface Operation {
  readonly path: string;
  readonly scopes: readonly string[];
  readonly granular: readonly string[];
  readonly rate: string | null;
  readonly params: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly enum: readonly unknown[] | null;
    readonly max: number | null;
  }[];
  readonly list: string | null;
  /** Absent for a bare array, as the fields of the body are. */
  readonly lists?: readonly string[];
  /** Fields of a row, or of the body where nothing is listed. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields of the body. */
  readonly top?: Readonly<Record<string, unknown>>;
  readonly errors: readonly (readonly [string, readonly (readonly [string, string])[]])[];
}

/** Where a fixture differs from Zoom's documents, in words. */
export function problemsOfFixture(fixture: Endpoint, operation: Operation): readonly string[] {
  const query = operation.params.filter((parameter) => parameter.in === 'query');
  const codes = operation.errors.flatMap(([, errors]) => errors.map(([code]) => Number(code)));
  const answered = [fixture.unknown?.code, fixture.lacksLicence?.code].filter((code) => code !== undefined);
  // Nobody has a page token before the first page, whatever a document says.
  const required = query
    .filter((parameter) => parameter.required && parameter.name !== 'next_page_token')
    .map(({ name }) => name);
  return [
    ...same('label', fixture.label, operation.rate?.toUpperCase() ?? null),
    ...problemsOfScopes(fixture.scopes.granular, operation.granular),
    ...problemsOfScopes(fixture.scopes.classic, operation.scopes),
    ...same('required', inOrder(fixture.required ?? []), inOrder(required)),
    ...problemsOfParameters(fixture, query, operation),
    ...problemsOfPlaceholders(fixture, operation),
    ...problemsOfRows(fixture, operation),
    ...answered.filter((code) => !codes.includes(code)).map((code) => `code ${code} is not documented`),
  ];
}

/** Those to write with, and those of master accounts, may be left out. The documents have a space before some. */
function problemsOfScopes(own: readonly string[], written: readonly string[]): readonly string[] {
  const documented = written.map((scope) => scope.trim());
  const unknown = own.filter((scope) => !documented.includes(scope));
  const isMissing = own.length === 0 && documented.length > 0;
  return [
    ...unknown.map((scope) => `scope ${scope}`),
    ...(isMissing ? [`none of ${documented.join()}`] : []),
  ];
}

/** A token that only the answer documents is a parameter, too. */
function problemsOfParameters(
  { parameters }: Endpoint,
  query: Operation['params'],
  { top = {} }: Operation,
): readonly string[] {
  const documented = query.map(({ name }) => name);
  const tokens =
    'next_page_token' in top && !documented.includes('next_page_token') ? ['next_page_token'] : [];
  const unknown = Object.keys(parameters).filter((name) => ![...documented, ...tokens].includes(name));
  return [
    ...unknown.map((name) => `parameter ${name} is not documented`),
    ...query.flatMap(({ name, enum: values, max }) => {
      const known = parameters[name];
      if (known === undefined) return [`parameter ${name} is missing`];
      return [
        ...same(`enum of ${name}`, known.enum?.map(String), values?.map(String)),
        ...(max === null ? [] : same(`max of ${name}`, known.max, max)),
      ];
    }),
  ];
}

function problemsOfPlaceholders({ placeholders = {} }: Endpoint, { params }: Operation): readonly string[] {
  const valued = params.filter((parameter) => parameter.in === 'path' && parameter.enum !== null);
  const names = valued.map(({ name }) => name);
  return [
    ...same('placeholders', inOrder(Object.keys(placeholders)), inOrder(names)),
    ...valued.flatMap(({ name, enum: values }) =>
      same(`enum of ${name}`, placeholders[name]?.enum, values?.map(String)),
    ),
  ];
}

function problemsOfRows(fixture: Endpoint, operation: Operation): readonly string[] {
  const { lists = [], list, fields, top = {} } = operation;
  const { collection, strings, beside = {} } = fixture;
  const strangers = Object.keys(beside).filter((field) => !(field in top));
  if (strangers.length > 0) return strangers.map((field) => `field ${field} is not documented`);
  // Of a list inside an object the documents' summary knows the object alone.
  const [holder = '', ...inside] = collection?.split('.') ?? [];
  if (inside.length > 0) return holder in top ? [] : [`${holder} is not documented`];
  if (strings !== undefined) return collection === list ? [] : [`${collection} is none of ${list}`];
  if (collection !== undefined && collection !== '' && !lists.includes(collection))
    return [`${collection} is none of ${lists.join()}`];
  // Of an answer with several lists, the fields of one are known.
  if (collection !== undefined && collection !== '' && collection !== list) return [];
  const documented = Object.keys(collection === undefined ? top : fields);
  const shown = [...new Set(recordsOf(fixture).flatMap((record) => Object.keys(record)))];
  const unknown = shown.filter((field) => !documented.includes(field));
  const missing = documented.filter((field) => !shown.includes(field));
  return [
    ...unknown.map((field) => `field ${field} is not documented`),
    ...missing.map((field) => `field ${field} is missing`),
  ];
}
