import type { Feed } from './feed.ts';

/** How much of a stream that is asked for row by row of a parent is read, judged by those rows. */
export class ListingShare {
  #rows: Feed | undefined;
  #taken = 0;

  /** From 0 to 1; undefined while nobody knows how many rows there are. */
  get value(): number | undefined {
    const size = this.#rows?.size;
    return size === undefined || size === 0 ? undefined : Math.min(1, this.#taken / size);
  }

  /**
   * The first listing is what counts; others prove what is gone.
   * @returns to be called with each row that is taken.
   */
  begin(rows: Feed): () => void {
    if (this.#rows !== undefined) return () => undefined;
    this.#rows = rows;
    return () => {
      this.#taken += 1;
    };
  }
}
