import type { LoggedRequest } from './request-log.ts';

/** What goes wrong with a request. */
export type Trouble =
  | { readonly kind: 'reset'; readonly when: 'before_headers' | 'after_headers' }
  /** Handled as always; then the answer is lost on its way. */
  | { readonly kind: 'lose_answer' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'malform' }
  /** An answer of the fault's own. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Waits before the answer, or for ever. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'hang' }
  /** Changes a good answer. */
  | {
      readonly kind: 'change';
      readonly change: (body: Record<string, unknown>, request: LoggedRequest) => unknown;
    }
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };

/** Trouble for some requests: those that match, after the first `after` of them, `times` times (default: always). */
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
  perSecondLimit: {
    kind: 'respond',
    status: 429,
    body: {
      code: 429,
      message: 'You have reached the maximum per-second rate limit for this API. Try again later.',
    },
    headers: { 'x-ratelimit-type': 'QPS' },
  },
  retryAfter: (value: string): Trouble => ({
    kind: 'respond',
    status: 429,
    body: {
      code: 429,
      message: 'You have reached the maximum per-second rate limit for this API. Try again later.',
    },
    headers: { 'retry-after': value },
  }),
  dailyLimit: (until: string): Trouble => ({
    kind: 'respond',
    status: 429,
    body: {
      code: 429,
      message:
        'You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.',
    },
    headers: { 'x-ratelimit-type': 'Daily-limit', 'x-ratelimit-remaining': '0', 'retry-after': until },
  }),
} as const satisfies Record<string, Trouble | ((...values: never[]) => Trouble)>;
