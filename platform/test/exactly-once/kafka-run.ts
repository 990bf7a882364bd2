/** The whole of it: the brokers, the payments, the cluster with its job, the nemesis, and in the end the verifier. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { newKafka } from '@tidegate/connectors/services/shared-kafka';
import { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { eventually } from '../cluster/cluster.js';
import { CardsRun } from '../kafka/cards.js';
import { judged, logVictims } from '../nemesis/judged.js';
import { Nemesis } from '../nemesis/nemesis.js';
import { RecoveryWatch } from '../nemesis/recovery-watch.js';
import { VictimCluster } from '../nemesis/victim-cluster.js';
import { kafkaFaults, TRANSACTION_CLEANUP_MS, TRANSACTION_TIMEOUT_MS } from './kafka-faults.js';
import { LAST_CARD, PaymentsSender } from './payments-sender.js';
import type { Verdict } from './verifier.js';

export interface KafkaRunOptions {
  /** Empty. */
  readonly folder: string;
  readonly seed: number;
  /** The nemesis acts until so many processes were killed. */
  readonly kills: number;
  readonly brokers: number;
  /** Told what happens, for people. */
  log(line: string): void;
}

export interface KafkaRunOutcome extends Verdict {
  readonly kills: number;
  /** By kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly recoveries: number;
}

const JOB = 'cards';
const PARTITIONS = 2;
const PAYMENTS_PER_SECOND = 400;
const CATCH_UP_MS = 240_000;
const VERIFIER = fileURLToPath(new URL('./verifier.js', import.meta.url));
const SETTINGS = {
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': String(TRANSACTION_CLEANUP_MS),
};

/** @throws when the job does not catch up, or a process has ended by itself */
export async function kafkaRun({
  folder,
  seed,
  kills,
  brokers: nodes,
  log,
}: KafkaRunOptions): Promise<KafkaRunOutcome> {
  const brokers = await newKafka(join(folder, 'kafka'), SETTINGS, nodes);
  let killedBrokers = 0;
  try {
    await brokers.start();
    const tools = await connectBrokers(brokers.brokers);
    const [payments, alerts] = [await tools.createTopic(PARTITIONS), await tools.createTopic(PARTITIONS + 1)];
    const application = join(folder, 'application');
    mkdirSync(application);
    new CardsRun(application, {
      ...{ brokers: brokers.brokers, payments, alerts, parallelism: PARTITIONS, ingress: 'end: never' },
      egress: `transactionTimeout: ${TRANSACTION_TIMEOUT_MS}ms`,
      restart: '{ strategy: exponential-delay, initial: 100ms, max: 1s, resetAfter: 5s }',
      checkpoint: '{ interval: 250ms, timeout: 5s, tolerableFailures: 1000 }',
    });
    const cluster = await VictimCluster.start({
      folder,
      hasSmallDisks: false,
      workers: PARTITIONS,
      slots: 1,
      areSlotsDirect: true,
    });
    const watch = new RecoveryWatch(cluster.apis, JOB);
    const sender = await PaymentsSender.open(tools, payments, PARTITIONS);
    const deaths = (): number => cluster.victims.reduce((sum, victim) => sum + victim.deaths, killedBrokers);
    return await judged({ cluster, watch, log, release: () => tools.close() }, async () => {
      sender.start(PAYMENTS_PER_SECOND);
      await cluster.submit(application);
      watch.start();
      if (!(await watch.untilRunning(CATCH_UP_MS))) throw new Error('the job has never run');
      const faults = kafkaFaults(brokers, () => killedBrokers++);
      const nemesis = new Nemesis(cluster, watch, new SeededRandom(seed), log, faults);
      await nemesis.run(() => deaths() >= kills);
      const killed = deaths();
      log(`${killed} killed; ${sender.count} payments were sent`);
      await sender.finish();
      await eventually(() => hasLast(tools, alerts), CATCH_UP_MS);
      const { verdict, complaints } = verify([brokers.brokers, payments, alerts]);
      if (complaints !== '') {
        log(complaints);
        logVictims(cluster, log);
      }
      return { ...verdict, kills: killed, faults: nemesis.counts, recoveries: watch.recoveries.length };
    });
  } finally {
    await brokers.stop('SIGKILL');
  }
}

async function hasLast(tools: BrokerTools, alerts: string): Promise<boolean> {
  return (await tools.committed(alerts)).some(({ key }) => key === LAST_CARD);
}

/** @returns `complaints`: what is wrong, if anything is */
function verify(topics: readonly string[]): { readonly verdict: Verdict; readonly complaints: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [VERIFIER, ...topics]);
  if (stdout.length === 0) throw new Error(stderr.toString());
  return { verdict: JSON.parse(stdout.toString()) as Verdict, complaints: stderr.toString() };
}
