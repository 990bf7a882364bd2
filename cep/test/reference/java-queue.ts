/** `java.util.PriorityQueue`, written plainly: what the engine's heap is checked against. */
export class JavaQueue<T> {
  items: T[] = [];

  constructor(private readonly compare: (left: T, right: T) => number) {}

  offer(item: T): void {
    this.items.push(item);
    let at = this.items.length - 1;
    while (at > 0 && this.#less(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  poll(): T | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0 && last !== undefined) {
      this.items[0] = last;
      this.#sink(0);
    }
    return first;
  }

  removeIf(drop: (item: T) => boolean): void {
    const kept = this.items.filter((item) => !drop(item));
    if (kept.length === this.items.length) return;
    this.items = kept;
    for (let at = (kept.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const left = 2 * at + 1;
      if (left >= this.items.length) return;
      const child = left + 1 < this.items.length && this.#less(left + 1, left) ? left + 1 : left;
      if (!this.#less(child, at)) return;
      this.#swap(child, at);
      at = child;
    }
  }

  #less(left: number, right: number): boolean {
    return this.compare(this.items[left] as T, this.items[right] as T) < 0;
  }

  #swap(left: number, right: number): void {
    const item = this.items[left] as T;
    this.items[left] = this.items[right] as T;
    this.items[right] = item;
  }
}
