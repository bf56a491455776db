import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type {
  Endpoint,
  Fallback,
  Listing,
  Lists,
  Parent,
  SnapshotStream,
  StreamDeclaration,
  Window,
  WindowedStream,
} from './declaration.ts';
import { families, listings, streams } from './index.ts';

type Declared = StreamDeclaration | Listing;

const schemas = new URL('../../schemas/', import.meta.url);

/** What is wrong with a list of declarations, in words. */
function findProblems(declarations: readonly Declared[]): readonly string[] {
  return declarations.flatMap((declaration) => [
    ...nameProblems(declaration, declarations),
    ...parentProblems(declaration, declarations),
    ...('path' in declaration ? endpointProblems(declaration, declaration.name) : []),
    ...('kind' in declaration ? streamProblems(declaration) : []),
  ]);
}

function nameProblems({ name }: Declared, declarations: readonly Declared[]): readonly string[] {
  return [
    ...(declarations.filter((other) => other.name === name).length > 1 ? [`${name}: not unique`] : []),
    ...(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) ? [] : [`${name}: not snake_case`]),
  ];
}

function endpointProblems(endpoint: Endpoint | Fallback, name: string): readonly string[] {
  const { path, parent, values = [], records, pageSize } = endpoint;
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, placeholder]) => String(placeholder));
  const filled = [...Object.keys(parent?.parameters ?? {}), ...values.map(({ parameter }) => parameter)];
  const fallback = 'fallback' in endpoint ? endpoint.fallback : undefined;
  return [
    ...placeholders.filter((one) => !filled.includes(one)).map((one) => `${name}: nothing fills {${one}}`),
    ...values.flatMap(({ values: each, adds, unset }) => [
      ...(adds === undefined || each.includes('') === (unset !== undefined)
        ? []
        : [`${name}: what is added for no value goes with leaving the parameter out`]),
      ...(unset !== undefined && adds === undefined ? [`${name}: unset without adds`] : []),
    ]),
    ...(records === undefined && pageSize !== undefined ? [`${name}: a body has no pages`] : []),
    ...answerProblems(endpoint, name),
    ...rangeProblems(endpoint, name),
    ...values
      .filter(({ parameter, values: each }) => placeholders.includes(parameter) && each.includes(''))
      .map(({ parameter }) => `${name}: {${parameter}} cannot be left out`),
    ...(fallback === undefined ? [] : endpointProblems(fallback, `${name} fallback`)),
  ];
}

/** Strings and fields beside them are there with a list only, and a bare list has nothing beside it. */
function answerProblems(
  { records, strings, envelope, emptyWith, pageSize }: Endpoint | Fallback,
  name: string,
): readonly string[] {
  const isBare = records === '';
  return [
    ...(strings !== undefined && records === undefined ? [`${name}: strings without a list`] : []),
    ...(envelope !== undefined && !records ? [`${name}: nothing is beside the rows`] : []),
    ...(emptyWith !== undefined && !records ? [`${name}: no list that may be left out`] : []),
    ...(isBare && pageSize !== 0 ? [`${name}: a bare list has no pages`] : []),
  ];
}

function rangeProblems({ query = {}, window }: Endpoint | Fallback, name: string): readonly string[] {
  const moments = Object.entries(query).flatMap(([parameter, value]) =>
    typeof value === 'object' ? [{ parameter, ...value }] : [],
  );
  const ends = window?.parameters ?? ['from', 'to'];
  return [
    ...(window !== undefined && moments.some(({ parameter }) => ends.includes(parameter))
      ? [`${name}: a range beside a window`]
      : []),
    ...moments
      .filter(({ at, keptMonths }) => at === 'now' && keptMonths !== undefined)
      .map(({ parameter }) => `${name}: the now of ${parameter} is always kept`),
  ];
}

/** Rows with a time are found in windows: only these have derived streams, and no snapshot stands on them. */
function parentProblems(declaration: Declared, declarations: readonly Declared[]): readonly string[] {
  const { name, parent } = declaration;
  if (parent === undefined) return [];
  const found = declarations.find((other) => other.name === parent.name);
  if (found === undefined) return [`${name}: unknown parent ${parent.name}`];
  return [
    ...kindProblems(declaration, found),
    ...('parameters' in parent ? withoutProblems(declaration, parent) : []),
    ...('query' in parent ? queryProblems(declaration, found) : []),
    ...partitionProblems(declaration),
  ];
}

