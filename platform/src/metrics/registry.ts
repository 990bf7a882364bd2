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

/** How what several threads have counted becomes one value. Of times 0 means that there was none. */
export type Merging = 'sum' | 'earliest' | 'latest';

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

  /** The counter `name` of `scope` (a node's id, a rule's or a task's); made at first use. */
  counter(scope: string, name: string, merging: Merging = 'sum'): Counter {
    const id = `${scope}\u0000${name}`;
    let entry = this.#entries.get(id);
    if (entry === undefined) this.#entries.set(id, (entry = { scope, name, merging, value: 0, taken: 0 }));
    return entry;
  }

  /** All counters now, as [scope, name, value]. */
  *entries(): Generator<readonly [scope: string, name: string, value: number]> {
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
    const changes: MetricChange[] = [];
    for (const entry of this.#entries.values()) {
      const { scope, name, merging, value, taken } = entry;
      if (value === taken) continue;
      changes.push([scope, name, merging, merging === 'sum' ? value - taken : value]);
      entry.taken = value;
    }
    return changes;
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
  if (ours === 0 || theirs === 0) return ours + theirs;
  return merging === 'earliest' ? Math.min(ours, theirs) : Math.max(ours, theirs);
}
