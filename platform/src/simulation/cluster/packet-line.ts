/** A connection between the ends of a channel, made when both are there; what is sent before waits. */
import type { ElementEnds } from '../../network/element-ends.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { SimulatedNetwork, SimulatedStream, StreamEnd } from '../world/network.js';

interface End {
  readonly process: SimulatedProcess;
  readonly incarnation: number;
  readonly end: StreamEnd;
}

export class PacketLine {
  #from: End | undefined;
  #to: End | undefined;
  #stream: SimulatedStream | undefined;
  #forward: Uint8Array[] = [];
  #back: Uint8Array[] = [];

  /** @param codec of both ends */
  constructor(
    private readonly network: SimulatedNetwork,
    readonly codec: ElementEnds,
  ) {}

  from(process: SimulatedProcess, end: StreamEnd): void {
    this.#from = { process, incarnation: process.incarnation, end };
    this.#connect();
  }

  to(process: SimulatedProcess, end: StreamEnd): void {
    this.#to = { process, incarnation: process.incarnation, end };
    this.#connect();
  }

  forward(packet: Uint8Array): void {
    if (this.#stream === undefined) this.#forward.push(packet);
    else this.#stream.forward(packet);
  }

  back(packet: Uint8Array): void {
    if (this.#stream === undefined) this.#back.push(packet);
    else this.#stream.back(packet);
  }

  #connect(): void {
    const from = this.#from;
    const to = this.#to;
    if (from === undefined || to === undefined) return;
    // Who was there first may have died since: the other waits for it in vain.
    if (from.process.incarnation !== from.incarnation || to.process.incarnation !== to.incarnation) return;
    const stream = this.network.connect(from.process, to.process, from.end, to.end);
    this.#stream = stream;
    for (const packet of this.#forward) stream.forward(packet);
    for (const packet of this.#back) stream.back(packet);
    this.#forward = [];
    this.#back = [];
  }
}
