import type { Writable } from 'node:stream';
import { inChunks, type JsonObject, mendText } from '../json.ts';
import type { Message } from './messages.ts';

/** Thrown by writes after the reading side is gone or the writer was sealed. Nobody is left to be told. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** What a RECORD holds. */
export interface RecordData {
  readonly record: Readonly<JsonObject>;
  /** Dotted names of fields that left as null, since their value was not of their type. */
  readonly nulled: readonly string[];
}

/** Writes Airbyte messages to stdout, a line each, and waits whenever the reading side is slower than we are. */
export interface Writer {
  /** Resolves when the message is handed on and there is room for more. */
  write(message: Message): Promise<void>;
  /** Writes one RECORD each, all in one go, in their order. */
  writeRecords(stream: string, records: readonly RecordData[], emittedAt: number): Promise<void>;
  /**
   * Writes a STATE.
   * @param state its JSON in pieces, since it may be too large to be had whole.
   */
  writeState(stream: string, state: Iterable<string>, recordCount: number): Promise<void>;
  /** Resolves when the reading side has taken everything, or will take no more. */
  flushed(): Promise<void>;
  /** How often something was handed to the output. */
  readonly handedOver: number;
  /** Refuses every further write: what is being unwound must not be heard any more. */
  seal(): void;
  /** True when the reading side has gone (a closed pipe, a full disk). */
  readonly isBroken: boolean;
  /** Why the output broke, when it did. */
  readonly failure: Error | undefined;
}

/**
 * @param redact is applied to the texts of LOG, TRACE and CONNECTION_STATUS, as the last net under secrets in messages.
 */
export function createWriter(output: Writable, redact: (text: string) => string): Writer {
  let failure: Error | undefined;
  let isSealed = false;
  let handedOver = 0;
  let goOn: (() => void) | undefined;
  /** Settles when all that was handed over so far is written. */
  let written: Promise<void> = Promise.resolve();

  output.on('drain', () => goOn?.());
  output.on('close', () => {
    failure ??= new OutputClosed('the output was closed');
    goOn?.();
  });
  output.on('error', (error) => {
    failure ??= error;
    goOn?.();
  });

  /** Takes whole lines. A long one takes several turns, and what is sent meanwhile waits for its end. */
  const send = (pieces: Iterable<string>): Promise<void> => {
    const sent = written.then(() => writeAll(pieces));
    written = sent.catch(() => undefined);
    return sent;
  };
  const writeAll = async (pieces: Iterable<string>): Promise<void> => {
    if (failure !== undefined || isSealed) throw new OutputClosed(failure?.message ?? 'the output is sealed');
    for (const chunk of inChunks(pieces)) {
      handedOver += 1;
      if (output.write(escapeLineBreaks(chunk))) continue;
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      if (failure !== undefined) throw new OutputClosed((failure as Error).message);
    }
  };

  return {
    write(message) {
      return send([`${serialise(message, redact)}\n`]);
    },
    writeRecords(stream, records, emittedAt) {
      return send(recordLines(stream, records, emittedAt));
    },
    writeState(stream, state, recordCount) {
      return send(stateLine(stream, state, recordCount));
    },
    async flushed() {
      await written;
      if (failure === undefined && output.writableLength > 0)
        await new Promise<unknown>((resolve) => output.write('', resolve));
    },
    get handedOver() {
      return handedOver;
    },
    seal() {
      isSealed = true;
    },
    get isBroken() {
      return failure !== undefined;
    },
    get failure() {
      return failure;
    },
  };
}

/** Texts for people. A secret may be a word that the protocol itself uses, so nothing else is redacted. */
const spokenFields = new Set(['message', 'internal_message', 'stack_trace']);

/** Config and state have to arrive as they are; what is said to people must hold no secret. */
function isSpoken(message: Message): boolean {
  return message.type === 'LOG' || message.type === 'TRACE' || message.type === 'CONNECTION_STATUS';
}

/** Some clients take these for ends of lines (Python's `str.splitlines`). */
const lineBreaks = /[\u0085\u2028\u2029]/g;
/** `JSON.stringify` escapes a surrogate without its partner so; strict parsers refuse it. */
const loneSurrogate = /\\ud[89a-f][0-9a-f]{2}/;

function serialise(message: Message, redact: (text: string) => string): string {
  if (!isSpoken(message)) return JSON.stringify(message, wellFormed);
  const said = (field: string, value: unknown) =>
    spokenFields.has(field) && typeof value === 'string' ? redact(mendText(value)) : wellFormed(field, value);
  return JSON.stringify(message, said);
}

/** The protocol wants the count with a decimal point, which JSON.stringify has no way to write. */
function* stateLine(stream: string, state: Iterable<string>, recordCount: number): Generator<string> {
  yield `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":${JSON.stringify(stream)}},"stream_state":`;
  yield* state;
  yield `},"sourceStats":{"recordCount":${recordCount}.0}}}\n`;
}

function* recordLines(stream: string, records: readonly RecordData[], emittedAt: number): Generator<string> {
  const head = `{"type":"RECORD","record":{"stream":${JSON.stringify(stream)},"emitted_at":${emittedAt},"data":`;
  for (const { record, nulled } of records) yield `${head}${toJson(record)}${metaOf(nulled)}}}\n`;
}

/** AirbyteRecordMessageMetaChange: which values are not as Zoom gave them. */
function metaOf(nulled: readonly string[]): string {
  if (nulled.length === 0) return '';
  const changes = nulled.map((field) => ({ field, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' }));
  return `,"meta":${JSON.stringify({ changes })}`;
}

function toJson(row: Readonly<JsonObject>): string {
  const json = JSON.stringify(row);
  return loneSurrogate.test(json) ? JSON.stringify(row, wellFormed) : json;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? mendText(value) : value;
}

function escapeLineBreaks(lines: string): string {
  return lines.replace(
    lineBreaks,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
