import { ConfigError, type ConnectorError, quote, toConnectorError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { ConfiguredStream } from '../protocol/catalog.ts';
import { errorMessage, statusMessage } from '../protocol/messages.ts';
import type { InputState } from '../protocol/state.ts';
import { OutputClosed, type Writer } from '../protocol/writer.ts';
import type { Endpoint, Parent, StreamDeclaration } from '../streams/declaration.ts';
import { createParentRows, fieldsFor, type ParentRows } from './partitions.ts';
import { createRun, finalState, isFullRefreshDone, planSync } from './plan.ts';
import { readSnapshot, type SnapshotRun } from './snapshot.ts';
import { createStreamOutput, type StreamOutput } from './stream-output.ts';
import { type StreamRun, stateOf } from './stream-run.ts';
import { cursorFieldOf } from './stream-state.ts';
import { endpointNamed, type Sync } from './sync.ts';
import { readWindowed, type WindowedReading, type WindowRun } from './windowed.ts';

/** A stream's STATE is repeated when the stream has been silent for so long; platforms give up after hours. */
const keepAliveMs = 10 * 60_000;
const keepAliveCheckMs = 60_000;

/** One sync of the configured streams, which can be watched and stopped. */
export class Read {
  readonly #sync: Sync;
  readonly #writer: Writer;
  readonly #runs: (SnapshotRun | WindowRun)[] = [];
  readonly #withoutState: string[] = [];
  /** Platforms take the first error for the reason to retry or not, so what a retry cannot mend is told last. */
  readonly #heldErrors: { stream: string; error: ConfigError }[] = [];
  #failedCount = 0;

  constructor(sync: Sync, writer: Writer) {
    this.#sync = sync;
    this.#writer = writer;
  }

  /** Reads the streams; resolves to true when every one of them was read to its end. */
  async run(configured: readonly ConfiguredStream[], input: InputState): Promise<boolean> {
    const keepAlive = setInterval(() => {
      for (const run of this.#runs)
        run.output.keepAlive(keepAliveMs, () => stateOf(run)).catch(() => undefined);
    }, keepAliveCheckMs);
    try {
      for (const stream of configured) await this.#open(stream, input);
      // What matters of them is in the runs; large ones are not kept beside.
      input.byStream.clear();
      warnOfMissingState(this.#sync, input, this.#withoutState);
      await this.#readAll();
      for (const { stream, error } of this.#heldErrors) await this.#tell(error, stream);
      return this.#failedCount === 0;
    } finally {
      clearInterval(keepAlive);
    }
  }

  /** Ends every stream where it stands, its durable state written, and nothing after. */
  async stop(): Promise<void> {
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
    const needed = this.#runs.flatMap(({ declaration }) => parentsOf(sync, declaration));
    const parents = createParentRows(sync, (name) =>
      fieldsFor(needed.filter((parent) => parent.name === name)),
    );
    for (const { declaration } of plan.snapshots) {
      if (needed.some(({ name }) => name === declaration.name)) parents.expect(declaration.name);
    }
    await Promise.all([
      ...plan.snapshots.map((run) => this.#readSnapshot(parents, run)),
      ...plan.readings.map((reading) => this.#readWindowed(parents, reading)),
    ]);
  }

  async #readSnapshot(parents: ParentRows, run: SnapshotRun): Promise<void> {
    try {
      await readSnapshot(this.#sync, parents, run);
      await this.#finish(run);
    } catch (error) {
      parents.fail(run.declaration.name, error);
      await this.#fail(run, error);
    }
  }

  async #readWindowed(parents: ParentRows, reading: WindowedReading): Promise<void> {
    const runs = [...reading.sinks, ...reading.derived];
    try {
      await readWindowed(this.#sync, parents, reading, (run, error) => this.#fail(run, error));
      for (const run of runs) await this.#finish(run);
    } catch (error) {
      for (const run of runs) await this.#fail(run, error);
    }
  }

  async #open({ name, syncMode }: ConfiguredStream, input: InputState): Promise<void> {
    const declaration = this.#sync.streams.get(name);
    if (declaration === undefined) return this.#refuse(name, unknownStream(this.#sync, name));
    if (syncMode !== 'full_refresh' && syncMode !== 'incremental')
      return this.#refuse(name, unknownMode(name, syncMode));
    const given = input.byStream.get(name);
    const output = createStreamOutput(name, this.#writer, this.#sync.clock);
    await output.start();
    if (isFullRefreshDone(syncMode, given)) return output.complete(given ?? {});
    const state = usableState(declaration, given);
    if (state === undefined && syncMode === 'incremental') this.#withoutState.push(name);
    try {
      this.#runs.push(createRun(this.#sync, declaration, syncMode, output, state));
    } catch (error) {
      await this.#end(output, given ?? {}, error);
    }
  }

  /** A stream that there is nothing to read of. */
  async #refuse(stream: string, error: ConfigError): Promise<void> {
    this.#failedCount += 1;
    this.#heldErrors.push({ stream, error });
    await this.#writer.write(statusMessage(stream, 'INCOMPLETE', this.#sync.clock.now()));
  }

  async #finish(run: StreamRun): Promise<void> {
    const { output, refusals } = run;
    if (output.isEnded) return;
    const failure = refusals.failure();
    if (failure !== undefined) return this.#fail(run, failure);
    this.#logSummary(run);
    this.#sync.log('INFO', `${output.name}: read to its end, ${output.recordCount} records`);
    await output.complete(finalState(run.mode, stateOf(run)));
  }

  async #fail(run: StreamRun, error: unknown): Promise<void> {
    if (run.output.isEnded) return;
    this.#logSummary(run);
    await this.#end(run.output, stateOf(run), error);
  }

  /** @throws OutputClosed again, since nobody is left to be told. */
  async #end(output: StreamOutput, state: JsonObject, error: unknown): Promise<void> {
    if (error instanceof OutputClosed) throw error;
    this.#failedCount += 1;
    const told = named(output.name, toConnectorError(error));
    const isHeld = told instanceof ConfigError;
    if (isHeld) this.#heldErrors.push({ stream: output.name, error: told });
    const trace = isHeld ? undefined : errorMessage(told, this.#sync.clock.now(), output.name);
    await output.incomplete(state, trace);
  }

  #tell(error: ConnectorError, stream: string): Promise<void> {
    return this.#writer.write(errorMessage(error, this.#sync.clock.now(), stream));
  }

  #logSummary({ refusals }: StreamRun): void {
    for (const { level, message } of refusals.summary()) this.#sync.log(level, message);
  }
}

function unknownStream(sync: Sync, name: string): ConfigError {
  const names = [...sync.streams.keys()].sort().join(', ');
  return new ConfigError(
    `There is no stream ${quote(name)}. The streams are ${names}. Refresh the schema of the connection, or correct the name.`,
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

/** What a stream's parent was refused has to say whom else it concerns. */
function named(stream: string, error: ConnectorError): ConnectorError {
  const { message, detail } = error;
  if (!(error instanceof ConfigError) || message.includes(stream)) return error;
  return new ConfigError(`${stream} cannot be read without ${message}`, { detail });
}

/** One line for all streams, since a first sync has no state for any of them. */
function warnOfMissingState(sync: Sync, input: InputState, names: readonly string[]): void {
  const reasons = input.warnings.length > 0 ? ` ${input.warnings.join(' ')}` : '';
  if (names.length === 0 && reasons === '') return;
  const read =
    names.length > 0 ? `No state of this connector for ${names.join(', ')}: read from the start.` : '';
  sync.log('WARN', `${read}${reasons}`.trim());
}

/** All that an endpoint's partitions may be made from, its parents' parents included. */
function parentsOf(sync: Sync, { parent, fallback }: Endpoint): readonly Parent[] {
  return [parent, fallback?.parent]
    .filter((found) => found !== undefined)
    .flatMap((found) => [found, ...parentsOf(sync, endpointNamed(sync, found.name))]);
}

/** True for the stream itself and for those whose partitions come from it. */
function dependsOn(sync: Sync, declaration: StreamDeclaration, requester: string): boolean {
  for (let name: string | undefined = declaration.name; name !== undefined; ) {
    if (name === requester) return true;
    const declared = endpointNamed(sync, name);
    name = (sync.replaced.get(declared) ?? declared).parent?.name;
  }
  return false;
}