/** The call without the parent is one of a listing that is read as a whole, and knows its rows without the parent. */
function withoutProblems(declaration: Declared, { without, parameters, adds }: Parent): readonly string[] {
  const { name } = declaration;
  if (without === undefined) return [];
  const isSnapshot = 'kind' in declaration && declaration.kind === 'snapshot';
  const isFilled = (parameter: string) =>
    'path' in declaration && declaration.path.includes(`{${parameter}}`);
  return [
    ...(isSnapshot ? [] : [`${name}: only a snapshot is read without its parent`]),
    ...(Object.keys(parameters).some(isFilled) ? [`${name}: its path cannot do without the parent`] : []),
    ...(adds === undefined ? [] : [`${name}: without its parent there is nothing to add`]),
  ];
}

function queryProblems(declaration: Declared, parent: Declared): readonly string[] {
  const { name } = declaration;
  const isDerived = 'kind' in declaration && declaration.kind === 'derived';
  const isOfWindows = 'kind' in parent && parent.kind === 'windowed';
  return [
    ...(isDerived && isOfWindows ? [] : [`${name}: only a windowed parent is listed with a query`]),
    ...('fallback' in parent ? [`${name}: what replaces ${parent.name} takes no query of its own`] : []),
  ];
}

function kindProblems(declaration: Declared, found: Declared): readonly string[] {
  const { name } = declaration;
  const parentKind = 'kind' in found ? found.kind : 'listing';
  const kind = 'kind' in declaration ? declaration.kind : 'listing';
  const isSharing = isSharingWindows(declaration);
  const isFitting = (isSharing ? ['windowed'] : (standsOn[kind] ?? ['snapshot', 'listing'])).includes(
    parentKind,
  );
  return [
    ...(isFitting ? [] : [`${name}: no ${kind} stands on a ${parentKind} (${found.name})`]),
    ...(isSharing ? sharingProblems(declaration, kind) : []),
    ...((isSharing || kind === 'derived') && isOfWholes(found)
      ? [`${name}: nothing is derived from sums or months`]
      : []),
  ];
}

function isSharingWindows({ parent }: Declared): boolean {
  return parent !== undefined && 'sameWindow' in parent && parent.sameWindow === true;
}

function isOfWholes(parent: Declared): boolean {
  const window = 'window' in parent ? parent.window : undefined;
  return window?.format === 'month' || window?.sumsByDay !== undefined;
}

function sharingProblems(declaration: Declared, kind: string): readonly string[] {
  const { name } = declaration;
  return [
    ...(kind === 'windowed' ? [] : [`${name}: no ${kind} shares its parent's windows`]),
    ...('fallback' in declaration
      ? [`${name}: nothing is read in place of what shares its parent's windows`]
      : []),
  ];
}

function partitionProblems({ name, parent }: Declared): readonly string[] {
  if (parent === undefined || !('partition' in parent) || parent.partition === undefined) return [];
  const named = parent.partition.flat();
  const unnamed = Object.values(parent.adds ?? {}).filter((field) => !named.includes(field));
  return unnamed.map((field) => `${name}: ${field} is never added`);
}

const standsOn: Readonly<Record<string, readonly string[]>> = {
  derived: ['windowed', 'derived'],
  embedded: ['windowed'],
};

function streamProblems(declaration: StreamDeclaration): readonly string[] {
  const { name, primaryKey, recordHash } = declaration;
  const lists = 'lists' in declaration ? declaration.lists : undefined;
  const isAdded = (field: string) => field in (declaration.parent?.adds ?? {});
  const isOfParent = declaration.kind === 'derived' || declaration.kind === 'embedded';
  return [
    ...(isOfParent && !isAdded(declaration.cursor) ? [`${name}: its cursor is not added`] : []),
    ...(declaration.kind === 'windowed' ? sumProblems(declaration) : []),
    ...('window' in declaration ? windowProblems(declaration.window, name) : []),
    ...(primaryKey.includes('record_hash') === (recordHash !== undefined || lists !== undefined)
      ? []
      : [`${name}: record_hash without identity, or the other way round`]),
    ...(recordHash?.some(({ length }) => length === 0) && !isOneRow(declaration)
      ? [`${name}: rows without identity`]
      : []),
    ...(lists === undefined ? [] : listProblems(declaration, lists)),
  ];
}

