/**
 * `bench:scale [WORKERS] [STAGES]`: a job of 10,000 tasks (1,000 wide, 10 deep) on 1,000 workers of one slot, in simulated time:
 * it is scheduled, takes checkpoints, loses a worker and then its leader. Messages take 1 ms, the storage 5 ms, a slot 100 ms to
 * start, a task 50 ms to be restored, a barrier 10 ms from stage to stage; heartbeats come each second. Prints one JSON line: of
 * each part the virtual time, and the processor's time of the coordinator, by what it was for.
 */
import { ScaledCluster } from './scaled-cluster.js';
import { wideGraph } from './wide-graph.js';

const ARRIVAL_MS = 1000;
const LIMIT_MS = 120_000;
const CHECKPOINTS = 3;
const CALM_MS = 10_000;

const [workers = 1000, stages = 10] = process.argv.slice(2).map(Number);
const names = Array.from({ length: workers + 1 }, (_, i) => `worker-${i}`);
const cluster = new ScaledCluster(wideGraph(stages, workers), workers);
const { time, cpu } = cluster;

interface Part {
  readonly virtualMs: number;
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly megabytes: number;
}

function part(run: () => number): Part {
  cluster.bytes = cluster.messages = 0;
  cpu.take();
  const virtualMs = Math.round(run());
  return { virtualMs, cpuMs: cpu.take(), messages: cluster.messages, megabytes: Math.round(cluster.bytes / 1e5) / 10 };
}

const running = (): number => time.until(() => cluster.isRunning, LIMIT_MS);

const registered = part(() => {
  for (const [i, name] of names.entries()) time.schedule((i * ARRIVAL_MS) / workers, () => cluster.offer(name));
  time.pass(ARRIVAL_MS + 1);
  return ARRIVAL_MS;
});
const scheduled = part(() => {
  cluster.submit();
  return running();
});
const checkpointed = part(() => {
  time.until(() => cluster.checkpoints.length >= CHECKPOINTS, LIMIT_MS);
  return cluster.checkpoints.reduce((sum, { durationMs }) => sum + durationMs, 0) / CHECKPOINTS;
});
const calm = part(() => {
  time.pass(CALM_MS);
  return CALM_MS;
});
const workerLost = part(() => {
  cluster.kill(cluster.anyAssignment());
  return running();
});
const leaderLost = part(() => {
  cluster.changeLeader(names);
  return running();
});
const failed = cluster.checkpoints.filter(({ outcome }) => outcome === 'aborted').length;
process.stdout.write(
  `${JSON.stringify({
    ...{ workers, tasks: workers * stages, registered, scheduled, checkpointed, calm, workerLost, leaderLost },
    ...{ checkpoints: cluster.checkpoints.length, failed },
  })}\n`,
);
