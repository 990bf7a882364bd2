/** A kernel with nothing in it, for tests of the parts of a simulated world. */
import { Kernel } from '../../src/simulation/kernel/kernel.js';
import { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { SimulatedProcess } from '../../src/simulation/kernel/simulated-process.js';
import { Trace } from '../../src/simulation/kernel/trace.js';
import { TransitionCoverage } from '../../src/simulation/kernel/transition-coverage.js';

export class SimulatedGround {
  readonly random: SeededRandom;
  readonly trace = new Trace(1000);
  readonly kernel: Kernel;
  readonly coverage = new TransitionCoverage();
  readonly errors: unknown[] = [];

  constructor(seed = 1) {
    this.random = new SeededRandom(seed);
    this.kernel = new Kernel(this.random, this.trace);
  }

  process(name: string, boot: () => void = () => undefined): SimulatedProcess {
    return new SimulatedProcess(name, this.kernel, this.coverage, boot, (error) => this.errors.push(error));
  }

  /** A process that has been started. */
  started(name: string): SimulatedProcess {
    const process = this.process(name);
    process.start();
    return process;
  }

  /** Runs until nothing is left to do, or `timeMax`. */
  async run(timeMax = 1e9): Promise<void> {
    await this.kernel.run(() => false, { eventsMax: 1e6, timeMax });
  }
}
