/**
 * What the nemesis does: each fault has done its worst when it resolves, and has made good what does not heal by itself.
 *
 * A failpoint is a named step of a coordinator (its log of checkpoints) or of a slot: the process dies there as by SIGKILL.
 */
import type { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import type { Way } from '../exchange/tcp-proxy.js';
import { flipped, inTurn, Stalled } from '../exchange/ways.js';
import type { TcpProxy } from '../exchange/tcp-proxy.js';
import { HEARTBEAT_TIMEOUT_MS, LEASE_MS, type VictimCluster, type WorkerLines } from './victim-cluster.js';

export interface Fault {
  readonly kind: string;
  /** Of the fault matrix. */
  readonly row: string;
  readonly needsSmallDisks?: true;
  /** @returns what was done, for people */
  act(cluster: VictimCluster, random: SeededRandom): Promise<string>;
}

/** Steps of a leader between what it has begun and what it has done; the pass is drawn. */
const LEADER_STEPS = ['storage.before-create', 'storage.after-create', 'storage.before-delete'] as const;
const SLOT_STEPS = [
  ...['checkpoint.afterSnapshot', 'state.midFile', 'fileSink.afterStage', 'fileSink.afterFlush'],
  ...['checkpoint.beforeAcknowledge', 'fileSink.beforeCommit', 'fileSink.afterCommit', 'restore.beforeStart'],
] as const;

const FLIPPED_BYTES_MIN = 60;
/** A fault that waits for something gives up then. */
const PATIENCE_MS = 4000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** For so long all bytes go this way. */
async function during(ms: number, proxies: readonly TcpProxy[], way: () => Way): Promise<void> {
  for (const proxy of proxies) proxy.ways = { there: way(), back: way() };
  await pause(ms);
  for (const proxy of proxies) proxy.ways = {};
}

async function stalledFor(ms: number, proxies: readonly TcpProxy[]): Promise<void> {
  const stalls: Stalled[] = [];
  await during(ms, proxies, () => {
    const stalled = new Stalled();
    stalls.push(stalled);
    return stalled.way;
  });
  for (const stalled of stalls) stalled.up();
}

async function flip(proxies: readonly TcpProxy[]): Promise<boolean> {
  let isFlipped = false;
  let heard: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (heard = resolve));
  const way = (): Way => {
    return flipped(FLIPPED_BYTES_MIN, () => {
      isFlipped = true;
      heard();
    });
  };
  for (const proxy of proxies) proxy.ways = { there: way(), back: way() };
  await Promise.race([done, pause(PATIENCE_MS)]);
  for (const proxy of proxies) proxy.ways = {};
  return isFlipped;
}

const randomWorker = ({ workers }: VictimCluster, random: SeededRandom) => random.pick(workers);

function randomLines({ lines, workers }: VictimCluster, random: SeededRandom): readonly [WorkerLines, string] {
  const index = random.integer(0, lines.length - 1);
  return [lines[index]!, workers[index]!.name];
}

const leaderOf = (cluster: VictimCluster) => cluster.coordinators[Math.max(0, cluster.leader())]!;

