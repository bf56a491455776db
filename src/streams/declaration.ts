/** How heavy a call is in Zoom's eyes; the label decides its rate limit (developers.zoom.us/docs/api/rate-limits). */
export type RateLimitLabel = 'light' | 'medium' | 'heavy' | 'resource_intensive';

/** Scopes of a Zoom app that open an endpoint: any one, of either kind, is enough. */
export interface Scopes {
  readonly granular: readonly string[];
  readonly classic: readonly string[];
}

/** One GET endpoint of Zoom, and how its answer is read. */
export interface Endpoint {
  /** Path below the API root. Braces are filled from the partition. */
  readonly path: `/${string}`;
  /** Response field that lists the records. Absent: the body is the one record. */
  readonly records?: string;
  /** An older response field with the same rows, read only where `records` gives none; `copy` fills new fields from old ones. */
  readonly legacyRecords?: { readonly field: string; readonly copy: Readonly<Record<string, string>> };
  /** Zoom's published label. Absent where Zoom publishes none: counted as heavy until an answer tells. */
  readonly rateLimit?: RateLimitLabel;
  readonly scopes: Scopes;
  /** Most rows that Zoom serves on a page. Default 300; 0 where the endpoint has no pages. */
  readonly pageSize?: number;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** A query parameter that is passed once with each of these values, in this order. */
  readonly values?: { readonly parameter: string; readonly values: readonly string[] };
  /** Zoom's date filter. Needed for windowed streams. */
  readonly window?: Window;
  /** The rows that fill the braces of `path`. */
  readonly parent?: Parent;
  /** What Zoom's codes mean for one row here, where that differs from what they mean everywhere. */
  readonly answers?: readonly Answer[];
  /** What to read instead where Zoom refuses this endpoint to the app. */
  readonly fallback?: Fallback;
}

/** An endpoint that shows the same rows to an app that may not see the main one. */
export interface Fallback extends Endpoint {
  /**
   * Set where only the authoriser is seen: the values that its one row has as a parent. Used with a user's token only,
   * since a Server-to-Server token stands for the account and a missing scope must not hide the other users.
   */
  readonly authoriser?: Readonly<Record<string, string>>;
}

/** A `from`-`to` filter on the cursor field. */
export interface Window {
  /** Longest range of one request, in days. */
  readonly maxDays: number;
  /** `date`: whole UTC days; `date-time`: instants to the second. */
  readonly format: 'date' | 'date-time';
  /** Days that are asked for on both sides of a window, where Zoom does not say in which time zone its days begin. */
  readonly marginDays?: number;
  /** How many months back Zoom answers. Absent: for as long as the account keeps the data. */
  readonly keptMonths?: number;
}

/** Where partitions come from. */
export interface Parent {
  /** A stream or a listing. */
  readonly name: string;
  /** Placeholder or injected field -> field of the parent's row. The first one names the partition. */
  readonly fields: Readonly<Record<string, string>>;
  /** Parent rows that have no partition: those whose field has one of the values. */
  readonly except?: { readonly field: string; readonly values: readonly string[] };
}

/** What one of Zoom's error codes means for one partition. */
export interface Answer {
  readonly code: number;
  /** `skip`: final, there is nothing. `not_ready`: asked again in the next sync. */
  readonly action: 'skip' | 'not_ready';
  /** Holds only while the parent's cursor is younger than this; afterwards the code is final. */
  readonly forDays?: number;
}

/** A list of rows that is no stream but the parent of one. */
export interface Listing extends Endpoint {
  /** Plural, snake_case. */
  readonly name: string;
}

/** One stream. */
export interface StreamDeclaration extends Endpoint {
  /** Name in the catalog, and base name of the schema. Plural, snake_case. */
  readonly name: string;
  readonly primaryKey: readonly [string, ...string[]];
  readonly incremental: Windowed | Derived | Snapshot;
  /** Fields of `parent.fields` that are added to every record. */
  readonly inject?: readonly string[];
  /** The records are this list inside the parent's rows: no request of its own. */
  readonly embedded?: string;
  /**
   * Where Zoom gives no key: the fields that identify a row, as alternatives; the first one whose fields are all
   * there is hashed into `record_hash`. Never a field that changes.
   */
  readonly recordHash?: readonly (readonly string[])[];
}

/** Zoom filters by date. */
export interface Windowed {
  readonly kind: 'windowed';
  /** Zoom's time field that the window filters by, or its injected name. */
  readonly cursor: string;
  /** How late Zoom publishes rows, in days: each sync reads again from this far behind the state. */
  readonly lookbackDays: number;
}

/** The children of every row that a windowed parent yields. */
export interface Derived {
  readonly kind: 'derived';
  /** The parent's cursor, under the name it is injected by. */
  readonly cursor: string;
  readonly lookbackDays: number;
}

/** Zoom can only list everything; what changed is found by comparing digests. */
export interface Snapshot {
  readonly kind: 'snapshot';
  /** A complete listing proves that what it lacks was deleted. Never for what Zoom lets expire. */
  readonly tombstones?: boolean;
  /** Fields that Zoom makes anew for each call: no change. */
  readonly volatile?: readonly string[];
}
