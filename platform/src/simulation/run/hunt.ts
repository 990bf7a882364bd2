/** Looks for a mutant: seed after seed, until a world shows it. */
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
  const remove = mutant.plant();
  try {
    for (let seeds = 1; seeds <= mutant.seedsMax; seeds++) {
      const report = await runWorld(drawWorld((mutant.firstSeed ?? 1) + seeds - 1), run);
      if (report.violation !== undefined) return { mutant, seeds, found: report };
    }
    return { mutant, seeds: mutant.seedsMax, found: undefined };
  } finally {
    remove();
  }
}
