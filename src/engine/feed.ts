import type { Refused } from './outcome.ts';
import type { ParentRow, Partition } from './partition.ts';

/** What the listing of a parent gives its children. */
export type Found =
  | { readonly kind: 'row'; readonly row: ParentRow }
  /** A part of the listing that Zoom refused: what is below it is not known. */
  | { readonly kind: 'refused'; readonly partition: Partition; readonly outcome: Refused };

/** The rows of one parent in one sync, filled once and read by any number of children, also while it is filled. */
export class Feed {
  readonly #found: Found[] = [];
  #end: { readonly isWhole: boolean } | { readonly error: unknown } | undefined;
  #wake: (() => void)[] = [];

  add(found: readonly Found[]): void {
    for (const item of found) this.#found.push(item);
    this.#notify();
  }

  /** @param isWhole what is not among the rows does not exist. */
  end(isWhole: boolean): void {
    this.#end ??= { isWhole };
    this.#notify();
  }

  /** Has every reader fail. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#notify();
  }

  /** True when it has ended, and what is not among its rows does not exist. */
  get isWhole(): boolean {
    return this.#end !== undefined && 'isWhole' in this.#end && this.#end.isWhole;
  }

  /** How much there is to be read; undefined until it has ended. */
  get size(): number | undefined {
    return this.#end === undefined ? undefined : this.#found.length;
  }

  /** What it has failed with, if so. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#end !== undefined && 'error' in this.#end ? this.#end : undefined;
  }

  /** Everything from the beginning to the end. */
  async *read(): AsyncGenerator<Found> {
    for (let index = 0; ; index += 1) {
      while (index >= this.#found.length) {
        if (this.#end !== undefined) {
          if ('error' in this.#end) throw this.#end.error;
          return;
        }
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
      yield this.#found[index] as Found;
    }
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
