import type { ConnectorError, FailureType } from '../errors.ts';
import type { JsonObject } from '../json.ts';

/*
 * The messages that a source writes, as in the Airbyte protocol 0.18
 * (https://docs.airbyte.com/understanding-airbyte/airbyte-protocol). RECORD and STATE lines are built by the writer, for
 * speed.
 */

export type SyncMode = 'full_refresh' | 'incremental';

export interface AirbyteStream {
  readonly name: string;
  readonly json_schema: JsonObject;
  readonly supported_sync_modes: readonly SyncMode[];
  readonly source_defined_cursor: true;
  readonly default_cursor_field: readonly string[];
  readonly source_defined_primary_key: readonly (readonly string[])[];
  readonly is_resumable: true;
}

export type LogLevel = 'ERROR' | 'FATAL' | 'WARN' | 'INFO' | 'DEBUG';
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

export type Message =
  | { readonly type: 'SPEC'; readonly spec: JsonObject }
  | { readonly type: 'CATALOG'; readonly catalog: { readonly streams: readonly AirbyteStream[] } }
  | {
      readonly type: 'CONNECTION_STATUS';
      readonly connectionStatus: { readonly status: 'SUCCEEDED' | 'FAILED'; readonly message?: string };
    }
  | {
      readonly type: 'LOG';
      readonly log: { readonly level: LogLevel; readonly message: string; readonly stack_trace?: string };
    }
  | {
      readonly type: 'CONTROL';
      readonly control: {
        readonly type: 'CONNECTOR_CONFIG';
        readonly emitted_at: number;
        readonly connectorConfig: { readonly config: JsonObject };
      };
    }
  | { readonly type: 'TRACE'; readonly trace: Trace };

type Trace =
  | {
      readonly type: 'ESTIMATE';
      readonly emitted_at: number;
      readonly estimate: { readonly name: string; readonly type: 'STREAM'; readonly row_estimate: number };
    }
  | {
      readonly type: 'ERROR';
      readonly emitted_at: number;
      readonly error: {
        readonly message: string;
        readonly internal_message?: string;
        readonly stack_trace?: string;
        readonly failure_type: FailureType;
        readonly stream_descriptor?: { readonly name: string };
      };
    }
  | {
      readonly type: 'STREAM_STATUS';
      readonly emitted_at: number;
      readonly stream_status: {
        readonly stream_descriptor: { readonly name: string };
        readonly status: StreamStatus;
        readonly reasons?: readonly {
          readonly type: 'RATE_LIMITED';
          readonly rate_limited: { readonly quota_reset: number };
        }[];
      };
    };

export function logMessage(level: LogLevel, message: string): Message {
  return { type: 'LOG', log: { level, message } };
}

export function controlMessage(config: JsonObject, emittedAt: number): Message {
  return {
    type: 'CONTROL',
    control: { type: 'CONNECTOR_CONFIG', emitted_at: emittedAt, connectorConfig: { config } },
  };
}

/** `quotaReset`, in ms since the epoch, says that the stream waits for a rate limit until then. */
export function statusMessage(
  stream: string,
  status: StreamStatus,
  emittedAt: number,
  quotaReset?: number,
): Message {
  const stream_status = { stream_descriptor: { name: stream }, status };
  const reasons = [{ type: 'RATE_LIMITED' as const, rate_limited: { quota_reset: quotaReset ?? 0 } }];
  return {
    type: 'TRACE',
    trace: {
      type: 'STREAM_STATUS',
      emitted_at: emittedAt,
      stream_status: quotaReset === undefined ? stream_status : { ...stream_status, reasons },
    },
  };
}

/** How many rows the sync of a stream is going to give, as far as that can be told. */
export function estimateMessage(stream: string, rows: number, emittedAt: number): Message {
  const estimate = { name: stream, type: 'STREAM' as const, row_estimate: rows };
  return { type: 'TRACE', trace: { type: 'ESTIMATE', emitted_at: emittedAt, estimate } };
}

/** The TRACE ERROR that tells the user why a stream, or the whole run, failed. */
export function errorMessage(error: ConnectorError, emittedAt: number, stream?: string): Message {
  return {
    type: 'TRACE',
    trace: {
      type: 'ERROR',
      emitted_at: emittedAt,
      error: {
        message: error.message,
        internal_message: error.detail ?? causeOf(error),
        ...(error.failureType === 'system_error' && error.stack !== undefined
          ? { stack_trace: error.stack }
          : {}),
        failure_type: error.failureType,
        ...(stream === undefined ? {} : { stream_descriptor: { name: stream } }),
      },
    },
  };
}

function causeOf(error: ConnectorError): string {
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : error.message;
}
