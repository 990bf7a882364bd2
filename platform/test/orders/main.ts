/**
 * `npm run test:functions -- [--seed N] [--seconds N]`: a coordinator, one that stands by, and three workers run the order workflow,
 * with its functions on two servers, while a nemesis kills and stops all of them, drawn by the seed and printed. In the end a
 * verifier holds how orders ended against those that were placed. Prints one JSON line; exit code 1 where an order has not ended
 * exactly once, and as it must.
 */
import { parseArgs } from 'node:util';
import { killLeft } from '../applications/child.js';
import { interrupted, ownWorld, runInOwnWorld } from '../nemesis/own-world.js';
import { ordersRun } from './orders-run.js';

const INTERRUPTED = 130;

function optionsFrom(words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: { seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '120' } },
  });
  const [seed, seconds] = [Number(values.seed), Number(values.seconds)];
  if (!Number.isInteger(seed) || seed < 0 || !(seconds > 0))
    throw new Error('--seed is an integer, --seconds a number');
  return { seed, seconds };
}

async function inside(folder: string): Promise<number> {
  const options = optionsFrom(process.argv.slice(2));
  const begun = performance.now();
  const log = (line: string): void => {
    process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  log(`seed ${options.seed}, ${options.seconds} s`);
  const stop = interrupted();
  const stopped = new Promise<undefined>((resolve) => stop.addEventListener('abort', () => resolve(undefined)));
  const outcome = await Promise.race([ordersRun({ folder, ...options, log }), stopped]);
  if (outcome === undefined) {
    killLeft(folder);
    return INTERRUPTED;
  }
  process.stdout.write(`${JSON.stringify({ ...options, ...outcome })}\n`);
  const { orders, missing, duplicated, foreign, wrong } = outcome;
  return orders > 0 && missing + duplicated + foreign + wrong === 0 ? 0 : 1;
}

const world = ownWorld();
if (world === undefined) {
  optionsFrom(process.argv.slice(2));
  process.exitCode = await runInOwnWorld();
} else
  process.exit(
    await inside(world.folder).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }),
  );
