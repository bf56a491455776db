import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { configuredCatalog } from '../integration_tests/harness/catalog.ts';
import { problemOfMessage } from '../integration_tests/harness/clear-message.ts';
import {
  goodCatalogs,
  goodConfigs,
  goodStates,
  junk,
  nearly,
  seed,
  someOf,
  toText,
} from '../integration_tests/harness/junk.ts';
import { createSession } from './commands/session.ts';
import { parseConfig } from './config/config.ts';
import { createRun } from './engine/plan.ts';
import { planSlices } from './engine/slices.ts';
import { createStreamOutput } from './engine/stream-output.ts';
import { stateOf } from './engine/stream-run.ts';
import { cursorFieldOf } from './engine/stream-state.ts';
import type { SyncContext } from './engine/sync-context.ts';
import { SyncRun } from './engine/sync-run.ts';
import { ConfigError } from './errors.ts';
import type { Client } from './http/client.ts';
import { createRedactor } from './http/redact.ts';
import { parseJson } from './input/files.ts';
import { isJsonObject, type JsonObject, toJsonPieces } from './json.ts';
import { createManualClock } from './manual-clock.ts';
import { parseConfiguredCatalog } from './protocol/catalog.ts';
import { parseInputState } from './protocol/state.ts';
import { createWriter, type Writer } from './protocol/writer.ts';
import { readSpec } from './resources.ts';
import { streams } from './streams/index.ts';

const counts = { config: 2_000, catalog: 4_000, state: 12_500, read: 1_500 };
const some = someOf(streams);
const facts = some.map((stream) => ({ name: stream.name, cursorField: cursorFieldOf(stream) }));
const secrets = ['canary-client-secret', 'canary-access-token', 'canary-refresh-token'];
const [client_secret = '', access_token = '', refresh_token = ''] = secrets;
const app = { client_id: 'client', client_secret, token_url: 'http://127.0.0.1:1/oauth/token' };
const serverToServer = { auth_type: 'server_to_server', account_id: 'account', ...app };
const target = {
  api_url: 'http://127.0.0.1:1/v2',
  serverToServer,
  user: {
    ...{ auth_type: 'oauth2.0', ...app, access_token, refresh_token },
    ...{
      token_expiry_date: '2026-06-15T13:00:00Z',
      scope: 'user:read',
      redirect_url: 'https://example.com/',
    },
  },
};
const configs = inputs(goodConfigs(target));
const catalogs = inputs(goodCatalogs(facts));
const states = inputs(goodStates(facts));
const wholeCatalogs = fc.constantFrom('incremental' as const, 'full_refresh' as const).map((mode) =>
  toText(
    configuredCatalog(
      some.map(({ name }) => name),
      mode,
    ),
  ),
);

function inputs(good: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .oneof({ arbitrary: nearly(good), weight: 9 }, { arbitrary: junk, weight: 1 })
    .map((value) => toText(value));
}

/** Calls `use` with what `parse` gives; a refusal has to be one that the user understands. */
function attempt<T>(parse: () => T, use: (value: T) => void): void {
  let value: T;
  try {
    value = parse();
  } catch (error) {
    expect(problemOf(error)).toBe('');
    return;
  }
  use(value);
}

/** What is wrong with an error as an answer to a wrong input; empty when nothing is. */
function problemOf(error: unknown): string {
  if (!(error instanceof ConfigError)) return `not a ConfigError: ${String(error)}`;
  return problemOfMessage(error.message, secrets);
}

function check<T>(value: fc.Arbitrary<T>, numRuns: number, holds: (value: T) => void | Promise<void>) {
  return fc.assert(
    fc.asyncProperty(value, async (one) => holds(one)),
    { seed, numRuns },
  );
}

