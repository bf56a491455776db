/** What the emulator was asked, in the order in which requests came. */
export interface LoggedRequest {
  readonly method: string;
  /** As it came, still encoded. */
  readonly path: string;
  /** The documented path with its braces; empty for unknown ones. */
  template: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parameters that Zoom does not document for the endpoint, and would ignore. */
  unknownParameters: readonly string[];
  readonly startedAt: number;
  /** 0 until it is answered, and for answers that a fault swallowed. */
  status: number;
  endedAt: number;
  /** The access token that was sent. */
  token: string;
}
