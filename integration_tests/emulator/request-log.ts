import type { Label } from './endpoint.ts';

/** What the emulator was asked, in the order in which requests came. */
export interface LoggedRequest {
  readonly method: string;
  /** As it came, still encoded. */
  readonly path: string;
  /** The documented path with its braces; empty for unknown ones. */
  readonly template: string;
  /** The rate limit label that it counts under; empty where limits do not count. */
  readonly label: Label | '';
  readonly query: Readonly<Record<string, string>>;
  /** Parameters that Zoom does not document for the endpoint, and would ignore. */
  readonly unknownParameters: readonly string[];
  /** The access token that was sent. */
  readonly token: string;
  /** Whether a fault had it. */
  isInTrouble: boolean;
  /** Requests that were being answered when it came, itself included. */
  readonly inFlight: number;
  /** Ms since the epoch, by the emulator's clock. */
  readonly startedAt: number;
  /** 0 until it is answered, and for ever where a fault swallowed the answer. */
  status: number;
  endedAt: number;
}
