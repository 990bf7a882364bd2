/**
 * A lease that one of several coordinators holds: a model of a leader election. It only chooses who leads; that only one of
 * them does harm to nobody rests on the fences of the checkpoint log.
 *
 * Invariants
 * - The lease goes to another when it was not renewed in time, whatever its holder believes: a paused leader leads on in its
 *   own eyes until it asks again.
 */
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';

export interface Candidate {
  /** It holds the lease: told once for each time that it gets it. */
  lead(): void;
  /** It has found out that it does not. */
  suspend(): void;
}

const RENEWAL_MS = 40;
const LEASE_MS = 140;
const LATENCY_MS = { min: 0.5, max: 5 };

export class SimulatedElection {
  #holder: { readonly process: SimulatedProcess; readonly incarnation: number } | undefined;
  #renewed = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
  ) {}

  /** Who leads, as far as one can know. */
  get leader(): SimulatedProcess | undefined {
    return this.#holder?.process;
  }

  /** A process stands for election for as long as it lives. */
  join(process: SimulatedProcess, candidate: Candidate): void {
    let leads = false;
    const ask = (): void => {
      process.schedule(RENEWAL_MS, ask);
      const { incarnation } = process;
      this.kernel.schedule(this.#latency(), () => {
        const holds = this.#renew(process, incarnation);
        this.kernel.schedule(this.#latency(), () => {
          if (process.incarnation !== incarnation) return;
          process.enter(() => {
            if (holds === leads) return;
            leads = holds;
            if (holds) candidate.lead();
            else candidate.suspend();
          });
        });
      });
    };
    process.schedule(this.random.between(0, RENEWAL_MS), ask);
  }

  #renew(process: SimulatedProcess, incarnation: number): boolean {
    const isFree = this.#holder === undefined || this.kernel.now - this.#renewed > LEASE_MS;
    const isHeld = this.#holder?.process === process && this.#holder.incarnation === incarnation;
    // Who lets the lease run out loses it, also if nobody else has taken it.
    if (isHeld ? isFree : !isFree) {
      if (isHeld) this.#holder = undefined;
      return false;
    }
    this.#holder = { process, incarnation };
    this.#renewed = this.kernel.now;
    return true;
  }

  #latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max);
  }
}
