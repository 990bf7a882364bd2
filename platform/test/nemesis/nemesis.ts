/**
 * Disturbs the cluster every few seconds, until its time is over.
 *
 * Invariants
 * - The seed decides which faults come, in which order, and of which size. Each kind comes once before any comes again.
 */
import type { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { FAULTS, type Fault } from './faults.js';
import type { RecoveryWatch } from './recovery-watch.js';
import type { VictimCluster } from './victim-cluster.js';

/** Between faults: until the job runs again, or so long at most, and then a while that is drawn. */
const RECOVERY_MS_MAX = 4000;
const CALM_MS: readonly [number, number] = [300, 1500];

export class Nemesis {
  readonly counts: Record<string, number> = {};

  constructor(
    private readonly cluster: VictimCluster,
    private readonly watch: RecoveryWatch,
    private readonly random: SeededRandom,
    private readonly log: (line: string) => void,
    private readonly faults: readonly Fault[] = FAULTS,
  ) {}

  /** @param isOver asked before each fault */
  async run(isOver: () => boolean): Promise<void> {
    const possible = this.faults.filter(({ needsSmallDisks }) => !needsSmallDisks || this.cluster.disks.length > 0);
    let deck: Fault[] = [];
    for (let index = 0; !isOver(); index++) {
      if (deck.length === 0) deck = this.#shuffled(possible);
      const fault = deck.pop()!;
      const random = this.random.fork(`${index}`);
      this.log(`${fault.kind} (${fault.row}): ${await fault.act(this.cluster, random)}`);
      this.counts[fault.kind] = (this.counts[fault.kind] ?? 0) + 1;
      await this.watch.untilRunning(RECOVERY_MS_MAX);
      await new Promise((resolve) => setTimeout(resolve, random.between(...CALM_MS)));
    }
  }

  #shuffled(faults: readonly Fault[]): Fault[] {
    const left = [...faults];
    return faults.map(() => left.splice(this.random.integer(0, left.length - 1), 1)[0]!);
  }
}
