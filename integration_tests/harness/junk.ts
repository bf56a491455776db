import fc from 'fast-check';

type Json = unknown;
type Holder = Record<PropertyKey, Json>;

/** A test of generated inputs gives the same ones every time, unless this says otherwise. */
export const seed = Number(process.env['SOURCE_ZOOM_FUZZ_SEED'] ?? 20_260_615);

/** Of many streams one in eight, others for another seed: what a file does to them does not depend on which they are. */
export function someOf<T>(streams: readonly T[]): readonly T[] {
  return streams.filter((_, index) => index % 8 === seed % 8);
}

const instants = fc.oneof(
  fc
    .date({ min: new Date('2025-09-01'), max: new Date('2026-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    ...['2026-01-31', '2026-01-31T00:00:00', '2026-01-31 10:00+0530', '2026-02-30', '2026-01-31T25:00:00Z'],
    ...['0001-01-01T00:00:00Z', '0000-01-01T00:00:00+23:59', '0010-01-01 00:00Z', '0000-01-01'],
    ...['9999-12-31', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-12:00', '2026-13-45', 'foo 1', '12'],
    ...['+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00.000Z', '1970-01-01', 'Invalid Date'],
  ),
);

const urls = fc.constantFrom(
  ...[
    'http://127.0.0.1:1',
    'http://127.0.0.1:1/v2///',
    'http://127.0.0.1:99999',
    'http://zoom.us',
    'ftp://x',
  ],
  ...[
    'https://',
    'https:// ',
    'zoom.us',
    'http://localhost:1@zoom.us/',
    'http://[::1]:1/',
    'https://[',
    '//x',
  ],
);

const names = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  '',
  'a.b',
);

/** What becomes long or deep only in the file, so that the rest of a test need not carry it around. */
const oversized = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', '/', ' ', '|', '200|', '\n', 'é', '-'), fc.integer({ min: 100, max: 20_000 }))
    .map(([part, times]) => `@long:${times}:${part}@`),
  fc
    .tuple(fc.constantFrom('array', 'object'), fc.integer({ min: 50, max: 20_000 }))
    .map(([kind, times]) => `@deep:${times}:${kind}@`),
);

const texts = fc.oneof(
  instants,
  urls,
  names,
  oversized,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ' ',
    '\n',
    '\u0000',
    '\u2028',
    '\ud800',
    '-1',
    '1e999',
    '5xx',
    '429|',
    '0-999',
    'half \ud800 of it',
    'emitted_at',
    'message',
    'STREAM_STATUS',
    'true',
    '￿',
  ),
);

const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -1, 0.5, 2, 1e21, 1e308, -1e308, 2 ** 53, Number.MIN_VALUE, Number.POSITIVE_INFINITY),
);

const scalars = fc.oneof(fc.constantFrom(null, true, false), numbers, texts);

/** Any JSON, with a liking for what programs stumble over. */
export const junk: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(names, fc.string({ maxLength: 8 })), tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** What breaks code that takes it for a text, one way or another. */
const traps = fc.constantFrom<Json>(
  { toString: 1 },
  { toString: null, valueOf: null },
  {},
  [],
  ['x'],
  'half \ud800',
);

const changes = fc.record({
  at: fc.nat({ max: 500 }),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'repeat'),
  name: fc.oneof(names, fc.constantFrom('version', 'owed', 'finished', 'digests', 'stream', 'retry')),
  value: fc.oneof(junk, texts, numbers, traps),
});
type Change = typeof changes extends fc.Arbitrary<infer T> ? T : never;

/** A good value that was changed in up to three places. */
export function nearly(good: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.tuple(good, fc.array(changes, { maxLength: 3 })).map(([value, list]) => {
    const root: Holder = { root: structuredClone(value) };
    for (const change of list) apply(root, change);
    return root['root'];
  });
}

function apply(root: Holder, { at, kind, name, value }: Change): void {
  const places = placesIn(root, 'root');
  const { holder, key } = places[at % places.length] ?? { holder: root, key: 'root' };
  const old = holder[key];
  switch (kind) {
    case 'replace':
      define(holder, key, structuredClone(value));
      break;
    case 'remove':
      if (holder !== root) delete holder[key];
      break;
    case 'wrap':
      define(holder, key, [old]);
      break;
    case 'repeat':
      if (Array.isArray(old)) old.push(structuredClone(old[0] ?? null));
      break;
    default:
      if (typeof old === 'object' && old !== null && !Array.isArray(old))
        define(old as Holder, name, structuredClone(value));
  }
}

function placesIn(holder: Holder, key: string): { holder: Holder; key: string }[] {
  const value = holder[key];
  const below =
    typeof value === 'object' && value !== null
      ? Object.keys(value).flatMap((name) => placesIn(value as Holder, name))
      : [];
  return [{ holder, key }, ...below];
}

