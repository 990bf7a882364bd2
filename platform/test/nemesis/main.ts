/**
 * `npm run test:cluster -- [--seed N] [--seconds N]`: a coordinator, one that stands by, and three workers run the card-testing
 * application at parallelism 4 on RocksDB, while a nemesis acts every few seconds, drawn by the seed and printed. In the end a
 * verifier holds the alerts against an undisturbed run of the same input. Prints one JSON line; exit code 1 on a difference.
 */
import { parseArgs } from 'node:util';
import { killLeft } from '../applications/child.js';
import { disturbedRun } from './disturbed-run.js';
import { interrupted, ownWorld, runInOwnWorld } from './own-world.js';

const INTERRUPTED = 130;

function optionsFrom(words: readonly string[]): { readonly seed: number; readonly seconds: number } {
  const { values } = parseArgs({
    args: [...words],
    options: { seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '120' } },
  });
  const [seed, seconds] = [Number(values.seed), Number(values.seconds)];
  if (!Number.isInteger(seed) || seed < 0 || !(seconds > 0))
    throw new Error('--seed is an integer, --seconds a number');
  return { seed, seconds };
}

async function inside(folder: string, hasMounts: boolean): Promise<number> {
  const { seed, seconds } = optionsFrom(process.argv.slice(2));
  const begun = performance.now();
  const log = (line: string): void => {
    process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  log(`seed ${seed}, ${seconds} s`);
  log(`in ${folder}`);
  const stop = interrupted();
  const ended = disturbedRun({ folder, seed, seconds, hasSmallDisks: hasMounts, log });
  const stopped = new Promise<undefined>((resolve) => stop.addEventListener('abort', () => resolve(undefined)));
  const outcome = await Promise.race([ended, stopped]);
  if (outcome === undefined) {
    killLeft(folder);
    return INTERRUPTED;
  }
  process.stdout.write(`${JSON.stringify({ seed, seconds, smallDisks: hasMounts, ...outcome })}\n`);
  return outcome.identical ? 0 : 1;
}

const world = ownWorld();
if (world === undefined) {
  optionsFrom(process.argv.slice(2));
  process.exitCode = await runInOwnWorld();
} else
  process.exit(
    await inside(world.folder, world.hasMounts).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }),
  );
