/**
 * A model of a Kafka cluster for transactional producers: partitions, groups' offsets, and the coordinator of transactions, as
 * measured on Apache Kafka. What is asked may be lost, or arrive long after whoever asked has given up.
 *
 * Invariants
 * - What one connection sends arrives in order. A request whose answer was lost may arrive after later ones, as the producer has
 *   another connection by then.
 */
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { TransitionCoverage } from '../kernel/transition-coverage.js';
import { answered, describeAnswer, describeRequest, type BrokerAnswer, type BrokerRequest } from './broker-request.js';
import { GroupOffsets } from './group-offsets.js';
import { PartitionLog } from './partition-log.js';
import { TransactionCoordinator } from './transaction-coordinator.js';

export interface BrokerWeather {
  /** Nobody answers. */
  down: boolean;
  /** The coordinator has moved, and is not there yet. Partitions take records. */
  moving: boolean;
  /** Probability that a request's answer is lost. */
  disconnects: number;
  slowness: number;
}

const LATENCY_MS = { min: 0.2, max: 3 };
/** What becomes of a request whose answer is lost: each as often as the others. */
const FATES = ['in-time', 'late', 'never'] as const;
const LATE_MS = { min: 5, max: 1500 };

export class Broker {
  readonly weather: BrokerWeather = { down: false, moving: false, disconnects: 0, slowness: 1 };
  /** Told of every offset whose transaction is about to be committed. */
  onCommit: (group: string, offset: number) => void = () => undefined;
  readonly #coordinator: TransactionCoordinator;
  readonly #partitions = new Map<string, PartitionLog>();
  readonly #groups = new Map<string, GroupOffsets>();
  readonly #committed: string[] = [];

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    coverage: TransitionCoverage,
  ) {
    const committing = (id: string): void => {
      for (const [group, offsets] of this.#groups)
        for (const offset of offsets.pending(id).values()) this.onCommit(group, offset);
    };
    const slowness = (): number => this.weather.slowness;
    const isAway = (): boolean => this.weather.down;
    this.#coordinator = new TransactionCoordinator({ kernel, random, coverage, committing, slowness, isAway });
  }

  /** @param answer called in the process that asked, if it still lives */
  request(from: SimulatedProcess, request: BrokerRequest, answer: (answer: BrokerAnswer) => void): void {
    const { incarnation } = from;
    const told = (given: BrokerAnswer): void => {
      this.kernel.schedule(this.#latency(), () => {
        if (from.incarnation === incarnation) from.enter(() => answer(given));
      });
    };
    const lost = this.random.chance(this.weather.disconnects);
    const fate = lost ? this.random.pick(FATES) : 'in-time';
    if (fate !== 'in-time') told(DISCONNECTED);
    if (fate === 'never') return;
    this.kernel.schedule(fate === 'late' ? this.random.between(LATE_MS.min, LATE_MS.max) : this.#latency(), () => {
      const result = this.weather.down ? DISCONNECTED : this.#apply(request);
      const { trace, now } = this.kernel;
      const late = fate === 'late' ? ' (late)' : '';
      if (trace.on)
        trace.line(now, 'broker', `${from.name} ${describeRequest(request)}: ${describeAnswer(result, lost)}${late}`);
      if (fate === 'in-time') told(lost ? DISCONNECTED : result);
    });
  }

  /** What a read_committed reader sees, partition by partition: what it saw before, and behind that what is new. */
  committed(): readonly string[] {
    for (const partition of this.#partitions.values())
      for (const value of partition.read()) this.#committed.push(value);
    return this.#committed;
  }

  /** Transactional ids whose transactions hold readers back, and since when. */
  open(): { readonly id: string; readonly since: number }[] {
    const partitions = [...this.#partitions.values()];
    return this.#coordinator.open().filter(({ id }) => partitions.some((partition) => partition.isHeldBy(id)));
  }

  /** Whether what has been committed is still to be seen. */
  get isEnding(): boolean {
    return this.#coordinator.isEnding;
  }

  /** The retention of all groups' offsets has passed. */
  forgetOffsets(): void {
    for (const group of this.#groups.values()) group.forget();
  }

  #latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max) * this.weather.slowness;
  }

  #apply(request: BrokerRequest): BrokerAnswer {
    if (request.op === 'produce') {
      const { partition, id, epoch, sequence, records } = request;
      return answered(this.#partition(partition).append(id, epoch, sequence, records));
    }
    if (this.weather.moving) return answered('GROUP_LOAD_IN_PROGRESS');
    switch (request.op) {
      case 'init-producer':
        return this.#coordinator.initProducer(request.id, request.timeoutMs);
      case 'add-partitions': {
        const partitions = request.partitions.map((name) => this.#partition(name));
        return this.#coordinator.add(request.id, request.epoch, partitions);
      }
      case 'add-offsets':
        return this.#coordinator.add(request.id, request.epoch, [this.#group(request.group)]);
      case 'commit-offset': {
        const { group, id, epoch, topic, offset } = request;
        return answered(this.#group(group).add(id, epoch, topic, offset));
      }
      case 'end-transaction':
        return this.#coordinator.end(request.id, request.epoch, request.commit);
      case 'fetch-offsets':
        return { ok: true, offsets: new Map(this.#group(request.group).committed) };
    }
  }

  #partition(name: string): PartitionLog {
    let partition = this.#partitions.get(name);
    if (partition === undefined) this.#partitions.set(name, (partition = new PartitionLog()));
    return partition;
  }

  #group(name: string): GroupOffsets {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = new GroupOffsets()));
    return group;
  }
}

const DISCONNECTED = answered('disconnected');
