import type { Endpoint as Declared, Fallback, Moment, Window } from '../../src/streams/declaration.ts';
import { addedValuesOf, valuesOf } from '../emulator/collection-facts.ts';
import type { Endpoint, ErrorAnswer, Fixtures, WindowRule } from '../emulator/endpoint.ts';
import { findRoute, loadRoutes, type Route } from '../emulator/routes.ts';
import { filteredField } from '../emulator/windows.ts';
import { inOrder, same } from './words.ts';

const defaultPageSize = 300;
/** The shortest month: a range of more days may be too long for Zoom. */
const daysOfMonth = 28;

export type AnyEndpoint = Declared | Fallback;

/** The fixture that answers a declared path. @throws Error where none does. */
export function routeOf(fixtures: Fixtures, path: string): Route {
  const match = findRoute(loadRoutes(fixtures), path.replace(/\{\w+\}/g, 'x'));
  if (match === undefined) throw new Error(`no fixture answers ${path}`);
  return match.route;
}

/** What is wrong with a declared endpoint, in words. */
export function problemsOfEndpoint(
  declared: AnyEndpoint,
  { endpoint, placeholders }: Route,
): readonly string[] {
  const { label, scopes, collection } = endpoint;
  const names = [...declared.path.matchAll(/\{\w+\}|(?<=\/)me(?=\/|$)/g)];
  return [
    ...(names.length === placeholders.length || placeholders.length === 0 ? [] : [`path ${declared.path}`]),
    ...same('label', declared.rateLimit, label?.toLowerCase().replace('-', '_')),
    ...problemsOfScopes(declared.scopes.granular, scopes.granular),
    ...problemsOfScopes(declared.scopes.classic, scopes.classic),
    ...same('records', declared.records, collection),
    ...same('strings', declared.strings, endpoint.strings),
    ...problemsOfEmpty(declared, endpoint),
    ...problemsOfMoments(declared, endpoint),
    ...problemsOfPages(declared, endpoint),
    ...problemsOfQuery(declared, endpoint),
    ...problemsOfValues(declared, endpoint),
    ...problemsOfWindow(declared, endpoint),
    ...problemsOfLists(declared, endpoint),
    ...problemsOfOldCollection(declared, endpoint),
    ...problemsOfAnswers(declared, endpoint),
  ];
}

function problemsOfScopes(declared: readonly string[], documented: readonly string[]): readonly string[] {
  const unknown = declared.filter((scope) => !documented.includes(scope));
  const isMissing = documented.length > 0 && declared.length === 0;
  return [
    ...unknown.map((scope) => `scope ${scope}`),
    ...(isMissing ? [`none of ${documented.join()}`] : []),
  ];
}

/** Where Zoom leaves a list without rows out, what it never leaves out is asked for instead. */
function problemsOfEmpty(
  { emptyWith }: AnyEndpoint,
  { leavesOut, beside = {} }: Endpoint,
): readonly string[] {
  return [
    ...same('emptyWith', (emptyWith ?? []).length > 0, leavesOut === true),
    ...(emptyWith ?? []).filter((field) => !(field in beside)).map((field) => `emptyWith ${field}`),
  ];
}

function problemsOfPages({ records, pageSize }: AnyEndpoint, { parameters }: Endpoint): readonly string[] {
  const size = pageSize ?? (records === undefined ? 0 : defaultPageSize);
  const documented = parameters['page_size'];
  if (documented === undefined) return size === 0 ? [] : [`page size ${size}, without pages`];
  const isGood = records === undefined || (size > 0 && size <= (documented.max ?? size));
  return isGood ? [] : [`page size ${size} of ${documented.max}`];
}