describe('whatever a file holds', () => {
  test('a config is refused in a sentence, or gives settings in their documented ranges', async () => {
    await check(configs, counts.config, (text) =>
      attempt(
        () => parseJson('config', 'c.json', text),
        (raw) =>
          attempt(
            () => parseConfig(raw),
            (config) => expect(problemsOfConfig(raw, config)).toEqual([]),
          ),
      ),
    );
  });

  test('a catalog is refused in a sentence, or gives each of its streams once', async () => {
    await check(catalogs, counts.catalog, (text) =>
      attempt(
        () => parseConfiguredCatalog(parseJson('catalog', 'c.json', text), 'c.json'),
        (configured) => {
          const names = configured.map(({ name }) => name);
          expect(new Set(names).size).toBe(names.length);
          expect(configured.every((stream) => typeof stream.syncMode === 'string')).toBe(true);
        },
      ),
    );
  });

  test('a state is refused in a sentence, or is gone on from and leaves as one that is accepted again', async () => {
    const sync = createSync({ credentials: serverToServer });
    await check(states, counts.state, (text) =>
      attempt(
        () => parseInputState(parseJson('state', 's.json', text), 's.json'),
        ({ byStream, warnings }) => {
          expect(warnings.flatMap((warning) => problemOfMessage(warning) || [])).toEqual([]);
          for (const declaration of streams) {
            const input = byStream.get(declaration.name);
            if (input === undefined) continue;
            attempt(
              () => resume(sync, declaration, input),
              (state) => {
                expect(problemsOfState(cursorFieldOf(declaration), input, state)).toEqual([]);
                expect(say(resume(sync, declaration, state))).toBe(say(state));
              },
            );
          }
        },
      ),
    );
  });

  test('a read of an empty Zoom ends every stream once, and an error is always the mistake in the files', async () => {
    const good = {
      config: goodConfigs(target).map(toText),
      catalog: goodCatalogs(facts).map(toText),
      state: goodStates(facts).map(toText),
    };
    // A file that is wrong hides what is wrong with those that are read after it.
    const files = fc.oneof(
      fc.record({ ...good, config: configs }),
      fc.record({ ...good, catalog: catalogs }),
      fc.record({ ...good, catalog: wholeCatalogs, state: states }),
    );
    await check(files, counts.read, async ({ config, catalog, state }) => {
      const lines: string[] = [];
      await readAll(config, catalog, state, lines);
      expect(problemsOfLines(lines)).toEqual([]);
    });
  });
});

function problemsOfConfig(raw: unknown, config: ReturnType<typeof parseConfig>): readonly string[] {
  const { retry, lookbackDays, startDate, endDate, apiUrl, credentials } = config;
  const ranges: readonly [string, number | undefined, number, number][] = [
    ['lookback', lookbackDays, 0, 30],
    ['share', config.rateLimitShare, 1, 100],
    ['concurrency', config.concurrency, 1, 64],
    ['count_max', retry.countMax, 0, 20],
    ['wait_time_ms', retry.waitTimeMs, 0, 600_000],
    ['start_date', startDate, Date.parse('0000-01-01'), Date.parse('9999-12-31T23:59:59.999Z')],
    ['end_date', endDate, (startDate ?? Date.parse('0000-01-01')) + 1, Date.parse('9999-12-31') + 86_400_000],
  ];
  const problems = ranges.flatMap(([name, value, least, most]) =>
    value === undefined || (Number.isInteger(value) && value >= least && value <= most) ? [] : [name],
  );
  for (const url of [apiUrl, credentials.tokenUrl]) if (!URL.canParse(url)) problems.push(url);
  const texts = [credentials.clientId, credentials.clientSecret];
  if (!texts.every((text) => typeof text === 'string')) problems.push('credentials');
  if (!isFlat(raw) && !hasNull(raw) && !isInSpec(asSpecified(raw)))
    problems.push(ajv.errorsText(isInSpec.errors));
  return problems;
}

function isFlat(raw: unknown): boolean {
  return isJsonObject(raw) && !('credentials' in raw);
}

/** An expiry in seconds or milliseconds is taken too, which the specification does not offer. */
function asSpecified(raw: unknown): unknown {
  const credentials = isJsonObject(raw) ? raw['credentials'] : undefined;
  if (!isJsonObject(raw) || !isJsonObject(credentials)) return raw;
  const expiry = credentials['token_expiry_date'];
  if (typeof expiry !== 'number') return raw;
  return { ...raw, credentials: { ...credentials, token_expiry_date: String(expiry) } };
}

/** Nulls are as if they were not there, which a schema cannot say. */
function hasNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(hasNull));
}

const ajv = addFormats.default(new Ajv({ strict: false }));
const isInSpec = ajv.compile(readSpec()['connectionSpecification'] as JsonObject);

