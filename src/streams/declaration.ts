/** How heavy a call is in Zoom's eyes; the label decides its rate limit (developers.zoom.us/docs/api/rate-limits). */
export type RateLimitLabel = 'light' | 'medium' | 'heavy' | 'resource_intensive';

/** Scopes of a Zoom app that open an endpoint: any one of one kind is enough. */
export interface Scopes {
  readonly granular: readonly string[];
  readonly classic: readonly string[];
}

/** One GET endpoint of Zoom and how its answer is read. */
export interface Endpoint {
  /** Path below the API root. Braces are filled from the partition. */
  readonly path: `/${string}`;
  /** Response field that lists the records. Absent: the body is the one record. */
  readonly records?: string;
  /** An older response field with the same rows, read only where `records` is missing or empty. */
  readonly legacyRecords?: { readonly field: string; readonly copy: Readonly<Record<string, string>> };
  /** Zoom's published label. Absent where Zoom publishes none: counted as heavy until an answer tells. */
  readonly rateLimit?: RateLimitLabel;
  readonly scopes: Scopes;
  /** Most rows that Zoom serves on a page. Default 300; 0: the endpoint has no pages. */
  readonly pageSize?: number;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** A query parameter that has to be passed once with each of these values, in this order. */
  readonly values?: { readonly parameter: string; readonly values: readonly string[] };
  /** Zoom's date filter. */
  readonly window?: Window;
  /** The rows whose endpoint fills the braces of `path`. */
  readonly parent?: Parent;
  /** What Zoom's codes mean here, where that differs from what they mean everywhere (`http/classify.ts`). */
  readonly answers?: readonly Answer[];
  /** Endpoint to use where Zoom refuses this one to the app (scope, role, or not known). */
  readonly fallback?: Endpoint;
  /** Set on a fallback that sees only the authoriser: what its one row answers to as a parent. */
  readonly asParent?: Readonly<Record<string, string>>;
}

/** A `from`-`to` filter. */
export interface Window {
  /** Longest range of one request, in days. */
  readonly maxDays: number;
  /** `date`: whole UTC days; `date-time`: instants to the second. */
  readonly format: 'date' | 'date-time';
  /** How many months back Zoom answers at all. Absent: as long as the account keeps the data. */
  readonly keptMonths?: number;
}

/** Where partitions come from. */
export interface Parent {
  /** Name of a stream, or of a listing in `streams/index.ts`. */
  readonly name: string;
  /** Placeholder or injected field -> field of the parent's row. */
  readonly fields: Readonly<Record<string, string>>;
  /** Parent rows left out: those whose field has one of the values. */
  readonly except?: { readonly field: string; readonly values: readonly string[] };
}

/** What one of Zoom's error codes means for one partition of this endpoint. */
export interface Answer {
  readonly code: number;
  /** `skip`: final, nothing is there. `not_ready`: ask again next sync. */
  readonly action: 'skip' | 'not_ready';
  /** Holds only while the parent row is younger than this; afterwards the code is final (`skip`). */
  readonly forDays?: number;
}