function problemsOfQuery(
  declared: AnyEndpoint,
  { parameters, required = [], request }: Endpoint,
): readonly string[] {
  const { query = {}, values = [], parent, window } = declared;
  const given = [
    ...Object.keys(query),
    ...values.map(({ parameter }) => parameter).filter((name) => !declared.path.includes(`{${name}}`)),
    ...(window === undefined ? [] : Object.keys(rangeOf(window))),
    ...Object.keys(parent?.parameters ?? {}).filter((name) => !declared.path.includes(`{${name}}`)),
  ];
  const unknown = given.filter((name) => !(name in parameters) && !request.includes(`{${name}}`));
  const wrong = Object.entries(query).filter(
    ([name, value]) => typeof value !== 'object' && !isTaken(parameters[name]?.enum, String(value)),
  );
  return [
    ...unknown.map((name) => `parameter ${name}`),
    ...wrong.map(([name, value]) => `${name}=${value}`),
    ...required.filter((name) => !given.includes(name)).map((name) => `${name} is required`),
  ];
}

/** The parameters of a window, by which end they give. */
function rangeOf({
  format,
  parameters: [start, end] = ['from', 'to'],
}: Pick<Window, 'format' | 'parameters'>): Readonly<Record<string, string>> {
  return format === 'month' ? { year: 'start', month: 'start' } : { [start]: 'start', [end]: 'end' };
}

function isTaken(known: readonly string[] | undefined, value: string): boolean {
  return known === undefined || value.split(',').every((part) => known.includes(part));
}

/** Each value is one that Zoom takes, and none is left out that the rows are promised to be listed under. */
function problemsOfValues({ path, values = [] }: AnyEndpoint, endpoint: Endpoint): readonly string[] {
  const { parameters, placeholders = {} } = endpoint;
  const wrong = values.flatMap((each) => {
    const inPath = path.includes(`{${each.parameter}}`) ? Object.values(placeholders)[0] : undefined;
    const taken = (inPath ?? parameters[each.parameter])?.enum;
    return each.values.filter((value) => value !== '' && !isTaken(taken, value));
  });
  const missed = addedValuesOf(endpoint).flatMap((added) => {
    const asked = values.find(({ adds }) => adds === added.field);
    const isInPath = added.parameter in placeholders;
    return [
      ...valuesOf(endpoint, added)
        .filter((value) => !asked?.values.includes(value))
        .map((value) => `value "${value}" is not asked for`),
      ...(isInPath
        ? same('values.parameter in the path', path.includes(`{${asked?.parameter}}`), true)
        : same('values.parameter', asked?.parameter, added.parameter)),
    ];
  });
  return [...wrong.map((value) => `value ${value}`), ...missed];
}

/** A range that is asked for without a window is one that Zoom answers, and none is left to Zoom's default. */
function problemsOfMoments(
  { query = {}, window }: AnyEndpoint,
  { window: rule }: Endpoint,
): readonly string[] {
  const { from, to } = query;
  const isAsked = from !== undefined || to !== undefined;
  if (window !== undefined || (!isAsked && rule?.defaultDays === undefined)) return [];
  if (typeof from !== 'object' || typeof to !== 'object') return ['no range'];
  return rule === undefined ? ['a range'] : problemsOfRange(from, to, rule);
}

function problemsOfRange(from: Moment, to: Moment, rule: WindowRule): readonly string[] {
  const wrong = [from, to].filter(({ format }) => !rule.format.split('-or-').includes(format));
  const isOpen = from.at === 'start' && rule.maxMonths !== undefined;
  const days = isOpen ? Number.POSITIVE_INFINITY : (to.plusDays ?? 0) - (from.plusDays ?? 0);
  const longest = (rule.maxMonths ?? Number.POSITIVE_INFINITY) * daysOfMonth;
  return [
    ...wrong.map(({ format }) => `a range by ${format}, where ${rule.format} is documented`),
    ...(days > longest ? [`a range of ${days} days, where ${longest} are documented`] : []),
    ...(from.at === 'start' ? same('keptMonths', from.keptMonths, rule.keptMonths) : []),
  ];
}

