import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

/** A message as it left the connector; its shape was checked against the protocol. */
export interface Message {
  readonly type: string;
  readonly record?: { readonly stream: string; readonly data: Row; readonly emitted_at: number };
  readonly state?: {
    readonly stream: { readonly stream_descriptor: { readonly name: string }; readonly stream_state: Row };
    readonly sourceStats: { readonly recordCount: number };
  };
  readonly log?: { readonly level: string; readonly message: string };
  readonly trace?: {
    readonly type: string;
    readonly error?: {
      readonly message: string;
      readonly internal_message: string;
      readonly failure_type: string;
      readonly stream_descriptor?: { readonly name: string };
    };
    readonly estimate?: { readonly name: string; readonly type: string; readonly row_estimate: number };
    readonly stream_status?: {
      readonly stream_descriptor: { readonly name: string };
      readonly status: string;
      readonly reasons?: readonly { readonly rate_limited: { readonly quota_reset: number } }[];
    };
  };
  readonly connectionStatus?: { readonly status: string; readonly message: string };
  readonly catalog?: { readonly streams: readonly CatalogStream[] };
  readonly spec?: Row;
  readonly control?: { readonly connectorConfig: { readonly config: Row } };
}

export interface CatalogStream {
  readonly name: string;
  readonly json_schema: { readonly properties: Readonly<Record<string, Row>> };
  readonly default_cursor_field: readonly string[];
  readonly source_defined_primary_key: readonly (readonly string[])[];
}

export type Row = { [field: string]: unknown };
export type StreamState = Row;

const ajv = new Ajv({ allErrors: true, strict: false });
const isMessage = ajv.compile(
  JSON.parse(readFileSync(new URL('../protocol.schema.json', import.meta.url), 'utf8')) as object,
);

/** @throws Error for a line that is no message of the protocol, or that clients would break in two. */
export function parseLine(line: string): Message {
  if (/[\u0085\u2028\u2029]/.test(line))
    throw new Error(`a line that some clients split: ${line.slice(0, 300)}`);
  const message: unknown = JSON.parse(line);
  if (!isMessage(message))
    throw new Error(`not a message: ${line.slice(0, 300)} ${ajv.errorsText(isMessage.errors)}`);
  return message as unknown as Message;
}

export function recordsOf(messages: readonly Message[], stream: string): readonly Row[] {
  return messages.flatMap(({ record }) => (record?.stream === stream ? [record.data] : []));
}

export function statesOf(messages: readonly Message[], stream: string): readonly StreamState[] {
  return messages.flatMap(({ state }) =>
    state?.stream.stream_descriptor.name === stream ? [state.stream.stream_state] : [],
  );
}

/** The last state of every stream, as a platform hands it back. */
export function lastStates(messages: readonly Message[]): readonly Row[] {
  const states = new Map<string, Row>();
  for (const { state } of messages) {
    if (state === undefined) continue;
    const { sourceStats: _, ...kept } = state;
    states.set(state.stream.stream_descriptor.name, kept);
  }
  return [...states.values()];
}

export function statusesOf(messages: readonly Message[], stream: string): readonly string[] {
  return messages.flatMap(({ trace }) =>
    trace?.stream_status?.stream_descriptor.name === stream ? trace.stream_status.status : [],
  );
}

export function errorsOf(messages: readonly Message[]) {
  return messages.flatMap(({ trace }) => trace?.error ?? []);
}

export function logsOf(messages: readonly Message[], level?: string): readonly string[] {
  return messages.flatMap(({ log }) =>
    log !== undefined && (level === undefined || log.level === level) ? log.message : [],
  );
}

/** @throws Error when a stream's messages are not in the order that platforms rely on, or its counts do not add up. */
export function checkStream(messages: readonly Message[], stream: string): void {
  const own = messages.flatMap(({ record, state, trace }) => {
    if (record?.stream === stream) return 'RECORD';
    if (state?.stream.stream_descriptor.name === stream) return 'STATE';
    return trace?.stream_status?.stream_descriptor.name === stream ? trace.stream_status.status : [];
  });
  const word = own.map((step) => (step === 'COMPLETE' || step === 'INCOMPLETE' ? 'END' : step)).join(' ');
  if (!/^STARTED( RUNNING| STATE)*( RECORD| RUNNING| STATE)* STATE END$/.test(word)) {
    throw new Error(`${stream}: messages out of order: ${word.slice(0, 400)}`);
  }
  if (own.includes('RECORD') && own[own.indexOf('RECORD') - 1] !== 'RUNNING') {
    throw new Error(`${stream}: RUNNING is not directly before the first RECORD`);
  }
  let count = 0;
  for (const { record, state } of messages) {
    if (record?.stream === stream) count += 1;
    if (state?.stream.stream_descriptor.name !== stream) continue;
    if (state.sourceStats.recordCount !== count)
      throw new Error(`${stream}: a STATE counts ${state.sourceStats.recordCount} of ${count} records`);
    count = 0;
  }
}
