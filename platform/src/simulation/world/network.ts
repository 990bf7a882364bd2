/**
 * The simulated network: messages that may be lost, late, doubled and out of order, and streams that keep their order
 * until they break.
 *
 * Invariants
 * - Nothing crosses a partition. A stream's packets wait behind it, as TCP's would; messages are lost.
 * - A stream's packets come in order, each once, or the stream is broken and both ends are told (a dead process is not).
 *   Those that are sent at one instant come at one.
 * - What was sent to one incarnation of a process never reaches the next.
 */
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';

/** How messages fare now. */
export interface NetworkWeather {
  loss: number;
  duplication: number;
  /** Factor on every latency. */
  slowness: number;
}

const LATENCY_MS = { min: 0.1, max: 2.5 };
const RESET_NOTICE_MS = { min: 0.5, max: 20 };

export interface StreamEnd {
  /** Called with each packet, in order. */
  packet(packet: unknown): void;
  /** The stream is broken; nothing comes any more. */
  broken(): void;
}

export class SimulatedNetwork {
  readonly weather: NetworkWeather = { loss: 0, duplication: 0, slowness: 1 };
  /** Directed pairs that cannot reach each other: `from>to`. */
  readonly #cut = new Set<string>();
  readonly #streams = new Set<SimulatedStream>();

  constructor(
    readonly kernel: Kernel,
    private readonly random: SeededRandom,
  ) {}

  /** @param deliver called in the receiving process, at most twice */
  send(from: SimulatedProcess, to: SimulatedProcess, what: string, deliver: () => void): void {
    const copies = this.random.chance(this.weather.duplication) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random.chance(this.weather.loss)) {
        this.kernel.trace.line(this.kernel.now, 'network', `loses ${from.name} → ${to.name} ${what}`);
        continue;
      }
      const { incarnation } = to;
      this.kernel.schedule(this.latency(), () => {
        if (to.incarnation !== incarnation || !this.reaches(from, to)) return;
        to.enter(deliver);
      });
    }
  }

  connect(from: SimulatedProcess, to: SimulatedProcess, atFrom: StreamEnd, atTo: StreamEnd): SimulatedStream {
    const stream = new SimulatedStream(this, from, to, atFrom, atTo);
    this.#streams.add(stream);
    const drop = (): void => this.breakStream(stream);
    from.atDeath(drop);
    to.atDeath(drop);
    return stream;
  }

  /** Cuts one direction. */
  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.#cut.clear();
    for (const stream of this.#streams) stream.flow();
  }

  reaches(from: SimulatedProcess, to: SimulatedProcess): boolean {
    return from === to || !this.#cut.has(`${from.name}>${to.name}`);
  }

  /** Resets every stream between two processes. */
  reset(a: string, b: string): void {
    for (const stream of [...this.#streams]) if (stream.joins(a, b)) this.breakStream(stream);
  }

  breakStream(stream: SimulatedStream): void {
    if (!this.#streams.delete(stream)) return;
    stream.breakOff(() => this.random.between(RESET_NOTICE_MS.min, RESET_NOTICE_MS.max));
  }

  latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max) * this.weather.slowness;
  }
}

/** A connection. `forward` goes from the process that opened it, `back` the other way. */
export class SimulatedStream {
  readonly #forward: Direction;
  readonly #back: Direction;
  #broken = false;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly from: SimulatedProcess,
    private readonly to: SimulatedProcess,
    private readonly atFrom: StreamEnd,
    private readonly atTo: StreamEnd,
  ) {
    this.#forward = new Direction(network, from, to, atTo);
    this.#back = new Direction(network, to, from, atFrom);
  }

  forward(packet: unknown): void {
    if (!this.#broken) this.#forward.send(packet);
  }

  back(packet: unknown): void {
    if (!this.#broken) this.#back.send(packet);
  }

  close(): void {
    this.network.breakStream(this);
  }

  joins(a: string, b: string): boolean {
    const { from, to } = this;
    return (from.name === a && to.name === b) || (from.name === b && to.name === a);
  }

  /** What a partition held back goes on. @internal */
  flow(): void {
    this.#forward.flow();
    this.#back.flow();
  }

  /** @internal */
  breakOff(delay: () => number): void {
    this.#broken = true;
    this.#forward.stop();
    this.#back.stop();
    this.from.schedule(delay(), () => this.atFrom.broken());
    this.to.schedule(delay(), () => this.atTo.broken());
  }
}

/** One direction of a stream: packets behind each other. */
class Direction {
  #held: unknown[] = [];
  /** No packet arrives before this time. */
  #last = 0;
  /** Packets under way that were sent last, and when. */
  #sent: { readonly at: number; readonly packets: unknown[] } = { at: Number.NaN, packets: [] };
  #stopped = false;
  readonly #incarnation: number;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly from: SimulatedProcess,
    private readonly to: SimulatedProcess,
    private readonly end: StreamEnd,
  ) {
    this.#incarnation = to.incarnation;
  }

  send(packet: unknown): void {
    if (this.#held.length > 0 || !this.network.reaches(this.from, this.to)) {
      this.#held.push(packet);
      return;
    }
    const { kernel } = this.network;
    if (this.#sent.at === kernel.now) {
      this.#sent.packets.push(packet);
      return;
    }
    const packets = [packet];
    this.#sent = { at: kernel.now, packets };
    this.#last = Math.max(this.#last, kernel.now + this.network.latency());
    kernel.scheduleAt(this.#last, () => this.#arrive(packets));
  }

  #arrive(packets: readonly unknown[]): void {
    if (this.#stopped || this.to.incarnation !== this.#incarnation) return;
    this.to.enter(() => {
      for (const packet of packets) if (!this.#stopped) this.end.packet(packet);
    });
  }

  flow(): void {
    const held = this.#held;
    this.#held = [];
    for (const packet of held) this.send(packet);
  }

  stop(): void {
    this.#stopped = true;
    this.#held = [];
  }
}
