/**
 * `npm run test:exactly-once -- [--seed N] [--kills N] [--brokers 1|3]`: two worker processes, a coordinator and one that stands by run a
 * rule from a topic of payments to a topic of alerts, while a nemesis kills and stops them and the brokers, drawn by the seed and
 * printed, until so many were killed. A verifier then reads what is committed. Prints one JSON line; exit code 1 where an alert is
 * missing, came twice or in disorder.
 */
import { parseArgs } from 'node:util';
import { killLeft } from '../applications/child.js';
import { interrupted, ownWorld, runInOwnWorld } from '../nemesis/own-world.js';
import { kafkaRun } from './kafka-run.js';

const INTERRUPTED = 130;

function optionsFrom(words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '200' },
      brokers: { type: 'string', default: '1' },
    },
  });
  const [seed, kills, brokers] = [Number(values.seed), Number(values.kills), Number(values.brokers)];
  if (!Number.isInteger(seed) || seed < 0 || !(kills > 0) || (brokers !== 1 && brokers !== 3))
    throw new Error('--seed is an integer, --kills a number, --brokers 1 or 3');
  return { seed, kills, brokers };
}

async function inside(folder: string): Promise<number> {
  const options = optionsFrom(process.argv.slice(2));
  const begun = performance.now();
  const log = (line: string): void => {
    process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  };
  log(`seed ${options.seed}, until ${options.kills} are killed; brokers: ${options.brokers}`);
  const stop = interrupted();
  const stopped = new Promise<undefined>((resolve) => stop.addEventListener('abort', () => resolve(undefined)));
  const outcome = await Promise.race([kafkaRun({ folder, ...options, log }), stopped]);
  if (outcome === undefined) {
    killLeft(folder);
    return INTERRUPTED;
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stdout.write(`${JSON.stringify({ ...options, seconds, ...outcome })}\n`);
  const { expected, missing, duplicated, foreign, disordered } = outcome;
  return expected > 0 && missing + duplicated + foreign + disordered === 0 ? 0 : 1;
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
