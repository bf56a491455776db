import { Stopped } from '../clock.ts';
import { ConfigError, type ConnectorError, quote, toConnectorError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ConfiguredStream } from '../protocol/catalog.ts';
import { errorMessage, statusMessage } from '../protocol/messages.ts';
import type { InputState } from '../protocol/state.ts';
import { OutputClosed, type Writer } from '../protocol/writer.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { suggest } from '../suggest.ts';
import { listSome, mentions } from '../wording.ts';
import { runInOrder } from './concurrency.ts';
import { createParentFeeds } from './parent-feeds.ts';
import { createRun, finalState, isFullRefreshDone, planSync, type Run } from './plan.ts';
import { SnapshotReader } from './snapshot.ts';
import type { SnapshotRun } from './snapshot-run.ts';
import { describeWeights } from './state-weight.ts';
import { namesShown, StreamLog } from './stream-log.ts';
import { createStreamOutput, type StreamOutput } from './stream-output.ts';
import { stateOf } from './stream-run.ts';
import { cursorFieldOf } from './stream-state.ts';
import { askedFor, askedNamed, endpointInUse, type SyncContext } from './sync-context.ts';
import { runsOf, type WindowedSource } from './window-run.ts';
import { WindowedReader } from './windowed.ts';

/** A stream's STATE is repeated when the stream has been silent for so long; platforms give up after hours. */
const keepAliveMs = 10 * 60_000;
const keepAliveCheckMs = 60_000;

/** Each holds some pages of rows. Those of several rate limits have to be among them, or one limit would idle for another. */
const mostStreamsAtOnce = 16;

/** One sync of the configured streams, which can be watched and stopped. */
export class SyncRun {
  readonly #sync: SyncContext;
  readonly #writer: Writer;
  readonly #runs: Run[] = [];
  readonly #withoutState: string[] = [];
  /** Platforms take the first error for the reason to retry or not, so what a retry cannot mend is told last. */
  readonly #heldErrors: { stream: string; error: ConfigError }[] = [];
  #failedCount = 0;
  /** Some stream has found that the run was asked to end. */
  #isStopped = false;
  #streamLog: StreamLog;

  constructor(sync: SyncContext, writer: Writer) {
    this.#sync = sync;
    this.#writer = writer;
    this.#streamLog = new StreamLog(sync, 0);
  }

  /** Reads the streams; resolves to true when every one of them was read to its end. */
  async run(configured: readonly ConfiguredStream[], input: InputState): Promise<boolean> {
    const keepAlive = setInterval(() => {
      for (const run of this.#runs)
        run.output.keepAlive(keepAliveMs, () => stateOf(run)).catch(() => undefined);
    }, keepAliveCheckMs);
    this.#streamLog = new StreamLog(this.#sync, configured.length);
    try {
      for (const stream of configured) await this.#open(stream, input);
      // What matters of them is in the runs; large ones are not kept beside.
      input.byStream.clear();
      warnOfMissingState(this.#sync, input, this.#withoutState);
      await this.#readAll();
      if (!this.#isStopped) this.#sumUp();
      for (const { stream, error } of this.#heldErrors) await this.#tell(error, stream);
      return this.#failedCount === 0 && !this.#isStopped;
    } finally {
      clearInterval(keepAlive);
    }
  }

  #sumUp(): void {
    const weights = this.#runs.map(({ output }) => [output.name, output.stateBytes()] as const);
    const weight = describeWeights(new Map(weights));
    if (weight !== undefined) this.#sync.log('WARN', weight);
    this.#streamLog.sumUp();
  }

  /** Ends every stream where it stands, its durable state written, and nothing after. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const run of this.#runs) await run.output.incomplete(stateOf(run));
    this.#writer.seal();
  }

  /** Says on stdout that streams wait for a rate limit until then (ms since the epoch). */
  announceWait(requester: string, quotaReset: number): void {
    for (const { output, declaration } of this.#runs) {
      if (dependsOn(this.#sync, declaration, requester)) output.waitUntil(quotaReset).catch(() => undefined);
    }
  }

  async #readAll(): Promise<void> {
    const sync = this.#sync;
    const plan = planSync(sync, this.#runs);
    const feeds = createParentFeeds(sync, plan.fieldsOf);
    // Made before any of them begins, so that each parent that is a stream is listed by its stream.
    const snapshot = (run: SnapshotRun) => ({ runs: [run], reader: new SnapshotReader(sync, feeds, run) });
    const windowed = (source: WindowedSource) => ({
      runs: runsOf(source),
      reader: new WindowedReader(sync, feeds, source, (run, error) => this.#fail(run, error)),
    });
    // What waits for a parent comes after it, so that the first of those that are read never waits for one that is not.
    const readers = [
      ...plan.parents.map(snapshot),
      ...plan.sources.map(windowed),
      ...plan.others.map(snapshot),
    ];
    const work = readers.map(
      ({ runs, reader }) =>
        () =>
          this.#read(runs, () => reader.read()),
    );
    await runInOrder(work, mostStreamsAtOnce);
    for (const [name, count] of sync.nulls)
      sync.log('WARN', `${name}: ${count} entries in lists of Zoom's were null, which is no row`);
  }

  async #read(runs: readonly Run[], read: () => Promise<void>): Promise<void> {
    for (const run of runs) this.#streamLog.begins(run);
    try {
      await read();
      for (const run of runs) await this.#finish(run);
    } catch (error) {
      for (const run of runs) await this.#fail(run, error);
    }
  }

  async #open({ name, syncMode }: ConfiguredStream, input: InputState): Promise<void> {
    this.#sync.tell({ kind: 'selected', stream: name });
    const declaration = this.#sync.streams.get(name);
    if (declaration === undefined) return this.#refuse(name, unknownStream(this.#sync, name));
    if (syncMode !== 'full_refresh' && syncMode !== 'incremental')
      return this.#refuse(name, unknownMode(name, syncMode));
    const given = input.byStream.get(name);
    const output = createStreamOutput(name, this.#writer, this.#sync.clock, (count) =>
      this.#sync.tell({ kind: 'records', stream: name, count }),
    );
    await output.start();
    if (isFullRefreshDone(syncMode, given)) {
      this.#streamLog.endsUnread(name, undefined, [
        'an earlier attempt of this full refresh has read all of it',
      ]);
      return output.complete(given ?? {});
    }
    const state = usableState(declaration, given);
    if (state === undefined && syncMode === 'incremental') this.#withoutState.push(name);
    try {
      this.#runs.push(createRun(this.#sync, declaration, { mode: syncMode, output, input: state }));
    } catch (error) {
      if (error instanceof OutputClosed) throw error;
      const told = toConnectorError(error);
      this.#streamLog.endsUnread(name, told);
      await this.#end(output, given ?? {}, told);
    }
  }

  /** A stream that there is nothing to read of. */
  async #refuse(stream: string, error: ConfigError): Promise<void> {
    this.#failedCount += 1;
    this.#heldErrors.push({ stream, error });
    this.#streamLog.endsUnread(stream, error);
    await this.#writer.write(statusMessage(stream, 'INCOMPLETE', this.#sync.clock.now()));
  }

  async #finish(run: Run): Promise<void> {
    const { output, refusals } = run;
    if (output.isEnded) return;
    const failure = refusals.failure();
    if (failure !== undefined) return this.#fail(run, failure);
    this.#logSummary(run);
    this.#streamLog.ends(run);
    await output.complete(finalState(run.mode, stateOf(run)));
  }