function listProblems(declaration: StreamDeclaration, { adds, of }: Lists): readonly string[] {
  const { name, primaryKey } = declaration;
  const records = 'records' in declaration ? declaration.records : undefined;
  return [
    ...(primaryKey.includes(adds) ? [] : [`${name}: rows of two lists may have one key`]),
    ...(records !== undefined && records in of ? [] : [`${name}: the list with pages is none of the lists`]),
    ...(declaration.kind === 'windowed' ? [] : [`${name}: lists without windows`]),
  ];
}

/** What is added to sums is their day, and so is the time of a row in a report by month. */
function sumProblems({ name, window, cursor, precision }: WindowedStream): readonly string[] {
  const { format, sumsByDay = cursor } = window;
  const isOfDays = window.sumsByDay !== undefined || format === 'month' || window.until === 'yesterday';
  return [
    ...(sumsByDay === cursor ? [] : [`${name}: the day that sums are of is the cursor`]),
    ...(isOfDays && precision !== 'day' ? [`${name}: its cursor is a day`] : []),
  ];
}

function windowProblems(window: Window | undefined, name: string): readonly string[] {
  if (window === undefined) return [];
  const { format, maxDays, parameters, sumsByDay, until, marginDays, tight } = window;
  const isOneDay = sumsByDay === undefined || (maxDays === 1 && format !== 'month');
  const hasDayWords = until !== undefined || marginDays !== undefined;
  return [
    ...(isOneDay ? [] : [`${name}: sums are asked for day by day`]),
    ...(hasDayWords && format !== 'date' ? [`${name}: until and marginDays are of whole days`] : []),
    ...(hasDayWords && sumsByDay !== undefined ? [`${name}: sums have neither until nor marginDays`] : []),
    ...(tight === true && marginDays === undefined ? [`${name}: a tight window has a margin`] : []),
    ...(parameters !== undefined && format === 'month' ? [`${name}: a month has no ends`] : []),
  ];
}

/** A body of the account's, which nothing has to be told apart from. */
function isOneRow(declaration: StreamDeclaration): boolean {
  const { recordHash = [], parent } = declaration;
  return (
    'path' in declaration &&
    declaration.records === undefined &&
    parent === undefined &&
    recordHash.length === 1
  );
}

const declared: readonly Declared[] = [...streams, ...listings];

test('the declarations are sound', () => {
  expect(findProblems(declared)).toEqual([]);
});

