/** The whole of it: servers of functions, the cluster with its job, the orders, the nemesis, and in the end the verifier. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { judged } from '../nemesis/judged.js';
import { Nemesis } from '../nemesis/nemesis.js';
import { RecoveryWatch } from '../nemesis/recovery-watch.js';
import { stopJob, within } from '../nemesis/stop-job.js';
import { VictimCluster } from '../nemesis/victim-cluster.js';
import { FunctionServer } from './function-server.js';
import { orderFaults } from './order-faults.js';
import { JOB, Orders } from './orders.js';
import type { Verdict } from './verifier.js';

export interface OrdersRunOptions {
  /** Empty. */
  readonly folder: string;
  readonly seed: number;
  /** How long the nemesis acts. */
  readonly seconds: number;
  /** Told what happens, for people. */
  log(line: string): void;
}

export interface OrdersRunOutcome extends Verdict {
  /** By kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Of coordinators and workers, and of servers of functions. */
  readonly deaths: number;
  readonly serverDeaths: number;
  readonly recoveries: number;
}

const ORDERS_PER_SECOND = 100;
const CATCH_UP_MS = 150_000;
const VERIFIER = fileURLToPath(new URL('./verifier.js', import.meta.url));

/** @throws when the job does not catch up, or a process has ended by itself */
export async function ordersRun({ folder, seed, seconds, log }: OrdersRunOptions): Promise<OrdersRunOutcome> {
  const servers = await Promise.all([FunctionServer.start(), FunctionServer.start()]);
  const [shop, stock] = servers;
  const orders = new Orders(folder, [shop.url, stock.url], ORDERS_PER_SECOND);
  const cluster = await VictimCluster.start({ folder, hasSmallDisks: false });
  const watch = new RecoveryWatch(cluster.apis, JOB);
  const release = async (): Promise<void> => {
    orders.finish();
    await Promise.all(servers.map((server) => server.close()));
  };
  return judged({ cluster, watch, log, release }, async () => {
    await cluster.submit(orders.application);
    watch.start();
    if (!(await watch.untilRunning(CATCH_UP_MS))) throw new Error('the job has never run');
    const patience = performance.now() + CATCH_UP_MS;
    await orders.warmUp(() => performance.now() > patience);
    log('all items are there');
    orders.start();
    const nemesis = new Nemesis(cluster, watch, new SeededRandom(seed), log, orderFaults(servers));
    const end = performance.now() + seconds * 1000;
    await nemesis.run(() => performance.now() >= end);
    orders.finish();
    log(`${orders.count} orders were placed`);
    await within(CATCH_UP_MS, 'not every order has ended', () => orders.endedCount() >= orders.count);
    await watch.close();
    await stopJob(cluster.apis, JOB, CATCH_UP_MS);
    const { stdout, stderr } = spawnSync(process.execPath, [VERIFIER, orders.placed, orders.ended]);
    if (stdout.length === 0) throw new Error(stderr.toString());
    if (stderr.length > 0) log(stderr.toString());
    return {
      ...(JSON.parse(stdout.toString()) as Verdict),
      faults: nemesis.counts,
      deaths: cluster.victims.reduce((sum, { deaths }) => sum + deaths, 0),
      serverDeaths: servers.reduce((sum, { deaths }) => sum + deaths, 0),
      ...watch.times(),
    };
  });
}