  async #fail(run: Run, error: unknown): Promise<void> {
    if (run.output.isEnded) return;
    if (error instanceof OutputClosed) throw error;
    this.#logSummary(run);
    // Nothing has gone wrong: `stop` writes its state.
    if (error instanceof Stopped) {
      this.#isStopped = true;
      return;
    }
    const told = named(run.output.name, toConnectorError(error));
    this.#streamLog.ends(run, told);
    await this.#end(run.output, stateOf(run), told);
  }

  async #end(output: StreamOutput, state: JsonObject, told: ConnectorError): Promise<void> {
    this.#failedCount += 1;
    const isHeld = told instanceof ConfigError;
    if (isHeld) this.#heldErrors.push({ stream: output.name, error: told });
    const trace = isHeld ? undefined : errorMessage(told, this.#sync.clock.now(), output.name);
    await output.incomplete(state, trace);
  }

  #tell(error: ConnectorError, stream: string): Promise<void> {
    return this.#writer.write(errorMessage(error, this.#sync.clock.now(), stream));
  }

  #logSummary(run: Run): void {
    for (const { level, message } of run.refusals.summary()) {
      this.#sync.log(level, message);
      if (level === 'INFO') this.#sync.tell({ kind: 'noted', level, message });
    }
  }
}

function unknownStream(sync: SyncContext, name: string): ConfigError {
  const hint = suggest(name, [...sync.streams.keys()]);
  return new ConfigError(
    `There is no stream ${quote(name)}.${hint} Refresh the schema of the connection, or correct the name.`,
  );
}

function unknownMode(name: string, mode: string): ConfigError {
  return new ConfigError(
    `The stream ${name} cannot be read in the sync mode ${quote(mode)}. Choose full_refresh or incremental.`,
  );
}

/** What full refreshes and other programs leave behind is no state of ours. */
function usableState(declaration: StreamDeclaration, given: JsonObject | undefined): JsonObject | undefined {
  if (given === undefined) return undefined;
  return cursorFieldOf(declaration) in given || 'version' in given || 'digests' in given ? given : undefined;
}

/** What a stream's parent was refused has to say whom else it concerns; it begins with the parent's name. */
function named(stream: string, error: ConnectorError): ConnectorError {
  const { message, detail } = error;
  if (!(error instanceof ConfigError) || mentions(message, stream)) return error;
  const isOfParent = /^\w+: /.test(message);
  return new ConfigError(`${stream}${isOfParent ? ' cannot be read without ' : ': '}${message}`, { detail });
}

/** One line for all streams, since a first sync has no state for any of them. */
function warnOfMissingState(sync: SyncContext, input: InputState, names: readonly string[]): void {
  const reasons = input.warnings.length > 0 ? ` ${input.warnings.join(' ')}` : '';
  if (names.length === 0 && reasons === '') return;
  const shown = listSome(names, namesShown);
  const read = names.length > 0 ? `No state of this connector for ${shown}: read from the start.` : '';
  sync.log('WARN', `${read}${reasons}`.trim());
}

/** True for the stream itself and for those whose partitions come from it. */
function dependsOn(sync: SyncContext, declaration: StreamDeclaration, requester: string): boolean {
  if (declaration.name === requester) return true;
  for (let name: string | undefined = askedFor(sync, declaration).name; name !== undefined; ) {
    if (name === requester) return true;
    name = endpointInUse(sync, askedNamed(sync, name)).parent?.name;
  }
  return false;
}
