import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { inChunks, type JsonObject, LargeObject, toJsonPieces } from '../json.ts';
import { estimateMessage, type Message, statusMessage } from '../protocol/messages.ts';
import type { RecordData, Writer } from '../protocol/writer.ts';

/** When a STATE is due: so much time after the last one, or so many records. */
interface StatePace {
  readonly everyMs: number;
  readonly everyRecords?: number;
}

/** What one stream says on stdout, in the order that platforms rely on. */
export interface StreamOutput {
  readonly name: string;
  readonly recordCount: number;
  readonly isEnded: boolean;
  /** What the last STATE weighs; 0 before there is one. */
  stateBytes(): number;
  start(): Promise<void>;
  /** Writes the records; RUNNING goes directly before the first of them. */
  records(records: readonly RecordData[]): Promise<void>;
  /** Writes a STATE that covers no more than the records written so far. */
  state(state: JsonObject): Promise<void>;
  /** The same, when it is due. */
  stateWhenDue(pace: StatePace, state: () => JsonObject): Promise<void>;
  /** Says how many records of it are to be expected, as far as Zoom has told. */
  estimate(rows: number): Promise<void>;
  /** Says that the stream waits for a rate limit until then (ms since the epoch). */
  waitUntil(quotaReset: number): Promise<void>;
  /** Says the STATE again when nothing else was said for `silenceMs`: only RECORD and STATE prove to the platform that we live. */
  keepAlive(silenceMs: number, state: () => JsonObject): Promise<void>;
  /** Writes the last STATE, whose large objects are frozen, and the status. Nothing is written after it. */
  complete(state: JsonObject): Promise<void>;
  /** The same; `trace` says why, without it the reason is told later. */
  incomplete(state: JsonObject, trace?: Message): Promise<void>;
}

/** @param onRecords hears how many were handed to the writer. */
export function createStreamOutput(
  name: string,
  writer: Writer,
  clock: Clock,
  onRecords: (count: number) => void = () => undefined,
): StreamOutput {
  let estimated = 0;
  let recordCount = 0;
  let countInState = 0;
  let last: Said | undefined;
  let lastSignOfLife = clock.now();
  let lastStateAt = clock.now();
  let isEnded = false;
  let waitingUntil = 0;

  const status = (word: 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE', quotaReset?: number) =>
    writer.write(statusMessage(name, word, clock.now(), quotaReset));

  /** The same STATE twice in a row says nothing but that we live, which `isRepeated` wants. */
  const writeState = async (state: JsonObject, { isRepeated = false } = {}) => {
    const said = describe(state);
    const count = recordCount - countInState;
    lastStateAt = clock.now();
    if (!isRepeated && count === 0 && last?.fingerprint === said.fingerprint) return;
    countInState = recordCount;
    last = said;
    lastSignOfLife = clock.now();
    await writer.writeState(name, toJsonPieces(state), count);
  };

  const end = async (word: 'COMPLETE' | 'INCOMPLETE', state: JsonObject, trace?: Message) => {
    if (isEnded) return;
    isEnded = true;
    await writeState(frozen(state));
    if (trace !== undefined) await writer.write(trace);
    await status(word);
  };

  return {
    name,
    get recordCount() {
      return recordCount;
    },
    get isEnded() {
      return isEnded;
    },
    stateBytes: () => last?.bytes ?? 0,
    start: () => status('STARTED'),
    async records(records) {
      if (records.length === 0 || isEnded) return;
      const isFirst = recordCount === 0;
      recordCount += records.length;
      onRecords(records.length);
      lastSignOfLife = clock.now();
      // Both are handed to the stream in this turn, so that nothing of this stream comes between them.
      const announced = isFirst || waitingUntil > 0 ? status('RUNNING') : undefined;
      waitingUntil = 0;
      await Promise.all([announced, writer.writeRecords(name, records, clock.now())]);
    },
    async state(state) {
      if (!isEnded) await writeState(state);
    },
    async stateWhenDue({ everyMs, everyRecords = Number.POSITIVE_INFINITY }, state) {
      const isDue = clock.now() - lastStateAt >= everyMs || recordCount - countInState >= everyRecords;
      if (isDue && !isEnded) await writeState(state());
    },
    async estimate(rows) {
      if (isEnded || rows <= 0 || rows === estimated) return;
      estimated = rows;
      await writer.write(estimateMessage(name, rows, clock.now()));
    },
    async waitUntil(quotaReset) {
      // Requests that wait together need to be announced once.
      if (isEnded || quotaReset <= waitingUntil) return;
      waitingUntil = quotaReset;
      await status('RUNNING', quotaReset);
    },
    async keepAlive(silenceMs, state) {
      if (isEnded || clock.now() - lastSignOfLife < silenceMs) return;
      await writeState(state(), { isRepeated: true });
    },
    complete: (state) => end('COMPLETE', state),
    incomplete: (state, trace) => end('INCOMPLETE', state, trace),
  };
}

/** Rows that come after the end are not written, so that a state that waits for its turn must not learn of them. */
function frozen(state: JsonObject): JsonObject {
  for (const value of Object.values(state)) if (value instanceof LargeObject) value.freeze();
  return state;
}

/** What is kept of the last STATE, which may be too large itself. */
interface Said {
  readonly fingerprint: string;
  readonly bytes: number;
}

function describe(state: JsonObject): Said {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of inChunks(toJsonPieces(state))) {
    hash.update(chunk);
    bytes += Buffer.byteLength(chunk);
  }
  return { fingerprint: hash.digest('base64'), bytes };
}