describe('a broken declaration is noticed', () => {
  const find = (name: string) => streams.find((stream) => stream.name === name) as StreamDeclaration;
  const users = find('users') as SnapshotStream;
  const messages = find('phone_sms_messages') as WindowedStream & { readonly parent: Parent };
  const report = find('report_chat_messages') as WindowedStream;
  const participants = find('past_meeting_participants') as Extract<StreamDeclaration, { kind: 'derived' }>;
  const sums = find('report_users') as WindowedStream;
  const withoutPrecision = ({ precision: _, ...stream }: WindowedStream): WindowedStream => ({
    ...stream,
    name: 'xs',
  });
  test.each<{ broken: StreamDeclaration; expected: string }>([
    { broken: users, expected: 'users: not unique' },
    { broken: { ...users, name: 'Xs' }, expected: 'Xs: not snake_case' },
    { broken: { ...users, name: 'xs', path: '/x/{id}' }, expected: 'xs: nothing fills {id}' },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'nobody' } },
      expected: 'xs: unknown parent nobody',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'users' } },
      expected: 'xs: no derived stands on a snapshot (users)',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'recordings', parameters: { id: 'id' } },
      },
      expected: 'xs: no snapshot stands on a windowed (recordings)',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'recordings', parameters: { id: 'id' }, sameWindow: true },
      },
      expected: "xs: no snapshot shares its parent's windows",
    },
    {
      broken: {
        ...messages,
        name: 'xs',
        parent: { name: 'users', parameters: { session_id: 'id' }, sameWindow: true },
      },
      expected: 'xs: no windowed stands on a snapshot (users)',
    },
    {
      broken: {
        ...messages,
        name: 'xs',
        parent: { name: 'phone_sms_sessions', parameters: { session_id: 'session_id' } },
      },
      expected: 'xs: no windowed stands on a windowed (phone_sms_sessions)',
    },
    {
      broken: { ...messages, name: 'xs', fallback: { path: '/x', scopes: messages.scopes } },
      expected: "xs: nothing is read in place of what shares its parent's windows",
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'users', parameters: { id: 'id' }, partition: [['id']], adds: { email: 'email' } },
      },
      expected: 'xs: email is never added',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, adds: {} } },
      expected: 'xs: its cursor is not added',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'report_daily' } },
      expected: 'xs: nothing is derived from sums or months',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, name: 'report_users' } },
      expected: 'xs: nothing is derived from sums or months',
    },
    {
      broken: { ...sums, name: 'xs', cursor: 'day' },
      expected: 'xs: the day that sums are of is the cursor',
    },
    { broken: withoutPrecision(sums), expected: 'xs: its cursor is a day' },
    { broken: withoutPrecision(find('report_daily') as WindowedStream), expected: 'xs: its cursor is a day' },
    {
      broken: withoutPrecision(find('report_cloud_recording') as WindowedStream),
      expected: 'xs: its cursor is a day',
    },
    {
      broken: { ...sums, name: 'xs', window: { ...sums.window, maxDays: 2 } },
      expected: 'xs: sums are asked for day by day',
    },
    {
      broken: { ...sums, name: 'xs', window: { ...sums.window, until: 'yesterday' } },
      expected: 'xs: sums have neither until nor marginDays',
    },
    {
      broken: { ...sums, name: 'xs', window: { maxDays: 1, format: 'date-time', marginDays: 1 } },
      expected: 'xs: until and marginDays are of whole days',
    },
    {
      broken: { ...sums, name: 'xs', window: { maxDays: 1, format: 'date', tight: true } },
      expected: 'xs: a tight window has a margin',
    },
    {
      broken: { ...sums, name: 'xs', window: { maxDays: 31, format: 'month', parameters: ['a', 'b'] } },
      expected: 'xs: a month has no ends',
    },
    {
      broken: { ...users, name: 'xs', recordHash: [['a']] },
      expected: 'xs: record_hash without identity, or the other way round',
    },
    {
      broken: { ...users, name: 'xs', values: [{ parameter: 'a', values: ['', 'b'], adds: 'a' }] },
      expected: 'xs: what is added for no value goes with leaving the parameter out',
    },
    {
      broken: { ...users, name: 'xs', values: [{ parameter: 'a', values: [''], unset: 'b' }] },
      expected: 'xs: unset without adds',
    },
    {
      broken: { ...report, name: 'xs', primaryKey: ['session_id', 'record_hash'] },
      expected: 'xs: rows of two lists may have one key',
    },
    {
      broken: { ...report, name: 'xs', records: 'rows' },
      expected: 'xs: the list with pages is none of the lists',
    },
    {
      broken: { ...users, name: 'xs', lists: { adds: 'list', of: {} } },
      expected: 'xs: lists without windows',
    },
    {
      broken: { ...find('meetings'), name: 'xs', strings: 'a' } as StreamDeclaration,
      expected: 'xs: strings without a list',
    },
    {
      broken: { ...users, name: 'xs', records: '', envelope: ['a'] },
      expected: 'xs: nothing is beside the rows',
    },
    {
      broken: { ...users, name: 'xs', records: '', emptyWith: ['a'] },
      expected: 'xs: no list that may be left out',
    },
    { broken: { ...users, name: 'xs', records: '' }, expected: 'xs: a bare list has no pages' },
    {
      broken: { ...users, name: 'xs', path: '/x/{a}', values: [{ parameter: 'a', values: ['', 'b'] }] },
      expected: 'xs: {a} cannot be left out',
    },
    {
      broken: {
        ...(find('recordings') as WindowedStream),
        name: 'xs',
        query: { to: { at: 'now', format: 'date' } },
      },
      expected: 'xs: a range beside a window',
    },
    {
      broken: { ...users, name: 'xs', query: { to: { at: 'now', format: 'date', keptMonths: 6 } } },
      expected: 'xs: the now of to is always kept',
    },
    {
      broken: { ...users, name: 'xs', primaryKey: ['record_hash'], recordHash: [[]] },
      expected: 'xs: rows without identity',
    },
    {
      broken: { ...find('meetings'), name: 'xs', pageSize: 10 } as StreamDeclaration,
      expected: 'xs: a body has no pages',
    },
    {
      broken: { ...participants, name: 'xs', parent: { ...participants.parent, without: 'also' } },
      expected: 'xs: only a snapshot is read without its parent',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        path: '/x/{id}',
        parent: { name: 'groups', parameters: { id: 'id' }, without: 'also' },
      },
      expected: 'xs: its path cannot do without the parent',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        parent: { name: 'groups', parameters: { id: 'id' }, adds: { group_id: 'id' }, without: 'instead' },
      },
      expected: 'xs: without its parent there is nothing to add',
    },
    {
      broken: {
        ...users,
        name: 'xs',
        parent: { name: 'groups', parameters: { id: 'id' }, query: { a: 'b' } },
      },
      expected: 'xs: only a windowed parent is listed with a query',
    },
    {
      broken: {
        ...participants,
        name: 'xs',
        parent: { ...participants.parent, name: participants.name, query: { a: 'b' } },
      },
      expected: 'xs: only a windowed parent is listed with a query',
    },
    {
      broken: {
        ...participants,
        name: 'xs',
        parent: { ...participants.parent, name: 'phone_voicemails', query: { a: 'b' } },
      },
      expected: 'xs: what replaces phone_voicemails takes no query of its own',
    },
  ])('$expected', ({ broken, expected }) => {
    expect(findProblems([...declared, broken])).toContain(expected);
  });
});

