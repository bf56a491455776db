import { ConfigError, type ConnectorError } from '../errors.ts';
import { blames } from '../http/classify.ts';
import type { Refusal } from '../http/exchange.ts';
import { nameRefusal, notAllowed } from './failures.ts';
import type { Outcome, Refused } from './outcome.ts';
import type { Owed } from './owed.ts';

/** Messages of Zoom's may differ by whom they name. */
const reasonsShown = 3;

/** What is known of others than those who were refused. */
interface KnownOthers {
  readonly isResumed: boolean;
  readonly hasAnsweredBefore: boolean;
}

/** What one lacks is skipped or owed; what all lack, the account lacks. */
export function createLacks(stream: string, { isResumed, hasAnsweredBefore }: KnownOthers) {
  const lacking = new Map<string, Refusal>();
  /** Refused by what may be a matter of all of them. */
  const unavailable = new Set<string>();
  let hasAnybody = hasAnsweredBefore;
  let hasAnswered = hasAnsweredBefore;
  let hasOthers = false;
  const lack = ({ refusal }: Refused) =>
    void lacking.set(`${nameRefusal(refusal)} "${refusal.message}"`, refusal);
  return {
    /** Zoom has given somebody an answer, be it that there is nothing. */
    get hasAnswered() {
      return hasAnswered;
    },
    /** @param isNew it is refused for what it may have had until now. */
    note(key: string, outcome: Outcome, isNew: boolean): void {
      if (outcome.action === 'read' || outcome.action === 'not_ready') hasAnybody = true;
      if (outcome.action === 'refused') hasOthers = true;
      else if (outcome.action !== 'unavailable') hasAnswered = true;
      if (isNew) unavailable.add(key);
      if (isNew || (outcome.action === 'unlicensed' && !isResumed)) lack(outcome as Refused);
    },
    /** Somebody who was answered before is not asked this time. */
    leaveOut(): void {
      hasAnybody = true;
      hasAnswered = true;
    },
    /**
     * A partition that is owed what nobody was given is not counted as refused by itself: however many syncs say so, the stream
     * is not complete.
     */
    count: (owed: ReadonlyMap<string, Owed>): readonly (readonly [string, Owed])[] =>
      [...owed].map(([key, entry]) => [
        key,
        !hasAnybody && unavailable.has(key) ? { ...entry, refusals: 0 } : entry,
      ]),
    /** @param own why the stream may not be called complete for the sake of single partitions. */
    failure(own: ConnectorError | undefined): ConnectorError | undefined {
      const lacked = hasAnybody ? undefined : nobodyHas(stream, lacking, unavailable.size > 0);
      // Where some were refused for other reasons, they may be the ones who have it.
      return hasOthers ? (own ?? lacked) : (lacked ?? own);
    },
  };
}

function nobodyHas(
  stream: string,
  lacking: ReadonlyMap<string, Refusal>,
  isRefused: boolean,
): ConfigError | undefined {
  const [refusal] = lacking.values();
  if (refusal === undefined) return undefined;
  const said = [...lacking.keys()].slice(0, reasonsShown).join('; ');
  // What blames something else is said by Zoom's words.
  const isAccount = !isRefused || [...lacking.values()].some((one) => blames(one) === 'account');
  return new ConfigError(
    `${stream}: none of those that were asked for has what Zoom wants here (${said}).${isAccount ? ` ${notAllowed}` : ''}`,
    { detail: refusal.detail },
  );
}
