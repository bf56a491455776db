import type { Request } from './exchange.ts';

/** What Zoom said to a token at some path: `refused` is a 401 without a word of scopes; `unknown`, nothing that is an answer. */
export type Verdict = 'accepted' | 'refused' | 'unknown';

/** A request that went out. */
export interface Sent {
  readonly request: Request;
  readonly token: string;
  /** Its place among all that went out. */
  readonly order: number;
}

/** Whether Zoom takes a token at all, where one path refuses it though it is new. */
export interface TokenProof {
  /** The place of the request that goes out now. */
  next(): number;
  /** Zoom answered: whatever went out before this with the same token was refused for another reason than its token. */
  accepted(sent: Sent): void;
  /**
   * Requests that are refused together share one proof. A token that was good once may be revoked since, so that only what
   * went out after the refused request counts.
   * @returns `refused` when every path refuses it: one that has answered before, and those that stand for the whole of Zoom.
   */
  find(refused: Sent): Promise<Verdict>;
}

/** What any app may ask for, if it only has the scopes. */
const everybodysPaths: readonly Pick<Request, 'endpoint' | 'path' | 'query' | 'rateLimit'>[] = [
  { endpoint: '/users/me', path: '/users/me', query: {}, rateLimit: 'light' },
  { endpoint: '/users', path: '/users', query: { page_size: 1 }, rateLimit: 'medium' },
];

/** @param ask asks once more for what was asked before, with this token. */
export function createTokenProof(ask: (request: Request, token: string) => Promise<Verdict>): TokenProof {
  let count = 0;
  let good: Omit<Sent, 'request'> | undefined;
  /** The last request that was answered, and the last one to another path. */
  let answered: readonly Request[] = [];
  let running: (Omit<Sent, 'request'> & { readonly verdict: Promise<Verdict> }) | undefined;

  const probe = async ({ request, token }: Sent): Promise<Verdict> => {
    const { stream } = request;
    const witnesses = answered.filter(({ path }) => path !== request.path).slice(0, 1);
    let verdict: Verdict = 'refused';
    for (const witness of [...witnesses, ...everybodysPaths]) {
      const said = await ask({ ...witness, stream }, token);
      if (said === 'accepted') return said;
      if (said === 'unknown') verdict = said;
    }
    return verdict;
  };
  const begin = (refused: Sent) => {
    count += 1;
    const verdict = probe(refused).finally(() => {
      running = undefined;
    });
    return { token: refused.token, order: count, verdict };
  };

  return {
    next() {
      count += 1;
      return count;
    },
    accepted({ request, token, order }) {
      if (good?.token !== token || good.order < order) good = { token, order };
      answered = [request, ...answered.filter(({ path }) => path !== request.path)].slice(0, 2);
    },
    async find(refused) {
      for (;;) {
        if (good?.token === refused.token && good.order > refused.order) return 'accepted';
        running ??= begin(refused);
        const { token, order, verdict } = running;
        const found = await verdict;
        // A token that was refused does not become good again.
        if (token === refused.token && (found !== 'accepted' || order > refused.order)) return found;
      }
    },
  };
}
