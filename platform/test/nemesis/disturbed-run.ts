/** The whole of it: the input, the undisturbed run, the cluster, the nemesis, and in the end the verifier. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { CardPayments, JOB, type Barriers } from './card-payments.js';
import { judged } from './judged.js';
import { Nemesis } from './nemesis.js';
import { RecoveryWatch } from './recovery-watch.js';
import { stopJob, within } from './stop-job.js';
import type { Verdict } from './verifier.js';
import { VictimCluster } from './victim-cluster.js';

export interface DisturbedRunOptions {
  /** Empty. */
  readonly folder: string;
  readonly seed: number;
  /** How long the nemesis acts. */
  readonly seconds: number;
  readonly hasSmallDisks: boolean;
  /** Told what happens, for people. */
  log(line: string): void;
}

const PAYMENTS_PER_SECOND = 2000;
/** Restarts are not held back for long, as many are to come. */
const RESTART = '{ strategy: exponential-delay, initial: 100ms, max: 1s, resetAfter: 5s }';
/** After the last fault everything is to be read and put out by then. */
const CATCH_UP_MS = 150_000;
const VERIFIER = fileURLToPath(new URL('./verifier.js', import.meta.url));

/** @throws when the job does not catch up, or a process has ended by itself */
export async function disturbedRun({ folder, seed, seconds, hasSmallDisks, log }: DisturbedRunOptions) {
  const barriers: Barriers = seed % 2 === 0 ? 'overtaking' : 'aligned';
  const payments = await CardPayments.prepare(folder, {
    seconds,
    perSecond: PAYMENTS_PER_SECOND,
    barriers,
    restart: RESTART,
  });
  log(
    `${payments.count} payments; barriers: ${barriers}; disks: ${hasSmallDisks ? 'tmpfs of 48 MB' : 'not disturbed, as this machine mounts none'}`,
  );
  const cluster = await VictimCluster.start({ folder, hasSmallDisks });
  const watch = new RecoveryWatch(cluster.apis, JOB);
  return judged({ cluster, watch, log, release: () => payments.finish() }, async () => {
    payments.start();
    await cluster.submit(payments.application);
    watch.start();
    await watch.untilRunning(CATCH_UP_MS);
    const nemesis = new Nemesis(cluster, watch, new SeededRandom(seed), log);
    const end = performance.now() + seconds * 1000;
    await nemesis.run(() => performance.now() >= end);
    payments.finish();
    await within(CATCH_UP_MS, 'the job has not read everything', () => payments.isDone);
    await watch.close();
    await stopJob(cluster.apis, JOB, CATCH_UP_MS);
    const verdict = verify(payments);
    const { deaths } = tally(cluster);
    return { ...verdict, faults: nemesis.counts, deaths, ...watch.times() };
  });
}

function verify({ expected, found }: CardPayments): Verdict {
  const { stdout, stderr } = spawnSync(process.execPath, [VERIFIER, expected, found]);
  if (stdout.length === 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Verdict;
}

function tally({ victims }: VictimCluster): { readonly deaths: number } {
  return { deaths: victims.reduce((sum, { deaths }) => sum + deaths, 0) };
}
