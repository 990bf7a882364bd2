/**
 * Brings a plan's faults about, and ends each.
 *
 * Invariants
 * - Faults of one kind that overlap: the world is whole when the last of them has ended.
 * - A process that is down already is not killed again; whoever is down or paused comes back.
 */
import type { Broker } from '../broker/broker.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { DurableStorage } from '../world/durable-storage.js';
import type { InputSystem } from '../world/input-system.js';
import type { SimulatedNetwork } from '../world/network.js';
import { describeFault, type Fault, type FaultKind } from './fault.js';

export interface Victims {
  readonly processes: ReadonlyMap<string, SimulatedProcess>;
  readonly network: SimulatedNetwork;
  readonly storage: DurableStorage;
  readonly broker: Broker;
  readonly inputSystem: InputSystem;
}

export class Nemesis {
  readonly #lasting = new Map<FaultKind, number>();
  #pending = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly victims: Victims,
  ) {}

  /** Whether no fault is under way or to come. */
  get isDone(): boolean {
    return this.#pending === 0;
  }

  plan(faults: readonly Fault[]): void {
    for (const fault of faults) {
      this.#pending++;
      this.kernel.schedule(fault.at, () => this.#begin(fault));
    }
  }

  #begin(fault: Fault): void {
    this.kernel.trace.line(this.kernel.now, 'nemesis', describeFault(fault));
    const end = this.#strike(fault);
    this.#lasting.set(fault.kind, (this.#lasting.get(fault.kind) ?? 0) + 1);
    this.kernel.schedule(fault.ms, () => {
      const left = this.#lasting.get(fault.kind)! - 1;
      this.#lasting.set(fault.kind, left);
      end(left === 0);
      this.#pending--;
    });
  }

  /** @returns what ends it; told whether no other of its kind lasts */
  #strike(fault: Fault): (last: boolean) => void {
    const { network, storage, broker, inputSystem } = this.victims;
    switch (fault.kind) {
      case 'crash':
        return this.#crash(this.#process(fault.process));
      case 'crash-at-point':
        return this.#crashAtPoint(this.#process(fault.process), fault.points);
      case 'pause':
        return this.#pause(this.#process(fault.process));
      case 'cut':
        network.cut(fault.from, fault.to);
        return (last) => {
          if (last) network.heal();
        };
      case 'reset':
        network.reset(fault.a, fault.b);
        return () => undefined;
      case 'messages':
        Object.assign(network.weather, { loss: fault.loss, duplication: fault.duplication, slowness: fault.slowness });
        return (last) => {
          if (last) Object.assign(network.weather, { loss: 0, duplication: 0, slowness: 1 });
        };
      case 'storage-full':
        storage.weather.full = true;
        return (last) => {
          if (last) storage.weather.full = false;
        };
      case 'storage-errors':
        storage.weather.ioErrors = fault.probability;
        return (last) => {
          if (last) storage.weather.ioErrors = 0;
        };
      case 'storage-slow':
        storage.weather.slowness = fault.factor;
        return (last) => {
          if (last) storage.weather.slowness = 1;
        };
      case 'storage-damage':
        storage.weather.damage = fault.probability;
        return (last) => {
          if (last) storage.weather.damage = 0;
        };
      case 'input-refuses':
        inputSystem.weather.refuses = fault.isRetriable ? 'for-now' : 'for-good';
        return (last) => {
          if (last) inputSystem.weather.refuses = 'no';
        };
      case 'broker-down':
        broker.weather.down = true;
        return (last) => {
          if (last) broker.weather.down = false;
        };
      case 'broker-moving':
        broker.weather.moving = true;
        return (last) => {
          if (last) broker.weather.moving = false;
        };
      case 'broker-disconnects':
        broker.weather.disconnects = fault.probability;
        return (last) => {
          if (last) broker.weather.disconnects = 0;
        };
      case 'broker-slow':
        broker.weather.slowness = fault.factor;
        return (last) => {
          if (last) broker.weather.slowness = 1;
        };
      case 'clock-jump':
        this.#process(fault.process).jump(fault.byMs);
        return () => undefined;
      case 'slow-process': {
        const process = this.#process(fault.process);
        process.slowness = fault.factor;
        return () => {
          process.slowness = 1;
        };
      }
    }
  }

  #crash(process: SimulatedProcess): () => void {
    if (process.state !== 'down') process.crash();
    return () => this.#revive(process);
  }

  #crashAtPoint(process: SimulatedProcess, points: number): () => void {
    process.crashAtPoint(points);
    return () => {
      process.crashAtPoint(Number.POSITIVE_INFINITY);
      this.#revive(process);
    };
  }

  #pause(process: SimulatedProcess): () => void {
    if (process.state === 'up') process.pause();
    return () => {
      if (process.state === 'paused') process.resume();
    };
  }

  #revive(process: SimulatedProcess): void {
    if (process.state === 'down') process.start();
  }

  #process(name: string): SimulatedProcess {
    return this.victims.processes.get(name)!;
  }
}
