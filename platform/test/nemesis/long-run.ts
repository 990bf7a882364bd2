/**
 * What all runs with a nemesis have in common as commands: options, a world of their own, a log for people on stderr, an end when they
 * are interrupted, and what came of it as one JSON line; exit code 1 where that is not as it must be.
 */
import { parseArgs } from 'node:util';
import { killLeft } from '../applications/child.js';
import { interrupted, ownWorld, runInOwnWorld } from './own-world.js';

const INTERRUPTED = 130;

export interface Surroundings {
  /** Empty. */
  readonly folder: string;
  /** Whether disks can be mounted in it. */
  readonly hasMounts: boolean;
  /** Told what happens, for people. */
  log(line: string): void;
}

type Numbers = Readonly<Record<string, number>>;

export interface LongRun<Options extends Numbers, Outcome extends object> {
  /** Numbers, by their names, as they are where nothing is said. */
  readonly options: Options;
  /** What each must be, for people, where any number from 0 is not good. */
  readonly check?: (options: NoInfer<Options>) => string | undefined;
  run(options: NoInfer<Options> & Surroundings): Promise<Outcome>;
  isGood(outcome: NoInfer<Outcome>): boolean;
}

/** Runs the command that this process is. */
export async function longRun<Options extends Numbers, Outcome extends object>(
  of: LongRun<Options, Outcome>,
): Promise<void> {
  const options = optionsOf(of);
  const world = ownWorld();
  if (world === undefined) process.exitCode = await runInOwnWorld();
  else
    process.exit(
      await inside(of, options, world).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      }),
    );
}

/** @returns the exit code */
async function inside<Options extends Numbers, Outcome extends object>(
  { run, isGood }: LongRun<Options, Outcome>,
  options: Options,
  world: Omit<Surroundings, 'log'>,
): Promise<number> {
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  const log = (line: string): void => void process.stderr.write(`${seconds().toFixed(1).padStart(6)} s  ${line}\n`);
  log(JSON.stringify(options));
  log(`in ${world.folder}`);
  const stop = interrupted();
  const stopped = new Promise<undefined>((resolve) => stop.addEventListener('abort', () => resolve(undefined)));
  const outcome = await Promise.race([run({ ...options, ...world, log }), stopped]);
  if (outcome === undefined) {
    killLeft(world.folder);
    return INTERRUPTED;
  }
  process.stdout.write(`${JSON.stringify({ ...options, tookSeconds: Math.round(seconds()), ...outcome })}\n`);
  return isGood(outcome) ? 0 : 1;
}

/** @throws Error for what is no option, or no number from 0 */
function optionsOf<Options extends Numbers>({ options, check }: Pick<LongRun<Options, object>, 'options' | 'check'>) {
  const names = Object.keys(options);
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
  });
  const numbers = names.map((name) => {
    const number = Number(values[name] ?? options[name]);
    if (!Number.isInteger(number) || number < 0) throw new Error(`--${name} is a whole number from 0`);
    return [name, number] as const;
  });
  const given = Object.fromEntries(numbers) as Options;
  const problem = check?.(given);
  if (problem !== undefined) throw new Error(problem);
  return given;
}
