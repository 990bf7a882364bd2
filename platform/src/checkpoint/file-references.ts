/**
 * Who still needs which state file: checkpoints share files, so each has a count.
 *
 * Invariants
 * - A file is given back to be deleted exactly when its last holder lets go of it.
 */
import { invariant } from '../common/errors.js';

export class FileReferences {
  readonly #counts = new Map<string, number>();

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  hold(names: ReadonlySet<string>): void {
    for (const name of names) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** @returns those that nobody holds any more */
  release(names: ReadonlySet<string>): string[] {
    return [...names].filter((name) => {
      const count = this.#counts.get(name);
      invariant(count !== undefined, `${name} is held before it is released`);
      if (count > 1) this.#counts.set(name, count - 1);
      else this.#counts.delete(name);
      return count === 1;
    });
  }
}
