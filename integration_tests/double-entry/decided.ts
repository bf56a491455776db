import type { Endpoint, Lists, Moment, StreamDeclaration, Window } from '../../src/streams/declaration.ts';
import { inOrder, isAnchored, same, sortKeys } from './words.ts';

/** A stream as `streams.json` decides it; words of its own are said in the page beside it. */
export interface Decided {
  readonly name: string;
  readonly family: string;
  readonly path: string;
  readonly records: string | null;
  readonly kind: 'snapshot' | 'windowed' | 'derived';
  readonly key: readonly string[];
  readonly cursor: string;
  readonly inject?: readonly string[];
  readonly lookback_days?: number;
  readonly tombstones?: boolean;
  readonly page_size: number;
  readonly label: string | null;
  readonly scopes: { readonly granular: readonly string[]; readonly classic: readonly string[] };
  readonly query?: Readonly<Record<string, unknown>>;
  readonly envelope?: readonly string[];
  readonly values?: {
    readonly parameter?: string;
    readonly values?: readonly string[];
    /** Several parameters at once, a set a call. */
    readonly queries?: readonly Readonly<Record<string, string | number | boolean>>[];
    readonly inject?: string;
    readonly unset?: string;
  };
  readonly window?: DecidedWindow;
  readonly parent?: {
    readonly name: string;
    readonly fields: Readonly<Record<string, string | readonly string[]>>;
    readonly only_where: string | null;
    readonly same_window?: boolean;
    readonly without?: string;
    readonly query?: Readonly<Record<string, string>>;
  };
  readonly answers?: Readonly<Record<string, string | { says: string; action: string }>>;
  readonly volatile?: readonly string[];
  readonly sensitive?: readonly string[];
  /** By list, where several lists make one stream. */
  readonly record_hash?:
    | readonly (readonly string[])[]
    | Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly cursor_by_list?: Readonly<Record<string, string>>;
  readonly embedded?: unknown;
}

interface DecidedWindow {
  readonly from: string;
  readonly to: string | null;
  readonly format: string;
  readonly max_days: number;
  readonly margin_days?: number;
  readonly kept_months: number | null;
  readonly grain?: string;
  readonly ends?: string;
  readonly anchor?: string;
}

/** Where a declaration differs from what was decided, in words. */
export function problemsOfDecision(stream: StreamDeclaration, decided: Decided): readonly string[] {
  const isSnapshot = stream.kind === 'snapshot';
  const lists = 'lists' in stream ? stream.lists : undefined;
  return [
    ...same('kind', stream.kind === 'embedded' ? 'windowed' : stream.kind, decided.kind),
    ...same('key', stream.primaryKey, decided.key),
    ...same('cursor', isSnapshot ? '_ab_cdc_updated_at' : stream.cursor, decided.cursor),
    ...same('lookback', isSnapshot ? undefined : stream.lookbackDays, decided.lookback_days),
    ...same('tombstones', isSnapshot && stream.tombstones === true, decided.tombstones === true),
    ...same('volatile', inOrder((isSnapshot && stream.volatile) || []), inOrder(decided.volatile ?? [])),
    ...same('sensitive', inOrder(stream.sensitive ?? []), inOrder(decided.sensitive ?? [])),
    ...same(
      'record_hash',
      lists === undefined ? stream.recordHash : byList(lists, 'recordHash'),
      decided.record_hash,
    ),
    ...same('cursor_by_list', lists && byList(lists, 'cursor'), decided.cursor_by_list),
    ...same('adds', inOrder(addedBy(stream)), inOrder(decided.inject ?? [])),
    ...('path' in stream ? problemsOfRequest(stream, decided) : []),
  ];
}

function addedBy(stream: StreamDeclaration): readonly string[] {
  const { values = [], window, lists }: Partial<Endpoint> = 'path' in stream ? stream : {};
  return [
    ...Object.keys(stream.parent?.adds ?? {}),
    ...values.flatMap(({ adds = [] }) => adds),
    ...(window?.sumsByDay === undefined ? [] : [window.sumsByDay]),
    ...(lists === undefined || stream.kind === 'snapshot' ? [] : [lists.adds, stream.cursor]),
  ];
}

function byList({ of }: Lists, what: 'recordHash' | 'cursor'): object {
  return Object.fromEntries(Object.entries(of).map(([list, facts]) => [list, facts[what]]));
}

function problemsOfRequest(stream: Endpoint, decided: Decided): readonly string[] {
  const { window, values = [], answers = [] } = stream;
  const [value] = values;
  return [
    ...same('path', withoutNames(stream.path), withoutNames(decided.path)),
    ...same(
      'records',
      stream.lists === undefined ? (stream.records ?? null) : Object.keys(stream.lists.of).join(', '),
      recordsOf(decided),
    ),
    ...same(
      'strings',
      stream.strings,
      /\(strings, each becomes \{(\w+)\}\)/.exec(decided.records ?? '')?.[1],
    ),
    ...same('envelope', stream.envelope ?? [], decided.envelope ?? []),
    ...same('page size', stream.pageSize ?? (stream.records === undefined ? 0 : 300), decided.page_size),
    ...same('label', stream.rateLimit ?? null, decided.label),
    ...same('granular', inOrder(stream.scopes.granular), inOrder(decided.scopes.granular)),
    ...same('classic', inOrder(stream.scopes.classic), inOrder(decided.scopes.classic)),
    ...same('query', sortKeys(asDecided(stream.query ?? {})), sortKeys(fixedQuery(decided))),
    ...same('values', queriesOf(values), decidedQueries(decided)),
    ...same('values.adds', [value?.adds, value?.unset], [decided.values?.inject, decided.values?.unset]),
    ...same('window', window && wordsOf(window), decided.window && wordsOfDecided(decided.window)),
    ...same('anchor', isAnchored(stream), decided.window?.anchor !== undefined),
    ...problemsOfDecidedParent(stream, decided),
    ...Object.keys(decided.answers ?? {}).flatMap((code) => problemsOfAnswer(code, decided, answers)),
  ];
}

