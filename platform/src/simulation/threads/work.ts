/**
 * What a thread is asked for and what it answers: plain data, as both cross between threads.
 *
 * Invariants
 * - A world follows from its seed, so it does not matter which thread runs it.
 * - A mutant is planted in the thread that hunts it, and nowhere else.
 */
import type { Violation } from '../check/violation.js';
import { MUTANTS } from '../mutants/catalogue.js';
import type { Mutant } from '../mutants/mutant.js';
import { hunt } from '../run/hunt.js';
import type { SeedOutcome } from '../run/run-report.js';
import { drawWorld, runWorld } from '../run/run-world.js';

export type Work =
  | { readonly kind: 'seed'; readonly seed: number }
  /** Seeds with a planted bug, until one shows it. */
  | { readonly kind: 'hunt'; readonly mutant: string };

export interface HuntOutcome {
  readonly kind: 'hunt';
  readonly mutant: string;
  /** How many it took. */
  readonly seeds: number;
  /** Absent: not found. */
  readonly violation?: Violation;
}

export type Outcome = SeedOutcome | HuntOutcome;

const QUIET = { traceLines: 0 };

export function perform(work: Work): Promise<Outcome> {
  return work.kind === 'seed' ? runSeed(work.seed) : runHunt(mutantOf(work.mutant));
}

async function runSeed(seed: number): Promise<SeedOutcome> {
  const { violation, statistics, coverage } = await runWorld(drawWorld(seed), QUIET);
  return { kind: 'seed', seed, ...(violation && { violation }), statistics, coverage: coverage.counts() };
}

async function runHunt(mutant: Mutant): Promise<HuntOutcome> {
  const { seeds, found } = await hunt(mutant, QUIET);
  const violation = found?.violation;
  return { kind: 'hunt', mutant: mutant.name, seeds, ...(violation && { violation }) };
}

function mutantOf(name: string): Mutant {
  const mutant = MUTANTS.find((other) => other.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}
