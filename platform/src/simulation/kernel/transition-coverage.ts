/**
 * Which transitions of which tables have been taken, over one run or many.
 *
 * Invariants
 * - A transition that its table does not name is a violation, at once: machines go through legal states only.
 */
import { invariant } from '../../common/errors.js';
import type { TransitionObserver, TransitionTable } from '../../common/transition-table.js';

/** What was visited, as plain data: by the table's name, the table, and how often each transition was taken. */
export type CoverageCounts = ReadonlyMap<
  string,
  { readonly table: TransitionTable<string>; readonly visited: ReadonlyMap<string, number> }
>;

export class TransitionCoverage implements TransitionObserver {
  readonly #visited = new Map<string, Map<string, number>>();
  readonly #tables = new Map<string, TransitionTable<string>>();

  /** A table whose transitions all are to be visited. */
  declare<S extends string>(name: string, table: TransitionTable<S>): void {
    this.#tables.set(name, table);
    if (!this.#visited.has(name)) this.#visited.set(name, new Map());
  }

  visit<S extends string>(name: string, table: TransitionTable<S>, from: S, to: S): void {
    invariant(table[from].includes(to), () => `${name}: ${from} → ${to} is no legal transition`);
    if (!this.#tables.has(name)) this.declare(name, table);
    const visited = this.#visited.get(name)!;
    const transition = `${from} → ${to}`;
    visited.set(transition, (visited.get(transition) ?? 0) + 1);
  }

  counts(): CoverageCounts {
    return new Map([...this.#tables].map(([name, table]) => [name, { table, visited: this.#visited.get(name)! }]));
  }

  /** Adds what another run visited. */
  add(counts: CoverageCounts): void {
    for (const [name, { table, visited }] of counts) {
      this.declare(name, table);
      const sums = this.#visited.get(name)!;
      for (const [transition, count] of visited) sums.set(transition, (sums.get(transition) ?? 0) + count);
    }
  }

  /** Legal transitions that nobody took: `checkpoint: pending → expired`. */
  unvisited(): string[] {
    const missing: string[] = [];
    for (const [name, table] of this.#tables) {
      for (const [from, targets] of Object.entries(table)) {
        for (const to of targets) {
          const transition = `${from} → ${to}`;
          if (!this.#visited.get(name)!.has(transition)) missing.push(`${name}: ${transition}`);
        }
      }
    }
    return missing;
  }

  /** For each table: its name, how many of its transitions were taken, and how many there are. */
  summary(): readonly { readonly table: string; readonly visited: number; readonly legal: number }[] {
    return [...this.#tables].map(([table, transitions]) => ({
      table,
      visited: this.#visited.get(table)!.size,
      legal: Object.values(transitions).reduce((sum, targets) => sum + targets.length, 0),
    }));
  }
}
