/**
 * `bench:failover [ROUNDS]`: how long a job of parallelism 4 on RocksDB is held up when a process of its cluster is killed or
 * stands still, with the settings that nobody has changed: leases of 5 s, heartbeat timeouts of 10 s, restarts after 1 s.
 *
 * - `detectedMs`: from the fault until the coordinator knows; with the leader killed, until the standby leads.
 * - `runningMs`: from then until all tasks run again.
 * - `processingMs`: from then until a checkpoint has completed that was begun after that: all tasks have processed.
 *
 * Prints one JSON line: the worst of the rounds, each with a job of its own.
 */
import type { CheckpointView, JobDetails } from '../../src/rest/cluster-service.js';
import type { ExceptionEntry } from '../../src/recovery/exception-history.js';
import { inFolder, type Child } from '../../test/applications/child.js';
import { Cluster, killed } from '../../test/cluster/cluster.js';
import { CardPayments, JOB } from '../../test/nemesis/card-payments.js';

const PAYMENTS_PER_SECOND = 1000;
const SECONDS = 60;
const LOOK_MS = 10;
const PATIENCE_MS = 40_000;
const LEASE = ['--lease', '5s'];

interface Held {
  readonly detectedMs: number;
  readonly runningMs: number;
  readonly processingMs: number;
}

/** What is done to a cluster whose job runs. @returns when, and which coordinator leads then */
type Fault = (
  cluster: Cluster,
  workers: Child[],
  leader: Child,
) => Promise<{ readonly at: number; readonly leads: 0 | 1 }>;

interface Scenario {
  readonly workers: number;
  readonly hasStandby: boolean;
  readonly fault: Fault;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  killedWorkerWithSpareSlots: {
    workers: 3,
    hasStandby: false,
    async fault(_, workers) {
      const at = Date.now();
      await killed(workers.find(({ err }) => err.includes(`slots for ${JOB}`))!);
      return { at, leads: 0 };
    },
  },
  killedWorkerStartedAgain: {
    workers: 2,
    hasStandby: false,
    async fault(cluster, workers) {
      const at = Date.now();
      await killed(workers[0]!);
      void cluster.worker(2);
      return { at, leads: 0 };
    },
  },
  workerThatStandsStill: {
    workers: 3,
    hasStandby: false,
    fault(_, workers) {
      workers.find(({ err }) => err.includes(`slots for ${JOB}`))!.process.kill('SIGSTOP');
      return Promise.resolve({ at: Date.now(), leads: 0 });
    },
  },
  killedLeader: {
    workers: 2,
    hasStandby: true,
    async fault(_, __, leader) {
      const at = Date.now();
      await killed(leader);
      return { at, leads: 1 };
    },
  },
};

async function round({ workers, hasStandby, fault }: Scenario): Promise<Held> {
  return inFolder(async (folder) => {
    const payments = await CardPayments.prepare(folder, {
      seconds: SECONDS,
      perSecond: PAYMENTS_PER_SECOND,
      barriers: 'overtaking',
    });
    const cluster = await Cluster.in(folder);
    const leader = await cluster.coordinator(LEASE);
    if (hasStandby) await cluster.standby(LEASE);
    const started: Child[] = [];
    for (let i = 0; i < workers; i++) started.push(await cluster.worker(2));
    payments.start();
    const { exitCode, err } = await cluster.ask('submit', payments.application);
    if (exitCode !== 0) throw new Error(err);
    const port = (index: 0 | 1): number => cluster.ports[index].api;
    await until(async () => (await jobAt(port(0)))?.run?.latestCheckpoint !== undefined);
    const { at, leads } = await fault(cluster, started, leader);
    const detectedAt = leads === 0 ? await failedAt(port(0)) : await ledAt(port(1));
    const runningAt = await until(async () => isRunning(await jobAt(port(leads))));
    const processingAt = await until(async () => (await completedAfter(port(leads), runningAt)) !== undefined);
    const completedAt = (await completedAfter(port(leads), runningAt)) ?? processingAt;
    payments.finish();
    return {
      detectedMs: detectedAt - at,
      runningMs: runningAt - detectedAt,
      processingMs: completedAt - detectedAt,
    };
  });
}

/** When a restart was decided on. */
async function failedAt(port: number): Promise<number> {
  let time: number | undefined;
  await until(async () => {
    const answer = await ask<{ readonly exceptions: readonly ExceptionEntry[] }>(port, `/v1/jobs/${JOB}/exceptions`);
    return (time = answer?.exceptions.find(({ led }) => led.to === 'restart')?.time) !== undefined;
  });
  return time!;
}

async function ledAt(port: number): Promise<number> {
  return until(async () => (await ask<{ readonly role: string }>(port, '/v1/health'))?.role === 'leader');
}

function isRunning(job: JobDetails | undefined): boolean {
  return job?.run?.state === 'running' && job.run.tasks.every(({ states }) => Object.keys(states).join() === 'running');
}

/** When the first checkpoint was complete that was begun after this. */
async function completedAfter(port: number, time: number): Promise<number | undefined> {
  const answer = await ask<{ readonly checkpoints: readonly CheckpointView[] }>(port, `/v1/jobs/${JOB}/checkpoints`);
  const first = answer?.checkpoints.find(({ outcome, triggeredAt }) => outcome === 'completed' && triggeredAt > time);
  return first && first.triggeredAt + first.durationMs;
}

const jobAt = (port: number): Promise<JobDetails | undefined> => ask(port, `/v1/jobs/${JOB}`);

/** Undefined where nobody answers, or not with that. */
async function ask<T>(port: number, path: string): Promise<T | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' });
    return response.status === 200 ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns when it was so first */
async function until(isSo: () => Promise<boolean>): Promise<number> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`it is not so after ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return Date.now();
}

const rounds = Number(process.argv[2] ?? 3);
const outcome: Record<string, Held> = {};
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  const held: Held[] = [];
  for (let i = 0; i < rounds; i++) held.push(await round(scenario));
  const worst = (of: keyof Held): number => Math.max(...held.map((one) => one[of]));
  outcome[name] = {
    detectedMs: worst('detectedMs'),
    runningMs: worst('runningMs'),
    processingMs: worst('processingMs'),
  };
  process.stderr.write(`${name}: ${JSON.stringify(held)}\n`);
}
process.stdout.write(`${JSON.stringify({ rounds, leaseMs: 5000, heartbeatTimeoutMs: 10_000, ...outcome })}\n`);
