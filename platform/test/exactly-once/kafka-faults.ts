/**
 * What is done to a job between two topics: its workers, its coordinators and its brokers die at random and at each step of a
 * commit, stand still for longer than anybody waits for them, and are away for longer than a transaction lives.
 */
import type { KafkaCluster, KafkaNode } from '@tidegate/connectors/services/kafka-cluster';
import type { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { FAULTS, type Fault } from '../nemesis/faults.js';
import type { VictimCluster } from '../nemesis/victim-cluster.js';

/** Of the egress, in the application: short, as brokers are kept away for longer. */
export const TRANSACTION_TIMEOUT_MS = 2000;
/** How often the brokers end transactions that took too long. */
export const TRANSACTION_CLEANUP_MS = 500;

/** Where a worker dies, and the row of the fault matrix that it stands for. */
const STEPS: readonly [row: string, failpoint: string][] = [
  ['F2', 'checkpoint.afterSnapshot'],
  ['F2', 'checkpoint.beforeAcknowledge'],
  ['F3', 'state.midFile'],
  ['F4', 'kafkaSink.afterStage'],
  ['F4', 'kafkaSink.afterFlush'],
  ['F5', 'kafkaSink.beforeCommit'],
  ['F5', 'kafkaSink.midTransaction'],
  ['F6', 'kafkaSink.beforeEndTransaction'],
  ['F6', 'kafkaSink.afterEndTransaction'],
  ['F6', 'kafkaSink.afterCommit'],
  ['F11', 'kafkaSink.midRecover'],
  ['F11', 'restore.beforeStart'],
];
const OF_EVERY_CLUSTER = [
  'kill-worker',
  'kill-all-workers',
  'stop-worker',
  'stop-worker-briefly',
  'kill-leader',
  'kill-leader-at-step',
  'stop-leader',
];
const PASSES_MAX = 4;
const PATIENCE_MS = 8000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function diesAt({ workers }: VictimCluster, random: SeededRandom, failpoint: string): Promise<string> {
  const worker = random.pick(workers);
  await worker.kill(100, failpoint);
  return `${worker.name} at ${failpoint}: ${(await worker.dies(PATIENCE_MS)) ? 'died' : 'has not got there yet'}`;
}

async function away(node: KafkaNode, signal: 'SIGTERM' | 'SIGKILL', ms: number): Promise<string> {
  await node.stop(signal);
  await pause(ms);
  await node.start();
  return `${node.server.name} by ${signal}, for ${ms} ms`;
}

/** @param killed told of each broker that was killed */
export function kafkaFaults(brokers: KafkaCluster, killed: () => void): readonly Fault[] {
  const steps = STEPS.map(([row, failpoint]): Fault => ({
    kind: failpoint,
    row,
    act: (cluster, random) => diesAt(cluster, random, `${failpoint}:${random.integer(1, PASSES_MAX)}`),
  }));
  const ofBrokers: Fault[] = [
    {
      kind: 'restart-broker',
      // Where there are several, partitions and coordinators have other leaders then.
      row: 'F29, F37',
      act: (_, random) => away(random.pick(brokers.nodes), 'SIGTERM', random.integer(100, 2000)),
    },
    {
      kind: 'kill-broker',
      row: 'F30, F37',
      act(_, random) {
        killed();
        return away(random.pick(brokers.nodes), 'SIGKILL', random.integer(100, 2000));
      },
    },
    {
      kind: 'brokers-away-with-staged-epoch',
      row: 'F31',
      async act(cluster, random) {
        const staged = await diesAt(cluster, random, 'kafkaSink.beforeEndTransaction:1');
        await brokers.stop('SIGKILL');
        for (const _ of brokers.nodes) killed();
        const ms = TRANSACTION_TIMEOUT_MS + 2 * TRANSACTION_CLEANUP_MS + random.integer(0, 2000);
        await pause(ms);
        await brokers.start();
        return `${staged}; then all brokers away for ${ms} ms`;
      },
    },
  ];
  return [...steps, ...ofBrokers, ...FAULTS.filter(({ kind }) => OF_EVERY_CLUSTER.includes(kind))];
}
