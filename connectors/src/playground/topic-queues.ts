/** Records that wait to be asked for, by topic, the oldest first. */
export class TopicQueues {
  readonly #topics = new Map<string, { records: (string | Uint8Array)[]; head: number }>();
  #count = 0;

  /** @param max of all topics together */
  constructor(private readonly max: number) {}

  /** Topics in which something waits. */
  get topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** @returns whether there was room for it */
  add(topic: string, record: string | Uint8Array): boolean {
    if (this.#count >= this.max) return false;
    this.#count++;
    const queue = this.#topics.get(topic);
    if (queue === undefined) this.#topics.set(topic, { records: [record], head: 0 });
    else queue.records.push(record);
    return true;
  }

  take(topic: string): string | Uint8Array | undefined {
    const queue = this.#topics.get(topic);
    if (queue === undefined) return undefined;
    this.#count--;
    const record = queue.records[queue.head++]!;
    if (queue.head === queue.records.length) this.#topics.delete(topic);
    else if (queue.head > 1024 && queue.head * 2 > queue.records.length) {
      queue.records = queue.records.slice(queue.head);
      queue.head = 0;
    }
    return record;
  }
}
