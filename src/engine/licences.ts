import type { Endpoint } from '../streams/declaration.ts';
import { createKeyTable } from './key-table.ts';
import type { Outcome, Refused } from './outcome.ts';
import type { Partition } from './partition.ts';

/**
 * What rows of a parent lack, by Zoom's words for it. Endpoints that want the same of the same row share one answer: who has no
 * plan for webinars is asked once in a sync, and not by each stream again.
 */
export interface Licences {
  /** Asks unless Zoom has said in this sync that the row lacks what the endpoint wants, or is just about to say so. */
  ask(endpoint: Endpoint, partition: Partition, ask: () => Promise<Outcome>): Promise<Outcome>;
}

interface Wanted {
  /** Rows without it. */
  readonly lacking: ReturnType<typeof createKeyTable>;
  /** What Zoom said of one of them. */
  said?: Refused;
  readonly asking: Map<string, Promise<Outcome>>;
}

export function createLicences(): Licences {
  const known = new Map<string, Wanted>();
  const open = (name: string): Wanted => {
    const wanted = known.get(name) ?? { lacking: createKeyTable(1), asking: new Map() };
    known.set(name, wanted);
    return wanted;
  };
  return {
    async ask(endpoint, { key }, ask) {
      const name = nameOf(endpoint);
      if (name === undefined) return ask();
      const wanted = open(name);
      // Whoever asks has what it needs to be answered, so that this ends.
      await wanted.asking.get(key)?.catch(() => undefined);
      if (wanted.said !== undefined && wanted.lacking.find(key) !== undefined) return wanted.said;
      const asking = ask();
      wanted.asking.set(key, asking);
      try {
        const outcome = await asking;
        if (outcome.action === 'unlicensed') {
          wanted.said ??= outcome;
          if (wanted.lacking.find(key) === undefined) wanted.lacking.add(key, ' ');
        }
        return outcome;
      } finally {
        if (wanted.asking.get(key) === asking) wanted.asking.delete(key);
      }
    },
  };
}

/** What the endpoint wants of a row, and of which rows; undefined where it wants nothing of single ones. */
function nameOf({ answers = [], parent }: Endpoint): string | undefined {
  const words = answers.flatMap(({ action, code, says }) => (action === 'unlicensed' ? [[code, says]] : []));
  return parent === undefined || words.length === 0 ? undefined : JSON.stringify([parent.name, ...words]);
}
