/**
 * Makes the list of faults of a failing world smaller: leaves out halves, then quarters, down to single faults, as long as
 * the world still fails (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002: ddmin, complements).
 */
import type { Fault } from '../faults/fault.js';

/**
 * @param fails whether a world with these faults fails
 * @param runsMax gives up making it smaller after so many runs
 */
export async function shrinkFaults(
  faults: readonly Fault[],
  fails: (faults: readonly Fault[]) => Promise<boolean>,
  runsMax = 60,
): Promise<readonly Fault[]> {
  let smallest = faults;
  let runs = 0;
  for (let size = Math.ceil(smallest.length / 2); size >= 1 && runs < runsMax;) {
    let removed = false;
    for (let from = 0; from < smallest.length && runs < runsMax; from += size) {
      const candidate = [...smallest.slice(0, from), ...smallest.slice(from + size)];
      runs++;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      removed = true;
      break;
    }
    if (removed) size = Math.min(size, Math.ceil(smallest.length / 2));
    else if (size === 1) break;
    else size = Math.ceil(size / 2);
    if (smallest.length === 0) break;
  }
  return smallest;
}
