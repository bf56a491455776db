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
  /**
   * Response field that lists the records; dots go into objects, where the page token is then, too. Empty: the answer is a
   * bare array. Absent: the body is the one record.
   */
  readonly records?: string;
  /** The list holds strings: each becomes a record with this one field. */
  readonly strings?: string;
  /** Fields beside the list, where the page token is: an answer that has them all and lacks the list lists nothing. */
  readonly emptyWith?: readonly string[];
  /** Further lists of the same answer whose rows are records, too. */
  readonly lists?: Lists;
  /** Fields beside the list, where the page token is, that are added to each of its rows. */
  readonly envelope?: readonly string[];
  /** An older response field with the same rows, read only where `records` gives none; `copy` fills new fields from old ones. */
  readonly legacyRecords?: { readonly field: string; readonly copy: Readonly<Record<string, string>> };
  /** Zoom's published label. Absent where Zoom publishes none: counted as heavy until an answer tells. */
  readonly rateLimit?: RateLimitLabel;
  readonly scopes: Scopes;
  /**
   * What the account's plan, its add-ons or the role of who authorises the app must have beside the scopes, in words for people;
   * the same need is put in the same words everywhere.
   */
  readonly needs?: readonly string[];
  /** Most rows that Zoom serves on a page. Default: 300 where `records` is there, none for a body; 0 where a list has no pages. */
  readonly pageSize?: number;
  /** What is passed with every request of a sync. */
  readonly query?: Readonly<Record<string, string | number | boolean | Moment>>;
  /** Of several, each value of one goes with each of the others. */
  readonly values?: readonly Values[];
  /** Zoom's date filter. */
  readonly window?: Window;
  /** The rows that the endpoint is asked for, one after the other. */
  readonly parent?: Parent;
  /** What Zoom's codes mean for one row here, where that differs from what they mean everywhere. */
  readonly answers?: readonly Answer[];
  /** Codes by which Zoom says that a row of this endpoint is no more; final for everything below that row. */
  readonly gone?: readonly number[];
  /** What to read instead where Zoom refuses this endpoint to the app. */
  readonly fallback?: Fallback;
}

/** An endpoint that shows the same rows to an app that may not see the main one. */
export interface Fallback extends Omit<Endpoint, 'gone' | 'fallback'> {
  /**
   * Set where only the authoriser is seen: by which values of its one row paths name it. Used with a user's token only,
   * since a Server-to-Server token stands for the account and a missing scope must not hide the other users.
   */
  readonly authoriser?: Readonly<Record<string, string>>;
}

/** An instant that is known when the sync begins. */
export interface Moment {
  /** `start`: from where the config wants rows, no earlier than Zoom keeps them; `now`: when the sync began. */
  readonly at: 'start' | 'now';
  /** `date`: its UTC day; `date-time`: to the second. */
  readonly format: 'date' | 'date-time';
  /** Months that Zoom answers back from now. */
  readonly keptMonths?: number;
  readonly plusDays?: number;
}

/** Several lists in one answer. Only `records` has pages: the others are read from the first one. */
export interface Lists {
  /** Record field that the name of a row's list is added under. */
  readonly adds: string;
  /** List, `records` among them -> what tells its rows apart, and which of their times is added under the cursor's name. */
  readonly of: Readonly<
    Record<string, { readonly recordHash: readonly (readonly string[])[]; readonly cursor: string }>
  >;
}

/** A parameter that is passed once with each value, in this order: what moves meanwhile has to move to a later one. */
export interface Values {
  /** It fills the path's braces where they name it, else it goes into the query. */
  readonly parameter: string;
  /** The empty one leaves the parameter out. */
  readonly values: readonly string[];
  /** Record field that the value is added under, where Zoom's rows do not tell. */
  readonly adds?: string;
  /** What is added for the empty value. */
  readonly unset?: string;
}

/** A filter on the cursor field. */
export interface Window {
  /** Longest range of one request, in days. */
  readonly maxDays: number;
  /** `date`: whole UTC days; `date-time`: instants to the second; `month`: one calendar month, as `year` and `month`. */
  readonly format: 'date' | 'date-time' | 'month';
  /** The parameters of its two ends. Default: `from` and `to`. */
  readonly parameters?: readonly [string, string];
  /** Zoom sums over what is asked for, so that each UTC day is asked by itself, and added to its rows under this name: the cursor, by day. */
  readonly sumsByDay?: string;
  /** Zoom answers no later day. */
  readonly until?: 'yesterday';
  /** Days that are asked for on both sides of a window, where Zoom does not say in which time zone its days begin. */
  readonly marginDays?: number;
  /**
   * Zoom answers so few days that none is left for the case that the last one asked for does not belong to the answer: the
   * margin, which has to be there, stands in for it.
   */
  readonly tight?: true;
  /** How many months back Zoom answers. Absent: for as long as the account keeps the data. */
  readonly keptMonths?: number;
}