function problemsOfWindow({ window, query = {} }: AnyEndpoint, endpoint: Endpoint): readonly string[] {
  if (window === undefined) return [];
  const rule = endpoint.window;
  if (rule === undefined) return ['a window'];
  // Beside the margins there is the day that the window ends on, unless the last day asked for is its own.
  const asked = window.maxDays + 2 * (window.marginDays ?? 0) - (window.tight === true ? 1 : 0);
  const longest = Math.min(
    (rule.maxMonths ?? Number.POSITIVE_INFINITY) * daysOfMonth,
    rule.maxDays ?? Number.POSITIVE_INFINITY,
  );
  const cursors = (endpoint.streams ?? []).flatMap(({ kind, cursor, addsList }) =>
    kind === 'windowed' ? (addsList?.times[endpoint.collection ?? ''] ?? cursor) : [],
  );
  const held = Object.entries(rule.holds?.where ?? {});
  const filtered = filteredField(rule, query);
  return [
    ...(asked > longest ? [`a window of ${asked} days, where ${longest} are documented`] : []),
    ...problemsOfFormat(window, rule),
    ...held
      .filter(([name, value]) => query[name] !== value)
      .map(([name, value]) => `rows whose own time lies outside, without ${name}=${value}`),
    ...same('keptMonths', window.keptMonths, rule.keptMonths),
    ...same('until', window.until, rule.lastDay),
    ...same('sums', window.sumsByDay !== undefined, rule.sums !== undefined),
    ...cursors
      .filter((cursor) => cursor !== filtered && rule.sums === undefined)
      .map((cursor) => `filters by ${filtered}, not by ${cursor}`),
  ];
}

/** Every list is read, asked for, and filtered by the time that is its cursor. */
function problemsOfLists({ lists, query = {} }: AnyEndpoint, endpoint: Endpoint): readonly string[] {
  const { collection = '', lists: documented, streams = [] } = endpoint;
  if (documented === undefined) return lists === undefined ? [] : ['lists'];
  const { names, parameter, window } = documented;
  const asked = String(query[parameter] ?? '').split(',');
  const isFiltered = Object.entries(window.where).every(([name, value]) => String(query[name]) === value);
  const times = streams.flatMap(({ addsList }) => names.map((name) => addsList?.times[name]));
  return [
    ...same('lists', inOrder(Object.keys(lists?.of ?? {})), inOrder([collection, ...names])),
    ...names.filter((name) => !asked.includes(name)).map((name) => `list ${name} is not asked for`),
    ...(isFiltered && times.every((time) => time === window.field)
      ? []
      : [`lists are not filtered by ${times.join()}`]),
  ];
}

const formatNames: Readonly<Record<Window['format'], string>> = {
  date: 'days',
  'date-time': 'instants',
  month: 'months',
};

function problemsOfFormat(window: Window, { format, parameters }: WindowRule): readonly string[] {
  const documented = format === 'date-or-date-time' ? (['date', 'date-time'] as const) : [format];
  const names = documented.map((one) => formatNames[one]).join(' or ');
  const rule = { format: window.format, ...(parameters === undefined ? {} : { parameters }) };
  return [
    ...(documented.some((one) => one === window.format)
      ? []
      : [`${formatNames[window.format]}, where ${names} are documented`]),
    ...same('window.parameters', Object.keys(rangeOf(window)), Object.keys(rangeOf(rule))),
  ];
}

function problemsOfOldCollection(
  { legacyRecords }: AnyEndpoint,
  { oldCollection }: Endpoint,
): readonly string[] {
  const documented =
    oldCollection === undefined
      ? undefined
      : { field: oldCollection.name, copy: { [oldCollection.from]: oldCollection.to } };
  return same('legacyRecords', legacyRecords, documented);
}

/** The codes that a fixture answers for single rows mean something to whoever asks for single rows. */
function problemsOfAnswers({ answers = [], parent }: AnyEndpoint, endpoint: Endpoint): readonly string[] {
  const { unknown, lacksLicence } = endpoint;
  const meaningOf = (error: ErrorAnswer | undefined) =>
    answers.find(({ code, says = '' }) => code === error?.code && error.message.includes(says));
  const isKnown = meaningOf(unknown) !== undefined;
  const licence = meaningOf(lacksLicence);
  return [
    ...(parent === undefined || unknown === undefined || isKnown ? [] : [`no answer for ${unknown.code}`]),
    ...(lacksLicence === undefined ? [] : same('lacksLicence', licence?.action, 'unlicensed')),
  ];
}
