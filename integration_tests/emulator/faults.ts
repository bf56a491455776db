import type { Row } from './endpoint.ts';
import type { LoggedRequest } from './request-log.ts';

/** What goes wrong with a request. All but `respond` are handled as ever first: tokens rotate, calls count. */
export type Trouble =
  | { readonly kind: 'reset'; readonly when: 'before_headers' | 'after_headers' }
  /** The answer is lost on its way. */
  | { readonly kind: 'lose_answer' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'malform' }
  /** An answer of the fault's own. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      /** How long it waits before. */
      readonly ms?: number;
    }
  /** Waits before the answer; with `chunks`, between as many pieces of its body instead. */
  | { readonly kind: 'slow'; readonly ms: number; readonly chunks?: number }
  /** Waits before the answer until this resolves. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  /** Never answers, but for a 102 by which the caller can tell that the request has come. */
  | { readonly kind: 'hang' }
  /** Changes a good answer. */
  | {
      readonly kind: 'change';
      readonly change: (body: Row, request: LoggedRequest) => unknown;
    }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };

/**
 * Trouble for some requests: those that match, after the first `after` of them, `times` times (default: always). Of several
 * rules that match, the first that is not used up holds.
 */
export interface FaultRule {
  readonly template?: string;
  readonly matches?: (request: LoggedRequest) => boolean;
  readonly after?: number;
  readonly times?: number;
  readonly trouble: Trouble;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The trouble that this request is in, if any; counts it. */
  next(request: LoggedRequest): Trouble | undefined;
}

export function createFaults(): Faults {
  let rules: { rule: FaultRule; seen: number }[] = [];
  return {
    add(rule) {
      rules.push({ rule, seen: 0 });
    },
    clear() {
      rules = [];
    },
    next(request) {
      for (const entry of rules) {
        const { template, matches, after = 0, times = Number.POSITIVE_INFINITY, trouble } = entry.rule;
        if (template !== undefined && template !== request.template) continue;
        if (matches !== undefined && !matches(request)) continue;
        entry.seen += 1;
        if (entry.seen > after && entry.seen <= after + times) return trouble;
      }
      return undefined;
    },
  };
}

const perSecond = {
  code: 429,
  message: 'You have reached the maximum per-second rate limit for this API. Try again later.',
};
const perDay = {
  code: 429,
  message:
    'You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.',
};

/** The troubles that Zoom's users report most. */
export const troubles = {
  firewall: {
    kind: 'respond',
    status: 403,
    body: '<html><head><title>Attention Required! | Firewall</title></head><body>blocked</body></html>',
    headers: { 'content-type': 'text/html' },
  },
  error: (status: number, code: number, message: string): Trouble => ({
    kind: 'respond',
    status,
    body: { code, message },
  }),
  /** Also before its time has come, as seen of Zoom. */
  expiredAccessToken: {
    kind: 'respond',
    status: 401,
    body: { code: 124, message: 'Access token is expired.' },
  },
  expiredPageToken: {
    kind: 'respond',
    status: 400,
    body: { code: 300, message: 'The next page token is invalid or expired.' },
  },
  perSecondLimit: {
    kind: 'respond',
    status: 429,
    body: perSecond,
    headers: { 'x-ratelimit-type': 'QPS' },
  },
  /** Seconds, an HTTP date, an ISO instant, or nothing. */
  retryAfter: (value: string): Trouble => ({
    kind: 'respond',
    status: 429,
    body: perSecond,
    headers: { 'retry-after': value },
  }),
  dailyLimit: (until: string): Trouble => ({
    kind: 'respond',
    status: 429,
    body: perDay,
    headers: { 'x-ratelimit-type': 'Daily-limit', 'x-ratelimit-remaining': '0', 'retry-after': until },
  }),
  wrongLabel: (label: string): Trouble => ({ kind: 'headers', headers: { 'x-ratelimit-category': label } }),
  /** Every page says that this one comes next. */
  pageToken: (token: string): Trouble => ({
    kind: 'change',
    change: (body) => ({ ...body, next_page_token: token }),
  }),
  totalRecords: (count: number): Trouble => ({
    kind: 'change',
    change: (body) => ({ ...body, total_records: count }),
  }),
  /** Rows are left out of the list under this name, as of a listing that shrinks while it is read. */
  withoutRows: (collection: string, isHidden: (row: Row) => boolean): Trouble => ({
    kind: 'change',
    change: (body) => ({
      ...body,
      [collection]: (body[collection] as Row[]).filter((row) => !isHidden(row)),
    }),
  }),
  oversized: (bytes: number): Trouble => ({
    kind: 'change',
    change: (body) => ({ ...body, padding: 'x'.repeat(bytes) }),
  }),
} as const satisfies Record<string, Trouble | ((...values: never[]) => Trouble)>;
