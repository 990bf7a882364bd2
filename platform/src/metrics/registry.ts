/**
 * Counters by scope and name. A counter is a plain object with a number, so that counting costs one addition in a hot
 * loop; exporters read the registry from time to time.
 */
export interface Counter {
  value: number;
}

export class MetricRegistry {
  readonly #counters = new Map<string, Counter>();

  /** The counter `name` of `scope` (a node's id, or a rule's); made at first use. */
  counter(scope: string, name: string): Counter {
    const id = `${scope}\u0000${name}`;
    let counter = this.#counters.get(id);
    if (counter === undefined) this.#counters.set(id, (counter = { value: 0 }));
    return counter;
  }

  /** All counters now, as [scope, name, value]. */
  *entries(): Generator<readonly [scope: string, name: string, value: number]> {
    for (const [id, counter] of this.#counters) {
      const [scope = '', name = ''] = id.split('\u0000');
      yield [scope, name, counter.value];
    }
  }

  /** Sum of `name` over all scopes. */
  total(name: string): number {
    let sum = 0;
    for (const [, other, value] of this.entries()) if (other === name) sum += value;
    return sum;
  }
}
