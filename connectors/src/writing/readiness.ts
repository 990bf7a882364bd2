/** Tells the one caller of a writer that it takes more: once for each time that it was told otherwise. */
export class Readiness {
  #callback: (() => void) | undefined;
  #isAwaited = false;

  onReady(callback: () => void): void {
    this.#callback = callback;
  }

  /** What `ready` answers. */
  answer(takesMore: boolean): boolean {
    if (!takesMore) this.#isAwaited = true;
    return takesMore;
  }

  /** The writer takes more. */
  tell(): void {
    if (!this.#isAwaited) return;
    this.#isAwaited = false;
    this.#callback?.();
  }
}
