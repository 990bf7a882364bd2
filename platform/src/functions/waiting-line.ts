/** First in, first out; from the head on, so that taking one moves nothing. */
export class WaitingLine<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** Of a line that is not empty. */
  take(): T {
    const item = this.#items[this.#head++]!;
    if (this.#head === this.#items.length || this.#head > DONE_MAX) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

const DONE_MAX = 4096;
