import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import type { Clock } from '../clock.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { Digests, digestFields } from '../engine/digests.ts';
import type { SyncListener } from '../engine/sync-events.ts';
import { SyncRun } from '../engine/sync-run.ts';
import type { Variables } from '../http/proxy.ts';
import type { Redactor } from '../http/redact.ts';
import { readJsonFile } from '../input/files.ts';
import { readStateFile } from '../input/state-file.ts';
import { isJsonObject } from '../json.ts';
import { type ConfiguredStream, parseConfiguredCatalog } from '../protocol/catalog.ts';
import { noState, parseInputState } from '../protocol/state.ts';
import type { Writer } from '../protocol/writer.ts';
import { type Screen, sayAfter } from '../terminal/screen.ts';
import { count } from '../wording.ts';
import type { Arguments } from './arguments.ts';
import { sortedStreams } from './catalog.ts';
import { createReadWatch, type ReadWatch } from './read-watch.ts';
import { selectStreams } from './selection.ts';
import { createSession, type Session } from './session.ts';

export interface ReadParts {
  readonly flags: Extract<Arguments, { command: 'read' }>;
  readonly writer: Writer;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Aborted when the run has to end where it stands. */
  readonly signal: AbortSignal;
  readonly isDebug: boolean;
  /** The environment, which names proxies. */
  readonly variables: Variables;
  /** Keeps the process from ending while something is finished. */
  untilDone<T>(work: () => Promise<T>): Promise<T>;
  /** Absent where nobody looks. */
  readonly screen?: Screen | undefined;
}

/**
 * How little garbage may lie about: the heap is swept when it has outgrown what lives in it by a fifth, and the nursery for
 * young objects stays as small as it is. Hardly anything of a sync lives long, so that this halves its peak; it costs time
 * of the processor, of which a sync that waits for Zoom's limits has plenty.
 */
const heapFlags = ['--heap-growing-percent=20', '--semi-space-growth-factor=1'];

const digestsInState = { names: digestFields, create: () => new Digests() };

/**
 * Reads the selected streams.
 * @returns true when every one of them was read to its end.
 * @throws ConfigError before any data is asked for: unreadable files, an invalid config, refused credentials.
 */
export async function read(parts: ReadParts): Promise<boolean> {
  const { report } = parts.flags;
  if (report === undefined) return sync(parts, []);
  const { withReport } = await import('./read-report.ts');
  return withReport(report, parts, (hear) => sync(parts, [hear]));
}

async function sync(parts: ReadParts, listeners: readonly SyncListener[]): Promise<boolean> {
  const { flags, writer, signal } = parts;
  for (const flag of heapFlags) setFlagsFromString(flag);
  const rawConfig = await readJsonFile('config', flags.config);
  const config = parseConfig(rawConfig);
  const selected = await readSelection(flags);
  const state =
    flags.state === undefined
      ? noState()
      : parseInputState(await readStateFile(flags.state, digestsInState), flags.state);

  const watch = parts.screen && createReadWatch(parts.screen, parts.clock, signal);
  let syncRun: SyncRun | undefined;
  const session = createSession({
    ...parts,
    config,
    rawConfig: isJsonObject(rawConfig) ? rawConfig : {},
    onWait: (requester, until) => syncRun?.announceWait(requester, until),
    listeners: watch === undefined ? listeners : [...listeners, watch.hear],
  });
  await session.signIn();
  session.sync.log('INFO', describeSync(selected.length, config));
  const started = new SyncRun(session.sync, writer);
  syncRun = started;
  const ended = untilStopped(started, started.run(selected, state), signal);
  return watch === undefined ? ended : whileWatched(ended, watch, session, parts);
}

/** Shows the run while it lasts, and says in the end what became of it. */
async function whileWatched(
  ended: Promise<boolean>,
  watch: ReadWatch,
  session: Session,
  { screen, writer }: ReadParts,
): Promise<boolean> {
  let isComplete: boolean;
  // It may fail before anybody waits for it.
  ended.catch(() => undefined);
  try {
    await watch.show(session);
    isComplete = await ended;
  } finally {
    watch.end();
  }
  if (screen !== undefined) await sayAfter(writer, screen, watch.result());
  return isComplete;
}

/** What holds for all streams, and explains fields that are not there. */
function describeSync(streams: number, { includeSensitiveFields }: Config): string {
  const what = `Syncing ${count(streams, 'stream')}`;
  return includeSensitiveFields
    ? what
    : `${what}; passcodes, host keys, start links and what else opens something are left out of the records (include_sensitive_fields)`;
}

async function readSelection({
  selection,
  isFullRefresh,
}: ReadParts['flags']): Promise<readonly ConfiguredStream[]> {
  if ('catalog' in selection) {
    return parseConfiguredCatalog(await readJsonFile('catalog', selection.catalog), selection.catalog);
  }
  const syncMode = isFullRefresh ? 'full_refresh' : 'incremental';
  const known = sortedStreams().map(({ name }) => name);
  return selectStreams(selection.streams, known).map((name) => ({ name, syncMode }));
}

/** What is under way when the run is stopped is abandoned; its writes find the output sealed. */
async function untilStopped(
  syncRun: SyncRun,
  complete: Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  complete.catch(() => undefined);
  const stopped = (async () => {
    if (!signal.aborted) await once(signal, 'abort');
    await syncRun.stop();
    return false;
  })();
  stopped.catch(() => undefined);
  // What is abandoned may end before all that is to be said of it is written.
  return (await Promise.race([complete, stopped])) || (signal.aborted && stopped);
}
