import type { Refusal, RefusalAction } from '../http/exchange.ts';

/** How reading a partition ended. */
export type Outcome =
  | {
      readonly action: 'read';
      /** Every page had its list, and every row that Zoom announced came: what was not there does not exist. */
      readonly isWhole: boolean;
      /** Rows that nothing tells apart, or that Zoom announced and shows no way to; they are owed, all others are read. */
      readonly lacking?: Refusal | undefined;
    }
  | Refused;

export interface Refused {
  readonly action: Exclude<RefusalAction, 'expired_page_token'>;
  readonly refusal: Refusal;
}

/** All that there is was read, or will never come. */
export function isSettled(outcome: Outcome): boolean {
  return lackingIn(outcome) === undefined && (outcome.action !== 'read' || outcome.isWhole);
}

/** What was not read and may be another time. */
export function lackingIn(outcome: Outcome): Refused | undefined {
  if (outcome.action === 'skip' || outcome.action === 'unlicensed') return undefined;
  if (outcome.action !== 'read') return outcome;
  return outcome.lacking && { action: 'refused', refusal: outcome.lacking };
}