/** Where partitions come from. A parent's fields include what was added to its rows. */
export interface Parent {
  /** A stream or a listing. */
  readonly name: string;
  /**
   * Parameter -> field of the parent's row. It fills the path's braces where they name it, else it goes into the query, and is
   * left out where the row does not have it; of several fields the first one that the row has. The first parameter names the
   * partition.
   */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  /**
   * What names the partition instead: fields of the parent's row, as alternatives; the first one whose fields are all there
   * counts. Of `adds` only these are added, and null for the others. Rows of the same name are one partition: refused for
   * one of them, it is asked for by the next.
   */
  readonly partition?: readonly (readonly string[])[];
  /** Record field -> field of the parent's row, as Zoom gave it: the authoriser's id, where its path says `me`. */
  readonly adds?: Readonly<Record<string, string>>;
  /** The parent's rows that have children: those that meet all of these. */
  readonly only?: readonly Condition[];
  /** A windowed parent is listed with these as well, by itself: Zoom then shows only rows that have children. */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * One call without the parent, of a snapshot whose keys do not name it: `also` beside the others, `instead` where the parent has
   * no rows or is refused. What it answers then is all there is, since Zoom refuses it where there are rows.
   */
  readonly without?: 'also' | 'instead';
  /** Of a windowed stream whose parent is one: for each window, all rows that the parent lists for it are asked. */
  readonly sameWindow?: true;
}

/** A condition on a field of a row; dots go into objects. What the field does not settle (absent, null) meets it. */
export type Condition =
  | { readonly field: string; readonly in: readonly (string | number | boolean)[] }
  | { readonly field: string; readonly notIn: readonly (string | number | boolean)[] }
  | { readonly field: string; readonly above: number };

/** What one of Zoom's error codes means for one partition. */
export interface Answer {
  readonly code: number;
  /** The code means this only where Zoom's message holds these words. */
  readonly says?: string;
  /**
   * - `skip`: final, there is nothing.
   * - `not_ready`: asked again in the next sync.
   * - `unlicensed`: this one lacks a licence that others may have; the stream fails when nobody has it.
   * - `unavailable`: said of the whole account or app, whoever is asked for.
   */
  readonly action: 'skip' | 'not_ready' | 'unlicensed' | 'unavailable';
  /** Holds only while the parent's cursor is younger than this; afterwards the code is final. */
  readonly forDays?: number;
}

/** A list of rows that is no stream but the parent of one. */
export interface Listing extends Endpoint {
  /** Plural, snake_case. */
  readonly name: string;
}

/** What every stream states. */
interface Stream {
  /** Name in the catalog, and base name of the schema. */
  readonly name: string;
  readonly primaryKey: readonly [string, ...string[]];
  /**
   * Where Zoom gives no key: the fields that identify a row, as alternatives; the first one whose fields are all
   * there is hashed into `record_hash`. Never a field that changes. Dots go into objects and lists, which have `[]` after
   * their name.
   */
  readonly recordHash?: readonly (readonly string[])[];
  /** Fields that open something and whose names do not say so; dots go into objects and lists. */
  readonly sensitive?: readonly string[];
}

/** Zoom can only list everything; what changed is found by comparing digests. */
export interface SnapshotStream extends Stream, Endpoint {
  readonly kind: 'snapshot';
  readonly window?: never;
  /** A complete listing proves that what it lacks was deleted. Never for what Zoom lets expire. */
  readonly tombstones?: boolean;
  /** Fields that Zoom makes anew for each call: no change; dots go into objects and lists, which have `[]` after their name. */
  readonly volatile?: readonly string[];
}

/** What windowed streams state, and those that are made of their rows. */
interface Dated {
  /** Zoom's time field that the window filters by, or the name that the parent's is added under. */
  readonly cursor: string;
  /** The cursor is a day: its row grows until the day is over. */
  readonly precision?: 'day';
  /** How late Zoom publishes rows, in days: each sync reads again from this far behind the state. */
  readonly lookbackDays: number;
}

/** Zoom filters by date. */
export interface WindowedStream extends Stream, Endpoint, Dated {
  readonly kind: 'windowed';
  readonly window: Window;
}

/** The records are a list inside the rows of a windowed stream: no request of their own. */
export interface EmbeddedStream extends Stream, Dated {
  readonly kind: 'embedded';
  readonly parent: EmbeddingParent;
  /** Field of the parent's row that holds the records. */
  readonly list: string;
}

/** The windowed stream whose rows hold the records, and what is added from them. */
interface EmbeddingParent {
  readonly name: string;
  readonly adds: Readonly<Record<string, string>>;
}

/** The children of every row that a windowed parent yields; the cursor is the parent's. */
export interface DerivedStream extends Stream, Endpoint, Dated {
  readonly kind: 'derived';
  /** Counted from the time of the parent instead: asked for from its day on, for as many days as the lookback declares. */
  readonly window?: Window;
  readonly parent: Parent & { readonly adds: Readonly<Record<string, string>> };
}

export type StreamDeclaration = SnapshotStream | WindowedStream | EmbeddedStream | DerivedStream;