export const FAULTS: readonly Fault[] = [
  {
    kind: 'kill-worker',
    row: 'F1',
    async act(cluster, random) {
      const worker = randomWorker(cluster, random);
      const deadMs = random.integer(100, 3000);
      await worker.kill(deadMs);
      return `${worker.name}, back after ${deadMs} ms`;
    },
  },
  {
    kind: 'kill-worker-at-step',
    row: 'F2-F6, F11',
    async act(cluster, random) {
      const worker = randomWorker(cluster, random);
      const failpoint = `${random.pick(SLOT_STEPS)}:${random.integer(1, 8)}`;
      await worker.kill(100, failpoint);
      return `${worker.name} at ${failpoint}: ${(await worker.dies(PATIENCE_MS)) ? 'died' : 'has not got there yet'}`;
    },
  },
  {
    kind: 'kill-all-workers',
    row: 'F9',
    async act({ workers }, random) {
      const deadMs = random.integer(100, 1500);
      await Promise.all(workers.map((worker) => worker.kill(deadMs)));
      return `all back after ${deadMs} ms`;
    },
  },
  {
    kind: 'stop-worker',
    row: 'F7',
    async act(cluster, random) {
      const worker = randomWorker(cluster, random);
      const ms = Math.round(HEARTBEAT_TIMEOUT_MS * random.between(1.2, 2));
      worker.stop();
      await pause(ms);
      worker.continue();
      return `${worker.name} for ${ms} ms`;
    },
  },
  {
    kind: 'stop-worker-briefly',
    row: 'F8',
    async act(cluster, random) {
      const worker = randomWorker(cluster, random);
      const ms = random.integer(50, HEARTBEAT_TIMEOUT_MS >> 1);
      worker.stop();
      await pause(ms);
      worker.continue();
      return `${worker.name} for ${ms} ms`;
    },
  },
  {
    kind: 'kill-leader',
    row: 'F12',
    async act(cluster, random) {
      const leader = leaderOf(cluster);
      const deadMs = random.integer(100, 3000);
      await leader.kill(deadMs);
      return `${leader.name}, back after ${deadMs} ms`;
    },
  },
  {
    kind: 'kill-leader-at-step',
    row: 'F13, F14',
    async act(cluster, random) {
      const failpoint = `${random.pick(LEADER_STEPS)}:${random.integer(1, 8)}`;
      const leader = leaderOf(cluster);
      const next = cluster.coordinators.find((coordinator) => coordinator !== leader)!;
      await next.kill(0, failpoint);
      await next.ready();
      await leader.kill(100);
      const died = await next.dies(LEASE_MS + PATIENCE_MS);
      return `${leader.name}, then ${next.name} at ${failpoint}: ${died ? 'died' : 'has not got there yet'}`;
    },
  },
  {
    kind: 'stop-leader',
    row: 'F16',
    async act(cluster, random) {
      const leader = leaderOf(cluster);
      const ms = Math.round(LEASE_MS * random.between(1.5, 2.5));
      leader.stop();
      await pause(ms);
      leader.continue();
      return `${leader.name} for ${ms} ms`;
    },
  },
  {
    kind: 'cut-data',
    row: 'F20',
    act({ lines }) {
      for (const { data } of lines) data.cut();
      return Promise.resolve('all connections between workers');
    },
  },
  {
    kind: 'stall-data',
    row: 'F21, F27',
    async act(cluster, random) {
      const [{ data }, name] = randomLines(cluster, random);
      const ms = random.integer(500, 3000);
      await stalledFor(ms, [data]);
      return `connections of ${name} to other workers for ${ms} ms`;
    },
  },
  {
    kind: 'delay-data',
    row: 'F22',
    async act({ lines }, random) {
      const ms = random.integer(1000, 3000);
      const jitter = random.integer(20, 200);
      await during(
        ms,
        lines.map(({ data }) => data),
        () => inTurn(() => random.between(0, jitter)),
      );
      return `up to ${jitter} ms each way between workers for ${ms} ms`;
    },
  },
  {
    kind: 'corrupt-data',
    row: 'F26',
    async act({ lines }) {
      const isFlipped = await flip(lines.map(({ data }) => data));
      return isFlipped ? 'a bit between workers' : 'nothing has passed between workers';
    },
  },
  {
    kind: 'cut-control',
    row: 'F19',
    act(cluster, random) {
      const [{ control }, name] = randomLines(cluster, random);
      for (const proxy of control) proxy.cut();
      return Promise.resolve(`connections of ${name} to coordinators`);
    },
  },
  {
    kind: 'stall-control',
    row: 'F19',
    async act(cluster, random) {
      const [{ control }, name] = randomLines(cluster, random);
      const ms = Math.round(HEARTBEAT_TIMEOUT_MS * random.between(0.5, 2));
      await stalledFor(ms, control);
      return `connections of ${name} to coordinators for ${ms} ms`;
    },
  },
  {
    kind: 'delay-control',
    row: 'F22',
    async act({ lines }, random) {
      const ms = random.integer(1000, 3000);
      const jitter = random.integer(20, 400);
      await during(
        ms,
        lines.flatMap(({ control }) => control),
        () => inTurn(() => random.between(0, jitter)),
      );
      return `up to ${jitter} ms each way between workers and coordinators for ${ms} ms`;
    },
  },
  {
    kind: 'corrupt-control',
    row: 'F26',
    async act({ lines }) {
      const isFlipped = await flip(lines.flatMap(({ control }) => control));
      return isFlipped ? 'a bit between worker and coordinator' : 'nothing has passed to coordinators';
    },
  },
  {
    kind: 'full-checkpoint-disk',
    row: 'F45, F47',
    needsSmallDisks: true,
    async act({ disks: [disk] }, random) {
      const ms = random.integer(500, 4000);
      disk!.fill();
      await pause(ms);
      disk!.free();
      return `of the coordinators for ${ms} ms`;
    },
  },
  {
    kind: 'full-worker-disk',
    row: 'F46',
    needsSmallDisks: true,
    async act({ disks: [, ...disks], workers }, random) {
      const ms = random.integer(500, 3000);
      const index = random.integer(0, workers.length - 1);
      disks[index]!.fill();
      await pause(ms);
      disks[index]!.free();
      return `of ${workers[index]!.name} for ${ms} ms`;
    },
  },
];
