/**
 * Puts a world together, lets its faults loose, and runs it until the job has finished or something is broken.
 *
 * Invariants
 * - Everything that happens follows from the options and the faults.
 */
import { AtLeastOnceCheck } from '../check/at-least-once-check.js';
import { CheckpointCheck } from '../check/checkpoint-check.js';
import { expectOutput } from '../check/expected-output.js';
import type { JobCheck } from '../check/job-check.js';
import { OutputCheck } from '../check/output-check.js';
import { PRODUCTION_PARTS, type ProductionParts } from '../cluster/production-parts.js';
import { SimulatedCluster } from '../cluster/simulated-cluster.js';
import { SimulatedWorld } from '../cluster/simulated-world.js';
import { drawFaults } from '../faults/draw-faults.js';
import type { Fault } from '../faults/fault.js';
import { Nemesis } from '../faults/nemesis.js';
import { SeededRandom } from '../kernel/seeded-random.js';
import { Trace } from '../kernel/trace.js';
import { JobOwner } from './job-owner.js';
import type { RunReport } from './run-report.js';
import { drawWorldOptions, type WorldOptions } from './world-options.js';

const CHECKPOINTS_MIN = 3;
const FAULTS = { min: 3, max: 7 };
const JUMPS_MS_MAX = { delaying: 1_500, others: 18_000_000 };
/** Faults begin until so long after the time that the input takes without any. */
const FAULTS_AFTER_MS = 200;
const LIMITS = { eventsMax: 200_000, timeMax: 60_000 };
/** The output is looked at every so many events. */
const CHECK_EVERY = 256;
/** Transactions that were ended become visible behind this, ms, and within that, as slow as the broker may be. */
const AFTERGLOW_MS_MAX = 1000;
const AFTERGLOW_MS = 100;
const HASH_EXCHANGES = { straight: 2, loop: 3 };

export interface DrawnWorld {
  readonly options: WorldOptions;
  readonly faults: readonly Fault[];
}

export function drawWorld(seed: number): DrawnWorld {
  const random = new SeededRandom(seed);
  const options = drawWorldOptions(seed, random.fork('options'));
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  const faults = drawFaults(random.fork('faults'), {
    coordinators: names('jm', options.coordinators),
    workers: names('tm', options.workers),
    from: 60,
    to: options.durationMs + FAULTS_AFTER_MS,
    ...FAULTS,
    // Who keeps delayed messages may go on where the clock is another's: they would wait for hours.
    jumpMsMax: (options.functions?.hopsMax ?? 0) > 0 ? JUMPS_MS_MAX.delaying : JUMPS_MS_MAX.others,
  });
  return { options, faults };
}

export interface RunOptions {
  /** How many of the last lines of the trace are kept; 0: no trace. */
  readonly traceLines: number;
  readonly parts?: ProductionParts;
}

export async function runWorld({ options, faults }: DrawnWorld, run: RunOptions): Promise<RunReport> {
  const random = new SeededRandom(options.seed).fork('world');
  const world = new SimulatedWorld(options, random, new Trace(run.traceLines));
  const violate = world.violate.bind(world);
  const checkpoints = new CheckpointCheck(
    options.checkpoint.retain,
    (file) => world.stateFiles.read(file) !== undefined,
    violate,
  );
  world.storage.observer = checkpoints;
  world.broker.onCommit = (group, epoch) => {
    const { completed } = checkpoints;
    if (epoch > completed)
      violate('exactly-once', `${group} commits epoch ${epoch}, and only ${completed} is complete`);
  };
  checkpoints.onCompleted = (count) => world.completed(count);
  const Check = options.checkpoint.mode === 'exactly-once' ? OutputCheck : AtLeastOnceCheck;
  const output = new Check(expectOutput(world.input, options.disorder, options.hasRules), violate);
  const cluster = new SimulatedCluster(world, run.parts ?? PRODUCTION_PARTS, (notice, isStopped) =>
    owner.noticed(notice, isStopped),
  );
  const owner = new JobOwner(cluster, options);
  // Whoever leads next would run it from the beginning: that it has finished is known from the log, not from its leader.
  checkpoints.onFinished = () => (cluster.job.isFinished = true);
  const nemesis = new Nemesis(world.kernel, world);
  nemesis.plan(faults);
  cluster.start();

  const check = (): boolean => {
    output.check(world.output());
    return world.violation !== undefined;
  };
  let untilCheck = CHECK_EVERY;
  const isOver = (): boolean => {
    if (cluster.job.isFinished) return true;
    if (--untilCheck > 0) return world.violation !== undefined;
    untilCheck = CHECK_EVERY;
    return check();
  };
  const stop = await world.kernel.run(isOver, LIMITS);
  if (!check()) {
    if (stop === 'done') await checkEnd(world, output);
    else violate('progress', `the job has not finished: ${stop}`);
  }
  if (world.violation === undefined && checkpoints.count < CHECKPOINTS_MIN) {
    violate('world-size', `only ${checkpoints.count} checkpoints completed`);
  }
  return {
    options,
    faults,
    ...(world.violation === undefined ? {} : { violation: world.violation }),
    statistics: {
      workers: options.workers,
      exchanges: options.loop === undefined ? HASH_EXCHANGES.straight : HASH_EXCHANGES.loop,
      records: options.events,
      checkpoints: checkpoints.count,
      faults: faults.length,
      events: world.kernel.events,
      virtualMs: world.kernel.now,
    },
    coverage: world.coverage,
    trace: world.trace,
  };
}

/** The job has finished: everything is out, and nothing is left open. */
async function checkEnd(world: SimulatedWorld, output: JobCheck): Promise<void> {
  for (const { id, since } of world.broker.open()) {
    world.violate('no-lingering-transaction', `${id} has a transaction open since ${since}`);
  }
  const shown = world.kernel.now + AFTERGLOW_MS;
  const isShown = (): boolean => world.kernel.now >= shown && !world.broker.isEnding;
  const timeMax = world.kernel.now + AFTERGLOW_MS_MAX;
  await world.kernel.run(() => world.violation !== undefined || isShown(), { ...LIMITS, timeMax });
  output.check(world.output());
  if (world.violation === undefined) output.checkEnd();
}
