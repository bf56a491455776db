import type { JsonObject } from '../json.ts';
import type { Answer, RateLimitLabel } from '../streams/declaration.ts';

/** One GET of Zoom's API. */
export interface Request {
  /** Who asks: streams take turns at the rate limit, and logs name them. */
  readonly stream: string;
  /** The declared path with its braces, which names the endpoint. */
  readonly endpoint: string;
  /** The path below the API root, braces filled and percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  /** Absent: heavy, until Zoom's `x-ratelimit-category` header says otherwise. */
  readonly rateLimit?: RateLimitLabel | undefined;
  /** Response field that lists the rows, as declared: dotted, or empty for a bare array. Absent: the whole body is one row. */
  readonly records?: string | undefined;
  readonly lists?: NamedLists | undefined;
  /** The list holds strings: each becomes a row with this one field. */
  readonly strings?: string | undefined;
  /** What Zoom's codes mean at this endpoint for this row, before the general table. */
  readonly answers?: readonly Answer[] | undefined;
}

/** Several lists that hold rows, each row with the name of its list added. */
interface NamedLists {
  readonly adds: string;
  readonly names: readonly string[];
}

/** What Zoom answered, decided by Zoom's code and never by the HTTP status alone. */
export type Reply =
  | { readonly action: 'success'; readonly body: Body }
  | { readonly action: RefusalAction; readonly refusal: Refusal };

/**
 * - `skip`: final for this row: deleted, expired, no licence, never recorded.
 * - `not_ready`: ask again in the next sync.
 * - `unlicensed`: this row lacks a licence that others may have.
 * - `expired_page_token`: read the window again from its first page.
 * - `unavailable`: the account or the app cannot have this endpoint (scope, plan, licence, role).
 * - `refused`: anything else, after retries.
 */
export type RefusalAction =
  | 'skip'
  | 'not_ready'
  | 'unlicensed'
  | 'expired_page_token'
  | 'unavailable'
  | 'refused';

export interface Body {
  /** The rows, in order, in batches. Bodies above 8 MB are parsed while they arrive. */
  readonly batches: Iterable<readonly JsonObject[]> | AsyncIterable<readonly JsonObject[]>;
  /** The fields beside the list, and those around what holds it; complete only when `batches` has been drained. */
  readonly envelope: JsonObject;
  /** Whether the list of rows was there at all, be it empty; known only when `batches` has been drained. */
  hasList(): boolean;
  /** Entries of the list that were null, which are no rows; known only when `batches` has been drained. */
  nulls(): number;
}

/** Why Zoom refused, without secrets. */
export interface Refusal {
  /** Absent when nothing was answered. */
  readonly status?: number;
  /** Zoom's code from the body; not the HTTP status. */
  readonly code?: number;
  /** Zoom's words, or ours where the body was no JSON. */
  readonly message: string;
  /** True after retries of what usually passes by itself: 5xx, resets, timeouts. */
  readonly isTransient: boolean;
  /** Scopes that Zoom says are missing. */
  readonly missingScopes: readonly string[];
  /** Set where a page came in place of an answer of Zoom's API: the host that was asked. */
  readonly blockedHost?: string;
  /** Set where Zoom was not asked: the paths that it said the same of, in this sync. */
  readonly saidOf?: readonly string[];
  /** Method, path, status, code, Zoom's words, `x-zm-trackingid`: the technical story in one line. */
  readonly detail: string;
}