function createSync(raw: unknown, redactor = createRedactor()): SyncContext {
  const clock = createManualClock();
  const parts = { clock, rawConfig: {}, isDebug: false, variables: {}, redactor };
  const session = createSession({
    ...parts,
    config: parseConfig(raw),
    writer: createWriter(new PassThrough(), (text) => text),
    onWait: () => undefined,
  });
  return { ...session.sync, client: emptyZoom, log: () => undefined };
}

const emptyZoom: Client = {
  quota: () => ({ label: 'heavy' }),
  async get() {
    return { action: 'success', body: { batches: [[]], envelope: {}, hasList: () => true, nulls: () => 0 } };
  },
};

/** What a sync that reads nothing makes of a state; planned as the engine plans it. */
function resume(sync: SyncContext, declaration: (typeof streams)[number], input: JsonObject | undefined) {
  const output = createStreamOutput(declaration.name, silent, sync.clock);
  const run = createRun(sync, declaration, { mode: 'incremental', output, input });
  if ('window' in run) {
    const slices = planSlices(run.window.range, { maxDays: 28, format: 'date' }, run.window.cuts);
    expect(slices.length).toBeLessThan(300);
  }
  for (const { read_until } of run.refusals.owedBefore.values())
    expect(Number.isNaN(Date.parse(read_until))).toBe(false);
  return JSON.parse([...toJsonPieces(stateOf(run))].join('')) as JsonObject;
}

/** A snapshot's cursor is later each time. */
function say(state: JsonObject): string {
  return JSON.stringify({ ...state, _ab_cdc_updated_at: undefined });
}

/** What should have been refused, or was not kept. */
function problemsOfState(cursorField: string, input: JsonObject, state: JsonObject): readonly string[] {
  const problems: string[] = [];
  const { version, digests } = input;
  const before = input[cursorField] ?? undefined;
  const cursor = Date.parse(String(state[cursorField]));
  if ((version ?? undefined) !== undefined && !(Number(version) <= 1)) problems.push('a newer version');
  if (before !== undefined && typeof before !== 'string') problems.push('a cursor of the wrong type');
  if ('digests' in state && Array.isArray(digests)) problems.push('digests of the wrong type');
  if (cursorField in state && Number.isNaN(cursor)) problems.push('a cursor that is no instant');
  if (before !== undefined && cursor < Date.parse(String(before))) problems.push('a cursor that moved back');
  return problems;
}

const silent: Writer = createWriter(new PassThrough(), (text) => text);

async function readAll(config: string, catalog: string, state: string, lines: string[]): Promise<void> {
  try {
    const redactor = createRedactor();
    const sync = createSync(parseJson('config', 'c.json', config), redactor);
    const configured = parseConfiguredCatalog(parseJson('catalog', 'c.json', catalog), 'c.json');
    const input = parseInputState(parseJson('state', 's.json', state), 's.json');
    const stdout = new PassThrough({ highWaterMark: 2 ** 30 });
    await new SyncRun(sync, createWriter(stdout, redactor.redact)).run(configured, input);
    lines.push(...configured.map(({ name }) => `wanted ${name.toWellFormed()}`));
    lines.push(...String(stdout.read() ?? '').split('\n'));
  } catch (error) {
    expect(problemOf(error)).toBe('');
  }
}

interface Line {
  readonly trace?: {
    readonly error?: { readonly message: string; readonly failure_type: string };
    readonly stream_status?: {
      readonly stream_descriptor: { readonly name: string };
      readonly status: string;
    };
  };
}

function problemsOfLines(lines: readonly string[]): readonly string[] {
  const messages = lines.flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as Line) : []));
  const ends = messages.flatMap(({ trace }) =>
    /COMPLETE/.test(trace?.stream_status?.status ?? '')
      ? `wanted ${trace?.stream_status?.stream_descriptor.name}`
      : [],
  );
  const wanted = lines.filter((line) => line.startsWith('wanted '));
  const missing = wanted.filter((name) => ends.filter((end) => end === name).length !== 1);
  const errors = messages.flatMap(({ trace }) => trace?.error ?? []);
  return [
    ...missing.map((name) => `${name} once`),
    ...errors.flatMap(({ failure_type, message }) =>
      failure_type === 'config_error'
        ? problemOfMessage(message, secrets) || []
        : `${failure_type}: ${message}`,
    ),
  ];
}
