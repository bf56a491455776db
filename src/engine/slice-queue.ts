/** Work on the slices that a parent lists, one after the other, while the parent is a slice ahead. What fails, fails alone. */
export class SliceQueue {
  readonly #isEnded: () => boolean;
  readonly #onFailure: (error: unknown) => Promise<void>;
  #latest = Promise.resolve();
  #hasFailed = false;

  constructor(isEnded: () => boolean, onFailure: (error: unknown) => Promise<void>) {
    this.#isEnded = isEnded;
    this.#onFailure = onFailure;
  }

  /** Resolves when there is room for the next slice. */
  async push(work: () => Promise<void>): Promise<void> {
    const previous = this.#latest;
    this.#latest = previous.then(() => this.guard(work));
    await previous;
  }

  /** Resolves when all that was pushed is done, and after it the last work. */
  settled(last: () => Promise<void>): Promise<void> {
    return this.#latest.then(() => this.guard(last));
  }

  /** Does nothing more once something has failed. */
  async guard(work: () => Promise<void>): Promise<void> {
    if (this.isOver) return;
    try {
      await work();
    } catch (error) {
      await this.fail(error);
    }
  }

  async fail(error: unknown): Promise<void> {
    this.#hasFailed = true;
    await this.#onFailure(error);
  }

  get isOver(): boolean {
    return this.#hasFailed || this.#isEnded();
  }
}