function problemsOfDecidedParent(stream: Endpoint, decided: Decided): readonly string[] {
  const { parent } = stream;
  return [
    ...same('parent', parent?.name, decided.parent?.name),
    ...same('sameWindow', parent?.sameWindow === true, decided.parent?.same_window === true),
    ...same('only', inOrder(parent?.only ?? []), inOrder(readConditions(decided.parent?.only_where))),
    ...same('without', parent?.without, decided.parent?.without),
    ...same('parent.query', sortKeys(parent?.query ?? {}), sortKeys(decided.parent?.query ?? {})),
    ...same('query of parent', inOrder(fromParentIntoQuery(stream)), inOrder(filledQuery(decided))),
  ];
}

function wordsOf({ format, maxDays, parameters, ...window }: Window): readonly unknown[] {
  const ends = format === 'month' ? ['year, month', null] : (parameters ?? ['from', 'to']);
  const { marginDays = 0, keptMonths = null, sumsByDay, until = null } = window;
  return [format, maxDays, ends, marginDays, keptMonths, sumsByDay !== undefined, until];
}

function wordsOfDecided({ format, max_days, from, to, ...window }: DecidedWindow): readonly unknown[] {
  const { margin_days = 0, kept_months, grain, ends = null } = window;
  return [format, max_days, [from, to], margin_days, kept_months, grain === 'day', ends];
}

/** The field, without what is said of it in brackets. */
function recordsOf({ records }: Decided): string | null {
  if (records === '(root array)') return '';
  return records?.replace(/ \(.*\)$/, '') ?? null;
}

const moment = /^\{(start|now|today( \+ \d+ days)?)\}$/;

/** What is passed with every request; what comes from the parent's row is in braces, too. */
function fixedQuery({ query = {} }: Decided): Readonly<Record<string, unknown>> {
  const isFixed = ([, value]: [string, unknown]) =>
    !/^\{.*\}$/.test(String(value)) || moment.test(String(value));
  return Object.fromEntries(Object.entries(query).filter(isFixed));
}

function asDecided(query: NonNullable<Endpoint['query']>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(query).map(([name, value]) => [
    name,
    typeof value === 'object' ? wordOf(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function wordOf({ at, format, plusDays }: Moment): string {
  const now = format === 'date' ? 'today' : 'now';
  const days = plusDays === undefined ? '' : ` + ${plusDays} days`;
  return `{${at === 'now' ? now : at}${days}}`;
}

/** Every combination of values, in any order where there are several. */
function queriesOf(values: NonNullable<Endpoint['values']>): readonly unknown[] {
  const none: readonly Readonly<Record<string, string>>[] = [{}];
  const sets = values.reduce(
    (before, { parameter, values: each }) =>
      before.flatMap((one) => each.map((value) => ({ ...one, [parameter]: value }))),
    none,
  );
  return values.length > 1 ? inOrder(sets) : sets;
}

function decidedQueries({ values }: Decided): readonly unknown[] {
  if (values === undefined) return [{}];
  const { parameter = '', values: each = [], queries } = values;
  if (queries === undefined) return each.map((value) => ({ [parameter.replace(/[{}]/g, '')]: value }));
  const asText = (query: object) => Object.entries(query).map(([name, value]) => [name, String(value)]);
  return inOrder(queries.map((query) => Object.fromEntries(asText(query))));
}

/** Parameter and field of the parent's row, of those that no brace of the path takes. */
function fromParentIntoQuery({ path, parent }: Endpoint): readonly string[] {
  const parameters = Object.entries(parent?.parameters ?? {});
  return parameters
    .filter(([name]) => !path.includes(`{${name}}`))
    .map(([name, field]) => `${name}=${field}`);
}

function filledQuery({ query = {}, parent }: Decided): readonly string[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const field = parent?.fields[/^\{(\w+)\}$/.exec(String(value))?.[1] ?? ''];
    return field === undefined ? [] : `${name}=${field}`;
  });
}

/** A code may be declared here, or with the parent that it says is gone. */
function problemsOfAnswer(
  code: string,
  decided: Decided,
  answers: NonNullable<Endpoint['answers']>,
): readonly string[] {
  const wanted = decided.answers?.[code];
  const action = typeof wanted === 'object' ? wanted.action : wanted;
  const found = answers.find((answer) => String(answer.code) === code);
  return found === undefined ? [] : same(`answer ${code}`, found.action, action);
}

/** `type != Webinar and participants > 0`, as conditions. */
function readConditions(text: string | null | undefined): readonly object[] {
  return (text ?? '').split(' and ').flatMap((part): readonly object[] => {
    const [, field = '', operator, value = ''] = /^(\S+) (=|!=|>) (\S+)$/.exec(part) ?? [];
    if (operator === undefined) return [];
    const known: unknown = /^(true|false|-?\d+)$/.test(value) ? JSON.parse(value) : value;
    if (operator === '>') return [{ field, above: known }];
    return operator === '=' ? [{ field, in: [known] }] : [{ field, notIn: [known] }];
  });
}

function withoutNames(path: string): string {
  return path.replace(/\{\w+\}/g, '{}');
}
