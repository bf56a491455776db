import { entriesOf, findValue, insert, put, remove, replaceAt, unquote } from './literals.ts';

/** All that a text can be turned into by one falsehood of a kind; none where the kind does not apply. */
type Falsification = (text: string, fields: readonly string[]) => readonly string[];

/** What is falsified in a declaration; `fields` are those of the stream's schema. */
export const falsifications: Readonly<Record<string, Falsification>> = {
  label: (declaration) => inEndpoints(declaration, falsifyLabel),
  scope: (declaration) =>
    inEndpoints(declaration, (endpoint) =>
      ['granular', 'classic'].flatMap((kind) =>
        replaceAt(endpoint, ['scopes', kind], (list) =>
          entriesOf(list).map((scope) => put(list, scope, misspell(scope.value))),
        ),
      ),
    ),
  'page size': (declaration) => inEndpoints(declaration, falsifyPageSize),
  'window length': (declaration) =>
    inEndpoints(declaration, (endpoint) => [
      ...replaceAt(endpoint, ['window', 'maxDays'], (days) => [String(2 * Number(days))]),
      ...replaceAt(endpoint, ['window', 'keptMonths'], (months) => [String(2 * Number(months))]),
    ]),
  'window words': (declaration) =>
    inEndpoints(declaration, (endpoint) => [
      ...replaceAt(endpoint, ['window'], (window) =>
        entriesOf(window)
          .filter(({ key }) => key === 'until' || key === 'parameters')
          .map((word) => remove(window, word)),
      ),
      ...replaceAt(endpoint, ['window', 'sumsByDay'], (field) => [misspell(field)]),
    ]),
  key: falsifyKey,
  volatile: falsifyVolatile,
  'added field': (declaration) => [
    ...replaceAt(declaration, ['parent', 'adds'], (adds) =>
      entriesOf(adds).flatMap((field) => [
        remove(adds, field),
        put(adds, field, misspell(field.value)),
        adds.slice(0, field.start) + misspell(field.key) + adds.slice(field.start + field.key.length),
      ]),
    ),
    ...replaceAt(declaration, ['values', 'adds'], (field) => [misspell(field)]),
    ...replaceAt(declaration, ['values', 'unset'], (value) => [misspell(value)]),
  ],
  tombstones(declaration) {
    if (!isSnapshot(declaration)) return [];
    const flag = entriesOf(declaration).find(({ key }) => key === 'tombstones');
    return [flag?.value === 'true' ? remove(declaration, flag) : insert(declaration, 'tombstones: true')];
  },
  'parameter value': (declaration) => [
    ...replaceAt(declaration, ['query'], (query) =>
      entriesOf(query).flatMap((parameter) => [
        remove(query, parameter),
        ...falsifyValue(parameter.value).map((value) => put(query, parameter, value)),
      ]),
    ),
    ...replaceAt(declaration, ['values', 'values'], (values) =>
      entriesOf(values).flatMap((value) => [
        remove(values, value),
        put(values, value, otherValue(value.value)),
      ]),
    ),
    ...replaceAt(declaration, ['values', 'parameter'], (parameter) => [misspell(parameter)]),
  ],
};

/** A falsehood in the endpoint of the stream itself, or in the one that is read instead. */
function inEndpoints(
  declaration: string,
  falsify: (endpoint: string) => readonly string[],
): readonly string[] {
  return [...falsify(declaration), ...replaceAt(declaration, ['fallback'], falsify)];
}

const labels = ['light', 'medium', 'heavy', 'resource_intensive'];

function falsifyLabel(endpoint: string): readonly string[] {
  if (findValue(endpoint, 'path') === undefined) return [];
  const label = findValue(endpoint, 'rateLimit');
  // Calls without a label count as heavy: saying so would be no change.
  if (label === undefined)
    return labels
      .filter((other) => other !== 'heavy')
      .map((other) => insert(endpoint, `rateLimit: '${other}'`));
  return replaceAt(endpoint, ['rateLimit'], () =>
    labels.filter((other) => other !== unquote(label)).map((other) => `'${other}'`),
  );
}

function falsifyPageSize(endpoint: string): readonly string[] {
  if (findValue(endpoint, 'records') === undefined) return [];
  const size = findValue(endpoint, 'pageSize');
  if (size === undefined) return ['600', '0'].map((other) => insert(endpoint, `pageSize: ${other}`));
  return replaceAt(endpoint, ['pageSize'], () =>
    Number(size) === 0 ? ['300'] : [String(2 * Number(size)), '0'],
  );
}

function falsifyKey(declaration: string, fields: readonly string[]): readonly string[] {
  const key = namesIn(declaration, 'primaryKey');
  // Those that might be taken for keys.
  const others = fields.filter(
    (field) => /(^|_)(id|uuid|email|number|name)$/.test(field) && !key.includes(field),
  );
  return [
    ...replaceAt(declaration, ['primaryKey'], (list) =>
      entriesOf(list).flatMap((field) => [
        ...(key.length > 1 ? [remove(list, field)] : []),
        ...others.map((other) => put(list, field, `'${other}'`)),
      ]),
    ),
    ...replaceAt(declaration, ['recordHash'], (list) => {
      const identities = entriesOf(list);
      return [
        ...(identities.length > 1 ? identities.map((identity) => remove(list, identity)) : []),
        ...identities.flatMap((identity) =>
          entriesOf(identity.value).map((field) =>
            put(list, identity, put(identity.value, field, misspell(field.value))),
          ),
        ),
      ];
    }),
  ];
}

function falsifyVolatile(declaration: string, fields: readonly string[]): readonly string[] {
  if (!isSnapshot(declaration)) return [];
  if (findValue(declaration, 'volatile') !== undefined) {
    return replaceAt(declaration, ['volatile'], (list) =>
      entriesOf(list).map((field) => remove(list, field)),
    );
  }
  const key = namesIn(declaration, 'primaryKey');
  return fields
    .filter((field) => !key.includes(field) && !field.startsWith('_ab_'))
    .map((field) => insert(declaration, `volatile: ['${field}']`));
}

function isSnapshot(declaration: string): boolean {
  return findValue(declaration, 'kind') === "'snapshot'";
}

function namesIn(declaration: string, key: string): readonly string[] {
  return entriesOf(findValue(declaration, key) ?? '[]').map(({ value }) => unquote(value));
}

/** Of an instant, each of its words. */
function falsifyValue(value: string): readonly string[] {
  if (!value.startsWith('{')) return [otherValue(value)];
  return entriesOf(value).map((word) => put(value, word, otherValue(word.value)));
}

function otherValue(value: string): string {
  if (value === 'true' || value === 'false') return String(value !== 'true');
  return /^\d+$/.test(value) ? String(Number(value) + 1) : misspell(value);
}

/** With or without quotes. */
function misspell(text: string): string {
  return text.replace(/(['"]?)$/, 'x$1');
}