/** An assignment to `__proto__` would not make a property. */
function define(holder: Holder, key: string, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The text of a file. Numbers beyond what JavaScript knows, and what is oversized, are spelt out here. */
export function toText(value: Json): string {
  const text = JSON.stringify(value, (_, field: Json) =>
    field === Number.POSITIVE_INFINITY ? '@huge@' : field,
  );
  return text
    .replaceAll('"@huge@"', '1e999')
    .replace(/@long:(\d+):([^@]*)@/g, (_, times: string, part: string) => part.repeat(Number(times)))
    .replace(/"@deep:(\d+):(array|object)@"/g, (_, times: string, kind: string) => nest(kind, Number(times)));
}

function nest(kind: string, times: number): string {
  return kind === 'array'
    ? `${'['.repeat(times)}${']'.repeat(times)}`
    : `${'{"a":'.repeat(times)}0${'}'.repeat(times)}`;
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

/** Where generated configs lead to, and with what. */
export interface Target {
  readonly api_url: string;
  readonly serverToServer: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
}

/** Configs that are valid, all keys and kinds of them. */
export function goodConfigs({ api_url, serverToServer, user }: Target): fc.Arbitrary<Json> {
  const { token_url, auth_type: _, ...own } = serverToServer;
  const rest = fc.record({
    start_date: maybe(fc.constantFrom('2026-01-31', '2026-05-31T10:00:00Z')),
    end_date: maybe(fc.constantFrom('2026-06-10', '2026-06-01 10:00:00+02:00')),
    lookback_window_days: maybe(fc.integer({ min: 0, max: 30 })),
    detail_refresh_days: maybe(fc.integer({ min: 0, max: 30 })),
    retry: maybe(
      fc.record({
        mode: fc.constantFrom('None', 'RetryAny', 'RetryWhenStatusCodeMatch'),
        status_code_list: fc.constantFrom('429', '408|425|429|500-599'),
        count_max: fc.constantFrom(0, 1),
        multiply_wait_time: fc.boolean(),
        wait_time_ms: fc.constantFrom(0, 1),
      }),
    ),
    zoom_plan: fc.constantFrom('unlimited', 'unlimited', 'pro', 'business', 'free'),
    rate_limit_share: maybe(fc.integer({ min: 1, max: 100 })),
    concurrency: maybe(fc.integer({ min: 1, max: 64 })),
    include_sensitive_fields: maybe(fc.boolean()),
    api_url: fc.constant(api_url),
  });
  const signIn = fc.constantFrom<object>(
    { credentials: serverToServer },
    { credentials: serverToServer },
    { credentials: user },
    { ...own, authorization_endpoint: token_url },
  );
  return fc.tuple(signIn, rest).map(([credentials, others]) => plain({ ...credentials, ...others }));
}

/** What is read: names and cursor fields of the streams that there are. */
export interface StreamFacts {
  readonly name: string;
  readonly cursorField: string;
}

export function goodCatalogs(streams: readonly StreamFacts[]): fc.Arbitrary<Json> {
  const stream = fc.record({
    stream: fc.record({
      name: fc.constantFrom(...streams.map(({ name }) => name)),
      namespace: fc.constantFrom(null, undefined),
      json_schema: fc.constant({ type: 'object', properties: {} }),
    }),
    sync_mode: fc.constantFrom('incremental', 'full_refresh', undefined),
    destination_sync_mode: fc.constantFrom('append', 'overwrite'),
    cursor_field: fc.constantFrom(null, undefined, ['x']),
  });
  return fc.array(stream, { maxLength: 3 }).map((list) => plain({ streams: list }));
}

export function goodStates(streams: readonly StreamFacts[]): fc.Arbitrary<Json> {
  const recent = fc.constantFrom(
    '2026-03-01T00:00:00.000Z',
    '2026-05-31T10:00:00Z',
    '2026-06-14T10:00:00.123Z',
  );
  const owed = fc.record({
    fields: fc.constant({ meeting_uuid: 'a/b==', meeting_id: 5, user_id: 'u' }),
    read_until: recent,
    reason: fc.constantFrom('not_ready', '404/3001'),
    refusals: fc.integer({ min: 1, max: 5 }),
  });
  const content = fc.record({
    version: fc.constantFrom(1, undefined),
    cursor: fc.option(recent, { nil: undefined, freq: 10 }),
    read_from: maybe(recent),
    read_until: maybe(recent),
    reread_from: maybe(recent),
    finished: maybe(fc.record({ until: recent, partitions: fc.constant(['a/b==', 'u']) })),
    owed: maybe(fc.dictionary(fc.constantFrom('a/b==', 'u'), owed, { maxKeys: 2 })),
    digests: maybe(fc.dictionary(fc.constantFrom('u', 'gone', '__proto__'), fc.constant('AbCdEfGh'))),
    __ab_full_refresh_sync_complete: fc.option(fc.constant(true), { nil: undefined, freq: 8 }),
    __ab_no_cursor_state_message: fc.option(fc.constant(true), { nil: undefined, freq: 8 }),
  });
  const entry = fc
    .tuple(fc.constantFrom(...streams), content, fc.boolean())
    .map(([{ name, cursorField }, { cursor, ...others }, isWhole]) => {
      const state = {
        type: 'STREAM',
        stream: { stream_descriptor: { name }, stream_state: { ...others, [cursorField]: cursor } },
      };
      return isWhole ? { type: 'STATE', state } : state;
    });
  const legacy = fc.constantFrom<Json>(
    { type: 'LEGACY', data: { users: { end_time: '2026-01-01' } } },
    { type: 'GLOBAL', global: { stream_states: [] } },
    { users: { end_time: '2026-01-01' } },
    null,
    {},
  );
  const list = fc.array(fc.oneof({ arbitrary: entry, weight: 5 }, { arbitrary: legacy, weight: 1 }), {
    maxLength: 3,
  });
  return fc.oneof({ arbitrary: list, weight: 6 }, { arbitrary: legacy, weight: 1 }).map(plain);
}

/** Without what JSON does not know. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}
