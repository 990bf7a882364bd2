/**
 * What all processes of a simulated world share: time, chance, the network, the storage, the broker, the input, and the
 * first thing that was found broken.
 */
import { messageOf, TidegateError } from '../../common/errors.js';
import { Broker } from '../broker/broker.js';
import type { Property, Violation } from '../check/violation.js';
import { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import { SimulatedProcess } from '../kernel/simulated-process.js';
import type { Trace } from '../kernel/trace.js';
import { TransitionCoverage } from '../kernel/transition-coverage.js';
import type { WorldOptions } from '../run/world-options.js';
import { drawInput, type InputSplit } from '../workload/input-events.js';
import type { Sluice } from '../workload/simulated-source.js';
import { DurableStorage } from '../world/durable-storage.js';
import { InputSystem } from '../world/input-system.js';
import { SimulatedNetwork } from '../world/network.js';
import { SharedFiles } from '../world/shared-files.js';
import { StateFiles } from '../world/state-files.js';
import { FileOutput } from './file-output.js';
import { KafkaOutput } from './kafka-output.js';

/**
 * Every split, but for one that is to end early, is read in so many parts: two at once, and one more with each of the first
 * completed checkpoints.
 */
const PARTS = 4;
const FREE_PARTS = 2;

export class SimulatedWorld implements Sluice {
  readonly kernel: Kernel;
  readonly coverage = new TransitionCoverage();
  readonly network: SimulatedNetwork;
  readonly storage: DurableStorage;
  readonly stateFiles: StateFiles;
  readonly broker: Broker;
  readonly kafkaOutput: KafkaOutput;
  /** Where the job writes files instead of into the broker. */
  readonly fileOutput: FileOutput | undefined;
  readonly input: readonly InputSplit[];
  readonly inputSystem: InputSystem;
  readonly processes = new Map<string, SimulatedProcess>();
  /** See `SimulatedFunctionClient`. */
  readonly lostAnswers = new Set<string>();
  #violation: Violation | undefined;
  /** When each part could be read. */
  readonly #openedAt: number[] = [];

  constructor(
    readonly options: WorldOptions,
    readonly random: SeededRandom,
    readonly trace: Trace,
  ) {
    this.kernel = new Kernel(random.fork('kernel'), trace);
    this.network = new SimulatedNetwork(this.kernel, random.fork('network'));
    this.storage = new DurableStorage(this.kernel, random.fork('storage'));
    this.stateFiles = new StateFiles(this.kernel, random.fork('state-files'), this.storage);
    this.broker = new Broker(this.kernel, random.fork('broker'), this.coverage);
    const { files } = options;
    const ground = () => new SharedFiles(this.kernel, random.fork('files'), this.storage.weather);
    this.kafkaOutput = new KafkaOutput(this.broker, ground(), random.fork('kafka-sink'));
    this.fileOutput = files && new FileOutput(files, ground(), random.fork('file-sink'));
    this.input = drawInput(random.fork('input'), options);
    this.inputSystem = new InputSystem(this.input, () => this.found());
    this.completed(0);
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** All that the job has put out so that somebody may read it: it only grows. */
  output(): readonly string[] {
    return this.fileOutput?.committed() ?? this.broker.committed();
  }

  /** The first one counts. */
  violate(property: Property, message: string): void {
    if (this.#violation !== undefined) return;
    this.trace.line(this.kernel.now, 'violation', `${property}: ${message}`);
    this.#violation = { property, message };
  }

  /** Tasks fail for what the world does to them; everything else is a bug. */
  taskFailed(task: string, error: Error): void {
    if (!(error instanceof TidegateError)) this.violate('no-broken-invariant', `${task}: ${stackOf(error)}`);
  }

  /** @param boot what the process does when it is started */
  process(name: string, boot: (process: SimulatedProcess) => void): SimulatedProcess {
    const process: SimulatedProcess = new SimulatedProcess(
      name,
      this.kernel,
      this.coverage,
      () => boot(process),
      (error) => this.violate('no-broken-invariant', `${name}: ${stackOf(error)}`),
    );
    this.processes.set(name, process);
    return process;
  }

  /** So many checkpoints have completed: more of the input may be read. */
  completed(checkpoints: number): void {
    while (this.#openedAt.length < Math.min(checkpoints + FREE_PARTS, PARTS)) this.#openedAt.push(this.kernel.now);
  }

  /** The splits that are there now: the late ones come one by one, each when one more part could be read. */
  found(): readonly InputSplit[] {
    const { splits, lateSplits } = this.options;
    return this.input.slice(0, splits - lateSplits + this.#openedAt.length - FREE_PARTS);
  }

  opensAt(split: InputSplit, offset: number): number | undefined {
    const { events } = split;
    if (this.options.endsEarly && split === this.input[0]) return this.#openedAt[0];
    const part = Math.floor((offset * PARTS) / events.length);
    const openedAt = this.#openedAt[part];
    if (openedAt === undefined) return undefined;
    const { durationMs, burst } = this.options;
    const inPart = offset - Math.ceil((part * events.length) / PARTS);
    return openedAt + ((inPart - (inPart % burst)) * durationMs) / events.length;
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
