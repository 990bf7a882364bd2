/**
 * Looks for a mutant: seed after seed, until a world shows it.
 *
 * Invariants
 * - A world that is broken without the mutant does not show it.
 */
import type { Mutant } from '../mutants/mutant.js';
import { drawWorld, runWorld, type RunOptions } from './run-world.js';
import type { RunReport } from './run-report.js';

export interface Hunt {
  readonly mutant: Mutant;
  /** How many seeds it took; all of them where it was not found. */
  readonly seeds: number;
  /** Of the world that showed it. */
  readonly found: RunReport | undefined;
}

export async function hunt(mutant: Mutant, run: RunOptions): Promise<Hunt> {
  let remove = mutant.plant();
  try {
    for (let seeds = 1; seeds <= mutant.seedsMax; seeds++) {
      const drawn = drawWorld((mutant.firstSeed ?? 1) + seeds - 1);
      const report = await runWorld(drawn, run);
      if (report.violation === undefined) continue;
      remove();
      const { violation } = await runWorld(drawn, run);
      if (violation === undefined) return { mutant, seeds, found: report };
      remove = mutant.plant();
    }
    return { mutant, seeds: mutant.seedsMax, found: undefined };
  } finally {
    remove();
  }
}
