/**
 * Counters by scope and name. A counter is a plain object with a number, so that counting costs one addition in a hot
 * loop; exporters read the registry from time to time.
 *
 * Threads count in registries of their own: what changes in them is taken out as plain data and merged into the registry
 * that is read.
 */
export interface Counter {
  value: number;
}

/**
 * How what several threads have counted becomes one value. Of times 0 means that there was none. `now`: there is one who
 * says it, and what he says now is the value.
 */
export type Merging = (typeof MERGINGS)[number];

const MERGINGS = ['sum', 'earliest', 'latest', 'now'] as const;

export function isMerging(value: unknown): value is Merging {
  return MERGINGS.some((merging) => merging === value);
}

/** What a thread has counted since it was asked last; for times, what they are now. */
export type MetricChange = readonly [scope: string, name: string, merging: Merging, value: number];

interface Entry extends Counter {
  readonly scope: string;
  readonly name: string;
  readonly merging: Merging;
  /** The value when changes were taken last. */
  taken: number;
}

export class MetricRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #gauges = new Map<Entry, () => number>();

  /** The counter `name` of `scope` (a node's id, a rule's or a task's); made at first use. */
  counter(scope: string, name: string, merging: Merging = 'sum'): Counter {
    return this.#entry(scope, name, merging);
  }

  /** What is read when somebody looks, and costs nothing otherwise. @returns ends it: from then on it is 0 */
  gauge(scope: string, name: string, read: () => number): () => void {
    const entry = this.#entry(scope, name, 'now');
    this.#gauges.set(entry, read);
    return () => {
      // Its successor may be there already.
      if (this.#gauges.get(entry) !== read) return;
      this.#gauges.delete(entry);
      entry.value = 0;
    };
  }

  #entry(scope: string, name: string, merging: Merging): Entry {
    const id = `${scope}\u0000${name}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, (entry = { scope, name, merging, value: 0, taken: 0 }));
    return entry;
  }

  /** All counters now, as [scope, name, value]. */
  *entries(): Generator<readonly [scope: string, name: string, value: number]> {
    this.#readGauges();
    for (const { scope, name, value } of this.#entries.values()) yield [scope, name, value];
  }

  /** Sum of `name` over all scopes. */
  total(name: string): number {
    let sum = 0;
    for (const [, other, value] of this.entries()) if (other === name) sum += value;
    return sum;
  }

  /** What has changed since this was asked last, for `merge` of another registry. */
  takeChanges(): MetricChange[] {
    this.#readGauges();
    const changes: MetricChange[] = [];
    for (const entry of this.#entries.values()) {
      const { scope, name, merging, value, taken } = entry;
      if (value === taken) continue;
      changes.push([scope, name, merging, merging === 'sum' ? value - taken : value]);
      entry.taken = value;
    }
    return changes;
  }

  #readGauges(): void {
    for (const [entry, read] of this.#gauges) entry.value = read();
  }

  merge(changes: readonly MetricChange[]): void {
    for (const [scope, name, merging, value] of changes) {
      const counter = this.counter(scope, name, merging);
      counter.value = merged(merging, counter.value, value);
    }
  }
}

function merged(merging: Merging, ours: number, theirs: number): number {
  if (merging === 'sum') return ours + theirs;
  if (merging === 'now') return theirs;
  if (ours === 0 || theirs === 0) return ours + theirs;
  return merging === 'earliest' ? Math.min(ours, theirs) : Math.max(ours, theirs);
}
