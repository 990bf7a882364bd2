/** What is the same in all runs against a cluster that a nemesis disturbs: how they end, and what they tell when they fail. */
import type { RecoveryWatch } from './recovery-watch.js';
import type { VictimCluster } from './victim-cluster.js';

export interface JudgedRun {
  readonly cluster: VictimCluster;
  readonly watch: RecoveryWatch;
  readonly log: (line: string) => void;
  /** Ends what else the run has begun; behind the cluster, whatever comes of the run. */
  release(): unknown;
}

/** Rejects with what the work threw and with how processes have ended by themselves, whichever there is. */
export async function judged<T>(run: JudgedRun, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([closed(run, work)]);
  const ends = run.cluster.victims.flatMap((victim) => victim.ends);
  if (outcome.status === 'fulfilled') {
    if (ends.length > 0) throw new Error(ends.join('\n'));
    return outcome.value;
  }
  const cause: unknown = outcome.reason;
  throw ends.length === 0 ? cause : new Error([cause, ...ends].join('\n'), { cause });
}

/** What all processes have said. */
export function logVictims({ victims }: VictimCluster, log: JudgedRun['log']): void {
  for (const { name, said } of victims) log(`${name} said:\n${said}`);
}

async function closed<T>({ cluster, watch, log, release }: JudgedRun, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log(`the job: ${JSON.stringify(watch.latest)}, ${await watch.failures()}`);
    logVictims(cluster, log);
    throw error;
  } finally {
    await watch.close();
    await cluster.close();
    await release();
  }
}