test('what may still come is waited for three days, and then it never will', () => {
  const waits = streams.flatMap(({ name, ...declared }) =>
    ('answers' in declared ? declared.answers : [])
      .filter(({ action }) => action === 'not_ready')
      .map(({ forDays }) => [name, forDays]),
  );
  expect(waits.length).toBeGreaterThan(15);
  expect(waits.filter(([, days]) => days !== 3)).toEqual([]);
});

test('parents make no circle', () => {
  for (const { name } of declared) {
    const path = [name];
    for (let next = parentOf(name); next !== undefined; next = parentOf(next)) {
      expect(path).not.toContain(next);
      path.push(next);
    }
  }
});

function parentOf(name: string): string | undefined {
  return declared.find((other) => other.name === name)?.parent?.name;
}

test('every family has streams, and its name is a word', () => {
  for (const [family, members] of Object.entries(families))
    expect([/^[a-z]+$/.test(family), members.length > 0]).toEqual([true, true]);
});

test('no file of the engine or of http names a stream', () => {
  const names = new RegExp(`['"\`](${declared.map(({ name }) => name).join('|')})['"\`]`);
  for (const room of ['engine', 'http']) {
    const folder = new URL(`../${room}/`, import.meta.url);
    for (const file of readdirSync(folder).filter((name) => !name.endsWith('.test.ts')))
      expect([file, names.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1]]).toEqual([file, undefined]);
  }
});

test('there is a schema for each stream, and a stream for each schema', () => {
  expect(readdirSync(schemas).sort()).toEqual(streams.map(({ name }) => `${name}.json`).sort());
});

describe.each(streams)('$name', (stream) => {
  const addedByValue = 'values' in stream ? (stream.values ?? []).flatMap(({ adds = [] }) => adds) : [];

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(stream))).toEqual(stream);
  });

  test('its key, cursor and added fields are in its schema, and nothing but the key is never null', () => {
    const schema = JSON.parse(readFileSync(new URL(`${stream.name}.json`, schemas), 'utf8')) as {
      additionalProperties: boolean;
      properties: Record<string, { type?: unknown; format?: string; airbyte_type?: string }>;
    };
    const cursor = stream.kind === 'snapshot' ? '_ab_cdc_updated_at' : stream.cursor;
    const marks = stream.kind === 'snapshot' ? ['_ab_cdc_updated_at', '_ab_cdc_deleted_at'] : [];
    const byList = 'lists' in stream ? (stream.lists?.adds ?? []) : [];
    const added = [...Object.keys(stream.parent?.adds ?? {}), ...addedByValue, ...[byList].flat()];
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining([...stream.primaryKey, cursor, ...added, ...marks]),
    );
    const isByDay = stream.kind !== 'snapshot' && stream.precision === 'day';
    const instant = { format: 'date-time', airbyte_type: 'timestamp_with_timezone' };
    expect(schema.properties[cursor]).toMatchObject(isByDay ? { format: 'date' } : instant);
    expect(schema.additionalProperties).toBe(true);
    const notNull = Object.entries(schema.properties).filter(
      ([, { type }]) => !(Array.isArray(type) && type.includes('null')),
    );
    expect(notNull.map(([field]) => field).sort()).toEqual([...stream.primaryKey].sort());
  });
});
