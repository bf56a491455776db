import type { Account } from './account.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Text is JSON already. */
  readonly body: unknown;
}

export type Query = Readonly<Record<string, string>>;

/** What answers are made from, beside the request. */
export interface ListingContext {
  readonly account: Account;
  readonly now: number;
  readonly pageTokenLifetimeMs: number;
  /** Pages hold no more rows than this, whatever is asked for. */
  readonly largestPage?: number;
  /** Whether the day of `to` is left out of the answer; Zoom does not say. */
  readonly toIsExclusive: boolean;
  /** Page tokens given so far: what they continue. */
  readonly pageTokens: Map<string, PageToken>;
  /** The user that `me` stands for: the first one who has accepted an invitation. */
  readonly authoriserId: string;
}

interface PageToken {
  readonly fingerprint: string;
  readonly offset: number;
  readonly expiresAt: number;
}

/** Zoom's answer to a parameter that it does not take. */
export function invalid(field: string, message: string): HttpAnswer {
  return { status: 400, body: { code: 300, message: 'Validation Failed.', errors: [{ field, message }] } };
}
