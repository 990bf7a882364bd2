/** What is told of a world that fails: itself, a smaller list of its faults, and its last events. */
import { describeFault } from '../faults/fault.js';
import { runWorld, type DrawnWorld, type RunOptions } from './run-world.js';
import { shrinkFaults } from './shrink-faults.js';

/** @returns lines */
export async function reportFailure({ options, faults }: DrawnWorld, run: RunOptions): Promise<string[]> {
  const fails = async (fewer: typeof faults): Promise<boolean> =>
    (await runWorld({ options, faults: fewer }, { ...run, traceLines: 0 })).violation !== undefined;
  const shrunk = await shrinkFaults(faults, fails);
  const { violation, trace } = await runWorld({ options, faults: shrunk }, run);
  return [
    `seed ${options.seed} fails: ${violation?.property}: ${violation?.message}`,
    `options: ${JSON.stringify(options)}`,
    `${shrunk.length} of its ${faults.length} faults are needed:`,
    ...shrunk.map((fault) => `  ${describeFault(fault)}`),
    'the last events with these:',
    ...trace.lines().map((line) => `  ${line}`),
  ];
}
